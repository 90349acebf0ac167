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
    summary: "a PEM is spelled in a way that OpenSSL refuses, and with it the documented client",
    explanation: "\
The documented client hands `privateKey` to Node and so to OpenSSL, which is particular about PEM: exactly five hyphens \
on each side of BEGIN and END, both in capitals and naming the same thing, nothing else on their lines, no indentation, \
no blank line inside, base64 complete with its padding and in the usual alphabet, and no character outside ASCII.

Other programs are laxer, so that a key which works in one place may fail in another. What is reported here was held \
against OpenSSL 3.0 and Node 20. The client never reads `publicKey`; a certificate that can't be read leaves nobody able \
to say whose the key is and until when. Line breaks that were lost or escaped twice are `pem-newlines`.",
    example: "\
\"privateKey\": \"-----BEGIN RSA PRIVATE KEY-----\\r\\nMII…\\r\\n----END RSA PRIVATE KEY-----\\r\\n\"",
    remedy: "\
Copy the value again from the file that the AEM Developer Console let you download, with a program that changes nothing \
in it: word processors, chat programs and web forms replace hyphens and blanks.",
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
}
