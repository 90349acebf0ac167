//! Spellings of PEM, and for each what the scanner says and what the documented client does.

use aemcred::internals::credential::pem::{DefectKind, Escape, Label, OddityKind, Scan, Wanted, scan};

use crate::pem_client::{self, Keys};

/// What the client does with a text.
enum Outcome {
    /// Reads it, with these oddities (by their variant's name, in order).
    Reads(&'static [&'static str]),
    /// Refuses the spelling.
    Refuses(DefectKind),
    /// The spelling is fine and the block is of this kind; its contents, label or encryption is refused.
    RefusesContents(Label),
}

struct Row {
    name: String,
    text: String,
    outcome: Outcome,
    /// `openssl pkey` does otherwise than Node; Node counts.
    cli_differs: bool,
}

#[derive(Default)]
struct Table(Vec<Row>);

impl Table {
    fn row(&mut self, name: impl Into<String>, text: impl Into<String>, outcome: Outcome) -> &mut Row {
        self.0.push(Row { name: name.into(), text: text.into(), outcome, cli_differs: false });
        self.0.last_mut().unwrap()
    }

    fn reads(
        &mut self,
        name: impl Into<String>,
        text: impl Into<String>,
        oddities: &'static [&'static str],
    ) -> &mut Row {
        self.row(name, text, Outcome::Reads(oddities))
    }

    fn refuses(&mut self, name: impl Into<String>, text: impl Into<String>, kind: DefectKind) -> &mut Row {
        self.row(name, text, Outcome::Refuses(kind))
    }

    fn contents(&mut self, name: impl Into<String>, text: impl Into<String>, label: Label) -> &mut Row {
        self.row(name, text, Outcome::RefusesContents(label))
    }
}

const BEGIN: &str = "-----BEGIN RSA PRIVATE KEY-----";
const END: &str = "-----END RSA PRIVATE KEY-----";

fn body(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with('-')).collect()
}

fn wrapped(base64: &str, columns: usize) -> String {
    let lines: Vec<&str> =
        base64.as_bytes().chunks(columns).map(|line| std::str::from_utf8(line).unwrap()).collect();
    lines.join("\n")
}

/// The key with these lines between BEGIN and END.
fn armoured(inside: &str) -> String {
    format!("{BEGIN}\n{inside}\n{END}\n")
}

/// `pem` with line `index` (from 0) changed.
fn changed(pem: &str, index: usize, change: impl Fn(&str) -> String) -> String {
    pem.lines()
        .enumerate()
        .map(|(i, line)| if i == index { change(line) } else { line.to_owned() } + "\n")
        .collect()
}

fn relabeled(pem: &str, from: &str, to: &str) -> String {
    pem.replace(&format!(" {from}-"), &format!(" {to}-"))
}

