//! Kinds, places and words. What the client does with each spelling is tested in `tests/it/pem_table.rs`.

use ::base64::Engine as _;
use ::base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::reader::LARGEST_CONTENTS;
use super::*;

const BEGIN: &str = "-----BEGIN RSA PRIVATE KEY-----";
const END: &str = "-----END RSA PRIVATE KEY-----";

/// One complete DER value, and no key.
fn der() -> Vec<u8> {
    let mut der = vec![0x30, 0x81, 97];
    der.extend((0..97).map(|index: u8| index.wrapping_mul(7)));
    der
}

/// 136 characters, the last two of them padding.
fn base64() -> String {
    STANDARD.encode(der())
}

fn lines() -> [String; 3] {
    let base64 = base64();
    [base64[..64].to_owned(), base64[64..128].to_owned(), base64[128..].to_owned()]
}

fn pem() -> String {
    format!("{BEGIN}\n{}\n{END}\n", lines().join("\n"))
}

fn scan_key(text: &str) -> Scan {
    scan(text, Wanted::PrivateKey)
}

#[test]
fn a_well_formed_block() {
    for text in [pem(), pem().replace('\n', "\r\n"), pem().trim_end().to_owned()] {
        let scan = scan_key(&text);
        assert_eq!((scan.defects, scan.oddities), (vec![], vec![]));
        let block = scan.block.unwrap();
        assert_eq!(block.label, Label::RsaPrivateKey);
        assert!(*block.contents.expose() == der());
        assert_eq!(&text[block.range], text.trim_end());
        assert_eq!(&text[block.label_range], "RSA PRIVATE KEY");
        assert!(!block.encrypted);
    }
}

