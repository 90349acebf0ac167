use super::report_defects;
use crate::credential::pem::{COLUMNS, DefectGroup};
use crate::credential::{FormKind, PemField};
use crate::finding::{Findings, Fix, Level, Replacement};
use crate::json::escaped;
use crate::rule::{Basis, Check, Rule};

pub(super) const RULE: Rule = Rule {
    name: "pem-newlines",
    level: Level::Error,
    basis: Basis::Client,
    fixable: true,
    summary: "the line breaks of a PEM are missing, escaped twice, or lone CRs",
    explanation: "\
PEM needs line breaks: BEGIN and END must be on lines of their own. In JSON a line break is written `\\r\\n` or \
`\\n`. Environment variables, secret stores and web forms often remove line breaks, turn them into spaces, or \
escape them a second time, so that the key contains a backslash and a letter instead (`\\\\n` in the file). Node \
and OpenSSL refuse all of these, and also lines that end with CR alone. Programs then report `no start line` \
(`error:0909006C`, Node 16 and OpenSSL 1.1) or `DECODER routines::unsupported` (`error:1E08010C`, newer ones). \
Adobe's client never reads `publicKey`, but nobody can read such a certificate.

In the fields of a program this is reported only if the key can't be read at all, because programs restore line \
breaks themselves.

The key itself is complete, so the line breaks can be restored automatically.",
    example: r#""privateKey": "-----BEGIN RSA PRIVATE KEY-----\\nMII…\\n-----END RSA PRIVATE KEY-----\\n""#,
    remedy: "\
Write `\\r\\n` for each line break (`aemcred check --fix` does this if nothing else is wrong with the PEM), or \
download the file again. Then find out which step removed them: quote the variable in the shell, store the file \
instead of single values, or encode the value as base64 for transport.",
    reference: "RFC 7468 sections 2 and 3",
    forms: FormKind::SERVICE,
    check: Check::Pem(check),
};

fn check(field: &PemField<'_, '_>, findings: &mut Findings) {
    report_defects(field, DefectGroup::Newlines, || line_breaks(field), findings);
}

/// The same block as issued.
fn line_breaks(field: &PemField<'_, '_>) -> Option<Fix> {
    let pem = field.scan.with_line_breaks(field.pem())?;
    let name = field.field.name();
    let label = format!(
        r"write {name} in lines of {COLUMNS} characters that end with \r\n; its content doesn't change"
    );
    Some(Fix::replace(label, field.text.inner_span(), Replacement::Secret(escaped(pem.expose()))))
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use super::RULE;
    use crate::rules::pem::pem_syntax::RULE as SYNTAX;
    use crate::rules::synthetic::{Sample, messages, placed};

    #[test]
    fn lost_line_breaks_are_told_from_other_spellings() {
        for (line_break, said) in [
            ("\n", None),
            ("\r\n", None),
            (" ", Some("the PEM has lost its line breaks: there are spaces instead (privateKey)")),
            (
                "",
                Some(
                    "the PEM has lost a line break: BEGIN, END and base64 must be on lines of their own (privateKey)",
                ),
            ),
            (
                r"\n",
                Some(
                    "the PEM is escaped twice: it has a backslash and the letter n instead of each line break \
                     (privateKey)",
                ),
            ),
            (
                "\r",
                Some(
                    "the lines of the PEM end with CR alone, which is not a line break for Adobe's client (privateKey)",
                ),
            ),
        ] {
            let document = Sample::new().respelt("privateKey", |pem| pem.replace("\r\n", line_break));
            let messages = messages(&RULE, &document);
            assert_eq!(messages, said.into_iter().collect::<Vec<_>>(), "{line_break:?}");
            assert_eq!(crate::rules::synthetic::messages(&SYNTAX, &document), [""; 0], "{line_break:?}");
        }
    }

    #[test]
    fn the_first_place_is_pointed_at() {
        let document = Sample::new().respelt("publicKey", |pem| pem.replace("\r\n", r"\n"));
        assert_eq!(placed(&RULE, &document), [("/integration/publicKey".to_owned(), r"\\n".to_owned())]);
    }
}
