//! Statuses to the second, what takes whose place, rows and their order, dates at the ends of the calendar.

use chrono::{DateTime, TimeDelta, Utc};

use super::DocumentKind as K;
use super::*;
use crate::record::TokenRecord;
use crate::record::tests::sample;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn terms() -> Terms {
    Terms {
        now: at("2026-11-22T12:00:00Z"),
        lead: TimeDelta::days(30).into(),
        imminent: TimeDelta::days(3),
        tokens: false,
    }
}

fn record(client: &str, key: u8, not_after: DateTime<Utc>) -> Record {
    sample(client, u32::from(key), not_after, &[&format!("{key}.json")])
}

/// The digest of the key `key`.
fn sha256(key: u8) -> [u8; 32] {
    record("", key, terms().now).public_key.unwrap().sha256
}

fn plan(records: Vec<Record>, terms: &Terms) -> Plan {
    let audited = |record| Audited { record: Box::new(record), findings: Vec::new(), superseded: false };
    Plan::new(records.into_iter().map(audited).collect(), terms)
}

fn one(record: Record, terms: &Terms) -> Renewal {
    let mut plan = plan(vec![record], terms);
    assert_eq!(plan.renewals.len(), 1);
    plan.renewals.remove(0)
}

/// Keys and statuses in the order of the plan.
fn rows(records: Vec<Record>) -> Vec<(u8, Status)> {
    let plan = plan(records, &terms());
    plan.renewals
        .iter()
        .map(|row| (row.record.public_key.as_ref().map_or(0, |key| key.sha256[3]), row.status))
        .collect()
}

#[test]
fn each_status_begins_in_its_second() {
    let terms = terms();
    let end = at("2027-03-06T00:33:34Z");
    let second = TimeDelta::seconds(1);
    for (left, status, within_30_days) in [
        (TimeDelta::days(30) + second, Status::Later, false),
        (TimeDelta::days(30), Status::Due, true),
        (TimeDelta::days(3) + second, Status::Due, true),
        (TimeDelta::days(3), Status::Imminent, true),
        (TimeDelta::zero(), Status::Imminent, true),
        (-TimeDelta::milliseconds(500), Status::Expired, true),
        (-second, Status::Expired, true),
    ] {
        let terms = Terms { now: end - left, ..terms };
        let renewal = one(record("cm-p1-e2-integration-0", 1, end), &terms);
        assert_eq!(renewal.status, status, "{left}");
        assert_eq!(renewal.renew_by, Some(end - TimeDelta::days(30)), "{left}");
        let is_due = |within| renewal.is_due(terms.now, within);
        assert_eq!(is_due(Some(TimeDelta::days(30))), within_30_days, "{left}");
        assert_eq!(is_due(Some(TimeDelta::zero())), left <= TimeDelta::zero(), "{left}");
        assert_eq!(is_due(None), matches!(status, Status::Imminent | Status::Expired), "{left}");
    }
}

#[test]
fn only_what_works_takes_anothers_place() {
    let (client, other) = ("cm-p1-e2-integration-0", "cm-p1-e2-integration-1");
    let old = || record(client, 1, at("2026-12-01T00:00:00Z"));
    let new = |change: fn(&mut Record)| {
        let mut new = record(client, 2, at("2027-12-01T00:00:00Z"));
        change(&mut new);
        vec![new, old()]
    };
    let replaced = vec![(2, Status::Later), (1, Status::Superseded)];
    let both = vec![(1, Status::Due), (2, Status::Later)];
    assert_eq!(rows(new(|_| ())), replaced);
    assert_eq!(rows(new(|new| new.state = State::Broken)), both, "it doesn't work");
    assert_eq!(rows(new(|new| new.locations[0].usable = false)), both, "it is redacted");
    let same_key: fn(&mut Record) = |new| new.public_key.as_mut().unwrap().sha256 = sha256(1);
    assert_eq!(rows(new(same_key)).len(), 2);
    let with_certificates = |old_one: u8, new_one: u8| {
        let mut records = new(same_key);
        records[0].certificate.as_mut().unwrap().sha256 = [new_one; 32].into();
        records[1].certificate.as_mut().unwrap().sha256 = [old_one; 32].into();
        let plan = plan(records, &terms());
        plan.renewals.iter().filter(|row| row.status == Status::Superseded).count()
    };
    assert_eq!(with_certificates(7, 8), 1, "the same key has a later certificate");
    assert_eq!(with_certificates(7, 7), 0, "it is the same key and certificate");
    assert_eq!(rows(new(|new| new.client_id = None)), both, "it is nobody's");
    let mut redacted = new(|new| new.locations[0].usable = false);
    redacted[1].locations[0].usable = false;
    assert_eq!(rows(redacted), replaced, "two redacted copies");
    let three = vec![
        record(client, 3, at("2027-06-01T00:00:00Z")),
        old(),
        record(client, 2, at("2027-12-01T00:00:00Z")),
        record(other, 4, at("2026-12-02T00:00:00Z")),
    ];
    let plan = plan(three, &terms());
    let superseded: Vec<_> = plan.renewals.iter().filter_map(|row| row.successor).collect();
    assert_eq!(superseded.len(), 2);
    assert!(
        superseded.iter().all(|successor| successor.public_key_sha256 == Some(sha256(2))),
        "the newest is named"
    );
    assert!(plan.renewals.iter().all(|row| row.successor.is_none() || row.renew_by.is_none()));
}

