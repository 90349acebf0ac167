//! What is compared, one function each: from what is known of both sides to an outcome and message.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Aspect, AspectCheck, Outcome, certificates};
use crate::credential::{Phase, Validity};
use crate::examine::short;
use crate::finding::{Finding, Level};
use crate::inspect::{ClientIdParts, EndpointSection, Fact, Identity, Inspection, MetascopeSection};
use crate::rules::words::{counted, date};

/// What to say when one side, or both, can't be told; the message come from the first that can't.
fn unread<T, U>(aspect: Aspect, before: &Fact<T>, after: &Fact<U>) -> AspectCheck {
    let reason = match (before, after) {
        (Err(unread), _) => format!("OLD's is unknown: {}", unread.reason),
        (_, Err(unread)) => format!("NEW's is unknown: {}", unread.reason),
        _ => String::from("unknown"),
    };
    AspectCheck::new(aspect, Outcome::Unknown, reason)
}

pub(super) fn same(aspect: Aspect, before: &Fact<String>, after: &Fact<String>) -> AspectCheck {
    match (before, after) {
        (Ok(before), Ok(after)) if before == after => {
            AspectCheck::new(aspect, Outcome::Yes, format!("the same: {after}"))
        }
        (Ok(before), Ok(after)) => AspectCheck::new(aspect, Outcome::No, format!("{before} became {after}")),
        _ => unread(aspect, before, after),
    }
}

pub(super) fn client(before: &Identity, after: &Identity) -> AspectCheck {
    let same = same(Aspect::Client, &before.client_id, &after.client_id);
    let (Outcome::No, Some(old), Some(new)) = (same.outcome, &before.parts, &after.parts) else {
        return same;
    };
    if is_next(old, new) {
        let message = format!("the next of the same environment: {}", same.message);
        return AspectCheck::new(Aspect::Client, Outcome::Yes, message);
    }
    let difference = if old.program != new.program {
        "a different program"
    } else if old.environment != new.environment {
        "a different environment"
    } else {
        "not the next index"
    };
    AspectCheck::new(Aspect::Client, Outcome::No, format!("{difference}: {}", same.message))
}

/// Whether `new` has the index after `old`'s in the same environment. Older client IDs have none.
fn is_next(old: &ClientIdParts, new: &ClientIdParts) -> bool {
    let number = |index: &Option<String>| index.as_ref().map(|index| index.parse::<u64>().ok());
    let next = match (number(&old.index), number(&new.index)) {
        (None, Some(Some(new))) => new <= 1,
        (Some(Some(old)), Some(Some(new))) => old.checked_add(1) == Some(new),
        _ => false,
    };
    next && (&old.program, &old.environment) == (&new.program, &new.environment)
}

pub(super) fn technical_account(before: &Identity, after: &Identity) -> AspectCheck {
    let aspect = Aspect::TechnicalAccount;
    let account = same(aspect, &before.technical_account, &after.technical_account);
    let next = matches!((&before.parts, &after.parts), (Some(old), Some(new)) if is_next(old, new));
    match account.outcome {
        Outcome::No if next => AspectCheck::new(
            aspect,
            Outcome::Caution,
            format!(
                "different, as expected for the next index: {}; its user in AEM needs the old one's permissions",
                account.message
            ),
        ),
        Outcome::Yes => {
            let user = same(aspect, &before.user, &after.user);
            match user.outcome {
                Outcome::Yes => account,
                Outcome::No => {
                    let message = format!("the same ID, but a different user in AEM: {}", user.message);
                    AspectCheck::new(aspect, Outcome::No, message)
                }
                _ => user,
            }
        }
        _ => account,
    }
}

pub(super) fn endpoint(before: &Fact<EndpointSection>, after: &Fact<EndpointSection>) -> AspectCheck {
    match (before, after) {
        (Ok(before), Ok(after)) => same(Aspect::Endpoint, &before.host, &after.host),
        _ => unread(Aspect::Endpoint, before, after),
    }
}

