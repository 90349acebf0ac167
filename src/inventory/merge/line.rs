//! One line of `aemcred audit --format jsonl`, and the occurrence that it tells of.
//!
//! Owns: reading a line, of which nothing is trusted. Does not own: what lines say together (see `inventory::merge`). The
//! parser's own errors quote what they read, and are dropped.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use dashu_int::UBig;
use serde::Deserialize;

use super::super::Occurrence;
use crate::credential::{DocumentKind, Validity, presentable, presentable_id};
use crate::finding::{Draft, Finding, Level, Place};
use crate::gate;
use crate::json::Pointer;
use crate::record::{
    CertificateRecord, InClear, Keeping, Location, Past, PublicHalf, Record, Reference, State, TokenRecord,
};
use crate::rule::Basis;
use crate::rules;
use crate::source::Position;

/// No modulus that is read from a file is longer, in bytes.
const LONGEST_MODULUS: usize = 2048;

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Line {
    Sighting(Box<Sighting>),
    /// What the whole set tells is computed anew.
    Finding {},
    Failure {
        path: Option<String>,
        message: String,
    },
    Summary {
        complete: bool,
        summary: Counts,
        merge: Ending,
    },
}

/// What tells of which version a line is, whatever else is in it.
#[derive(Deserialize)]
pub(super) struct Versioned {
    version: Option<String>,
    merge: Option<Of>,
}

#[derive(Deserialize)]
struct Of {
    run: Option<OfRun>,
}

#[derive(Deserialize)]
struct OfRun {
    version: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Counts {
    pub(super) files: u64,
    pub(super) bytes: u64,
    pub(super) skipped: u64,
}

/// Which run a line is of.
#[derive(Deserialize)]
pub(super) struct RunLine {
    pub(super) id: String,
    pub(super) version: String,
    pub(super) now: String,
    pub(super) link_key: Option<String>,
    pub(super) settings: String,
}

/// How a run ended.
#[derive(Deserialize)]
pub(super) struct Ending {
    pub(super) run: RunLine,
    pub(super) sightings: u32,
}

#[derive(Deserialize)]
pub(super) struct Sighting {
    client_id: Option<String>,
    organization: Option<String>,
    kind: String,
    state: String,
    certificate_sha256: Option<String>,
    public_key_sha256: Option<String>,
    places: Vec<PlaceLine>,
    findings: Vec<FindingLine>,
    pub(super) merge: Beside,
}

/// What a merge needs beside the rest.
#[derive(Deserialize)]
pub(super) struct Beside {
    pub(super) run: RunLine,
    pub(super) number: u32,
    pub(super) file_bytes: Option<u64>,
    pub(super) unlinked: bool,
    is_aems: bool,
    facts: Vec<String>,
    not_before: Option<i64>,
    not_after: Option<i64>,
    modulus: Option<String>,
    primes: Option<[String; 2]>,
    client_secret_digest: Option<String>,
    token_digest: Option<String>,
    in_clear: Vec<String>,
    mode: Option<u32>,
    keeping: Option<String>,
    git: Option<GitLine>,
}

#[derive(Deserialize)]
struct PlaceLine {
    path: String,
    steps: Vec<String>,
    pointer: String,
    line: usize,
    column: usize,
    usable: bool,
    git: Option<PastLine>,
}

#[derive(Deserialize)]
struct PastLine {
    repository: String,
    commit: Option<String>,
    author_time: Option<String>,
    removed_by: Option<String>,
    in_head: bool,
    refs: Vec<String>,
}

/// What of a place in the history isn't in the report.
#[derive(Deserialize)]
struct GitLine {
    blob: String,
    refs: Vec<String>,
    still_on: Vec<String>,
    is_reachable: bool,
}

#[derive(Deserialize)]
struct FindingLine {
    rule: String,
    level: String,
    basis: String,
    message: String,
    help: String,
    place: PlaceLine,
    related: Vec<RelatedLine>,
}

#[derive(Deserialize)]
struct RelatedLine {
    pointer: String,
    line: usize,
    column: usize,
    message: String,
}

impl Line {
    /// Reads a line. Returns `None` if it is none.
    pub(super) fn read(line: &[u8]) -> Option<Self> {
        serde_json::from_slice(line).ok()
    }
}

impl Versioned {
    /// What a line names. Returns `None` if it is no line of a report.
    pub(super) fn read(line: &[u8]) -> Option<Self> {
        serde_json::from_slice(line).ok()
    }

