use super::report_defects;
use crate::credential::pem::DefectGroup;
use crate::credential::{FormKind, PemField};
use crate::finding::{Findings, Level};
use crate::rule::{Basis, Check, Rule};

pub(super) const RULE: Rule = Rule {
    name: "pem-syntax",
    level: Level::Error,
    basis: Basis::Client,
    fixable: false,
    summary: "OpenSSL refuses the syntax of a PEM, and so does Adobe's client",
    explanation: "\
Adobe's client passes `privateKey` to Node, and Node to OpenSSL, which is strict about PEM: exactly five hyphens on \
each side of BEGIN and END, both in capital letters and with the same label, nothing else on their lines, no \
indentation, no blank line inside, complete base64 with its padding and in the standard alphabet, and only ASCII \
characters.

Other programs are less strict, so a key that works in one place may fail in another. These findings were compared \
with OpenSSL 3.0 and Node 20. Adobe's client never reads `publicKey`, but if the certificate can't be read, nobody can \
tell whose the key is and when it expires. Line breaks that were lost or escaped twice are reported by `pem-newlines`.",
    example: "\
\"privateKey\": \"-----BEGIN RSA PRIVATE KEY-----\\r\\nMII…\\r\\n----END RSA PRIVATE KEY-----\\r\\n\"",
    remedy: "\
Copy the value again from the downloaded file, with a program that changes nothing: word processors, chat programs and \
web forms replace hyphens and spaces.",
    reference: "RFC 7468 section 3; PEM_read_bio of OpenSSL 3.0",
    forms: FormKind::SERVICE,
    check: Check::Pem(check),
};

fn check(field: &PemField<'_, '_>, findings: &mut Findings) {
    report_defects(field, DefectGroup::Syntax, || None, findings);
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use super::RULE;
    use crate::rules::synthetic::{Sample, messages, placed};

    #[test]
    fn the_line_in_the_pem_is_named() {
        let document = Sample::new().respelt("publicKey", |pem| pem.replacen("\r\n", "\r\nä", 1));
        assert_eq!(
            messages(&RULE, &document),
            [
                "the PEM contains a character that is not ASCII or not printable, such as a no-break space or a \
              zero-width space (publicKey, line 2 of the PEM)"
            ]
        );
        assert_eq!(placed(&RULE, &document), [("/integration/publicKey".to_owned(), "ä".to_owned())]);
    }

    #[test]
    fn hyphens_are_counted() {
        for (issued, written, count) in [
            ("-----BEGIN", "----BEGIN", "4 hyphens"),
            ("-----END", "------END", "6 hyphens"),
            ("KEY-----", "KEY-", "1 hyphen"),
        ] {
            let document = Sample::new().respelt("privateKey", |pem| pem.replacen(issued, written, 1));
            let said = messages(&RULE, &document).concat();
            let expected = format!("the BEGIN or END line of the PEM has {count} on one side instead of 5 (");
            assert!(said.starts_with(&expected), "{said}");
        }
    }
}