/// Accepted or not, as facts.md has it, and everything nearby.
fn line_break_rows(table: &mut Table, keys: &Keys) {
    use DefectKind::{BlankLine, LoneCarriageReturns, NewlinesAsSpaces, NewlinesEscaped, NewlinesMissing};
    let rsa = &keys.rsa;
    let base64 = body(rsa);
    let end = rsa.lines().count() - 1;

    table.reads("as OpenSSL writes it", rsa, &[]);
    table.reads("CR LF, as issued", rsa.replace('\n', "\r\n"), &[]);
    table.reads("no final newline", rsa.trim_end(), &[]);
    table.reads("CR LF, no final newline", rsa.trim_end().replace('\n', "\r\n"), &[]);
    table.reads("mixed line ends", changed(rsa, 3, |line| format!("{line}\r")), &["MixedLineEnds"]);
    table.reads("CR LF only after BEGIN", changed(rsa, 0, |line| format!("{line}\r")), &["MixedLineEnds"]);
    table.reads("CR CR LF", rsa.replace('\n', "\r\r\n"), &["StrayCarriageReturns"]);
    table.refuses("LF CR", rsa.replace('\n', "\n\r"), LoneCarriageReturns);
    table.refuses("lone CR", rsa.replace('\n', "\r"), LoneCarriageReturns);
    table.refuses("lone CR, LF at the end", rsa.trim_end().replace('\n', "\r") + "\n", LoneCarriageReturns);
    table.reads(
        "lone CR inside the body",
        armoured(&wrapped(&base64, 64).replace('\n', "\r")),
        &["StrayCarriageReturns"],
    );
    table.refuses("lone CR after BEGIN", rsa.replacen('\n', "\r", 1), LoneCarriageReturns);
    table.refuses("lone CR before END", rsa.replace("\n-----END", "\r-----END"), LoneCarriageReturns);

    for (name, between, escape) in [
        (r"\n", r"\n", Escape::LineFeed),
        (r"\r\n", r"\r\n", Escape::CarriageReturnLineFeed),
        (r"\r", r"\r", Escape::CarriageReturn),
    ] {
        table.refuses(format!("literal {name}"), rsa.replace('\n', between), NewlinesEscaped(escape));
        table.refuses(
            format!("literal {name}, none at the end"),
            rsa.trim_end().replace('\n', between),
            NewlinesEscaped(escape),
        );
        table.refuses(
            format!("literal {name} and line breaks"),
            rsa.replace('\n', &format!("{between}\n")),
            NewlinesEscaped(escape),
        );
        table.refuses(
            format!("literal {name} after BEGIN"),
            rsa.replacen('\n', between, 1),
            NewlinesEscaped(escape),
        );
        table.refuses(
            format!("literal {name} before END"),
            rsa.replace("\n-----END", &format!("{between}-----END")),
            NewlinesEscaped(escape),
        );
        table.refuses(
            format!("literal {name} in the body"),
            armoured(&wrapped(&base64, 64).replace('\n', between)),
            NewlinesEscaped(escape),
        );
        table.refuses(
            format!("literal {name} in one place of the body"),
            changed(rsa, 2, |line| format!("{line}{between}")),
            NewlinesEscaped(escape),
        );
    }
    table.refuses(
        "literal \\n after END",
        rsa.trim_end().to_owned() + "\\n",
        NewlinesEscaped(Escape::LineFeed),
    );
    table.refuses("literal \\\\n", rsa.replace('\n', r"\\n"), NewlinesEscaped(Escape::LineFeed));
    table.refuses(
        "literal \\\\r\\\\n",
        rsa.replace('\n', r"\\r\\n"),
        NewlinesEscaped(Escape::CarriageReturnLineFeed),
    );

    table.refuses("spaces for newlines", rsa.replace('\n', " "), NewlinesAsSpaces);
    table.refuses("two spaces for newlines", rsa.replace('\n', "  "), NewlinesAsSpaces);
    table.refuses("tabs for newlines", rsa.replace('\n', "\t"), NewlinesAsSpaces);
    table.refuses("space after BEGIN", rsa.replacen('\n', " ", 1), NewlinesAsSpaces);
    table.refuses("space before END", rsa.replace("\n-----END", " -----END"), NewlinesAsSpaces);
    table.refuses("nothing for newlines", rsa.replace('\n', ""), NewlinesMissing);
    table.refuses("nothing after BEGIN", rsa.replacen('\n', "", 1), NewlinesMissing);
    table.refuses("nothing before END", rsa.replace("\n-----END", "-----END"), NewlinesMissing);
    table.refuses(
        "two blocks with nothing between",
        rsa.trim_end().to_owned() + &keys.other_rsa,
        NewlinesMissing,
    );
    table.refuses(
        "the documentation's redacted sample",
        format!("{BEGIN} ***REDACTED**** {}", &END[1..]),
        NewlinesAsSpaces,
    );

    table.reads("leading blank lines", format!("\n\n{rsa}"), &["LeadingBlankLines"]);
    table.reads("leading lines of blanks", format!("  \n\t\r\n{rsa}"), &["LeadingBlankLines"]);
    table.reads("trailing blank lines", format!("{rsa}\n\n  \n"), &[]);
    table.reads("blank line after BEGIN", rsa.replacen('\n', "\n\n", 1), &["BlankLineAfterBegin"]);
    table.reads(
        "blank line after BEGIN, CR LF",
        rsa.replacen('\n', "\n\n", 1).replace('\n', "\r\n"),
        &["BlankLineAfterBegin"],
    );
    table.reads(
        "line of blanks after BEGIN",
        rsa.replacen('\n', "\n \t\n", 1),
        &["BlankLineAfterBegin", "TrailingBlanks"],
    );
    table.refuses("two blank lines after BEGIN", rsa.replacen('\n', "\n\n\n", 1), BlankLine);
    table.refuses("blank line before END", rsa.replace("\n-----END", "\n\n-----END"), BlankLine);
    table.refuses("line of blanks before END", rsa.replace("\n-----END", "\n  \n-----END"), BlankLine);
    table.refuses("blank line in the body", changed(rsa, 5, |line| format!("{line}\n")), BlankLine);
    table.refuses("blank line after the first line", changed(rsa, 1, |line| format!("{line}\n")), BlankLine);
    table.refuses("every second line blank", rsa.replace('\n', "\n\n"), BlankLine);
    table.refuses(
        "blank lines after BEGIN and before END",
        rsa.replacen('\n', "\n\n", 1).replace("\n-----END", "\n\n-----END"),
        BlankLine,
    );
    table.refuses(
        "blank line after BEGIN, 63 columns",
        armoured(&format!("\n{}", wrapped(&base64, 63))),
        DefectKind::ShortLine,
    );
    table.refuses(
        "blank line after BEGIN, 65 columns",
        armoured(&format!("\n{}", wrapped(&base64, 65))),
        DefectKind::LongLine,
    );
    table.refuses(
        "blank line after BEGIN, 32 columns",
        armoured(&format!("\n{}", wrapped(&base64, 32))),
        DefectKind::ShortLine,
    );
    table.refuses(
        "blank line after BEGIN, 76 columns",
        armoured(&format!("\n{}", wrapped(&base64, 76))),
        DefectKind::LongLine,
    );
    table.refuses("blank line after BEGIN, one line", armoured(&format!("\n{base64}")), DefectKind::LongLine);

    table.refuses("blank before BEGIN", format!(" {rsa}"), DefectKind::Indented);
    table.refuses("tab before BEGIN", format!("\t{rsa}"), DefectKind::Indented);
    table.refuses("blank before END", changed(rsa, end, |line| format!("  {line}")), DefectKind::Indented);
    table.refuses(
        "all lines indented",
        format!("  {}", rsa.trim_end().replace('\n', "\n  ")),
        DefectKind::Indented,
    );
    table.refuses("all but BEGIN indented", rsa.trim_end().replace('\n', "\n    "), DefectKind::Indented);
    table.reads(
        "body indented",
        armoured(&format!("  {}", wrapped(&base64, 64).replace('\n', "\n  "))),
        &["BlanksInside"],
    );
    table.reads(
        "blanks inside a line",
        changed(rsa, 3, |line| format!("{}  {}", &line[..9], &line[9..])),
        &["BlanksInside"],
    );
    table.reads(
        "tab inside a line",
        changed(rsa, 3, |line| format!("{}\t{}", &line[..9], &line[9..])),
        &["BlanksInside"],
    );
    table.reads("trailing blanks", rsa.replace('\n', "  \n"), &["TrailingBlanks"]);
    table.reads("trailing tabs, CR LF", rsa.replace('\n', "\t\r\n"), &["TrailingBlanks"]);
    table.reads(
        "300 trailing blanks",
        changed(rsa, 3, |line| line.to_owned() + &" ".repeat(300)),
        &["TrailingBlanks"],
    );
    table.reads(
        "300 trailing blanks after BEGIN",
        changed(rsa, 0, |line| line.to_owned() + &" ".repeat(300)),
        &["TrailingBlanks"],
    );
}

