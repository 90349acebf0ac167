use crate::credential::{CertificateField, FormKind, presentable};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "certificate-issuer",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "the certificate is not self-issued: its issuer and subject differ",
    explanation: "\
In the certificates that the AEM Developer Console issues, issuer and subject are the same name: the client ID. A \
different issuer means that the certificate comes from somewhere else, such as a company's own certificate authority. \
Adobe knows the technical account only by the certificate that Adobe issued.

Issued certificates also say that they are a certificate authority (`CA:TRUE`). That is normal and not reported.",
    example: "\
\"publicKey\": \"-----BEGIN CERTIFICATE-----\\r\\n… issuer: CN=Example Issuing CA, subject: CN=cm-p1-e2-integration-0 …\"",
    remedy: "\
Compare the certificate with the one of the technical account in the AEM Developer Console (Integrations tab). If they \
differ, take `privateKey` and `publicKey` from the console's download.",
    reference: "https://github.com/adobe/aemcs-api-client-lib (README, the certificate in the sample); RFC 5280 section 3.2",
    forms: FormKind::SERVICE,
    check: Check::Certificate(check),
};

fn check(field: &CertificateField<'_, '_>, _: &Settings, findings: &mut Findings) {
    let Ok(certificate) = &field.certificate else { return };
    if certificate.self_issued {
        return;
    }
    let issuer = &certificate.issuer;
    let message = if issuer.is_empty() {
        String::from("the certificate is not self-issued: it doesn't say who issued it")
    } else if presentable(&issuer.replace('=', " ")) {
        // The sign stands between a name's parts here; in base64 it would mean something else.
        format!("the certificate is not self-issued: its issuer is {issuer}")
    } else {
        String::from("the certificate is not self-issued: its issuer is not its subject")
    };
    findings.push(Draft::new(field.pem.begin(), message).label("not self-issued").help(
        "In certificates of the AEM Developer Console, issuer and subject are both the client ID, so Adobe may not \
         know this one. Compare it with the technical account's certificate in the console (Integrations tab).",
    ));
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use super::RULE;
    use crate::rules::synthetic::{Sample, messages};

    #[test]
    fn an_issuer_is_named_only_if_it_can_be_shown() {
        let said = |issuer: &str| messages(&RULE, &Sample::issued_by(issuer).document());
        assert_eq!(
            said("Example Issuing CA"),
            ["the certificate is not self-issued: its issuer is CN=Example Issuing CA"]
        );
        assert_eq!(
            said("p8e-0123456789abcdef"),
            ["the certificate is not self-issued: its issuer is not its subject"]
        );
    }
}
