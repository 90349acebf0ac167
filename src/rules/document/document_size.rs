use crate::credential::FormKind;
use crate::finding::{Draft, Findings, Level, Place};
use crate::json::{Pointer, SyntaxErrorKind};
use crate::rule::{Basis, Check, File, Rule};
use crate::rules::words::size;

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
        File::TooLarge { size: bytes, limit } => {
            let limit = size(*limit);
            let message = match bytes {
                Some(bytes) => format!("the file has {} and the limit is {limit}", size(*bytes)),
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

#[cfg(test)]
mod tests {
    use super::{RULE, check};
    use crate::finding::Findings;
    use crate::rule::File;
    use crate::rules::testing::{Sample, findings, places};

    #[test]
    fn too_large_and_too_many() {
        let mut known = Findings::default();
        check(&File::TooLarge { size: Some(593), limit: 100 }, &mut known);
        assert_eq!(known.drafts[0].message, "the file has 593 bytes and the limit is 100 bytes");
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
