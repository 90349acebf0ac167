//! From the inventory to what must be renewed by when.
//!
//! Owns: which credentials there is something to renew of, which of a client's counts, its status and the order of rows.
//! Does not own: finding credentials (see `discover`), telling which are the same (see `audit`), nor any words.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::credential::{DocumentKind, Phase, Threshold, Validity};
use crate::finding::Level;
use crate::inventory::{AuditFinding, Audited};
use crate::record::{self, Record, State};
use crate::rule::Basis;

/// What a plan is made by.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// The clock of the run.
    pub now: DateTime<Utc>,
    /// How long before its end a credential should be renewed.
    pub lead: Threshold,
    /// How much time is left when the end is imminent.
    pub imminent: TimeDelta,
    /// Whether tokens are listed too.
    pub tokens: bool,
}

/// What must be renewed by when.
#[derive(Debug, Default)]
pub struct Plan {
    /// One for each credential: what counts by date, then what has no date that could be read, then what is superseded.
    pub renewals: Vec<Renewal>,
    /// What there is nothing to renew of, for what else is to be said of it.
    pub left_out: Vec<Audited>,
    /// Tokens that were left out.
    pub tokens_left_out: usize,
    /// Parts and redacted copies that were left out because nothing says until when they are valid.
    pub undated: usize,
}

/// One credential and what is to be done about it.
#[derive(Clone, Debug)]
pub struct Renewal {
    /// The credential.
    pub record: Record,
    /// What was found, the worst first.
    pub findings: Vec<AuditFinding>,
    /// How urgent it is.
    pub status: Status,
    /// By when a new one should be in place; nothing where nothing is to be renewed or no date is known.
    pub renew_by: Option<DateTime<Utc>>,
    /// The newest credential of the same client, if this one is superseded.
    pub successor: Option<Successor>,
}

/// The credential that took another's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Successor {
    /// SHA-256 of its `SubjectPublicKeyInfo`'s DER, where it has a key.
    pub public_key_sha256: Option<[u8; 32]>,
    /// When it can be used.
    pub validity: Validity,
}

named! {
    /// How urgent a renewal is, the most urgent first.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Status {
        /// The validity is over.
        Expired = "expired",
        /// No more than [`Terms::imminent`] is left.
        Imminent = "imminent",
        /// No more than [`Terms::lead`] is left.
        Due = "due",
        /// Nothing that could be read says when it ends.
        Unknown = "unknown",
        /// There is time.
        Later = "later",
        /// The validity has no end (RFC 5280 section 4.1.2.5).
        Never = "never",
        /// A newer one of the same client is here.
        Superseded = "superseded",
    }
}

impl Plan {
    /// What `credentials` make necessary.
    pub fn new(credentials: Vec<Audited>, terms: &Terms) -> Self {
        let mut plan = Self::default();
        let (mut records, mut findings) = (Vec::new(), Vec::new());
        for audited in credentials {
            let record = &audited.record;
            if record.is_token() && !terms.tokens {
                plan.tokens_left_out += 1;
            } else if record.validity().is_none() && !record.is_token() && !ought_to_have_date(record) {
                plan.undated += 1;
            } else {
                records.push(*audited.record);
                findings.push(audited.findings);
                continue;
            }
            plan.left_out.push(audited);
        }
        let successors = successors(&records);
        let renewals = records.into_iter().zip(findings).zip(successors);
        let renewals = renewals.map(|((record, findings), successor)| {
            let renewal = Renewal::new(record, successor, terms);
            Renewal { findings, ..renewal }
        });
        plan.renewals = renewals.collect();
        plan.renewals.sort_by(|left, right| left.order().cmp(&right.order()));
        plan
    }

    /// What can't be used as it is, then the rest: for people, who have to act on the former whatever its date is.
    pub fn broken_first(&self) -> impl Iterator<Item = &Renewal> {
        let those = |broken| self.renewals.iter().filter(move |renewal| renewal.is_broken() == broken);
        those(true).chain(those(false))
    }
}

/// By when what has this validity should be renewed.
pub fn renew_by(validity: &Validity, lead: Threshold) -> DateTime<Utc> {
    validity.not_after.checked_sub_signed(validity.threshold(lead)).unwrap_or(EARLIEST).max(EARLIEST)
}

