use crate::credential::FormKind;
use crate::finding::{Draft, Findings, Level, Place};
use crate::json::{Pointer, SyntaxErrorKind};
use crate::rule::{Basis, Check, File, Rule};
use crate::rules::words;

pub(super) const RULE: Rule = Rule {
    name: "document-size",
    level: Level::Error,
    basis: Basis::Damage,
    fixable: false,
    summary: "the document is larger than the limit",
    explanation: "\
An issued document has about four kilobytes. aemcred does not look at files beyond a limit (1 MiB unless set), nor at \
documents with more than 100,000 values, so that no file can exhaust the machine it runs on. The documented client has no \
such limit; the finding says that nobody has looked. A file of that size is hardly a credential, but it might be a log or \
an export with one inside.",
    example: "service_token.json    3.5 MiB",
    remedy: "\
If it really is a credential, find out what made it so large. To look at larger files, raise the limit with \
`--max-size`, or use `aemcred audit`, which takes up to 64 MiB. A document with too many values must be split.",
    reference: "RFC 8259 section 9 (limits on the size of texts)",
    forms: FormKind::AS_ISSUED,
    check: Check::File(check),
};

fn check(file: &File<'_>, findings: &mut Findings) {
    match file {
        File::TooLarge { size, limit } => {
            let limit = amount(*limit);
            let message = match size {
                Some(size) => format!("the file has {} and the limit is {limit}", amount(*size)),
                None => format!("the file is larger than the limit of {limit}"),
            };
            findings.push(Draft::new(Place::default(), message).label("not looked at").help(
                "It was not looked at, so nobody can vouch for it. An issued document has about 4 kB; if there is a credential \
                 in here, raise the limit (--max-size 16M), or use aemcred audit, which takes up to 64 MiB.",
            ));
        }
        File::Unparsed { error: Some(error), .. } if error.kind == SyntaxErrorKind::TooMany => {
            let place = Place::new(Pointer::root(), error.span);
            findings.push(
                Draft::new(place, "the document has too many values").label("the limit is reached here").help(
                    "It was not looked at any further. An issued document has 14 values, so this is hardly a \
                     credential; if there is one inside, check it in a file of its own.",
                ),
            );
        }
        _ => {}
    }
}

/// A number of bytes as people say it, and exactly: `1.5 MiB (1,572,864 bytes)`.
fn amount(bytes: u64) -> String {
    let exact = words::grouped(bytes);
    for (unit, name) in [(1_u64 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")] {
        if bytes >= unit {
            let (whole, tenth) = (bytes / unit, bytes % unit * 10 / unit);
            let about =
                if bytes.is_multiple_of(unit) { whole.to_string() } else { format!("{whole}.{tenth}") };
            return format!("{about} {name} ({exact} bytes)");
        }
    }
    words::counted(bytes, "byte")
}

#[cfg(test)]
mod tests {
    use super::{RULE, amount, check};
    use crate::finding::Findings;
    use crate::rule::File;
    use crate::rules::testing::{Sample, findings, places, run_with};

    #[test]
    fn sizes_are_told_for_people() {
        for (bytes, expected) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (1023, "1,023 bytes"),
            (1 << 20, "1 MiB (1,048,576 bytes)"),
            ((1 << 20) + 1, "1.0 MiB (1,048,577 bytes)"),
            (3 << 19, "1.5 MiB (1,572,864 bytes)"),
            (u64::MAX, "17179869183.9 GiB (18,446,744,073,709,551,615 bytes)"),
        ] {
            assert_eq!(amount(bytes), expected);
        }
    }

    #[test]
    fn too_large_and_too_many() {
        let checked = run_with(&RULE, Sample::new(), &[], 100);
        let size = Sample::new().text().len();
        assert_eq!(
            checked.findings[0].draft.message,
            format!("the file has {} and the limit is 100 bytes", amount(size as u64))
        );
        let mut unknown = Findings::default();
        check(&File::TooLarge { size: None, limit: 1 << 20 }, &mut unknown);
        assert_eq!(unknown.drafts[0].message, "the file is larger than the limit of 1 MiB (1,048,576 bytes)");
        let many = format!("[{}7]", "0,".repeat(100_000));
        assert_eq!(findings(&RULE, many.as_str()), ["1:200000 the document has too many values"]);
        assert_eq!(places(&RULE, &many), [["0"]]);
        assert_eq!(findings(&RULE, Sample::new()), [""; 0]);
        assert_eq!(findings(&RULE, "{"), [""; 0]);
    }
}
