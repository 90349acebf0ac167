//! Reports of `aemcred renewals`: what must be renewed by when. One file a format.
//!
//! Owns: [`RenewalResults`] and how they are counted, and the words that several formats share. Does not own: what is
//! due (see `renewal`), exit codes, files, the terminal.

pub mod csv;
pub mod github;
pub mod ics;
pub mod json;
mod labels;
pub mod markdown;
pub mod prometheus;
#[cfg(feature = "cli")]
pub mod table;

use chrono::{DateTime, Utc};

use super::{Failure, counted, date, days};
use crate::credential::{ClientId, Threshold, seconds_until};
use crate::examine::short;
use crate::record::{Record, State};
use crate::renewal::{Plan, Renewal, Status, Successor};
pub use labels::{Label, Labels, PathLabels};

/// The outcome of a run.
#[derive(Debug)]
pub struct RenewalResults {
    /// The clock of the run.
    pub now: DateTime<Utc>,
    /// How long before its end a credential should be renewed.
    pub lead: Threshold,
    /// Whether everything was checked; false when the run was interrupted.
    pub complete: bool,
    /// What is to be renewed.
    pub plan: Plan,
    /// What could not be done, sorted by path.
    pub failures: Vec<Failure>,
    /// What every series of Prometheus is labeled with.
    pub labels: Labels,
}

impl RenewalResults {
    /// How many renewals are in each status, in the order of [`Status::ALL`].
    pub fn counts(&self) -> [usize; Status::ALL.len()] {
        Status::ALL.map(|status| self.with(status).count())
    }

    /// `4 credentials: 1 broken, 1 expired, 2 later`, as tables name them.
    pub fn sentence(&self) -> String {
        if self.plan.renewals.is_empty() {
            return String::from("nothing to renew");
        }
        let words = [BROKEN].into_iter().chain(Status::ALL.map(Status::name));
        let counts =
            words.map(|name| (name, self.plan.renewals.iter().filter(|row| word(row) == name).count()));
        let counts: Vec<String> =
            counts.filter(|(_, count)| *count > 0).map(|(name, count)| format!("{count} {name}")).collect();
        format!("{}: {}", counted(self.plan.renewals.len(), "credential"), counts.join(", "))
    }

    /// What was left out and why, if anything was: a sentence without a stop.
    pub fn left_out(&self) -> Option<String> {
        let Plan { tokens_left_out: tokens, undated, .. } = self.plan;
        let tokens = (tokens > 0).then(|| format!("{} (--tokens lists them)", counted(tokens, "token")));
        let undated = (undated > 0).then(|| {
            let noun = if undated == 1 { "part or redacted copy" } else { "parts or redacted copies" };
            format!("{undated} {noun} without a date")
        });
        let all: Vec<String> = tokens.into_iter().chain(undated).collect();
        (!all.is_empty()).then(|| format!("left out: {}", all.join(", ")))
    }

    fn with(&self, status: Status) -> impl Iterator<Item = &Renewal> {
        self.plan.renewals.iter().filter(move |renewal| renewal.status == status)
    }
}

/// What a credential is called that can't be used, before how urgent its renewal is.
const BROKEN: &str = State::Broken.name();

/// What tables say of a credential in a word: that it is broken, or how urgent its renewal is.
fn word(renewal: &Renewal) -> &'static str {
    if renewal.is_broken() { BROKEN } else { renewal.status.name() }
}

/// Why it is broken, in a clause.
fn defect(renewal: &Renewal) -> &str {
    renewal.defect().map_or("`aemcred audit` says why", |finding| &finding.message)
}

/// What is so and what to do, in a line without a final stop. The two dates stand elsewhere.
fn advice(renewal: &Renewal, now: DateTime<Utc>) -> String {
    let left = renewal.record.validity().map(|validity| days(validity.days_left(now))).unwrap_or_default();
    let advice = match renewal.status {
        Status::Expired => format!("ended {left}, renew now"),
        // A lead that is shorter than what counts as imminent allows for waiting.
        Status::Imminent if renewal.renew_by.is_some_and(|by| by > now) => {
            let by = renewal.renew_by.map(date).unwrap_or_default();
            format!("{left}, renew by {by}")
        }
        Status::Imminent => format!("{left}, renew today"),
        Status::Due => format!("{left}, renew now"),
        Status::Later => match renewal.renew_by.map(|by| seconds_until(now, by).div_euclid(86_400)) {
            Some(days @ 1..) => format!("renew within {}", counted(days.unsigned_abs(), "day")),
            _ => String::from("renew within the day"),
        },
        Status::Never => {
            String::from("issued credentials do expire, so somebody made this certificate otherwise")
        }
        Status::Unknown => unknown(&renewal.record),
        Status::Superseded => {
            let successor =
                renewal.successor.map(|successor| successor_words(&successor)).unwrap_or_default();
            format!("replaced by {successor}: revoke and delete this one once nothing uses it")
        }
    };
    if renewal.is_broken() { format!("{BROKEN}: {}; {advice}", defect(renewal)) } else { advice }
}

fn unknown(record: &Record) -> String {
    String::from(match (record.state, record.validity()) {
        (State::Encrypted, _) => "encrypted: its expiry date can't be read without its key",
        (_, Some(_)) => "its certificate ends before it begins: `aemcred audit` says more",
        (State::Partial, None) => "there is no certificate, so its expiry date is unknown",
        (State::Broken, None) => "its expiry date can't be read",
        (_, None) => "its expiry date can't be read: `aemcred audit` says why",
    })
}

/// `the key 1a2b3c4d, valid until 2027-11-20`
fn successor_words(successor: &Successor) -> String {
    let name = successor
        .public_key_sha256
        .as_ref()
        .map_or_else(|| String::from("a newer one"), |sha256| format!("the key {}", short(sha256)));
    format!("{name}, valid until {}", date(successor.validity.not_after))
}

/// Where in the console the credential is renewed, in a sentence.
fn console(record: &Record) -> String {
    if record.is_token() {
        return String::from(TOKEN_STEPS);
    }
    steps(&environment(record).unwrap_or_else(|| String::from("its program and environment")))
}

/// What is to be done about a token.
const TOKEN_STEPS: &str = "Whoever uses this token gets a new one; nothing has to be made by hand.";

/// Where the credential was issued, as far as the client's name says: `program 7603, environment 12614`
fn environment(record: &Record) -> Option<String> {
    let client = record.client_id.as_deref().and_then(ClientId::parse)?;
    Some(format!("program {}, environment {}", client.program, client.environment))
}

/// How a credential of `environment` is renewed.
fn steps(environment: &str) -> String {
    format!(
        "Open the AEM Developer Console of {environment} (Cloud Manager, Environments, Developer Console), choose the \
         Integrations tab, create a new private key for the technical account, download the service credentials and \
         store the file whole in place of the old one. The old key stays valid until its end."
    )
}

/// The day on which it ends: `2026-11-22`, `never`, or nothing where that can't be told.
fn expires(renewal: &Renewal) -> String {
    match (renewal.status, renewal.record.validity()) {
        (Status::Never, _) => String::from("never"),
        (_, validity) => validity.map(|validity| date(validity.not_after)).unwrap_or_default(),
    }
}
