//! `text`: sections for people, as wide as the terminal.

mod page;
mod token;

use std::io::{self, Write};

use anstyle::AnsiColor;
use chrono::{DateTime, Utc};

use super::InspectResult;
use crate::credential::{Phase, ProjectCredentialKind, Validity};
use crate::finding::{Finding, Level};
use crate::inspect::{
    Assertion, CertificateSection, Claim, ClaimValue, ClientIdParts, ClientSecret, EndpointSection, Fact,
    Identity, Inspection, MetascopeSection, Operator, PrivateKeySection, Signature, Subject,
};
use crate::record::{ListedCredential, Record, State};
use crate::report::{Drawing, FileResult, Summary, days};
use crate::rules::words::{counted, distance, instant};
use crate::source::hex;
use page::{Page, Row, Tone, fact};

/// Writes the report.
pub fn write(result: &InspectResult, drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(drawing, out);
    page.heading(&result.file)?;
    match &result.subject {
        Ok(Subject::Credential(inspection)) => sections(inspection, result.now, &mut page)?,
        Ok(Subject::Token(inspection)) => token::sections(inspection, result.now, &mut page)?,
        Ok(Subject::Project) => project(&result.file.checked.record, &mut page)?,
        Err(unread) => page.section("Credential", &[Row::unread("Not read", unread)])?,
    }
    findings(&result.file, &mut page)?;
    verdict(result, &mut page)
}

fn sections(inspection: &Inspection, now: DateTime<Utc>, page: &mut Page<'_>) -> io::Result<()> {
    page.section("Identity", &identity(&inspection.identity))?;
    let mut rows = fact("Host", &inspection.endpoint, endpoint);
    rows.extend(fact("Metascope", &inspection.metascopes, |scopes| scopes.iter().map(metascope).collect()));
    page.section("Token service", &rows)?;
    page.section(
        "Certificate",
        &fact("Not read", &inspection.certificate, |section| certificate(section, now)),
    )?;
    if let Ok(section) = &inspection.certificate {
        page.bar(section.facts.validity, now)?;
    }
    page.section("Private key", &fact("Not read", &inspection.private_key, private_key))?;
    page.section("JWT assertion that the client sends", &assertion(&inspection.assertion, now))
}

/// The client ID and the numbers in it.
fn client(client_id: &Fact<String>, parts: Option<&ClientIdParts>) -> Vec<Row> {
    let mut rows = vec![Row::text("Client ID", client_id)];
    if let Some(parts) = parts {
        rows.push(Row::new("Program", parts.program.as_str()));
        rows.push(Row::new("Environment", parts.environment.as_str()));
        rows.extend(parts.index.as_deref().map(|index| Row::new("Index", index)));
    }
    rows
}

fn identity(identity: &Identity) -> Vec<Row> {
    let mut rows = client(&identity.client_id, identity.parts.as_ref());
    rows.push(Row::text("Organization", &identity.organization));
    rows.push(Row::text("Technical account", &identity.technical_account));
    rows.push(Row::text("User in AEM", &identity.user));
    rows.push(match &identity.client_secret {
        Ok(ClientSecret::AsIssued) => Row::new("Client secret", "present, shaped as issued"),
        Ok(ClientSecret::OtherShape) => {
            Row::new("Client secret", "present, of another shape than those issued now").toned(Tone::Doubtful)
        }
        Err(unread) => Row::unread("Client secret", unread),
    });
    rows
}

fn endpoint(endpoint: &EndpointSection) -> Vec<Row> {
    let (operator, tone) = match endpoint.operator {
        Operator::Adobe => ("Adobe's token service", Tone::Plain),
        Operator::AdobeStage => ("Adobe's token service for tests (stage)", Tone::Doubtful),
        Operator::Trusted => ("not Adobe's, but trusted by the configuration", Tone::Plain),
        Operator::Unknown => ("not Adobe's: the secrets would go there", Tone::Bad),
    };
    vec![
        Row::text("Host", &endpoint.host),
        Row::new("Operator", operator).toned(tone),
        Row::text("Token request", &endpoint.exchange_url.clone().map(|url| format!("POST {url}"))),
    ]
}