#[test]
fn rows_are_ordered_by_date_and_what_is_replaced_comes_last() {
    let mut unknown = record("cm-p1-e2-integration-4", 4, at("2026-12-01T00:00:00Z"));
    unknown.certificate = None;
    unknown.state = State::Broken;
    let records = vec![
        record("cm-p1-e2-integration-0", 1, at("2026-11-24T00:00:00Z")),
        unknown,
        record("cm-p1-e2-integration-1", 2, at("2027-06-01T00:00:00Z")),
        record("cm-p1-e2-integration-0", 3, at("2027-11-24T00:00:00Z")),
        record("cm-p1-e2-integration-5", 5, at("9999-12-31T23:59:59Z")),
        record("cm-p1-e2-integration-6", 6, at("2020-01-01T00:00:00Z")),
    ];
    let expected = vec![
        (6, Status::Expired),
        (2, Status::Later),
        (3, Status::Later),
        (5, Status::Never),
        (4, Status::Unknown),
        (1, Status::Superseded),
    ];
    assert_eq!(rows(records.clone()), expected);
    assert_eq!(rows(records.into_iter().rev().collect()), expected);
}

#[test]
fn what_has_no_date_is_a_row_only_if_it_ought_to_have_one() {
    let undated = |kind, state| {
        let mut record = record("cm-p1-e2-integration-0", 1, at("2027-01-01T00:00:00Z"));
        (record.kind, record.state, record.certificate) = (kind, state, None);
        let plan = plan(vec![record], &terms());
        let due = plan.renewals.first().map(|row| {
            assert_eq!((row.status, row.renew_by), (Status::Unknown, None));
            row.is_due(terms().now, None)
        });
        (due, plan.undated)
    };
    assert_eq!(undated(K::ServiceCredentials, State::Broken), (Some(true), 0));
    assert_eq!(undated(K::Encrypted, State::Encrypted), (Some(false), 0));
    for (kind, state) in [
        (K::ServiceCredentials, State::Redacted),
        (K::PrivateKey, State::Partial),
        (K::ClientSecret, State::Partial),
        (K::DeveloperConsoleProject, State::Sound),
    ] {
        assert_eq!(undated(kind, state), (None, 1));
    }
    let mut inverted = record("cm-p1-e2-integration-0", 1, at("2027-01-01T00:00:00Z"));
    inverted.certificate.as_mut().unwrap().validity.not_before = at("2028-01-01T00:00:00Z");
    let inverted = one(inverted, &terms());
    assert!(inverted.status == Status::Unknown && inverted.is_due(terms().now, None));
    let never = one(record("cm-p1-e2-integration-0", 1, at("9999-12-31T23:59:59Z")), &terms());
    assert!((never.status, never.renew_by) == (Status::Never, None));
    assert!(!never.is_due(terms().now, Some(TimeDelta::days(4_000_000))));
}

#[test]
fn tokens_are_measured_in_hours() {
    let token = |minutes| {
        let mut token = record("cm-p1-e2-integration-0", 1, terms().now + TimeDelta::minutes(minutes));
        token.kind = DocumentKind::AccessToken;
        let validity = token.certificate.take().unwrap().validity;
        let validity = Validity::of_token(validity.not_before, validity.not_after);
        token.token = Some(Box::new(TokenRecord { validity, kind: None, user_id: None }));
        token
    };
    let left_out = plan(vec![token(10)], &terms());
    assert!(left_out.renewals.is_empty() && left_out.tokens_left_out == 1);
    let terms = Terms { tokens: true, ..terms() };
    for (minutes, status) in
        [(-1, Status::Expired), (0, Status::Expired), (60, Status::Imminent), (61, Status::Later)]
    {
        let token = one(token(minutes), &terms);
        assert_eq!(token.status, status, "{minutes}");
        let due = token.is_due(terms.now, Some(TimeDelta::days(30)));
        assert_eq!(due, status != Status::Later, "{minutes}: days are no measure for --fail-within either");
    }
}

#[test]
fn dates_at_the_calendars_ends_are_no_trouble() {
    for (now, not_after) in [
        ("1969-12-31T23:59:59Z", "2027-01-01T00:00:00Z"),
        ("0000-01-01T00:00:00Z", "9999-12-31T23:59:58Z"),
        ("9999-12-31T23:59:59Z", "1950-01-01T00:00:00Z"),
    ] {
        for lead in [TimeDelta::zero(), TimeDelta::days(30), TimeDelta::MAX] {
            let terms = Terms { now: at(now), lead: lead.into(), ..terms() };
            let renewal = one(record("cm-p1-e2-integration-0", 1, at(not_after)), &terms);
            let earliest = at("0001-01-01T00:00:00Z");
            assert!(renewal.renew_by.is_some_and(|by| by <= at(not_after) && by >= earliest), "{now}");
        }
    }
    for now in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        let renewal =
            one(record("cm-p1-e2-integration-0", 1, at("2027-01-01T00:00:00Z")), &Terms { now, ..terms() });
        let expected = if now == DateTime::<Utc>::MIN_UTC { Status::Later } else { Status::Expired };
        assert_eq!(renewal.status, expected);
    }
}
