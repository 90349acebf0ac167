use super::{Ending, report_ending};
use crate::credential::{CertificateField, FormKind};
use crate::finding::{Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words::RENEW;

pub(super) const RULE: Rule = Rule {
    name: "certificate-expiry-imminent",
    level: Level::Error,
    basis: Basis::Policy,
    fixable: false,
    summary: "the certificate expires within 3 days (`--imminent` changes this)",
    explanation: "\
After that, Adobe issues no more access tokens for this credential, and everything that depends on it stops. From \
three days before, Adobe also sends its reminders daily.

This is an error and not a warning, so that a pipeline fails while there is still time to act.",
    example: "\
\"publicKey\": \"-----BEGIN CERTIFICATE-----\\r\\n… notAfter: 2 days from now …\",
\"certificateExpirationDate\": \"2026-11-24T12:00:00.000Z\"",
    remedy: "\
Create a new private key for the same technical account in the AEM Developer Console (Integrations tab) now. The old \
key stays valid until it expires. Download the service credentials, replace the old file everywhere, and check the \
result with `aemcred compare OLD NEW`.",
    reference: "RFC 5280 section 4.1.2.5; https://experienceleague.adobe.com/docs/experience-manager-cloud-service/content/implementing/developing/generating-access-tokens-for-server-side-apis.html",
    forms: FormKind::SERVICE,
    check: Check::Certificate(check),
};

fn check(field: &CertificateField<'_, '_>, settings: &Settings, findings: &mut Findings) {
    let help = format!(
        "After that, Adobe issues no more tokens for this credential. {RENEW} The old key stays valid until then, so \
         you can switch without downtime.",
    );
    report_ending(Ending::Imminent, "expires very soon", help, field, settings, findings);
}
