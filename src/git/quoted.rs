//! Paths in quotation marks, as git writes them where a list of paths has no room for every byte.
//!
//! Owns: the escapes of C. Does not own: the lists.

use super::bytes::Cursor;

/// Returns what a string in quotation marks stands for, and what comes behind it; `None` if `text` doesn't begin with
/// one.
pub(super) fn unquote(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut cursor = Cursor::new(text.strip_prefix(b"\"")?);
    let mut path = Vec::new();
    loop {
        match cursor.byte()? {
            b'"' => return Some((path, cursor.rest())),
            b'\\' => path.push(escape(&mut cursor)?),
            byte => path.push(byte),
        }
    }
}

fn escape(cursor: &mut Cursor<'_>) -> Option<u8> {
    Some(match cursor.byte()? {
        b'a' => 7,
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 11,
        b'f' => 12,
        b'r' => b'\r',
        first @ b'0'..=b'3' => {
            let rest = str::from_utf8(cursor.take(2)?).ok()?;
            u8::from_str_radix(&format!("{}{rest}", char::from(first)), 8).ok()?
        }
        byte @ (b'"' | b'\\') => byte,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::unquote;

    #[test]
    fn escapes_are_those_of_git() {
        assert_eq!(unquote(br#""a\"\\\303\244\n":b"#), Some(("a\"\\ä\n".as_bytes().to_vec(), &b":b"[..])));
        for wrong in [&b"a"[..], b"\"a", b"\"\\", b"\"\\9\"", b"\"\\40", b"\"\\4"] {
            assert_eq!(unquote(wrong), None);
        }
    }
}