fn wrapping_rows(table: &mut Table, keys: &Keys) {
    let base64 = body(&keys.rsa);
    for columns in (1..=200).chain([252, 253, 254, 255, 256, 507, 508, 509, 510, 762, base64.len()]) {
        let oddities: &[&str] = if columns == 64 { &[] } else { &["Wrapping"] };
        table.reads(format!("{columns} columns"), armoured(&wrapped(&base64, columns)), oddities);
        if columns > 250 {
            table.reads(
                format!("{columns} columns, CR LF"),
                armoured(&wrapped(&base64, columns)).replace('\n', "\r\n"),
                oddities,
            );
        }
    }
    table.reads(
        "ragged",
        armoured(&format!("{}\n{}\n{}", &base64[..10], &base64[10..300], &base64[300..])),
        &["Wrapping"],
    );
    for columns in [63, 64, 65, 253, 254, 255] {
        let line = format!("{}\n{}", &base64[..columns], wrapped(&base64[columns..], 64));
        let oddities: &[&str] = if columns == 64 { &[] } else { &["Wrapping"] };
        table.reads(format!("first line of {columns}"), armoured(&line), oddities);
    }
    // The client takes each piece of 254 bytes for a line.
    let filled = format!("{base64}{}", " ".repeat(254 - base64.len() % 254));
    table
        .reads("END at a boundary of pieces", format!("{BEGIN}\n{filled}{END}\n"), &["BlanksInside"])
        .outcome = Outcome::Reads(&["Wrapping"]);
    table.reads("BEGIN at a boundary of pieces", format!("{}{}", "x".repeat(254), keys.rsa), &["TextBefore"]);
    table.refuses(
        "BEGIN one before a boundary",
        format!("{}{}", "x".repeat(253), keys.rsa),
        DefectKind::TextBesideArmour,
    );
    table.reads(
        "BEGIN line of 254",
        changed(&keys.rsa, 0, |line| format!("{line:254}")),
        &["TrailingBlanks"],
    );
    table.reads(
        "BEGIN line of 253",
        changed(&keys.rsa, 0, |line| format!("{line:253}")),
        &["TrailingBlanks"],
    );
}

