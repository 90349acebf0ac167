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
    summary: "the certificate expires within 3 days, or what `--imminent` says",
    explanation: "\
After that Adobe issues no more access tokens for these credentials, and whatever depends on them stops. Three days is \
also when Adobe's own reminders begin to come daily.

It is an error and not a warning so that a pipeline fails while there is still time to act.",
    example: "\
\"publicKey\": \"-----BEGIN CERTIFICATE-----\\r\\n… notAfter: 2 days from now …\",
\"certificateExpirationDate\": \"2026-11-24T12:00:00.000Z\"",
    remedy: "\
Create a new private key for the same technical account in the AEM Developer Console (Integrations tab) now: the old \
one stays valid beside it until it expires. Download the service credentials, replace the old file everywhere, and \
check the result with `aemcred compare OLD NEW`.",
    reference: "RFC 5280 section 4.1.2.5; https://experienceleague.adobe.com/docs/experience-manager-cloud-service/content/implementing/developing/generating-access-tokens-for-server-side-apis.html",
    forms: FormKind::SERVICE,
    check: Check::Certificate(check),
};

fn check(field: &CertificateField<'_, '_>, settings: &Settings<'_>, findings: &mut Findings) {
    let help = format!(
        "From then on Adobe issues no more tokens for these credentials. {RENEW} The old key stays valid until then, so \
         nothing is interrupted.",
    );
    report_ending(Ending::Imminent, "expires very soon", help, field, settings, findings);
}
