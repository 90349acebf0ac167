//! The face of the library: what other programs call, and what they get.
//!
//! Owns: the flat types that a caller sees, and the builder methods of [`Settings`]. They have only what anybody may see, and
//! none of them can be made outside. Does not own: judging anything (see `examine`), the inventory (see `inventory`).

#[cfg(feature = "audit")]
mod audit;
mod settings;

use chrono::{DateTime, Utc};

use crate::examine;
use crate::finding;
use crate::finding::Level;
use crate::record::{Location, Record, State};
use crate::rule::{Basis, Settings};
use crate::secret::Secret;

#[cfg(feature = "audit")]
pub use audit::{Inventory, audit};
pub use settings::UnknownRule;

/// Judges the one document that `bytes` are: service credentials, an access token, or the token alone.
///
/// What is inside something else (a Kubernetes manifest, an archive, a `.env` file) isn't looked for; `audit` does that. The
/// copy of `bytes` is wiped afterwards.
///
/// ```
/// use aemcred::{Settings, State, check};
///
/// let settings = Settings::new("2026-11-22T12:00:00Z".parse()?);
/// let document = include_bytes!("../fixtures/certificate-expired/bad.json");
/// let report = check(document, &settings);
/// let credential = report.credential().expect("it is one");
/// assert_eq!(credential.state(), State::Expired);
/// for finding in report.findings() {
///     let place = finding.place();
///     println!("{}:{}: {}: {}", place.line(), place.column(), finding.level(), finding.message());
/// }
/// # assert_eq!(report.findings()[0].rule(), "certificate-expired");
/// # Ok::<(), aemcred::chrono::ParseError>(())
/// ```
pub fn check(bytes: impl Into<Vec<u8>>, settings: &Settings) -> Report {
    // Nobody sees an excerpt here.
    let settings = Settings { excerpts: false, ..settings.clone() };
    let checked = examine::check(Secret::new(bytes.into()), &settings);
    let findings: Vec<Finding> = checked
        .findings
        .iter()
        .map(|finding| Finding::new(finding, checked.record.locations.first()))
        .collect();
    let credential = checked.is_credential.then(|| Credential::new(&checked.record, findings.clone(), false));
    Report { findings, credential }
}

/// What [`check`] says of one document.
///
/// ```
/// # use aemcred::{Settings, check};
/// let settings = Settings::new("2026-11-22T12:00:00Z".parse()?);
/// let report = check("no credential", &settings);
/// assert!(report.credential().is_none());
/// assert_eq!(report.findings()[0].rule(), "document-syntax");
/// # Ok::<(), aemcred::chrono::ParseError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    findings: Vec<Finding>,
    credential: Option<Credential>,
}

impl Report {
    /// Returns what was found, in the order of the text.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Returns what is known of the credential, or of the broken text that was meant to be one; `None` if it is none.
    pub const fn credential(&self) -> Option<&Credential> {
        self.credential.as_ref()
    }

    /// Returns the highest level among the findings; `None` if there are none. If it isn't [`Level::Error`], the documented
    /// client can use the credential.
    pub fn worst(&self) -> Option<Level> {
        self.findings.iter().map(Finding::level).max()
    }
}

/// What is known of one credential, and what is wrong with it.
///
/// ```
/// # use aemcred::{Settings, State, check};
/// let settings = Settings::new("2026-11-22T12:00:00Z".parse()?);
/// let report = check(include_bytes!("../fixtures/field-unknown/good.json"), &settings);
/// let credential = report.credential().expect("it is one");
/// assert_eq!((credential.kind(), credential.state()), ("service-credentials", State::Sound));
/// assert!(credential.client_id().is_some_and(|id| id.starts_with("cm-p")));
/// assert!(credential.not_before() < credential.not_after());
/// # Ok::<(), aemcred::chrono::ParseError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Credential {
    kind: &'static str,
    state: State,
    client_id: Option<String>,
    organization: Option<String>,
    validity: Option<(DateTime<Utc>, DateTime<Utc>)>,
    superseded: bool,
    places: Vec<Place>,
    findings: Vec<Finding>,
}

impl Credential {
    fn new(record: &Record, findings: Vec<Finding>, superseded: bool) -> Self {
        Self {
            kind: record.kind.name(),
            state: record.state,
            client_id: record.client_id.clone(),
            organization: record.organization.as_deref().map(str::to_owned),
            validity: record.validity().map(|validity| (validity.not_before, validity.not_after)),
            superseded,
            places: record.locations.iter().map(Place::new).collect(),
            findings,
        }
    }