fn armour_rows(table: &mut Table, keys: &Keys) {
    use DefectKind::{
        DashCount, LabelsDiffer, LowerCase, MissingBegin, MissingEnd, Misspelt, NoArmour, TextBesideArmour,
        TypographicDash,
    };
    let rsa = &keys.rsa;
    let base64 = body(rsa);
    let end = rsa.lines().count() - 1;
    for (name, line) in [("BEGIN", 0), ("END", end)] {
        let with = |change: &dyn Fn(&str) -> String| changed(rsa, line, change);
        table.refuses(format!("{name} with four hyphens before"), with(&|l| l[1..].to_owned()), DashCount);
        table.refuses(
            format!("{name} with four hyphens after"),
            with(&|l| l[..l.len() - 1].to_owned()),
            DashCount,
        );
        table.refuses(format!("{name} with six hyphens before"), with(&|l| format!("-{l}")), DashCount);
        table.refuses(format!("{name} with six hyphens after"), with(&|l| format!("{l}-")), DashCount);
        table.refuses(
            format!("{name} without hyphens after"),
            with(&|l| l[..l.len() - 5].to_owned()),
            DashCount,
        );
        table.refuses(
            format!("{name} with em dashes"),
            with(&|l| l.replace("--", "\u{2014}")),
            TypographicDash,
        );
        table.refuses(
            format!("{name} with non-breaking hyphens"),
            with(&|l| l.replace('-', "\u{2011}")),
            TypographicDash,
        );
        table.refuses(format!("{name} in lower case"), with(&str::to_lowercase), LowerCase);
        table.refuses(
            format!("{name} with the word in lower case"),
            with(&|l| l.replace(name, &name.to_lowercase())),
            LowerCase,
        );
        table.refuses(format!("{name} in quotation marks"), with(&|l| format!("\"{l}\"")), TextBesideArmour);
        table.refuses(format!("{name} followed by text"), with(&|l| format!("{l} # key")), TextBesideArmour);
        table.refuses(format!("{name} followed by a comma"), with(&|l| format!("{l},")), TextBesideArmour);
        table.refuses(format!("{name} behind text"), with(&|l| format!("key: {l}")), TextBesideArmour);
        table.refuses(
            format!("{name} with a blank before the word"),
            with(&|l| l.replace(name, &format!(" {name}"))),
            Misspelt,
        );
        table.refuses(
            format!("{name} without a blank"),
            with(&|l| l.replace(&format!("{name} "), name)),
            Misspelt,
        );
        table.refuses(
            format!("{name} behind a no-break space"),
            with(&|l| format!("\u{a0}{l}")),
            DefectKind::ForbiddenCharacter,
        );
        table.refuses(
            format!("{name} behind a zero-width space"),
            with(&|l| format!("\u{200b}{l}")),
            DefectKind::ForbiddenCharacter,
        );
        table.refuses(
            format!("{name} with a no-break space"),
            with(&|l| l.replacen(' ', "\u{a0}", 1)),
            DefectKind::ForbiddenCharacter,
        );
    }
    table.refuses(
        "END with the label in lower case",
        changed(rsa, end, |l| l.replace("RSA", "rsa")),
        LowerCase,
    );
    table
        .refuses(
            "BEGIN with the label in lower case",
            changed(rsa, 0, |l| l.replace("RSA", "rsa")),
            LabelsDiffer,
        )
        .outcome = Outcome::Refuses(LowerCase);
    table.refuses("BEGN", changed(rsa, 0, |l| l.replace("BEGIN", "BEGN")), Misspelt);
    table.refuses("EDN", changed(rsa, end, |l| l.replace("END", "EDN")), Misspelt);
    table.contents(
        "both labels in lower case",
        rsa.replace("RSA PRIVATE KEY", "rsa private key"),
        Label::Other(None),
    );
    table.refuses(
        "both lines in lower case",
        rsa.replace("BEGIN RSA PRIVATE KEY", "begin rsa private key")
            .replace("END RSA PRIVATE KEY", "end rsa private key"),
        LowerCase,
    );
    table.contents(
        "two blanks in both labels",
        rsa.replace("RSA PRIVATE", "RSA  PRIVATE"),
        Label::Other(None),
    );
    table.refuses("two blanks in END", changed(rsa, end, |l| l.replace("END ", "END  ")), Misspelt);
    table.refuses("END of another label", changed(rsa, end, |l| l.replace("RSA ", "")), LabelsDiffer);
    table.refuses(
        "END of a certificate",
        changed(rsa, end, |_| "-----END CERTIFICATE-----".to_owned()),
        LabelsDiffer,
    );
    table.refuses("END with a longer label", changed(rsa, end, |l| l.replace("KEY", "KEYS")), LabelsDiffer);
    table.refuses("BEGIN with a longer label", changed(rsa, 0, |l| l.replace("KEY", "KEYS")), LabelsDiffer);
    table.refuses("no BEGIN", changed(rsa, 0, |_| String::new()), MissingBegin);
    table.refuses("no END", format!("{BEGIN}\n{}\n", wrapped(&base64, 64)), MissingEnd);
    table.refuses("cut off in the body", &rsa[..800], MissingEnd);
    table.refuses("cut off in END", rsa.trim_end().trim_end_matches('-'), DashCount);
    table.refuses("BEGIN alone", BEGIN, MissingEnd);
    table.refuses("END alone", END, MissingBegin);
    table.refuses("END before BEGIN", format!("{END}\n{}\n{BEGIN}\n", wrapped(&base64, 64)), MissingEnd);
    table.refuses("bare base64", &base64, NoArmour { looks_like_base64_der: true });
    table.refuses("bare wrapped base64", wrapped(&base64, 64), NoArmour { looks_like_base64_der: true });
    table.refuses("other text", "no key at all", NoArmour { looks_like_base64_der: false });
    table.refuses("nothing", "", NoArmour { looks_like_base64_der: false });
    table.refuses("blanks", " \n ", NoArmour { looks_like_base64_der: false });
    table.refuses("BEGIN in the body", changed(rsa, 5, |l| format!("{l}\n{BEGIN}")), MissingEnd);
    table.refuses(
        "PEM as base64",
        "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo=",
        NoArmour { looks_like_base64_der: false },
    );
}