impl Renewal {
    fn new(record: Record, successor: Option<Successor>, terms: &Terms) -> Self {
        let (validity, now) = (record.validity(), terms.now);
        let status = match validity.map(|validity| (validity, validity.at(now))) {
            _ if successor.is_some() => Status::Superseded,
            // Two dates of which the later comes first say nothing.
            None | Some((_, Phase::Inverted)) => Status::Unknown,
            Some((validity, _)) if validity.never_ends() => Status::Never,
            Some((_, Phase::Expired)) => Status::Expired,
            Some((validity, _)) if validity.ends_within(terms.imminent, now) => Status::Imminent,
            Some((validity, _)) if validity.ends_within(terms.lead, now) => Status::Due,
            Some(_) => Status::Later,
        };
        let dated = matches!(status, Status::Expired | Status::Imminent | Status::Due | Status::Later);
        let renew_by = validity.filter(|_| dated).map(|validity| renew_by(&validity, terms.lead));
        Self { record, findings: Vec::new(), status, renew_by, successor }
    }

    /// Whether it can't be used as it is, and nothing has taken its place.
    pub fn is_broken(&self) -> bool {
        self.record.state == State::Broken && self.status != Status::Superseded
    }

    /// The finding that makes it broken, if the rule that says so is in force.
    pub fn defect(&self) -> Option<&AuditFinding> {
        self.findings.iter().find(|finding| {
            let rule = finding.rule;
            finding.basis != Basis::Policy && rule.level == Level::Error && rule.is_about_use()
        })
    }

    /// Whether it ends no later than `within` after `now`, or is imminent where no period is given; for tokens a period
    /// is never more than an hour. What is superseded
    /// or never ends is not due; a credential whose end can't be read is, for nobody knows better.
    pub fn is_due(&self, now: DateTime<Utc>, within: Option<TimeDelta>) -> bool {
        match (self.status, within) {
            (Status::Superseded | Status::Never, _) | (Status::Due | Status::Later, None) => false,
            (Status::Unknown, _) => self.is_unreadable(),
            (Status::Expired, _) | (Status::Imminent, None) => true,
            (Status::Imminent | Status::Due | Status::Later, Some(within)) => {
                self.record.validity().is_some_and(|validity| validity.ends_within(within, now))
            }
        }
    }

    /// Whether the end is over or within the lead.
    pub const fn is_pressing(&self) -> bool {
        matches!(self.status, Status::Expired | Status::Imminent | Status::Due)
    }

    /// Whether its end ought to be readable and isn't. What is kept encrypted is kept well.
    pub fn is_unreadable(&self) -> bool {
        self.status == Status::Unknown && self.record.state != State::Encrypted
    }

    fn order(&self) -> impl Ord + '_ {
        let not_after = self.record.validity().map(|validity| validity.not_after);
        let undated = self.status == Status::Unknown;
        let record = &self.record;
        (
            self.status == Status::Superseded,
            undated,
            not_after,
            &record.client_id,
            record.kind,
            &record.locations,
            record.certificate_sha256(),
        )
    }
}

/// The earliest instant to renew by: every format can write it, unlike a year before the first.
const EARLIEST: DateTime<Utc> = match NaiveDate::from_ymd_opt(1, 1, 1) {
    Some(day) => day.and_time(NaiveTime::MIN).and_utc(),
    None => DateTime::<Utc>::MIN_UTC,
};

/// Whether a credential without a date is one whose date can't be read, rather than something that has none.
fn ought_to_have_date(record: &Record) -> bool {
    match record.kind {
        DocumentKind::ServiceCredentials => record.state != State::Redacted,
        DocumentKind::Encrypted => true,
        _ => false,
    }
}

/// For each record the newest one that takes its place. What can't be used takes no place: a reminder must not fall
/// silent because of a redacted copy of one that may be nowhere yet.
fn successors(records: &[Record]) -> Vec<Option<Successor>> {
    let suits = |candidate: &Record, record: &Record| candidate.gives_away() || !record.gives_away();
    let successor = |index: usize| {
        let record = records.get(index)?;
        let public_key_sha256 = record.public_key.as_ref().map(|key| key.sha256);
        Some(Successor { public_key_sha256, validity: record.validity()? })
    };
    let newest = record::successors(records, suits).into_iter();
    newest.map(|newest| newest.and_then(successor)).collect()
}

#[cfg(test)]
mod tests;