fn metascope(scope: &MetascopeSection) -> Row {
    match (&scope.name, scope.meaning) {
        (Ok(name), Some(meaning)) => Row::new("Metascope", format!("{name} ({meaning})")),
        (Ok(name), None) => Row::new("Metascope", format!("{name} (not one of AEM's that aemcred knows)")),
        (Err(unread), _) => Row::unread("Metascope", unread),
    }
}

fn certificate(section: &CertificateSection, now: DateTime<Utc>) -> Vec<Row> {
    let facts = &section.facts;
    let Validity { not_before, not_after, .. } = facts.validity;
    let (stage, tone) = match section.phase {
        Phase::Valid => (format!("yes, {}", days(facts.validity.days_left(now))), Tone::Good),
        Phase::NotYetValid => (format!("not yet: it begins {}", distance(now, not_before)), Tone::Bad),
        Phase::Expired => (format!("no: it expired {}", distance(now, not_after)), Tone::Bad),
        Phase::Inverted => (String::from("never: notAfter is before notBefore"), Tone::Bad),
    };
    let without_end = if section.is_without_end { " (means no expiry date)" } else { "" };
    let (signed, signed_tone) = match (section.is_self_issued, section.self_signature) {
        (true, Some(true)) => ("made by its own key, verifies", Tone::Plain),
        (true, Some(false)) => ("does not verify with its own key", Tone::Bad),
        (true, None) => ("not tried", Tone::Doubtful),
        (false, _) => ("made by another issuer, not tried", Tone::Doubtful),
    };
    let mut rows = vec![Row::text("Subject", &section.subject)];
    if section.is_self_issued {
        rows.push(Row::new("Issuer", "the subject itself"));
    } else {
        rows.push(Row::text("Issuer", &section.issuer));
    }
    rows.extend([
        Row::new("Serial number", section.serial.as_str()),
        Row::new("Key", section.public_key.as_str()),
        Row::new("Signature", format!("{}, {signed}", section.signature_algorithm)).toned(signed_tone),
        Row::new("SHA-256", hex(&facts.sha256)),
        Row::new("Public key SHA-256", hex(&facts.public_key_sha256)),
        Row::new("Valid from", instant(not_before)),
        Row::new("Valid until", format!("{}{without_end}", instant(not_after))),
        Row::new("Valid now", stage).toned(tone),
    ]);
    rows
}

fn private_key(section: &PrivateKeySection) -> Vec<Row> {
    let (numbers, numbers_tone) = if section.is_consistent {
        ("agree with each other", Tone::Plain)
    } else {
        ("contradict each other", Tone::Bad)
    };
    let (same, same_tone) = match section.is_the_certificates {
        Some(true) => ("yes, both have the same public key", Tone::Good),
        Some(false) => ("no: their public keys differ", Tone::Bad),
        None => ("– there is no certificate to compare it with", Tone::Doubtful),
    };
    vec![
        Row::new("Format", section.format),
        Row::new("Size", format!("RSA, {}", counted(section.bits as u64, "bit"))),
        Row::new("Public exponent", section.exponent.as_str()),
        Row::new("Numbers", numbers).toned(numbers_tone),
        Row::new("Public key SHA-256", hex(&section.public_key_sha256)),
        Row::new("Fits certificate", same).toned(same_tone),
    ]
}

fn assertion(assertion: &Assertion, now: DateTime<Utc>) -> Vec<Row> {
    let mut rows = vec![Row::new("Header", format!("alg {}, typ {}", Assertion::ALGORITHM, Assertion::TYPE))];
    rows.extend(assertion.claims.iter().map(|claim| claim_row(claim, now)));
    rows.push(match &assertion.signature {
        Signature::Verified => {
            Row::new("Signature", "made with the private key, verifies with the certificate")
                .toned(Tone::Good)
        }
        Signature::NotVerified => {
            Row::new("Signature", "made with the private key, does not verify with the certificate")
                .toned(Tone::Bad)
        }
        Signature::NotTried(unread) => Row::unread("Signature", unread),
    });
    rows
}

fn claim_row(claim: &Claim, now: DateTime<Utc>) -> Row {
    match (&claim.name, &claim.value) {
        (Ok(name), Ok(ClaimValue::Text(text))) => Row::new(name, text.as_str()),
        (Ok(name), Ok(ClaimValue::Instant(time))) => {
            Row::new(name, format!("{} ({}, {})", time.timestamp(), instant(*time), distance(now, *time)))
        }
        // The names of these are long, so they stand where values do.
        (Ok(name), Ok(ClaimValue::True)) => Row::new("metascope", format!("{name}: true")),
        (Ok(name), Err(unread)) => Row::unread(name, unread),
        (Err(unread), _) => Row::unread("metascope", unread),
    }
}