fn body_rows(table: &mut Table, keys: &Keys) {
    use DefectKind::{
        DataAfterPadding, Empty, ForbiddenCharacter, ForeignCharacter, HeaderNotClosed, Padding,
        UnknownHeader, UrlSafeBase64,
    };
    let rsa = &keys.rsa;
    let base64 = body(rsa);
    let inside = wrapped(&base64, 64);
    let unpadded = inside.trim_end_matches('=');
    let into = |text: &str| changed(rsa, 3, |l| format!("{}{text}{}", &l[..9], &l[9..]));
    let instead = |text: &str| changed(rsa, 3, |l| format!("{}{text}{}", &l[..9], &l[10..]));

    table.refuses("no padding", armoured(unpadded), Padding);
    table.refuses("one = too many", armoured(&format!("{unpadded}===")), Padding);
    table.refuses("four =", armoured(&format!("{unpadded}====")), Padding);
    table.refuses("one character lost", instead(""), Padding);
    table.refuses("one character doubled", into("A"), Padding);
    table.reads(
        "padding on a line of its own",
        armoured(&format!("{unpadded}\n{}", &inside[unpadded.len()..])),
        &["Wrapping"],
    );
    table.refuses("data after padding", armoured(&format!("{inside}\nAAAA")), DataAfterPadding);
    table.refuses("= in the middle", instead("="), DataAfterPadding);
    table.refuses(
        "last line twice",
        changed(rsa, rsa.lines().count() - 2, |l| format!("{l}\n{l}")),
        DataAfterPadding,
    );
    table.refuses("URL-safe", rsa.lines().map(|l| if l.starts_with('-') { l.to_owned() } else { l.replace('+', "-").replace('/', "_") } + "\n").collect::<String>(), UrlSafeBase64);
    table.refuses("one -", instead("-"), UrlSafeBase64);
    table.refuses("- between groups", changed(rsa, 3, |l| format!("{}-{}", &l[..8], &l[9..])), UrlSafeBase64);
    table.refuses("- as a line's first", changed(rsa, 3, |l| format!("-{}", &l[1..])), UrlSafeBase64);
    table.refuses("one _", instead("_"), UrlSafeBase64);
    for character in ['*', '!', '.', ',', '"', '#', '%', '<', '~', '\u{7f}'] {
        let kind = if character == '\u{7f}' { ForbiddenCharacter } else { ForeignCharacter };
        table.refuses(format!("{character:?} inside"), instead(&character.to_string()), kind);
    }
    table.refuses("backslash inside", instead(r"\A"), ForeignCharacter);
    table.refuses(": inside", instead(":"), ForeignCharacter);
    for character in [
        '\u{a0}', '\u{200b}', '\u{feff}', '\u{2028}', '\u{85}', 'é', '＋', '\u{b}', '\u{c}', '\u{8}',
        '\u{1b}',
    ] {
        table.refuses(format!("{character:?} inside"), into(&character.to_string()), ForbiddenCharacter);
        table.reads(
            format!("{character:?} at a line's end"),
            changed(rsa, 3, |l| format!("{l}{character}")),
            &["CharactersAtLineEnd"],
        );
        table.reads(
            format!("{character:?} after BEGIN"),
            changed(rsa, 0, |l| format!("{l}{character}")),
            &["CharactersAtLineEnd"],
        );
        table.reads(
            format!("{character:?} after END"),
            changed(rsa, rsa.lines().count() - 1, |l| format!("{l}{character}")),
            &["CharactersAtLineEnd"],
        );
        table.refuses(
            format!("{character:?} before a line"),
            changed(rsa, 3, |l| format!("{character}{l}")),
            ForbiddenCharacter,
        );
    }
    table.reads("NUL at a line's end", changed(rsa, 3, |l| format!("{l}\0")), &["CharactersAtLineEnd"]);
    table.reads("NUL hides text", changed(rsa, 3, |l| format!("{l}\0*hidden*")), &["HiddenByNul"]).outcome =
        Outcome::Reads(&["Wrapping", "HiddenByNul"]);
    table.refuses("NUL hides data", into("\0"), Padding);
    table.reads("NUL in BEGIN", changed(rsa, 0, |l| l.replace("KEY", "KEY\0")), &["HiddenByNul"]);
    table.reads("byte-order mark", format!("\u{feff}{rsa}"), &["ByteOrderMark"]);
    table.refuses("two byte-order marks", format!("\u{feff}\u{feff}{rsa}"), ForbiddenCharacter);
    table.refuses("byte-order mark in the second line", format!("\n\u{feff}{rsa}"), ForbiddenCharacter);
    table.reads(
        "byte-order mark between blocks",
        format!("{}\u{feff}{rsa}", keys.certificate),
        &["FurtherBlocks", "ByteOrderMark"],
    );

    table.refuses("no body", format!("{BEGIN}\n{END}\n"), Empty);
    table.refuses("blank line as body", armoured(""), Empty);
    table.refuses("hyphen as body", armoured("-"), UrlSafeBase64).outcome = Outcome::Refuses(Empty);
    table.refuses("redacted", armoured("***REDACTED***"), ForeignCharacter);
    table.refuses("three dots as body", armoured("..."), ForeignCharacter);
    table
        .reads(
            "text after a hyphen",
            armoured(&format!("{inside}\n-text: no one reads !")),
            &["TextAfterContents"],
        )
        .outcome = Outcome::Refuses(ForeignCharacter);
    table.reads(
        "text without a colon after a hyphen",
        armoured(&format!("{inside}\n-text no one reads !")),
        &["TextAfterContents"],
    );
    table.reads(
        "a wrong END and a right one",
        armoured(&format!("{inside}\n-{END}")),
        &["TextAfterContents"],
    );

    table.refuses("unknown header", armoured(&format!("Comment: synthetic\n\n{inside}")), UnknownHeader);
    table
        .refuses(
            "unknown header, then a key",
            armoured(&format!("Comment: synthetic\n\n{inside}")) + &keys.other_rsa,
            UnknownHeader,
        )
        .cli_differs = true;
    table.reads(
        "unknown header of a certificate, then a key",
        keys.certificate.replacen('\n', "\nComment: synthetic\n\n", 1) + rsa,
        &["FurtherBlocks"],
    );
    table.refuses("header not closed", armoured(&format!("Comment: x\n{inside}")), HeaderNotClosed);
    table
        .reads("header of 9 characters", armoured(&format!("X: 456789\n\n{inside}")), &["DroppedHeader"])
        .cli_differs = false;
    table.refuses("header of 10 characters", armoured(&format!("X: 4567890\n\n{inside}")), UnknownHeader);
    table.reads("short line before a blank one", armoured(&format!("Key!\n\n{inside}")), &["DroppedHeader"]);
    table.refuses("MIC-CLEAR", armoured(&format!("Proc-Type: 4,MIC-CLEAR\n\n{inside}")), UnknownHeader);
    table.refuses("Proc-Type 5", armoured(&format!("Proc-Type: 5,ENCRYPTED\n\n{inside}")), UnknownHeader);
    table.reads(
        "Proc-Type 5, then a key",
        armoured(&format!("Proc-Type: 5,ENCRYPTED\n\n{inside}")) + &keys.other_rsa,
        &["FurtherBlocks"],
    );
    table.contents("encrypted", &keys.rsa_encrypted, Label::RsaPrivateKey);
    table.contents("encrypted, CR LF", keys.rsa_encrypted.replace('\n', "\r\n"), Label::RsaPrivateKey);
    table.contents("encrypted PKCS#8", &keys.pkcs8_encrypted, Label::EncryptedPrivateKey);
    table.refuses(
        "encrypted, blank line lost",
        keys.rsa_encrypted.replacen("\n\n", "\n", 1),
        HeaderNotClosed,
    );
    table.refuses(
        "encrypted, no DEK-Info",
        keys.rsa_encrypted.replace("DEK-Info", "DEX-Info"),
        UnknownHeader,
    );
    table.refuses(
        "encrypted, escaped",
        keys.rsa_encrypted.replace('\n', "\\n"),
        DefectKind::NewlinesEscaped(Escape::LineFeed),
    );
}

