use crate::credential::{CertificateField, FormKind, presentable};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "certificate-issuer",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "the certificate was issued by somebody else and not by itself",
    explanation: "\
In the certificates that the AEM Developer Console issues, issuer and subject are the same name: the client ID. Another \
issuer means that the certificate comes from somewhere else, such as a company's own certificate authority, and Adobe \
knows the technical account by the certificate that it issued itself.

The other way round, it is no finding that the certificate says of itself that it is an authority (`CA:TRUE`): issued \
ones do.",
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
        String::from("the certificate doesn't say who issued it, where issued ones name themselves")
    } else if presentable(&issuer.replace('=', " ")) {
        // The sign stands between a name's parts here; in base64 it would mean something else.
        format!("the certificate was issued by {issuer}, where issued ones name themselves")
    } else {
        String::from("the certificate was issued by somebody else, where issued ones name themselves")
    };
    findings.push(Draft::new(field.pem.begin(), message).label("not self-issued").help(
        "The AEM Developer Console issues certificates in which issuer and subject are both the client ID. Adobe may \
         not know this one: compare it with the technical account's in the console (Integrations tab).",
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
            ["the certificate was issued by CN=Example Issuing CA, where issued ones name themselves"]
        );
        assert_eq!(
            said("p8e-0123456789abcdef"),
            ["the certificate was issued by somebody else, where issued ones name themselves"]
        );
    }
}