fn findings(file: &FileResult, page: &mut Page<'_>) -> io::Result<()> {
    let row = |finding: &Finding| {
        let tone = match finding.level {
            Level::Error => Tone::Bad,
            Level::Warning => Tone::Doubtful,
            Level::Note => Tone::Plain,
        };
        let label = format!("{} {}", finding.start, finding.level);
        Row::new(&label, format!("{}: {}", finding.rule.name, finding.draft.message)).toned(tone)
    };
    let mut rows: Vec<Row> = file.checked.findings.iter().map(row).collect();
    if rows.is_empty() {
        rows.push(Row::new("None", "nothing to report"));
    }
    page.section("Findings", &rows)
}

/// What the Adobe Developer Console has for a project. No rule of AEM's is about most of it.
fn project(record: &Record, page: &mut Page<'_>) -> io::Result<()> {
    let organization = record.organization.as_deref().unwrap_or("– not there, or not shown");
    page.section("Project", &[Row::new("Organization", organization)])?;
    let mut rows: Vec<Row> = record.listed.iter().enumerate().map(listed).collect();
    if rows.is_empty() {
        rows.push(Row::new("None", "there are no credentials in the project's workspace"));
    }
    let has = |kind| record.listed.iter().any(|listed| listed.kind == kind);
    if has(ProjectCredentialKind::OauthServerToServer) {
        rows.push(Row::new(
            "OAuth",
            "no rule of AEM's judges an OAuth server-to-server credential: it has neither key pair nor certificate, \
             and Adobe's client can't use it",
        ));
    }
    if has(ProjectCredentialKind::Jwt) {
        rows.push(Row::new("JWT", "aemcred looks only at the form of a JWT credential's fields"));
    }
    page.section("Credentials", &rows)
}

fn listed((index, listed): (usize, &ListedCredential)) -> Row {
    let id = listed.client_id.as_ref().map(|id| format!("client ID {id}"));
    let parts: Vec<String> = listed.name.iter().cloned().chain(id).collect();
    let named = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
    let kind = match listed.kind {
        ProjectCredentialKind::Other => "of another type",
        kind => kind.words(),
    };
    Row::new(&format!("Credential {}", index + 1), format!("{kind}{named}"))
}

fn verdict(result: &InspectResult, page: &mut Page<'_>) -> io::Result<()> {
    let found = Summary::of(result.file.checked.findings.iter()).findings();
    let use_of_it = match &result.subject {
        Ok(Subject::Token(inspection)) => token::use_of_it(inspection),
        _ => String::from("Adobe's client can use it"),
    };
    let (color, words) = match (&result.subject, result.file.state()) {
        (Err(unread), Some(State::Partial)) => (None, format!("– partial: {} ({found})", unread.reason)),
        (Err(_), _) => (Some(AnsiColor::Red), format!("✗ no credential could be read: {found}")),
        (Ok(Subject::Project), _) => {
            let listed = counted(result.file.checked.record.listed.len() as u64, "credential");
            (None, format!("– listed, not judged: {listed} of an Adobe Developer Console project ({found})"))
        }
        (Ok(_), Some(State::Sound)) if result.file.checked.findings.is_empty() => {
            (Some(AnsiColor::Green), format!("✓ sound: {use_of_it}"))
        }
        (Ok(_), Some(state @ (State::Sound | State::Expiring))) => {
            (Some(AnsiColor::Green), format!("✓ {}: {use_of_it} ({found})", state.name()))
        }
        (Ok(_), Some(State::Partial)) => {
            (None, format!("– partial: without the certificate, the expiry date is unknown ({found})"))
        }
        (Ok(_), Some(State::Redacted)) => {
            (None, format!("– redacted: every secret in it is a placeholder ({found})"))
        }
        (Ok(_), state) => {
            let state = state.unwrap_or(State::Broken).name();
            (Some(AnsiColor::Red), format!("✗ {state}: {found}"))
        }
    };
    page.verdict(color, &words)
}