#[test]
fn each_defect_with_its_place() {
    use DefectKind as Kind;
    let pem = pem();
    let [first, second, third] = lines();
    let body = format!("{first}\n{second}\n{third}");
    let armoured = |inside: &str| format!("{BEGIN}\n{inside}\n{END}\n");
    // The text at the place, or "" for the place between two characters.
    let cases: &[(String, Kind, usize, &str)] = &[
        (pem.replace('\n', " "), Kind::NewlinesAsSpaces, 1, " "),
        (pem.replace(&format!("\n{END}"), &format!("  {END}")), Kind::NewlinesAsSpaces, 4, "  "),
        (pem.replace('\n', ""), Kind::NewlinesMissing, 1, BEGIN),
        (pem.replace(&format!("\n{END}"), END), Kind::NewlinesMissing, 4, END),
        (pem.replace('\n', "\\n"), Kind::NewlinesEscaped(Escape::LineFeed), 1, "\\n"),
        (pem.replace('\n', "\\r\\n"), Kind::NewlinesEscaped(Escape::CarriageReturnLineFeed), 1, "\\r\\n"),
        (pem.replace('\n', "\\r"), Kind::NewlinesEscaped(Escape::CarriageReturn), 1, "\\r"),
        (pem.replace('\n', "\\\\n"), Kind::NewlinesEscaped(Escape::LineFeed), 1, "\\\\n"),
        (
            armoured(&format!("{first}\\n\n{second}\n{third}")),
            Kind::NewlinesEscaped(Escape::LineFeed),
            2,
            "\\n",
        ),
        (pem.replace('\n', "\r"), Kind::LoneCarriageReturns, 1, "\r"),
        (format!("  {pem}"), Kind::Indented, 1, "  "),
        (pem.replace(END, &format!("\t{END}")), Kind::Indented, 5, "\t"),
        (armoured(&format!("{first}\n\n{second}\n{third}")), Kind::BlankLine, 3, "\n"),
        (armoured(&format!("{body}\n")), Kind::BlankLine, 5, "\n"),
        (armoured(&format!("\n\n{body}")), Kind::BlankLine, 3, "\n"),
        (armoured(&format!("\n{third}\n{first}")), Kind::ShortLine, 3, &third),
        (armoured(&format!("\n{first}{second}\n{third}")), Kind::LongLine, 3, &base64()[..128]),
        (pem.replace(&second, &format!("\u{a0}{second}")), Kind::ForbiddenCharacter, 3, "\u{a0}"),
        (format!("\u{200b}{pem}"), Kind::ForbiddenCharacter, 1, "\u{200b}"),
        (
            pem.replace("-----END", "\u{2014}-END"),
            Kind::TypographicDash,
            5,
            "\u{2014}-END RSA PRIVATE KEY-----",
        ),
        (pem[1..].to_owned(), Kind::DashCount, 1, &BEGIN[1..]),
        (pem.replace(END, &END[1..]), Kind::DashCount, 5, &END[1..]),
        (pem.to_lowercase(), Kind::LowerCase, 1, "-----begin rsa private key-----"),
        (pem.replace("END ", "END"), Kind::Misspelt, 5, "-----ENDRSA PRIVATE KEY-----"),
        (pem.replace(END, &format!("{END};")), Kind::TextBesideArmour, 5, ";"),
        (format!("key: {pem}"), Kind::TextBesideArmour, 1, "key: "),
        (pem.replace(END, "-----END CERTIFICATE-----"), Kind::LabelsDiffer, 5, "-----END CERTIFICATE-----"),
        (format!("{body}\n{END}\n"), Kind::MissingBegin, 1, ""),
        (format!("{BEGIN}\n{body}\n"), Kind::MissingEnd, 5, ""),
        (base64(), Kind::NoArmour { looks_like_base64_der: true }, 1, &base64()),
        ("text".to_owned(), Kind::NoArmour { looks_like_base64_der: false }, 1, "text"),
        (armoured(body.trim_end_matches('=')), Kind::Padding, 4, &third[5..6]),
        (armoured(&format!("{body}=")), Kind::Padding, 4, "="),
        (armoured(&format!("{body}\nAAAA")), Kind::DataAfterPadding, 5, "A"),
        (pem.replace(&second, &format!("_{}", &second[1..])), Kind::UrlSafeBase64, 3, "_"),
        (pem.replace(&second, &format!("-{}", &second[1..])), Kind::UrlSafeBase64, 3, "-"),
        (pem.replace(&second, &format!("A-{}", &second[2..])), Kind::UrlSafeBase64, 3, "-"),
        (armoured(&format!("*{}", &body[1..])), Kind::ForeignCharacter, 2, "*"),
        (format!("{BEGIN}\n{END}\n"), Kind::Empty, 2, ""),
        (armoured(&format!("Comment: x\n\n{body}")), Kind::UnknownHeader, 2, "Comment: x\n"),
        (armoured(&format!("Comment: x\n{body}")), Kind::HeaderNotClosed, 2, "Comment: x"),
    ];
    for (text, kind, line, place) in cases {
        let scan = scan_key(text);
        let [defect] = scan.defects.as_slice() else { panic!("{kind:?}: {:?}", scan.defects) };
        assert_eq!(defect.kind, *kind, "{text}");
        assert_eq!(&text[defect.range.clone()], *place, "{kind:?}");
        assert_eq!(defect.line, *line, "{kind:?}");
        assert!(scan.oddities.is_empty(), "{kind:?}");
        if let Some(block) = &scan.block {
            assert!(*block.contents.expose() == der() || *kind == Kind::UrlSafeBase64, "{kind:?}");
        }
    }
}

