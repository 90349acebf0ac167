//! Rules about the certificate in `publicKey`.

mod certificate_algorithm;
mod certificate_expiration_date;
mod certificate_expired;
mod certificate_expiring;
mod certificate_expiry_imminent;
mod certificate_issuer;
mod certificate_lifetime;
mod certificate_not_yet_valid;
mod certificate_signature;
mod certificate_syntax;
mod certificate_time_encoding;
mod certificate_validity_inverted;

use super::words;
use crate::credential::{Certificate, CertificateField, Phase};
use crate::finding::{Draft, Findings};
use crate::rule::{Rule, Settings};

pub(super) const RULES: &[&Rule] = &[
    &certificate_syntax::RULE,
    &certificate_expired::RULE,
    &certificate_expiry_imminent::RULE,
    &certificate_expiring::RULE,
    &certificate_not_yet_valid::RULE,
    &certificate_validity_inverted::RULE,
    &certificate_lifetime::RULE,
    &certificate_time_encoding::RULE,
    &certificate_expiration_date::RULE,
    &certificate_signature::RULE,
    &certificate_issuer::RULE,
    &certificate_algorithm::RULE,
];

/// How near a certificate's end is. Only the strongest is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Expired,
    Imminent,
    Near,
}

/// Nothing if the end is far off, or lies before the beginning: then the two dates say nothing together.
fn ending(certificate: &Certificate, settings: &Settings) -> Option<Ending> {
    let (validity, now) = (certificate.validity(), settings.now);
    match validity.at(now) {
        _ if is_inverted(certificate) => None,
        Phase::Expired => Some(Ending::Expired),
        _ if validity.ends_within(settings.imminent, now) => Some(Ending::Imminent),
        _ if validity.ends_within(settings.expiring, now) => Some(Ending::Near),
        _ => None,
    }
}

/// Reports that the certificate's end is as near as `wanted`, with the words beside the caret and what to do.
fn report_ending(
    wanted: Ending,
    label: &str,
    help: String,
    field: &CertificateField<'_, '_>,
    settings: &Settings,
    findings: &mut Findings,
) {
    let Ok(certificate) = &field.certificate else { return };
    if ending(certificate, settings) != Some(wanted) {
        return;
    }
    let end = certificate.not_after.instant;
    let verb = if wanted == Ending::Expired { "expired" } else { "expires" };
    let (date, distance) = (words::instant(end), words::distance(settings.now, end));
    let message = format!("the certificate {verb} on {date}, {distance}");
    findings.push(Draft::new(field.pem.begin(), message).label(label).help(help));
}

fn is_inverted(certificate: &Certificate) -> bool {
    certificate.not_after.instant < certificate.not_before.instant
}
