//! The sections about a token.

use std::io;

use chrono::{DateTime, Utc};

use super::client;
use super::page::{Page, Row, Tone, fact};
use crate::credential::{Phase, StatedLifetime, Validity};
use crate::inspect::{MetascopeSection, Stated, TokenHeader, TokenIdentity, TokenInspection, TokenValidity};
use crate::rules::words::{counted, distance, duration, grouped, instant};

pub(super) fn sections(
    inspection: &TokenInspection,
    now: DateTime<Utc>,
    page: &mut Page<'_>,
) -> io::Result<()> {
    page.section("Identity", &fact("Not read", &inspection.identity, identity))?;
    let mut rows = fact("Not read", &inspection.validity, |section| validity(section, now));
    rows.extend(inspection.stated.as_ref().map(|stated| {
        let own = inspection.validity.as_ref().ok();
        answer(stated, own.map(|own| own.lifetime.num_milliseconds().unsigned_abs()))
    }));
    page.section("Validity", &rows)?;
    if let Ok(TokenValidity { validity, .. }) = inspection.validity {
        page.bar(validity, now)?;
    }
    let mut rows = fact("Not read", &inspection.header, header);
    rows.push(
        Row::new("Signature", "not verified: the key is Adobe's, and aemcred contacts nobody")
            .toned(Tone::Doubtful),
    );
    page.section("Header and signature", &rows)
}

/// What a token is good for. Its signature is Adobe's to judge.
pub(super) fn use_of_it(inspection: &TokenInspection) -> String {
    let until = inspection.validity.as_ref().map_or_else(
        |_| String::new(),
        |validity| format!(" until {}", instant(validity.validity.not_after)),
    );
    format!("AEM can take it{until}, provided that Adobe signed it")
}

fn identity(identity: &TokenIdentity) -> Vec<Row> {
    let mut rows = client(&identity.client_id, identity.parts.as_ref());
    rows.push(Row::text("Acts as", &identity.user));
    rows.extend(identity.organization.as_ref().map(|id| Row::text("Organization", id)));
    rows.push(Row::text("Issued by", &identity.server));
    rows.push(match identity.kind.as_deref() {
        Ok(kind) if kind != "access_token" => Row::new("Type", kind).toned(Tone::Bad),
        _ => Row::text("Type", &identity.kind),
    });
    rows.extend(fact("Scopes", &identity.scopes, |scopes| scopes_rows(scopes)));
    rows
}

/// The names in one row; what can't be told, and what is known of AEM's, in rows of their own.
fn scopes_rows(scopes: &[MetascopeSection]) -> Vec<Row> {
    let plain: Vec<&str> = scopes
        .iter()
        .filter(|scope| scope.meaning.is_none())
        .filter_map(|scope| scope.name.as_deref().ok())
        .collect();
    let mut rows = Vec::new();
    for scope in scopes {
        match (&scope.name, scope.meaning) {
            (Ok(name), Some(meaning)) => rows.push(Row::new("Scope", format!("{name} ({meaning})"))),
            (Err(unread), _) => rows.push(Row::unread("Scope", unread)),
            (Ok(_), None) => {}
        }
    }
    if !plain.is_empty() {
        rows.push(Row::new(if rows.is_empty() { "Scopes" } else { "Other scopes" }, plain.join(", ")));
    }
    rows
}

fn validity(section: &TokenValidity, now: DateTime<Utc>) -> Vec<Row> {
    let Validity { not_before, not_after, .. } = section.validity;
    let (stage, tone) = match section.phase {
        Phase::Valid => (format!("yes, it ends {}", distance(now, not_after)), Tone::Good),
        Phase::NotYetValid => {
            (format!("not yet: it claims to begin {}", distance(now, not_before)), Tone::Doubtful)
        }
        Phase::Expired => (format!("no: it expired {}", distance(now, not_after)), Tone::Bad),
        Phase::Inverted => (String::from("never: it expires before it begins"), Tone::Bad),
    };
    vec![
        Row::new("Created", instant(not_before)),
        Row::new("Valid until", format!("{}, not included", instant(not_after))),
        Row::new("Lifetime", duration(section.lifetime)),
        Row::new("Valid now", stage).toned(tone),
    ]
}

/// What the token service's answer says, against the token's `own` milliseconds.
fn answer(stated: &Stated, own: Option<u64>) -> Row {
    let number = stated.number.map_or_else(|| String::from("a number that makes no sense"), grouped);
    let own = own.map_or_else(String::new, |own| counted(own, "millisecond"));
    let (words, tone) = match stated.fits {
        Some(StatedLifetime::Fits) => (format!(" milliseconds; the token's own is {own}"), Tone::Plain),
        Some(StatedLifetime::Seconds) => {
            (format!(" is in seconds; the token's own is {own}"), Tone::Doubtful)
        }
        Some(StatedLifetime::Thousandfold) => {
            (format!(" is 1,000 times too much; the token's own is {own}"), Tone::Doubtful)
        }
        Some(StatedLifetime::Longer) => {
            (format!(" is more than the token's own, which is {own}"), Tone::Doubtful)
        }
        Some(StatedLifetime::Nothing) => {
            (format!(" leaves no time; the token's own is {own}"), Tone::Doubtful)
        }
        None => (String::from("; nothing to compare it with"), Tone::Doubtful),
    };
    Row::new("Answer's expires_in", format!("{number}{words}")).toned(tone)
}

fn header(section: &TokenHeader) -> Vec<Row> {
    vec![
        Row::text("Algorithm (alg)", &section.algorithm),
        Row::text("Key (kid)", &section.key_id),
        Row::text("Certificate (x5u)", &section.certificate_url),
        Row::text("Kind (itt)", &section.token_kind),
    ]
}