pub(super) fn metascopes(
    before: &Fact<Vec<MetascopeSection>>,
    after: &Fact<Vec<MetascopeSection>>,
) -> AspectCheck {
    let aspect = Aspect::Metascopes;
    let (Ok(old), Ok(new)) = (before, after) else { return unread(aspect, before, after) };
    let names = |sections: &[MetascopeSection]| -> Fact<BTreeSet<String>> {
        sections.iter().map(|section| section.name.clone()).collect()
    };
    let (before, after) = (names(old), names(new));
    let (Ok(old), Ok(new)) = (&before, &after) else { return unread(aspect, &before, &after) };
    let joined = |names: Vec<&String>| names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
    let (lost, gained) = (joined(old.difference(new).collect()), joined(new.difference(old).collect()));
    let message = match (lost.is_empty(), gained.is_empty()) {
        (true, true) => {
            let message = format!("the same: {}", joined(new.iter().collect()));
            return AspectCheck::new(aspect, Outcome::Yes, message);
        }
        (false, true) => format!("NEW lacks {lost}"),
        (true, false) => format!("NEW adds {gained}"),
        (false, false) => format!("NEW lacks {lost} and adds {gained}"),
    };
    AspectCheck::new(aspect, Outcome::No, message)
}

pub(super) fn key(before: &Inspection, after: &Inspection) -> AspectCheck {
    let aspect = Aspect::Key;
    let (old, new) = (before.keys(), after.keys());
    if let Some(kept) = old.iter().find(|key| new.contains(key)) {
        let message = format!("the private key was not rotated: both have the key {}", short(kept));
        return AspectCheck::new(aspect, Outcome::No, message);
    }
    match (old.first(), new.first()) {
        (Some(old), Some(new)) => {
            AspectCheck::new(aspect, Outcome::Yes, format!("different: {} became {}", short(old), short(new)))
        }
        (None, _) => unread(aspect, &before.private_key, &after.private_key),
        (_, None) => unread(aspect, &Ok(()), &after.private_key),
    }
}

pub(super) fn expiry(before: &Inspection, after: &Inspection) -> AspectCheck {
    let aspect = Aspect::Expiry;
    let Some((old, new)) = certificates(before, after) else {
        return unread(aspect, &before.certificate, &after.certificate);
    };
    let (old, new) = (old.validity, new.validity);
    let dates = format!("{} became {}", date(old.not_after), date(new.not_after));
    let (outcome, message) = match new.not_after.cmp(&old.not_after) {
        Ordering::Greater => {
            (Outcome::Yes, format!("{} later: {dates}", amount(new.not_after - old.not_after)))
        }
        Ordering::Equal => (Outcome::No, format!("the same: {}", date(new.not_after))),
        Ordering::Less => (
            Outcome::No,
            format!("NEW expires {} before OLD: {dates}", amount(old.not_after - new.not_after)),
        ),
    };
    AspectCheck::new(aspect, outcome, message)
}

pub(super) fn overlap(
    before: Validity,
    after: Validity,
    overlap: TimeDelta,
    now: DateTime<Utc>,
) -> AspectCheck {
    let aspect = Aspect::Overlap;
    if overlap < TimeDelta::zero() {
        let message = format!(
            "none: for {}, from {} to {}, neither is valid",
            amount(-overlap),
            date(before.not_after),
            date(after.not_before)
        );
        return AspectCheck::new(aspect, Outcome::Caution, message);
    }
    let until = before.not_after;
    let message = format!("both are valid for {}, until {}", amount(overlap), date(until));
    if before.at(now) == Phase::Expired {
        AspectCheck::new(aspect, Outcome::Yes, format!("{message}, which is in the past"))
    } else {
        AspectCheck::new(aspect, Outcome::Yes, format!("{message}, {} from now", amount(until - now)))
    }
}

pub(super) fn usable(findings: &[Finding], failures: &[String]) -> AspectCheck {
    let aspect = Aspect::Usable;
    let rules = |level| -> Vec<&str> {
        let mut names: Vec<&str> = findings
            .iter()
            .filter(|finding| finding.level == level)
            .map(|finding| finding.rule.name)
            .collect();
        names.dedup();
        names
    };
    let (errors, warnings) = (rules(Level::Error), rules(Level::Warning));
    if !errors.is_empty() {
        let message = format!("NEW can't be used: {}; `aemcred check` says more", errors.join(", "));
        AspectCheck::new(aspect, Outcome::No, message)
    } else if !failures.is_empty() {
        AspectCheck::new(aspect, Outcome::Unknown, "not everything about NEW could be checked")
    } else if !warnings.is_empty() {
        let message = format!("NEW can be used, with warnings: {}", warnings.join(", "));
        AspectCheck::new(aspect, Outcome::Caution, message)
    } else {
        AspectCheck::new(aspect, Outcome::Yes, "NEW can be used")
    }
}

/// `20 days`, `less than a day`
fn amount(duration: TimeDelta) -> String {
    match duration.num_days() {
        0 => String::from("less than a day"),
        days => counted(days.unsigned_abs(), "day"),
    }
}