#[test]
fn each_oddity_with_its_place() {
    use OddityKind as Kind;
    let pem = pem();
    let [first, second, third] = lines();
    let certificate = pem.replace("RSA PRIVATE KEY", "CERTIFICATE");
    let further = |count, labels: &[Label]| Kind::FurtherBlocks { count, labels: labels.to_vec() };
    let cases: &[(String, Kind, usize, &str)] = &[
        (format!("\u{feff}{pem}"), Kind::ByteOrderMark, 1, "\u{feff}"),
        (format!("\n \n{pem}"), Kind::LeadingBlankLines, 1, "\n \n"),
        (format!("\nBag\n{pem}"), Kind::TextBefore, 2, "Bag"),
        (format!("{pem}\nBag\n"), Kind::TextAfter, 7, "Bag"),
        (format!("{pem}{certificate}"), further(1, &[Label::Certificate]), 6, "-----BEGIN CERTIFICATE-----"),
        (format!("{certificate}{pem}"), further(1, &[Label::Certificate]), 1, "-----BEGIN CERTIFICATE-----"),
        (format!("{pem}{pem}{pem}"), further(2, &[Label::RsaPrivateKey]), 6, BEGIN),
        (pem.replacen('\n', "\n\n", 1), Kind::BlankLineAfterBegin, 2, "\n"),
        (pem.replacen('\n', "\nX: y\n\n", 1), Kind::DroppedHeader, 2, "X: y\n"),
        (pem.replace(&format!("{first}\n"), &first), Kind::Wrapping, 2, &base64()[..128]),
        (pem.replace(&second, &format!("{second}\t ")), Kind::TrailingBlanks, 3, "\t "),
        (pem.replace(&second, &format!("{second}\u{a0}")), Kind::CharactersAtLineEnd, 3, "\u{a0}"),
        (pem.replace(&second, &format!("  {second}")), Kind::BlanksInside, 3, " "),
        (pem.replace(&format!("{first}\n"), &format!("{first}\r")), Kind::StrayCarriageReturns, 2, "\r"),
        (pem.replace(&format!("{second}\n"), &format!("{second}\r\n")), Kind::MixedLineEnds, 3, "\n"),
        (pem.replace(END, &format!("-text!\n{END}")), Kind::TextAfterContents, 5, "-text!\n"),
        (pem.replace(&third, &format!("{third}\0!")), Kind::HiddenByNul, 4, "\0!"),
    ];
    for (text, kind, line, place) in cases {
        let scan = scan_key(text);
        assert!(scan.defects.is_empty(), "{kind:?}: {:?}", scan.defects);
        let [oddity] = scan.oddities.as_slice() else { panic!("{kind:?}: {:?}", scan.oddities) };
        assert_eq!(oddity.kind, *kind);
        assert_eq!(&text[oddity.range.clone()], *place, "{kind:?}");
        assert_eq!(oddity.line, *line, "{kind:?}");
        assert!(*scan.block.unwrap().contents.expose() == der(), "{kind:?}");
    }
}

#[test]
fn an_encrypted_block_is_no_defect() {
    let header = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n";
    let text = pem().replacen('\n', &format!("\n{header}"), 1);
    let scan = scan_key(&text);
    assert_eq!((scan.defects, scan.oddities), (vec![], vec![]));
    assert!(scan.block.unwrap().encrypted);

    let scan = scan_key(&text.replace('\n', "\\n"));
    assert_eq!(scan.defects[0].kind, DefectKind::NewlinesEscaped(Escape::LineFeed));
    assert!(scan.block.unwrap().encrypted, "one can tell even so");
}

#[test]
fn the_field_decides_which_block_counts() {
    let text = pem() + &pem().replace("RSA PRIVATE KEY", "CERTIFICATE");
    assert_eq!(scan(&text, Wanted::PrivateKey).block.unwrap().label, Label::RsaPrivateKey);
    assert_eq!(scan(&text, Wanted::Certificate).block.unwrap().label, Label::Certificate);
    assert_eq!(scan(&pem(), Wanted::Certificate).block.unwrap().label, Label::RsaPrivateKey, "or else any");
}

#[test]
fn too_large_a_block_is_not_kept() {
    let limit = |length: usize| {
        let mut der = vec![0x30, 0x83, 0, 0, 0];
        der.resize(length, 0);
        let base64 = STANDARD.encode(der);
        let lines: Vec<_> =
            base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        scan_key(&format!("{BEGIN}\n{}\n{END}\n", lines.join("\n")))
    };
    assert!(limit(LARGEST_CONTENTS).defects.is_empty());
    let scan = limit(LARGEST_CONTENTS + 1);
    assert_eq!(scan.defects[0].kind, DefectKind::TooLarge);
    assert!(scan.block.is_none());
}

