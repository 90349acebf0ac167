use crate::credential::FormKind;
use crate::finding::{Change, Draft, Findings, Fix, Level, Place};
use crate::json::Pointer;
use crate::rule::{Basis, Check, File, Rule};
use crate::source::{Encoding, FileKind, Span};

pub(super) const RULE: Rule = Rule {
    name: "document-encoding",
    level: Level::Error,
    basis: Basis::Client,
    fixable: true,
    summary: "the file is not UTF-8, or starts with a byte-order mark",
    explanation: "\
JSON must be UTF-8 without a byte-order mark. Adobe's client reads the file as UTF-8 and passes it to `JSON.parse`, \
which refuses both a byte-order mark and UTF-16. In a file that contains only a token, the mark becomes part of the \
token, and AEM refuses it.

Windows PowerShell is the usual cause: `>` and `Out-File` write UTF-16, and `Set-Content -Encoding UTF8` writes a \
byte-order mark.

Invalid UTF-8 doesn't stop Adobe's client: it reads a replacement character (U+FFFD) instead, and the original value \
is lost.",
    example: "\
FF FE 7B 00 22 00 6F 00 6B 00 22 00    UTF-16LE: two bytes for each character of {\"ok\"
EF BB BF 7B 22 6F 6B 22                UTF-8 behind a byte-order mark",
    remedy: "\
Save the file as UTF-8 without a byte-order mark: \"UTF-8\" in most editors, `-Encoding utf8NoBOM` in PowerShell 7, \
`iconv -f UTF-16 -t UTF-8` elsewhere. `aemcred check --fix` does it if the file is otherwise correct JSON. If the file \
is an archive or a keystore, extract the JSON document or download it again.",
    reference: "RFC 8259 section 8.1",
    forms: FormKind::AS_ISSUED,
    check: Check::File(check),
};

fn check(file: &File<'_>, findings: &mut Findings) {
    let (File::Unparsed { source, .. } | File::Token { source } | File::Parsed { source, .. }) = file else {
        return;
    };
    let beginning = Span::new(0, source.text().chars().next().map_or(0, char::len_utf8));
    let at = |span| Place::new(Pointer::root(), span);
    let is_token = matches!(file, File::Token { .. });
    // A text that isn't JSON may not have been decoded as it was meant.
    let fix = matches!(file, File::Parsed { .. }).then(|| Fix {
        label: String::from("write the file as UTF-8 without a byte-order mark; no character changes"),
        change: Change::Encoding,
    });
    let draft = match source.encoding() {
        Encoding::Utf8 => return,
        Encoding::Utf8WithMark => Draft::new(
            at(beginning),
            if is_token {
                "the file starts with a byte-order mark (U+FEFF), which is sent as part of the token"
            } else {
                "the file starts with a byte-order mark (U+FEFF), which JSON.parse refuses"
            },
        )
        .label("three invisible bytes before this")
        .help(if is_token {
            "Programs that read the token from this file send the mark in the Authorization header, and AEM refuses \
             the request with status 401. Save the file as UTF-8 without a byte-order mark (\"BOM\", \"signature\")."
        } else {
            "Adobe's client fails at its first character. Save the file as UTF-8 without a byte-order mark (\"BOM\", \
             \"signature\")."
        })
        .fix(fix),
        Encoding::Utf16(name) | Encoding::Utf32(name) => {
            Draft::new(at(beginning), format!("the file is {name}, not UTF-8"))
                .label(format!("{name} starts here"))
                .help(if is_token {
                    "Programs that read the token from this file get wrong characters, and AEM refuses the request \
                     with status 401. Save the file as UTF-8 without a byte-order mark. In Windows PowerShell, > and \
                     Out-File write UTF-16."
                } else {
                    "Adobe's client reads the file as UTF-8 and can't understand it. Save the file as UTF-8 without a \
                     byte-order mark. In Windows PowerShell, > and Out-File write UTF-16."
                })
                .fix(fix)
        }
        Encoding::Invalid { offset } => Draft::new(
            // The text has U+FFFD, three bytes long, where the bad bytes were.
            at(Span::new(*offset, offset + 3)),
            "the file is not valid UTF-8: the bytes here are not a character",
        )
        .claim(Basis::Damage, Level::Error)
        .label("not UTF-8")
        .help(
            "Adobe's client would read a replacement character (U+FFFD) here and use a wrong value. The file was \
             probably saved in an older encoding (Windows-1252, Latin-1) or damaged during a transfer. Save it as \
             UTF-8, or download the service credentials again.",
        ),
        Encoding::Binary(kind) => {
            let (what, advice) = binary(*kind);
            Draft::new(at(beginning), format!("the file is {what}, not JSON"))
                .label("not text")
                .help(advice)
        }
    };
    // The client wants no token in a file; it is AEM that gets what is read from one.
    findings.push(if is_token { draft.claim(Basis::Service, Level::Error) } else { draft });
}