fn block_rows(table: &mut Table, keys: &Keys) {
    let rsa = &keys.rsa;
    let broken = |pem: &str| pem.replace("-----END", "----END");
    let foreign = |pem: &str| changed(pem, 3, |l| format!("*{}", &l[1..]));
    let truncated = |pem: &str| changed(pem, 3, |_| String::new()).replace("\n\n", "\n");

    table.reads("text before", format!("Bag Attributes\n    friendlyName: x\n{rsa}"), &["TextBefore"]);
    table.reads("text after", format!("{rsa}text\n"), &["TextAfter"]);
    table.reads("text before and after", format!("before\n{rsa}after"), &["TextBefore", "TextAfter"]);
    table.reads("text with hyphens before", format!("---\n-----\n----- x\n{rsa}"), &["TextBefore"]);
    table.reads("a wrong BEGIN before", format!("{}\n{rsa}", BEGIN.to_lowercase()), &["TextBefore"]);
    table.reads("PKCS#8", &keys.pkcs8, &[]);
    table.reads("EC", &keys.ec, &[]);
    table.reads("EC with its parameters", &keys.ec_with_parameters, &["FurtherBlocks"]);
    table.reads("DSA", &keys.dsa, &[]);
    table.contents("certificate", &keys.certificate, Label::Certificate);
    table.contents("request", &keys.request, Label::CertificateRequest);
    table.contents("public key", &keys.public, Label::PublicKey);
    table.contents("RSA public key", &keys.rsa_public, Label::RsaPublicKey);
    table.reads("PKCS#8 as RSA PRIVATE KEY", relabeled(&keys.pkcs8, "PRIVATE KEY", "RSA PRIVATE KEY"), &[]);
    table.reads(
        "PKCS#8 as ENCRYPTED PRIVATE KEY",
        relabeled(&keys.pkcs8, "PRIVATE KEY", "ENCRYPTED PRIVATE KEY"),
        &[],
    );
    table
        .contents(
            "PKCS#1 as PRIVATE KEY",
            relabeled(rsa, "RSA PRIVATE KEY", "PRIVATE KEY"),
            Label::PrivateKey,
        )
        .cli_differs = true;
    table.contents(
        "PKCS#1 as EC PRIVATE KEY",
        relabeled(rsa, "RSA PRIVATE KEY", "EC PRIVATE KEY"),
        Label::EcPrivateKey,
    );
    table.contents(
        "PKCS#1 as CERTIFICATE",
        relabeled(rsa, "RSA PRIVATE KEY", "CERTIFICATE"),
        Label::Certificate,
    );
    table.contents(
        "PKCS#1 as ANY PRIVATE KEY",
        relabeled(rsa, "RSA PRIVATE KEY", "ANY PRIVATE KEY"),
        Label::new("ANY PRIVATE KEY"),
    );
    // Later rules see an RSA PUBLIC KEY label in both; the second is a surprise of OpenSSL's.
    table.reads("PKCS#1 as RSA PUBLIC KEY", relabeled(rsa, "RSA PRIVATE KEY", "RSA PUBLIC KEY"), &[]);
    table.reads("PKCS#8 as RSA PUBLIC KEY", relabeled(&keys.pkcs8, "PRIVATE KEY", "RSA PUBLIC KEY"), &[]);
    table.contents(
        "EC as RSA PRIVATE KEY",
        relabeled(&keys.ec, "EC PRIVATE KEY", "RSA PRIVATE KEY"),
        Label::RsaPrivateKey,
    );
    table.contents("one line lost", truncated(rsa), Label::RsaPrivateKey);

    for (name, other) in [
        ("certificate", &keys.certificate),
        ("request", &keys.request),
        ("public key", &keys.public),
        ("RSA public key", &keys.rsa_public),
        ("misspelt key", &broken(&keys.other_rsa)),
        ("key with a foreign character", &foreign(&keys.other_rsa)),
        ("key with a line lost", &truncated(&keys.other_rsa)),
    ] {
        // Where END is none, the body goes on over the BEGIN of the key up to its END.
        let oddities: &[&str] =
            if name == "misspelt key" { &["TextAfterContents"] } else { &["FurtherBlocks"] };
        table.reads(format!("{name}, then the key"), format!("{other}{rsa}"), oddities);
        table.reads(format!("the key, then {name}"), format!("{rsa}{other}"), &["FurtherBlocks"]);
    }
    table.refuses(
        "misspelt certificate, then the key",
        broken(&keys.certificate) + rsa,
        DefectKind::DashCount,
    );
    table.reads(
        "the key, then misspelt certificate",
        rsa.to_owned() + &broken(&keys.certificate),
        &["FurtherBlocks"],
    );
    table.reads("two keys", format!("{rsa}{}", keys.other_rsa), &["FurtherBlocks"]);
    table.reads("the same key twice", format!("{rsa}{rsa}"), &["FurtherBlocks"]);
    table.reads("key and EC key", format!("{rsa}{}", keys.ec), &["FurtherBlocks"]);
    table.reads("EC key and key", format!("{}{rsa}", keys.ec), &["FurtherBlocks"]);
    table.reads("key and encrypted key", format!("{rsa}{}", keys.rsa_encrypted), &["FurtherBlocks"]);
    table
        .contents("encrypted key and key", format!("{}{rsa}", keys.rsa_encrypted), Label::RsaPrivateKey)
        .cli_differs = true;
    table
        .contents(
            "encrypted PKCS#8 and key",
            format!("{}{rsa}", keys.pkcs8_encrypted),
            Label::EncryptedPrivateKey,
        )
        .cli_differs = true;
    table.reads(
        "certificate, request, key, key",
        format!("{}{}{rsa}{}", keys.certificate, keys.request, keys.other_rsa),
        &["FurtherBlocks"],
    );
    table.reads(
        "text between blocks",
        format!("{}text\n{rsa}", keys.certificate),
        &["FurtherBlocks", "TextBefore"],
    );
    table.reads("blank lines between blocks", format!("{}\n\n{rsa}", keys.certificate), &["FurtherBlocks"]);
    table.refuses(
        "two blocks, newlines escaped",
        format!("{}{rsa}", keys.certificate).replace('\n', "\\n"),
        DefectKind::NewlinesEscaped(Escape::LineFeed),
    );
}