#[test]
fn nothing_of_a_secret_is_printed() {
    let secret = base64();
    for text in
        [pem(), pem().replace('\n', ""), format!("-----BEGIN {secret}-----\nAAAA\n-----END {secret}-----\n")]
    {
        let printed = format!("{:?}", scan_key(&text));
        for start in 0..secret.len() - 8 {
            assert!(!printed.contains(&secret[start..start + 8]), "{printed}");
        }
    }
}

/// Half a MiB of whatever might be looked at again and again: a quadratic step would take minutes.
#[test]
fn nothing_takes_quadratic_time() {
    const SIZE: usize = 1 << 19;
    for unit in [
        "-----BEGIN A-----\n",
        "-----BEGIN A-----\nAAAA\n-----END A-----\n",
        "-----BEGIN A-----\nAAAA\n-----END B-----\n",
        "-----END A-----\n",
        "--BEGIN",
        "--BEGIN A",
        "-",
        "- ",
        "\\",
        "\\n",
        "\r",
        "A",
        " ",
        "\n",
        "\u{a0}",
        ":",
        "-----BEGIN A-----\\nAAAA\\n-----END A-----\\n",
    ] {
        for text in [unit.repeat(SIZE / unit.len()), format!("{BEGIN}\n{}", unit.repeat(SIZE / unit.len()))] {
            let start = std::time::Instant::now();
            drop(scan_key(&text));
            drop(scan_key(&(text + "\n" + END)));
            assert!(start.elapsed().as_secs() < 60, "{unit:?} took {:?}", start.elapsed());
        }
    }
}

fn check(text: &str) {
    for wanted in [Wanted::PrivateKey, Wanted::Certificate] {
        let scan = scan(text, wanted);
        assert!(scan.block.is_some() || !scan.defects.is_empty(), "{text:?}");
        let defects = scan.defects.iter().map(|defect| (&defect.range, defect.line));
        let oddities = scan.oddities.iter().map(|oddity| (&oddity.range, oddity.line));
        for (range, line) in defects.chain(oddities) {
            assert!(text.get(range.clone()).is_some(), "{range:?} of {text:?}");
            assert!((1..=text.lines().count() + 1).contains(&line));
        }
        if let Some(block) = scan.block {
            assert!(text.get(block.range).is_some() && text.get(block.label_range).is_some(), "{text:?}");
        }
    }
}

#[test]
fn a_colon_on_the_begin_line_is_classified() {
    check("-----BEGIN CERTIFICATE-----\u{a0}\\nProc-Type: 4,ENCRYPTED\n-----END CERTIFICATE-----");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_classified(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn any_arrangement_of_parts_is_classified(parts in prop::collection::vec(prop_oneof![
        Just("-----BEGIN RSA PRIVATE KEY-----".to_owned()), Just("-----END RSA PRIVATE KEY-----".to_owned()),
        Just("-----BEGIN CERTIFICATE-----".to_owned()), Just("-----END CERTIFICATE-----".to_owned()),
        Just("-----BEGIN ".to_owned()), Just("-----END ".to_owned()), Just("BEGIN".to_owned()), Just("----".to_owned()),
        Just("Proc-Type: 4,ENCRYPTED".to_owned()), Just("DEK-Info: A,00".to_owned()),
        Just("\n".to_owned()), Just("\r\n".to_owned()), Just("\\n".to_owned()), Just("\\r".to_owned()), Just(base64()),
        Just("\u{feff}".to_owned()), Just("\u{2014}".to_owned()), Just("\u{a0}".repeat(200)), Just("\u{3000}".repeat(100)),
        Just(" ".repeat(253)), "[A-Za-z0-9+/=_-]{1,70}", "\\PC{1,4}",
    ], 0..16)) {
        check(&parts.concat());
    }
}
