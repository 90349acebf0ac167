//! Quoted-printable, as the body of a mail that was saved or pasted without its head.
//!
//! Owns: recognising that all of a text is that. Does not own: undoing it (see `shared::quoted_printable`).

use crate::unwrap::place::{Extract, Step};
use crate::unwrap::shared::quoted_printable;

/// Longer lines are cut (RFC 2045 section 6.7).
const LONGEST: usize = 76;

/// No program cuts shorter ones.
const SHORTEST: usize = 70;

/// Decodes a text in which every sign of equality stands for something, some of them for themselves.
pub(crate) fn decode(text: &str) -> Option<(Step, Extract)> {
    if !may_be(text.as_bytes()) {
        return None;
    }
    let (decoded, _, stray) = quoted_printable(text);
    (stray == 0).then_some((Step::Decoding("quoted-printable"), decoded))
}

/// Returns true if all of `text` is quoted-printable.
pub(crate) fn is_all(text: &str) -> bool {
    decode(text).is_some()
}

/// Whether lines of `text` go on in the next, and either a sign of equality stands for itself, or lines are cut that are as
/// long as such lines may be. Those of PEM and variables without a value are shorter.
fn may_be(text: &[u8]) -> bool {
    let has = |mark: &[u8]| memchr::memmem::find(text, mark).is_some();
    let goes_on = has(b"=\n") || has(b"=\r\n");
    let lines = || text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let is_cut = |line: &[u8]| line.len() > SHORTEST && line.ends_with(b"=");
    goes_on && (has(b"=3D") || lines().any(is_cut) && lines().all(|line| line.len() <= LONGEST))
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
        let line = |length: usize| "b".repeat(length);
        let cut = |first: usize, second: usize| format!("{}=\n{}", line(first), line(second));
        assert_eq!(decode(&cut(75, 10)).unwrap().1.text(), line(85));
        assert!(decode(&cut(75, 77)).is_none() && decode(&cut(64, 10)).is_none());
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
