//! Quoted-printable, as the body of a mail that was saved or pasted without its head.
//!
//! Owns: recognising that all of a text is that. Does not own: undoing it (see `shared::quoted_printable`).

use crate::unwrap::place::{Extract, Step};
use crate::unwrap::shared::quoted_printable;

/// Decodes a text in which every sign of equality stands for something, some of them for themselves.
pub(crate) fn decode(text: &str) -> Option<(Step, Extract)> {
    let has = |mark: &[u8]| memchr::memmem::find(text.as_bytes(), mark).is_some();
    if !has(b"=3D") || !has(b"=\n") && !has(b"=\r\n") {
        return None;
    }
    let (decoded, _, stray) = quoted_printable(text);
    (stray == 0).then_some((Step::Decoding("quoted-printable"), decoded))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    /// RFC 2045 section 6.7, where all of a text is quoted-printable.
    #[test]
    fn only_what_is_quoted_printable_is_decoded() {
        for (text, expected) in [
            ("a=3Db=\nc", Some("a=bc")),
            ("a=3Db=\r\nc\r\n", Some("a=bc\r\n")),
            ("=3D=3D=\n", Some("==")),
            ("=3d=3D=\n", Some("==")),
            ("Gr=C3=BC=C3=9Fe=3D=\n", Some("Gr\u{fc}\u{df}e=")),
            ("=7B=22a=22=3A=\n \"b=3D\"=7D", Some("{\"a\": \"b=\"}")),
            ("a= \t\nb=\n=3D", Some("ab=")),
            ("=3D=\n=\n=\nx", Some("=x")),
            ("=3D=0D=0A=\n", Some("=\r\n")),
            ("é=3D=\né", Some("é=é")),
            ("=3D=\na=", Some("=a")),
            // None, or not all of it.
            ("", None),
            ("a=3Db", None),
            ("a=\nb", None),
            ("a=b=3D=\n", None),
            ("A=1\nB=3D=\n", None),
            ("=3D=\n=G0", None),
            ("=3D=\n=é", None),
            ("if a == b: =3D=\n", None),
        ] {
            let decoded = decode(text);
            assert_eq!(decoded.as_ref().map(|(_, decoded)| decoded.text()), expected, "{text}");
        }
        // Bytes that are no text are none, and nothing is lost on the way.
        let (_, decoded) = decode("=FF=3D=\n").unwrap();
        assert_eq!(decoded.bytes(), b"\xFF=");
        let long = format!("{}=3D", "=\n".repeat(100_000));
        assert_eq!(decode(&long).unwrap().1.text(), "=");
        let long = format!("=3D=\n{}", "=".repeat(100_000));
        assert!(decode(&long).is_none());
        let (_, decoded) = decode("ab=3Dc=\nd").unwrap();
        assert_eq!(decoded.origin.outer(Span::new(2, 3)), Span::new(2, 5));
        assert_eq!(decoded.origin.outer(Span::new(4, 5)), Span::new(8, 9));
    }
}