    /// The version that it names.
    pub(super) fn version(self) -> Option<String> {
        let own = self.merge.and_then(|merge| merge.run).and_then(|run| run.version);
        own.or(self.version)
    }
}

impl Sighting {
    /// The occurrence that the line tells of. Returns `None` if it can't be one.
    pub(super) fn occurrence(self) -> Option<Occurrence> {
        let Self { client_id, organization, kind, state, places, findings, merge, .. } = self;
        let [place] = <[PlaceLine; 1]>::try_from(places).ok()?;
        let has = |fact: &str| merge.facts.iter().any(|one| one == fact);
        let sha256 = optional(self.public_key_sha256.as_deref(), digest)?;
        let modulus = optional(merge.modulus.as_deref(), modulus)?;
        let primes = optional(merge.primes.as_ref(), primes)?;
        let certificate = optional(self.certificate_sha256.as_deref(), digest)?;
        let times = match (merge.not_before, merge.not_after) {
            (Some(begin), Some(end)) => {
                Some((DateTime::from_timestamp_millis(begin)?, DateTime::from_timestamp_millis(end)?))
            }
            _ => None,
        };
        let token = times.filter(|_| certificate.is_none());
        let certificate = match (certificate, times) {
            (Some(digest), Some((begin, end))) => Some(CertificateRecord {
                validity: Validity::of_certificate(begin, end),
                sha256: digest.into(),
                public_key_sha256: sha256.unwrap_or_default(),
                names: None,
            }),
            (None, _) => None,
            (Some(_), None) => return None,
        };
        let location = Location {
            path: gate::shown_path(&place.path),
            steps: place.steps.iter().map(|step| gate::said(step)).collect(),
            position: position(place.line, place.column)?,
            pointer: pointer(&place.pointer),
            usable: place.usable,
            in_clear: in_clear(|secret| merge.in_clear.iter().any(|one| one == secret)),
            mode: merge.mode,
            keeping: optional(merge.keeping.as_deref(), keeping)?,
            past: match (place.git, merge.git) {
                (Some(place), Some(more)) => Some(Arc::new(past(&place, more)?)),
                (None, None) => None,
                _ => return None,
            },
        };
        let record = Record {
            kind: DocumentKind::ALL.into_iter().find(|one| one.name() == kind)?,
            state: State::ALL.into_iter().find(|one| one.name() == state)?,
            client_id: client_id.filter(|id| presentable_id(id)),
            organization: organization.filter(|id| presentable(id)).map(Arc::from),
            certificate,
            token: token.map(|(begin, end)| {
                let validity = Validity::of_token(begin, end);
                Box::new(TokenRecord { validity, kind: None, user_id: None })
            }),
            listed: Box::default(),
            public_key: sha256.zip(modulus).map(|(sha256, modulus)| PublicHalf::new(sha256, modulus, primes)),
            client_secret: optional(merge.client_secret_digest.as_deref(), digest)?,
            token_sha256: optional(merge.token_digest.as_deref(), digest)?.map(Box::new),
            usable: has("usable"),
            in_clear: in_clear(has),
            emptied: has("emptied"),
            broken: has("broken"),
            complete: has("complete"),
            locations: vec![location],
        };
        let findings = findings.into_iter().map(FindingLine::finding).collect::<Option<_>>()?;
        Some(Occurrence { record: Box::new(record), is_aems: merge.is_aems, findings })
    }
}

impl FindingLine {
    fn finding(self) -> Option<Finding> {
        let start = position(self.place.line, self.place.column)?;
        let mut draft = Draft::new(
            Place { pointer: pointer(&self.place.pointer), ..Place::default() },
            gate::said(&self.message),
        )
        .help(gate::said(&self.help));
        let mut related = Vec::with_capacity(self.related.len());
        for one in self.related {
            let place = Place { pointer: pointer(&one.pointer), ..Place::default() };
            draft = draft.related(place, gate::said(&one.message));
            related.push(position(one.line, one.column)?);
        }
        Some(Finding {
            rule: rules::find(&self.rule)?,
            basis: Basis::ALL.into_iter().find(|basis| basis.name() == self.basis)?,
            level: self.level.parse::<Level>().ok()?,
            draft,
            start,
            end: start,
            related,
            suggestions: Vec::new(),
            suppression: None,
        })
    }
}

/// `Some(None)` where there is nothing, and `None` where `read` fails.
#[expect(clippy::option_option, reason = "what isn't there is no mistake")]
fn optional<V: ?Sized, T>(value: Option<&V>, read: impl FnOnce(&V) -> Option<T>) -> Option<Option<T>> {
    match value {
        Some(value) => read(value).map(Some),
        None => Some(None),
    }
}

fn digest(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    if text.len() != 2 * digest.len() {
        return None;
    }
    for (byte, digits) in digest.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(digest)
}

fn primes([one, other]: &[String; 2]) -> Option<[[u8; 32]; 2]> {
    Some([digest(one)?, digest(other)?])
}

fn modulus(text: &str) -> Option<Box<[u8]>> {
    let bytes = STANDARD.decode(text).ok().filter(|bytes| bytes.len() <= LONGEST_MODULUS)?;
    Some(UBig::from_le_bytes(&bytes).to_le_bytes())
}

fn position(line: usize, column: usize) -> Option<Position> {
    Position::at(line, column)
}

fn pointer(text: &str) -> Pointer {
    Pointer::of(&gate::said(text))
}

fn in_clear(has: impl Fn(&str) -> bool) -> InClear {
    InClear { private_key: has("private-key"), client_secret: has("client-secret"), token: has("token") }
}

fn keeping(name: &str) -> Option<Keeping> {
    Keeping::ALL.into_iter().find(|keeping| keeping.name() == name)
}

fn past(place: &PastLine, more: GitLine) -> Option<Past> {
    let id = |text: String| text.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(text);
    let named = |name: &str| Reference::read(name, gate::shown_path);
    let refs = place.refs.len();
    let past = Past {
        repository: gate::shown_path(&place.repository),
        blob: id(more.blob)?,
        commit: optional(place.commit.as_deref(), |text| id(text.to_owned()))?,
        author_time: optional(place.author_time.as_deref(), |time| time.parse().ok())?,
        removed_by: optional(place.removed_by.as_deref(), |text| id(text.to_owned()))?,
        in_head: place.in_head,
        refs: more.refs.iter().map(|name| named(name)).collect(),
        still_on: more.still_on.iter().map(|name| named(name)).collect(),
        is_reachable: more.is_reachable,
    };
    (past.refs.len() == refs).then_some(past)
}
