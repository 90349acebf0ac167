//! Texts with the codes by which terminals are told colors and the like (ECMA-48, section 5.4), as logs of jobs and `jq -C` have
//! them.
//!
//! Owns: leaving the codes out. Does not own: what is between them.

use crate::source::Span;
use crate::unwrap::limits::Budget;
use crate::unwrap::piece::{Inside, Pieces, pieces};
use crate::unwrap::place::{Builder, Extract, Step, Text};

/// What a code begins with.
const ESCAPE: u8 = 0x1B;

/// All of `text` without codes, if it has some.
pub(crate) fn read<'t>(text: &'t Text<'_>, _: &'t Budget<'_>) -> Option<Pieces<'t>> {
    Some(pieces([Inside::Text(plain(text.text())?).after(Step::Decoding("terminal codes"))]))
}

fn plain(text: &str) -> Option<Extract> {
    let codes = memchr::memchr_iter(ESCAPE, text.as_bytes());
    let mut codes =
        codes.filter_map(|start| Some(Span::new(start, start + length(&text[start..])?))).peekable();
    codes.peek()?;
    let mut builder = Builder::new(text.len());
    let mut from = 0;
    for code in codes {
        builder.exact(text.get(from..code.start).unwrap_or_default(), from);
        from = code.end;
    }
    builder.exact(&text[from..], from);
    Some(builder.finish())
}

/// How long the code is that `text` begins with: a control sequence, or an operating system's command, which a bell ends.
fn length(text: &str) -> Option<usize> {
    const LONGEST: usize = 256;
    let bytes = text.as_bytes();
    let parameters = bytes.get(2..bytes.len().min(LONGEST))?;
    let end = match bytes.get(1)? {
        b'[' => {
            let end = parameters.iter().position(|byte| !(0x20..=0x3F).contains(byte))?;
            parameters.get(end).filter(|last| (0x40..=0x7E).contains(*last)).map(|_| end)?
        }
        b']' => parameters.iter().position(|byte| *byte == 0x07)?,
        _ => return None,
    };
    Some(end + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_left_out() {
        for (text, expected) in [
            ("\x1b[0;32mMIIE\x1b[0m\n\x1b[KQ", Some("MIIE\nQ")),
            ("p8e-\x1b[1mab", Some("p8e-ab")),
            ("a\x1b]0;title\x07b", Some("ab")),
            ("\x1b[38;5;1mé\x1b[m", Some("é")),
            // The end of one, none, and no end.
            ("\x1b[0m", Some("")),
            ("\x1b[", None),
            ("\x1b]0;title", None),
            ("\x1b(B", None),
            ("\x1b[é", None),
            ("\x1b", None),
            ("", None),
        ] {
            let found = plain(text);
            assert_eq!(found.as_ref().map(Extract::text), expected, "{text:?}");
        }
    }
}
