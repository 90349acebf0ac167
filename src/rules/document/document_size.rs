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
An issued document has about 4 KB. aemcred doesn't read files above a limit (1 MiB by default), or documents with more \
than 100,000 values, so that no file can exhaust the machine. Adobe's client has no such limit: this finding only says \
that the file was not checked. A file of that size is probably not a credential, but it could be a log or an export \
that contains one.",
    example: "service_token.json    3.5 MiB",
    remedy: "\
If it really is a credential, find out why it is so large. To check larger files, raise the limit with `--max-size`, \
or use `aemcred audit`, which reads up to 64 MiB. Split a document that has too many values.",
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
            findings.push(Draft::new(Place::default(), message).label("not checked").help(
                "It was not checked, so its problems are unknown. An issued document has about 4 KB. If this file \
                 contains a credential, raise the limit (--max-size 16M) or use aemcred audit, which reads up to 64 \
                 MiB.",
            ));
        }
        File::Unparsed { error: Some(error), .. } if error.kind == SyntaxErrorKind::TooMany => {
            let place = Place::new(Pointer::root(), error.span);
            findings.push(
                Draft::new(place, "the document has too many values").label("the limit is reached here").help(
                    "The rest was not checked. An issued document has 14 values, so this is probably not a credential. \
                     If it contains one, check that in a separate file.",
                ),
            );
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{RULE, check};
    use crate::examine;
    use crate::finding::Findings;
    use crate::rule::{File, Settings};
    use crate::rules::testing::{Sample, findings, places, settings};
    use crate::secret::Secret;

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

    #[test]
    fn the_limit_is_the_largest_size() {
        let text = Sample::new().text();
        let size = text.len() as u64;
        for (limit, is_read) in [(size + 1, true), (size, true), (size - 1, false)] {
            let settings = Settings { max_size: limit, ..settings() };
            let checked = examine::check(Secret::new(text.clone().into_bytes()), &settings);
            let reason = format!("has {size} bytes, and the limit is {limit} bytes (--max-size)");
            let failures = if is_read { vec![] } else { vec![reason] };
            assert_eq!((checked.is_credential, checked.failures), (is_read, failures));
        }
    }
}
