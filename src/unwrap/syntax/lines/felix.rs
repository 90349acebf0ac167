//! Values as Felix's configurations (`.config`) write them.
//!
//! Owns: their quotation marks and types. Does not own: names, and which file is written so.

use crate::source::Origin;
use crate::unwrap::place::Extract;
use crate::unwrap::shared::{Dialect, Unread, closing, unescape};

/// The types that Felix writes before the quotation mark of a value, unless it is a string.
const TYPES: [char; 9] = ['T', 'I', 'L', 'F', 'D', 'X', 'S', 'C', 'B'];

/// A value of a `.config` file at `start` and the offset after it: `"…"`, perhaps after its type, in which Felix escapes
/// a sign of equality and a blank too. Nothing if it isn't quoted.
pub(crate) fn value(unread: &Unread<'_>) -> Option<(Extract, usize)> {
    if unread.dialect != Dialect::Felix {
        return None;
    }
    let (start, rest) = (unread.start, unread.rest());
    let quoted = rest.strip_prefix(TYPES).unwrap_or(rest);
    let open = rest.len() - quoted.strip_prefix('"')?.len();
    let end = closing(rest, open, '"')?;
    let raw = rest.get(open..end)?;
    Some((unescape(raw).through(&Origin::exact(raw.len(), start + open)), start + end + 1))
}

#[cfg(test)]
mod tests {
    use crate::unwrap::limits::Attempts;
    use crate::unwrap::shared::Dialect;
    use crate::unwrap::syntax::lines::assignments;

    #[test]
    fn configurations_are_unescaped_as_felix_does() {
        for (text, expected) in [
            (r#"a="b""#, "b"),
            (r#"a=T"b\=\ c\r\n""#, "b= c\r\n"),
            (r#"a = "\"{\\n\"" "#, r#""{\n""#),
            (r#"a="\u0041" "#, "A"),
            ("a=b", "b"),
            ("a=\"b", "\"b"),
        ] {
            let attempts = Attempts::new(10);
            let found: Vec<_> = assignments(text, Dialect::Felix, &attempts).collect();
            assert_eq!(found[0].value.text(), expected, "{text}");
        }
    }
}