    /// Returns what it is, in the words of the JSON reports: `service-credentials`, `development-token` …
    pub const fn kind(&self) -> &'static str {
        self.kind
    }

    /// Returns the state that it is in. Levels that settings change don't change it.
    pub const fn state(&self) -> State {
        self.state
    }

    /// Returns the client ID, if it is known and may be shown.
    pub fn client_id(&self) -> Option<&str> {
        self.client_id.as_deref()
    }

    /// Returns the ID of the organization, if it is known and may be shown.
    pub fn organization(&self) -> Option<&str> {
        self.organization.as_deref()
    }

    /// Returns the instant from which on the certificate or token is valid, if that is known.
    pub fn not_before(&self) -> Option<DateTime<Utc>> {
        self.validity.map(|(not_before, _)| not_before)
    }

    /// Returns the last second in which the certificate is valid, or the end of the token, if that is known.
    pub fn not_after(&self) -> Option<DateTime<Utc>> {
        self.validity.map(|(_, not_after)| not_after)
    }

    /// Returns true if a newer credential of the same client is in the inventory.
    pub const fn is_superseded(&self) -> bool {
        self.superseded
    }

    /// Returns the places where it is.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Returns what was found about it.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

/// One thing that is wrong.
///
/// ```
/// # use aemcred::{Basis, Level, Settings, check};
/// let settings = Settings::new("2026-11-22T12:00:00Z".parse()?);
/// let report = check(include_bytes!("../fixtures/field-missing/bad.json"), &settings);
/// let finding = &report.findings()[0];
/// assert_eq!((finding.rule(), finding.level()), ("field-missing", Level::Error));
/// assert_eq!(finding.basis(), Basis::Client);
/// assert!(finding.page().ends_with("docs/rules/field-missing.md"));
/// # Ok::<(), aemcred::chrono::ParseError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finding {
    rule: &'static crate::rule::Rule,
    level: Level,
    basis: Basis,
    message: String,
    help: String,
    place: Place,
}

impl Finding {
    fn new(finding: &finding::Finding, site: Option<&Location>) -> Self {
        let draft = &finding.draft;
        let mut place = site.map(Place::new).unwrap_or_default();
        (place.line, place.column) = (finding.start.line.number(), finding.start.column.number());
        draft.place.pointer.as_str().clone_into(&mut place.pointer);
        Self {
            rule: finding.rule,
            level: finding.level,
            basis: finding.basis,
            message: draft.message.clone(),
            help: draft.help.clone(),
            place,
        }
    }

    /// Returns the name of the rule, such as `key-pair-mismatch`. Names are never changed.
    pub const fn rule(&self) -> &'static str {
        self.rule.name
    }

    /// Returns the address of the rule's page.
    pub fn page(&self) -> String {
        self.rule.page()
    }

    /// Returns how bad it is, which settings may have changed.
    pub const fn level(&self) -> Level {
        self.level
    }

    /// Returns who refuses the credential, or who gets its secrets.
    pub const fn basis(&self) -> Basis {
        self.basis
    }

    /// Returns what is wrong, in one sentence without a period.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns why it matters and what to do, in plain sentences.
    pub fn help(&self) -> &str {
        &self.help
    }

    /// Returns where it is.
    pub const fn place(&self) -> &Place {
        &self.place
    }
}

/// A place in an input.
///
/// ```
/// # use aemcred::{Settings, check};
/// let settings = Settings::new("2026-11-22T12:00:00Z".parse()?);
/// let report = check(include_bytes!("../fixtures/field-empty/bad.json"), &settings);
/// let place = report.findings()[0].place();
/// assert_eq!((place.input(), place.within().len()), ("", 0));
/// assert!(place.line() > 1 && place.column() > 1);
/// assert!(place.pointer().starts_with("/integration/"));
/// assert!(report.credential().expect("it is one").places()[0].is_live());
/// # Ok::<(), aemcred::chrono::ParseError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    input: String,
    within: Vec<String>,
    line: usize,
    column: usize,
    pointer: String,
    live: bool,
}

impl Place {
    fn new(site: &Location) -> Self {
        Self {
            input: site.path.as_str().to_owned(),
            within: site.steps.to_vec(),
            line: site.position.line.number(),
            column: site.position.column.number(),
            pointer: site.pointer.as_str().to_owned(),
            live: site.usable,
        }
    }

    /// Returns the name of the input, without what may be a secret in it; empty for [`check`].
    pub fn input(&self) -> &str {
        &self.input
    }

    /// Returns the way from the input to the document in it, such as `data."service.json"` and `base64`; empty if the
    /// document is the whole input.
    pub fn within(&self) -> &[String] {
        &self.within
    }

    /// Returns the line, from 1.
    pub const fn line(&self) -> usize {
        self.line
    }

    /// Returns the column in characters, from 1.
    pub const fn column(&self) -> usize {
        self.column
    }

    /// Returns the JSON pointer (RFC 6901) of the value in the document; empty for the whole document.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Returns true if a private key, client secret or token can be read there.
    pub const fn is_live(&self) -> bool {
        self.live
    }
}