fn table(keys: &Keys) -> Vec<Row> {
    let mut table = Table::default();
    line_break_rows(&mut table, keys);
    wrapping_rows(&mut table, keys);
    armour_rows(&mut table, keys);
    body_rows(&mut table, keys);
    block_rows(&mut table, keys);
    table.0
}

/// The variant's name alone.
fn names(scan: &Scan) -> Vec<String> {
    let name =
        |kind: &OddityKind| format!("{kind:?}").split([' ', '{', '(']).next().unwrap_or_default().to_owned();
    scan.oddities.iter().map(|oddity| name(&oddity.kind)).collect()
}

#[test]
fn the_scanner_says_what_the_client_does() {
    let Some(keys) = pem_client::keys() else { return };
    let rows = table(keys);
    assert!(rows.len() > 120);
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    let mut wrong = Vec::new();
    for (row, read) in rows.iter().zip(pem_client::node(&texts)) {
        let mut fail = |message: String| wrong.push(format!("{}: {message}", row.name));
        let scan = scan(&row.text, Wanted::PrivateKey);
        let kinds: Vec<DefectKind> = scan.defects.iter().map(|defect| defect.kind).collect();
        let accepts = matches!(row.outcome, Outcome::Reads(_));
        if read.is_some() != accepts {
            fail(format!("Node {} it", if read.is_some() { "reads" } else { "refuses" }));
        }
        if pem_client::openssl_pkey(&row.text) != (accepts != row.cli_differs) {
            fail("openssl pkey does otherwise".to_owned());
        }
        match &row.outcome {
            Outcome::Reads(oddities) => {
                if !kinds.is_empty() {
                    fail(format!("refused for {kinds:?}"));
                } else if names(&scan) != *oddities {
                    fail(format!("oddities {:?}", names(&scan)));
                }
            }
            Outcome::Refuses(kind) => {
                if kinds != [*kind] {
                    fail(format!("defects {kinds:?} at {:?}, not {kind:?}", scan.defects.first()));
                }
            }
            Outcome::RefusesContents(label) => {
                if !kinds.is_empty() || scan.block.as_ref().map(|block| &block.label) != Some(label) {
                    fail(format!("defects {kinds:?}, block {:?}", scan.block));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// The block that is used is the one whose key Node reads.
#[test]
fn the_chosen_block_is_the_client_s() {
    let Some(keys) = pem_client::keys() else { return };
    let rows = table(keys);
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    for (row, read) in rows.iter().zip(pem_client::node(&texts)) {
        let Some(read) = read else { continue };
        let block = scan(&row.text, Wanted::PrivateKey).block.unwrap();
        let contents = block.contents.expose();
        let again = armour(block.label.name().unwrap(), contents);
        assert_eq!(pem_client::public_key(&again), read, "{}", row.name);
    }
}

fn armour(label: &str, contents: &[u8]) -> String {
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::STANDARD.encode(contents);
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", wrapped(&base64, 64))
}

/// Where only the spelling is wrong, the contents are recovered whole.
#[test]
fn misspelt_blocks_are_recovered() {
    let Some(keys) = pem_client::keys() else { return };
    let original = scan(&keys.rsa, Wanted::PrivateKey).block.unwrap();
    let mut recovered = 0;
    for row in table(keys) {
        let Outcome::Refuses(kind) = row.outcome else { continue };
        let block = scan(&row.text, Wanted::PrivateKey).block;
        let always = matches!(
            kind,
            DefectKind::NewlinesAsSpaces
                | DefectKind::NewlinesMissing
                | DefectKind::NewlinesEscaped(_)
                | DefectKind::LoneCarriageReturns
                | DefectKind::Indented
                | DefectKind::BlankLine
                | DefectKind::UrlSafeBase64
                | DefectKind::DashCount
                | DefectKind::LowerCase
        );
        let whole = row.text.contains("KEY") && row.text.len() > 1200 && !row.name.starts_with("encrypted");
        let exempt = row.name == "one -" || row.name.starts_with("- ") || row.name == "one _";
        if let Some(block) = &block {
            recovered += 1;
            if !block.encrypted && !exempt && block.label.is_private_key() {
                assert!(block.contents.expose() == original.contents.expose(), "{}", row.name);
            }
        }
        assert!(block.is_some() || !always || !whole, "{} is not recovered", row.name);
    }
    assert!(recovered > 60, "{recovered}");
}

/// The same spelling rules hold for the certificate, by `openssl x509`.
#[test]
fn certificates_follow_the_same_rules() {
    let Some(keys) = pem_client::keys() else { return };
    let certificate = &keys.certificate;
    let last = certificate.lines().count() - 1;
    for (text, refused) in [
        (certificate.clone(), false),
        (certificate.replace('\n', "\r\n"), false),
        (certificate.replace('\n', "\r"), true),
        (certificate.replace('\n', "\\n"), true),
        (certificate.replace('\n', " "), true),
        (certificate.replace('\n', ""), true),
        (format!(" {certificate}"), true),
        (changed(certificate, 3, |l| format!("{l}\n")), true),
        (changed(certificate, last, str::to_lowercase), true),
        (certificate.replacen('\n', "\n\n", 1), false),
        (format!("{}{certificate}", keys.rsa), false),
        (format!("{}{certificate}", keys.request), false),
        (relabeled(certificate, "CERTIFICATE", "X509 CERTIFICATE"), false),
        (relabeled(certificate, "CERTIFICATE", "TRUSTED CERTIFICATE"), false),
    ] {
        let scan = scan(&text, Wanted::Certificate);
        assert_eq!(scan.defects.is_empty(), !refused, "{:?}", scan.defects);
        assert_eq!(pem_client::openssl_x509(&text), !refused, "{:?}", scan.defects);
        assert!(scan.block.unwrap().label.is_certificate());
    }
}