/// What binary data is, and what to do about it.
const fn binary(kind: Option<FileKind>) -> (&'static str, &'static str) {
    match kind {
        Some(FileKind::Gzip) => {
            ("compressed with gzip", "Decompress it first (gunzip), and check the JSON document in it.")
        }
        Some(FileKind::Zip) => ("a ZIP archive", "Unpack it first, and check the JSON document in it."),
        Some(FileKind::Der) => (
            "a key, certificate or PKCS#12 file in DER",
            "Adobe's client needs the JSON document from the AEM Developer Console, in which key and certificate are \
             PEM text. Download the service credentials again.",
        ),
        Some(FileKind::JavaKeyStore) => (
            "a Java keystore",
            "Adobe's client needs the JSON document from the AEM Developer Console, in which key and certificate are \
             PEM text. Download the service credentials again.",
        ),
        _ => (
            "binary data",
            "It contains bytes that text never has, so it is not JSON or was damaged. Download the service credentials \
             again.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{CLAIMS, Sample, findings, fixed, run, token};

    #[test]
    fn encodings_are_named() {
        let text = Sample::new().text();
        let wide = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        let quads = text.chars().flat_map(|character| u32::from(character).to_le_bytes()).collect();
        let latin1 = text.replacen("any text", "caf\u{1}", 1).into_bytes();
        let latin1: Vec<u8> = latin1.into_iter().map(|byte| if byte == 1 { 0xE9 } else { byte }).collect();
        for (bytes, expected) in [
            ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), "1:1 the file starts with a byte-order mark"),
            ([b"\xFF\xFE".to_vec(), wide(u16::to_le_bytes)].concat(), "1:1 the file is UTF-16LE, not UTF-8"),
            (wide(u16::to_be_bytes), "1:1 the file is UTF-16BE, not UTF-8"),
            (quads, "1:1 the file is UTF-32LE, not UTF-8"),
            (latin1, "13:23 the file is not valid UTF-8"),
            (b"\x1F\x8B\x08\0\0".to_vec(), "1:1 the file is compressed with gzip"),
            (b"PK\x03\x04\0".to_vec(), "1:1 the file is a ZIP archive"),
            (b"\x30\x82\x01\x00\x02".to_vec(), "1:1 the file is a key, certificate or PKCS#12 file"),
            (b"\xFE\xED\xFE\xED\0\0".to_vec(), "1:1 the file is a Java keystore"),
            (b"{\"a\": \0}".to_vec(), "1:1 the file is binary data, not JSON"),
        ] {
            let found = findings(&RULE, bytes);
            assert!(found.len() == 1 && found[0].starts_with(expected), "{expected}: {found:?}");
        }
    }

    #[test]
    fn of_a_token_nothing_is_said_about_json() {
        let token = token(CLAIMS);
        let marked = [b"\xEF\xBB\xBF", token.as_bytes()].concat();
        let wide: Vec<u8> = format!("\u{FEFF}{token}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, message) in [
            (marked, "the file starts with a byte-order mark (U+FEFF), which is sent as part of the token"),
            (wide, "the file is UTF-16LE, not UTF-8"),
        ] {
            let checked = run(&RULE, bytes);
            let [finding] = checked.findings.as_slice() else { panic!("one finding of {message}") };
            assert_eq!(finding.draft.message, message);
            let help = &finding.draft.help;
            assert!(help.contains("AEM refuses the request") && !help.contains("client"), "{help}");
        }
    }

    #[test]
    fn what_was_read_whole_is_written_as_utf8() {
        let text = Sample::new().with("org", "\"\u{e9}\u{1F600}\"").text();
        let bytes = |text: &str| text.as_bytes().to_vec();
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
        let marked =
            |text: &str| format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect();
        let quads = |text: &str| text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect::<Vec<u8>>();
        for encode in [|text: &str| format!("\u{FEFF}{text}").into_bytes(), wide, marked, quads] {
            assert_eq!(fixed(&RULE, encode(&text)).as_ref(), Some(&text));
            // Who can't read it all should not write it.
            assert_eq!(fixed(&RULE, encode("{\"ok\": true,}")), None);
        }
        let bad = [bytes(&text), vec![0xE9]].concat();
        for bytes in [bad, bytes("\u{FEFF}"), vec![0x1F, 0x8B, 8, 0], bytes(&text)] {
            assert_eq!(fixed(&RULE, bytes), None);
        }
    }

    #[test]
    fn utf8_is_right_and_a_broken_one_is_pointed_at() {
        for text in ["", "{}", "{", "\"é\""] {
            assert_eq!(findings(&RULE, text), [""; 0], "{text}");
        }
        let checked = run(&RULE, b"[\"a\xE9b in a longer text\"]".to_vec());
        assert_eq!(checked.findings[0].start.to_string(), "1:4");
        assert_eq!(checked.findings[0].end.to_string(), "1:5");
    }
}
