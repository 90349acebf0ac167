use super::{Ending, report_ending};
use crate::credential::{CertificateField, FormKind};
use crate::finding::{Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words::RENEW;

pub(super) const RULE: Rule = Rule {
    name: "certificate-expired",
    level: Level::Error,
    basis: Basis::Service,
    fixable: false,
    summary: "the certificate has expired",
    explanation: "\
Service credentials are valid as long as their certificate, which is one year. After that, Adobe's token service \
refuses every request, and no new access token is issued. A token that was issued earlier works until it is 24 hours \
old, so programs may fail only a day later.

The second of `notAfter` itself is still valid.",
    example: "\
\"publicKey\": \"-----BEGIN CERTIFICATE-----\\r\\n… notAfter: 2026-11-12 12:00:00 UTC …\",
\"certificateExpirationDate\": \"2026-11-12T12:00:00.000Z\"",
    remedy: "\
Create a new private key for the technical account in the AEM Developer Console (Integrations tab), download the \
service credentials, and replace the old file everywhere. A certificate can't be extended: a new private key always \
comes with a new certificate.",
    reference: "RFC 5280 section 4.1.2.5; https://experienceleague.adobe.com/docs/experience-manager-cloud-service/content/implementing/developing/generating-access-tokens-for-server-side-apis.html",
    forms: FormKind::SERVICE,
    check: Check::Certificate(check),
};

fn check(field: &CertificateField<'_, '_>, settings: &Settings, findings: &mut Findings) {
    let help = format!("Adobe refuses every request for a token with this certificate. {RENEW}");
    report_ending(Ending::Expired, "expired", help, field, settings, findings);
}
