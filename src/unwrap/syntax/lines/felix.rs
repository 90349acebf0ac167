//! Values as Felix's configurations (`.config`) write them.
//!
//! Owns: their quotation marks and types. Does not own: names, and which file is written so.

use crate::source::Origin;
use crate::unwrap::place::Extract;
use crate::unwrap::shared::{Dialect, Unread, closing, list, unescape};

/// The types that Felix writes before the quotation mark of a value, unless it is a string.
const TYPES: [char; 9] = ['T', 'I', 'L', 'F', 'D', 'X', 'S', 'C', 'B'];

/// No key has more lines.
const MOST: usize = 400;

/// A value of a `.config` file at `start` and the offset after it: `"…"`, perhaps after its type, in which Felix escapes
/// a sign of equality and a blank too. Nothing if it isn't quoted.
pub(crate) fn value(unread: &Unread<'_>) -> Option<(Extract, usize)> {
    if unread.dialect != Dialect::Felix {
        return None;
    }
    let (start, rest) = (unread.start, unread.rest());
    let quoted = rest.strip_prefix(TYPES).unwrap_or(rest);
    if let Some(items) = quoted.strip_prefix(['[', '(']) {
        return array(unread, start + rest.len() - items.len());
    }
    string(unread, start + rest.len() - quoted.len())
}

/// The string that begins with a quotation mark at `start`, and where it ends.
fn string(unread: &Unread<'_>, start: usize) -> Option<(Extract, usize)> {
    let rest = unread.text.get(start..).filter(|rest| rest.starts_with('"'))?;
    let end = closing(rest, 1, '"')?;
    let raw = rest.get(1..end)?;
    Some((unescape(raw).through(&Origin::exact(raw.len(), start + 1)), start + end + 1))
}

/// The list whose first string comes after `at`, over lines that end in a backslash, as one value: lines of PEM, metascopes, or
/// the only string that there is.
fn array(unread: &Unread<'_>, mut at: usize) -> Option<(Extract, usize)> {
    let mut items = Vec::new();
    loop {
        let rest = unread.text.get(at..)?;
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n', '\\', ',']);
        at += rest.len() - trimmed.len();
        if trimmed.starts_with([']', ')']) || items.len() > MOST {
            break;
        }
        let (item, end) = string(unread, at)?;
        items.push(item);
        at = end;
    }
    let joined = list(&items.iter().collect::<Vec<_>>());
    let only = if items.len() == 1 { items.pop() } else { None };
    Some((joined.or(only)?, at + 1))
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
            ("a=[ \\\r\n  \"b\", \\\r\n  ]", "b"),
            ("a=[\"ent_aem_cloud_api\", \"ent_b\"]", "ent_aem_cloud_api,ent_b"),
            (
                "a=T(\"-----BEGIN PRIVATE KEY-----\",\"b\\=\",\"-----END PRIVATE KEY-----\")",
                "-----BEGIN PRIVATE KEY-----\nb=\n-----END PRIVATE KEY-----",
            ),
            ("a=[\"b\", \"c\"]", "[\"b\", \"c\"]"),
            ("a=[\"b\"", "[\"b\""),
            ("a=[", "["),
        ] {
            let attempts = Attempts::new(10);
            let found: Vec<_> = assignments(text, Dialect::Felix, &attempts).collect();
            assert_eq!(found[0].value.text(), expected, "{text}");
        }
    }
}
