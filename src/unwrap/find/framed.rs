//! Blocks of PEM of which each line stands between the same words: `echo MIIE…>> aem.key`, `print("MIIE…")`, `\\MIIE…`.
//!
//! Owns: telling the words from the lines themselves. Does not own: what only stands before each line (see `margin`).

use crate::source::Span;
use crate::unwrap::place::{Builder, Extract};
use crate::unwrap::shared::end_of_line;

/// Longer words aren't said again in each line.
const LONGEST: usize = 120;

/// All lines of a block but the last have at least as many digits.
const DIGITS: usize = 48;

/// The block of PEM at `span` of `text` without what each of its lines stands between; nothing if that is only blanks, or if it
/// isn't the same in all lines.
pub(crate) fn block(text: &str, span: Span) -> Option<Extract> {
    let inner = text.get(span.range())?;
    let end = span.start + inner.rfind("-----END ")?;
    let label = inner.get("-----BEGIN ".len()..)?.find("-----")?;
    let begin = Span::new(span.start, span.start + "-----BEGIN ".len() + label + "-----".len());
    let mut builder = Builder::new(inner.len());
    builder.exact(text.get(begin.range())?, begin.start);
    let mut start = end_of_line(text, begin.end) + 1;
    let mut frame: Option<(&str, &str)> = None;
    while end_of_line(text, start) < end {
        let line_end = end_of_line(text, start);
        let line = text.get(start..line_end)?;
        let line = line.strip_suffix('\r').unwrap_or(line);
        let (before, behind) = match frame {
            Some(known) => known,
            None => *frame.insert(around(line)?),
        };
        let digits = line.strip_prefix(before)?.strip_suffix(behind)?;
        if digits.is_empty() || !digits.bytes().all(is_digit) {
            return None;
        }
        builder.whole("\n", Span::at(start));
        builder.exact(digits, start + before.len());
        start = line_end + 1;
    }
    let (before, _) = frame?;
    if text.get(start..end)? != before {
        return None;
    }
    builder.whole("\n", Span::at(start));
    builder.exact(text.get(end..span.end)?, end);
    Some(builder.finish())
}

/// What stands before and behind the digits of `line`, if there are some and it is something.
fn around(line: &str) -> Option<(&str, &str)> {
    let mut runs = line.split(|one: char| !one.is_ascii() || !is_digit(one as u8));
    let digits = runs.find(|run| run.len() >= DIGITS)?;
    let start = digits.as_ptr() as usize - line.as_ptr() as usize;
    let (before, behind) = (&line[..start], &line[start + digits.len()..]);
    let is_something = !before.trim().is_empty() || !behind.trim().is_empty();
    (is_something && before.len() <= LONGEST && behind.len() <= LONGEST).then_some((before, behind))
}

const fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lines_stand_between_is_none_of_them() {
        let line = "MIIEpAIBAAKCAQEAtPqSIymPYMDFhkFxm91zYuvqd76h4tNguAjjr3YObMx6vAj8";
        let plain = format!("-----BEGIN PRIVATE KEY-----\n{line}\n{line}\nAB==\n-----END PRIVATE KEY-----");
        let framed = |before: &str, behind: &str| {
            let lines: Vec<String> = plain.lines().map(|line| format!("{before}{line}{behind}")).collect();
            format!("x\n{}\ny", lines.join("\n"))
        };
        let read = |text: &str| {
            let end = "-----END PRIVATE KEY-----";
            let span = Span::new(text.find("-----BEGIN").unwrap(), text.rfind(end).unwrap() + end.len());
            block(text, span).map(|found| found.text().to_owned())
        };
        for (before, behind) in [
            ("echo ", ">> aem.key"),
            ("print(\"", "\")"),
            ("    \\\\", ""),
            ("  \"", "\" & linefeed & ¬"),
            ("f.write('", "\\n')\r"),
            ("Add-Content aem.key '", "'"),
            ("", "<br>"),
        ] {
            assert_eq!(read(&framed(before, behind)), Some(plain.clone()), "{before}…{behind}");
        }
        assert_eq!(read(&framed("", "")), None);
        assert_eq!(read(&framed("  ", " ")), None);
        assert_eq!(read(&framed("echo ", ";").replacen(&format!("echo {line}"), line, 1)), None);
        assert_eq!(read(&framed("echo ", ";").replace("AB==", "A B")), None);
        assert_eq!(read("-----BEGIN PRIVATE KEY----- -----END PRIVATE KEY-----"), None);
        assert_eq!(read("-----BEGIN PRIVATE KEY-----\nx -----END PRIVATE KEY-----"), None);
    }
}
