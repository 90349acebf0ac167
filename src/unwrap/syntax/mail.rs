//! Mails whose bodies are in quoted-printable, alone, in parts or many in a mailbox (RFC 5322, RFC 2046, RFC 4155).
//!
//! Owns: where such a body begins and ends. Does not own: the encoding, nor other bodies, which are text or base64 among
//! other lines.

use std::collections::HashSet;

use crate::source::{Origin, Span};
use crate::unwrap::limits::Budget;
use crate::unwrap::piece::{Inside, Piece, Pieces, pieces};
use crate::unwrap::place::{Step, Text};
use crate::unwrap::shared::quoted_printable;

const ENCODING: &str = "content-transfer-encoding:";

/// The bodies in `text`, and what stands between them.
pub(crate) fn read<'t>(text: &'t Text<'_>, _: &'t Budget<'_>) -> Option<Pieces<'t>> {
    let whole = text.text();
    let bodies = bodies(whole);
    if bodies.is_empty() {
        return None;
    }
    let mut found = Vec::new();
    let mut from = 0;
    for body in bodies {
        found.push(Inside::Prose(Span::new(from, body.start)).here());
        found.push(decoded(whole, body));
        from = body.end;
    }
    found.push(Inside::Prose(Span::new(from, whole.len())).here());
    Some(pieces(found))
}

/// What a body stands for. Where its head lies, it is what it is.
fn decoded<'t>(text: &str, body: Span) -> Piece<'t> {
    let raw = text.get(body.range()).unwrap_or_default();
    let (decoded, sound, stray) = quoted_printable(raw);
    if stray > sound {
        return Inside::Prose(body).here();
    }
    let decoded = decoded.through(&Origin::exact(raw.len(), body.start));
    Inside::Text(decoded).after(Step::Decoding("quoted-printable"))
}

/// The bodies whose heads say that they are in quoted-printable.
fn bodies(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut boundaries = HashSet::new();
    let (mut is_head, mut is_quoted, mut body, mut is_after_blank) = (true, false, None, true);
    let (mut start, is_mailbox) = (0, text.starts_with("From "));
    for whole in text.split_inclusive('\n') {
        let (at, line) = (start, whole.trim_end());
        start += whole.len();
        let boundary = line.strip_prefix("--").filter(|_| !boundaries.is_empty());
        let ends = boundary.is_some_and(|name| {
            boundaries.contains(name) || name.strip_suffix("--").is_some_and(|name| boundaries.contains(name))
        });
        // Mailboxes set off mails by such a line.
        if ends || is_mailbox && is_after_blank && line.starts_with("From ") {
            found.extend(body.take().map(|start| Span::new(start, at)));
            (is_head, is_quoted) = (true, false);
        } else if is_head && line.is_empty() {
            is_head = false;
            body = is_quoted.then_some(start);
        } else if is_head {
            is_quoted |= says_quoted(line);
            boundaries.extend(boundary_in(line));
        }
        is_after_blank = line.is_empty();
    }
    found.extend(body.map(|start| Span::new(start, text.len())));
    found
}

fn says_quoted(line: &str) -> bool {
    let value = line.get(ENCODING.len()..).map(str::trim);
    line.get(..ENCODING.len()).is_some_and(|name| name.eq_ignore_ascii_case(ENCODING))
        && value.is_some_and(|value| value.eq_ignore_ascii_case("quoted-printable"))
}

/// The line between parts that a head names: `boundary="…"`.
fn boundary_in(line: &str) -> Option<&str> {
    let at = line.to_ascii_lowercase().find("boundary=")?;
    let value = line.get(at + "boundary=".len()..)?;
    let name = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => value.split([';', ' ']).next(),
    };
    name.filter(|name| !name.is_empty() && name.len() <= 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_those_whose_heads_say_so() {
        const HEAD: &str = "Content-Transfer-Encoding: quoted-printable\n";
        let parts = format!(
            "Content-Type: multipart/mixed;\n boundary=\"x y\"\n\nno\n--x y\n{HEAD}\none\n-----BEGIN X\n\n--x y\n\
             Content-Type: text/plain\n\ntwo\n--x y\ncontent-transfer-encoding:  Quoted-Printable\n\nthree\n--x y--\nend"
        );
        for (text, expected) in [
            (format!("{HEAD}\na=3D"), vec!["a=3D"]),
            (format!("From: a\nSubject: b\n{HEAD}To: c\n\na\n\nb\n"), vec!["a\n\nb\n"]),
            (HEAD.to_uppercase() + "\na", vec!["a"]),
            (format!("{}\r\na\r\n", HEAD.replace('\n', "\r\n")), vec!["a\r\n"]),
            (parts, vec!["one\n-----BEGIN X\n\n", "three\n"]),
            (format!("boundary=z; a\n{HEAD}\na\n--z--\nb"), vec!["a\n"]),
            (format!("boundary=z\n\n--z\n{HEAD}\na\n--y\nb"), vec!["a\n--y\nb"]),
            (format!("From a\n{HEAD}\na\n\nFrom b\n\nc\n\nFrom d\n{HEAD}\ne"), vec!["a\n\n", "e"]),
            (format!("{HEAD}\nFrom here on\n"), vec!["From here on\n"]),
            (format!("{HEAD}\nx\nFrom here on\n"), vec!["x\nFrom here on\n"]),
            (format!("{HEAD}\n"), vec![""]),
            // Never begins, isn't in a head, says something else.
            (String::from(HEAD), vec![]),
            (format!("a\n\n{HEAD}\nb"), vec![]),
            (String::from("Content-Transfer-Encoding: base64\n\na"), vec![]),
            (String::from("é\n\nb"), vec![]),
            (String::new(), vec![]),
            // Many heads, many boundaries, an endless line.
            (format!("{}\na", HEAD.repeat(10_000)), vec!["a"]),
            (
                format!(
                    "{}{HEAD}\na\n--7--\n",
                    (0..10_000).map(|n| format!("boundary={n}\n")).collect::<Vec<_>>().concat()
                ),
                vec!["a\n"],
            ),
            (format!("boundary={}\n{HEAD}\n{}", "b".repeat(100_000), "-".repeat(100_000)), vec!["-"]),
        ] {
            let found: Vec<&str> = bodies(&text).into_iter().map(|span| &text[span.range()]).collect();
            let shown: Vec<&str> =
                found.iter().map(|body| if body.len() > 1_000 { &body[..1] } else { body }).collect();
            assert_eq!(shown, expected, "{}", &text[..text.len().min(200)]);
        }
    }
}
