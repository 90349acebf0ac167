//! What a rule is: its name, its words, and the part of a document that it looks at.
//!
//! Owns: [`Rule`], [`Check`], what checks are given, [`Settings`]. Does not own: any particular rule (see `rules`) nor running them (see
//! `check`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::credential::{
    CertificateField, Credential, Document, FormKind, KeyPair, PemField, PrivateKeyField, Threshold, Token,
};
use crate::finding::{Findings, Level, Place};
use crate::json::Limits;
use crate::published::PublishedKeys;
use crate::record::{Inventory, Location, Observations, Record};
use crate::source::Source;

/// One rule of the catalogue. Every listing (documentation, `aemcred rules`, report tables) is made from this.
#[derive(Debug)]
pub struct Rule {
    /// The public name, such as `key-pair-mismatch`. It is also the name of the rule's file, page and fixtures.
    pub name: &'static str,
    /// The level unless settings say otherwise; the worst where it depends on the case.
    pub level: Level,
    /// On what its claim rests; that of the worst case where it depends on the case.
    pub basis: Basis,
    /// Whether a mechanical and safe correction exists.
    pub fixable: bool,
    /// When it is reported: one line without a final stop.
    pub summary: &'static str,
    /// Markdown: what it is about and why it matters.
    pub explanation: &'static str,
    /// A short excerpt of a document in which it is reported, without any secret.
    pub example: &'static str,
    /// Markdown: what to do.
    pub remedy: &'static str,
    /// The requirement that it comes from.
    pub reference: &'static str,
    /// The forms that it applies to: of anything else it asks nothing.
    pub forms: &'static [FormKind],
    /// The part of a document that it looks at.
    pub check: Check,
}

impl Rule {
    /// The address of its page.
    pub fn page(&self) -> String {
        format!("https://github.com/aemcred/aemcred/blob/main/docs/rules/{}.md", self.name)
    }

    /// Whether it applies to this form.
    pub fn applies_to(&self, form: FormKind) -> bool {
        self.forms.contains(&form)
    }

    /// Whether it can be reported of a file, so that an ignore entry or a baseline can name it.
    pub const fn is_about_files(&self) -> bool {
        self.is_about_content() || matches!(self.check, Check::Place(_))
    }

    /// Whether what it finds in a document may keep the credential from being used. Who else has a secret is no reason why
    /// it should not work.
    pub const fn is_about_use(&self) -> bool {
        self.is_about_content() && !matches!(self.check, Check::Variables(_))
    }

    /// Whether it looks at documents; otherwise at aemcred's own configuration, or at how documents are kept.
    pub const fn is_about_content(&self) -> bool {
        !matches!(self.check, Check::Configuration(_) | Check::Inventory(_) | Check::Place(_))
    }
}

/// What a rule has to say of a credential at one of its places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Its level unless settings say otherwise.
    pub level: Level,
    /// What is wrong, in one sentence without a final stop.
    pub message: String,
    /// Why it matters and what to do, in plain sentences.
    pub help: String,
}

named! {
    /// On what a finding's claim rests.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[non_exhaustive]
    pub enum Basis,
    /// What it means, in a sentence without a final stop.
    meaning {
        Client = "client" => "Adobe's client throws an error before it sends anything",
        Service = "service" => "Adobe's token service or AEM refuses what is sent",
        Exposure = "exposure" => "the credential works, but others have its secrets or will get them",
        Damage = "damage" => "parts contradict each other or can't be read, so it is unknown whether the credential \
                              works",
        Policy = "policy" => "it works today, but it expires soon or is not as Adobe issues it",
    }
}

/// What a rule looks at. The engine calls it only where that part could be read.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// The bytes and the attempt to read them as JSON.
    File(fn(&File<'_>, &mut Findings)),
    /// A document that is JSON.
    Document(fn(&Document<'_, '_>, &Settings, &mut Findings)),
    /// A recognized credential.
    Credential(fn(&Credential<'_, '_>, &Settings, &mut Findings)),
    /// Either PEM field that holds text.
    Pem(fn(&PemField<'_, '_>, &mut Findings)),
    /// The field `publicKey` with a block.
    Certificate(fn(&CertificateField<'_, '_>, &Settings, &mut Findings)),
    /// The field `privateKey` with a block; the credential is there for what the certificate vouches for.
    PrivateKey(fn(&Credential<'_, '_>, &PrivateKeyField<'_, '_>, &Settings, &mut Findings)),
    /// A certificate and a private key that could both be read.
    KeyPair(fn(&KeyPair<'_, '_, '_>, &mut Findings)),
    /// The secrets that can be read and are kept in variables.
    Variables(fn(&[SecretVariable<'_>], &mut Findings)),
    /// A token, in a document or alone.
    Token(fn(&Token<'_, '_>, &Settings, &mut Findings)),
    /// An entry of aemcred's own configuration or baseline, and what it did in this run. Never called for documents.
    Configuration(fn(&SuppressionUse<'_>, &Settings, &mut Findings)),
    /// All credentials of an audited set and where they are kept. Never called for documents.
    Inventory(fn(&Inventory, &Settings, &mut Observations)),
    /// A credential and one of its places, of which it is known how git keeps it.
    Place(fn(&Record, &Location, &Settings) -> Option<Remark>),
}

/// A variable with a secret in it that can be read and isn't past its end.
#[derive(Debug)]
pub struct SecretVariable<'a> {
    /// The name, fit to be shown.
    pub name: &'a str,
    /// What it holds, without an article.
    pub what: &'a str,
    /// Where the value stands.
    pub place: Place,
}

/// What suppresses findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suppressor {
    /// An `[[ignore]]` entry of the configuration.
    Entry,
    /// A line of the baseline.
    Baseline,
}

/// What an ignore entry or a line of the baseline did in one run.
#[derive(Debug)]
pub struct SuppressionUse<'a> {
    /// Which of both it is.
    pub suppressor: Suppressor,
    /// Where it stands in its file.
    pub place: Place,
    /// The rule whose findings it suppresses.
    pub rule: &'a str,
    /// The last day on which it holds, and where that is said.
    pub until: Option<(NaiveDate, Place)>,
    /// Whether that day has passed.
    pub is_over: bool,
    /// How many findings it matched.
    pub matched: usize,
    /// Whether all that it could match was looked at.
    pub is_covered: bool,
}

/// A file as far as it could be read.
#[derive(Debug)]
pub enum File<'a> {
    /// Too large to be looked at: its size and the limit, both in bytes.
    TooLarge {
        /// The file's size, where it is known.
        size: Option<u64>,
        /// The limit.
        limit: u64,
    },
    /// Text or binary data that is not one JSON value.
    Unparsed {
        /// The text.
        source: &'a Source,
        /// Why it is not JSON; nothing for binary data.
        error: Option<&'a crate::json::SyntaxError>,
    },
    /// A token alone, which is no JSON.
    Token {
        /// The text.
        source: &'a Source,
    },
    /// One JSON value.
    Parsed {
        /// The text.
        source: &'a Source,
    },
}

/// Everything from outside that a check depends on: the clock, the limits, and what the user chose.
///
/// ```
/// use aemcred::{Level, Settings};
/// use std::time::SystemTime;
///
/// let settings = Settings::new(SystemTime::now().into())
///     .expiring(aemcred::chrono::TimeDelta::days(45))
///     .level("field-unknown", Some(Level::Error))?
///     .level("certificate-issuer", None)?
///     .trust_ims_host("ims.example.com");
/// # let _ = settings;
/// # Ok::<(), aemcred::UnknownRule>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// The time at which documents are judged.
    pub(crate) now: DateTime<Utc>,
    /// `certificate-expiring` when no more than this is left.
    pub(crate) expiring: Threshold,
    /// `certificate-expiry-imminent` when no more than this is left.
    pub(crate) imminent: TimeDelta,
    /// Levels that differ from the rules' own; `None` turns a rule off.
    pub(crate) levels: BTreeMap<&'static str, Option<Level>>,
    /// Only these rules, if given.
    pub(crate) only: Option<BTreeSet<&'static str>>,
    /// Hosts besides Adobe's that may receive the secrets.
    pub(crate) trusted_ims_hosts: Vec<String>,
    /// Where published keys are looked up beside the built-in list.
    pub(crate) published: Option<Arc<dyn PublishedKeys>>,
    /// The largest file, in bytes.
    pub(crate) max_size: u64,
    /// Whether the masked copy for excerpts is made where there is something to show.
    pub(crate) excerpts: bool,
    /// Whether records get the digests by which an inventory tells that two keys share a prime.
    pub(crate) ties: bool,
    /// The limits of the JSON parser.
    pub(crate) limits: Limits,
}

/// The default for how much time counts as little.
pub(crate) const EXPIRING: TimeDelta = TimeDelta::days(30);
/// The default for how much time counts as almost none.
pub(crate) const IMMINENT: TimeDelta = TimeDelta::days(3);

impl Settings {
    /// Returns the settings that hold at `now` where nothing else is chosen.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            expiring: Threshold::Left(EXPIRING),
            imminent: IMMINENT,
            levels: BTreeMap::new(),
            only: None,
            trusted_ims_hosts: Vec::new(),
            published: None,
            max_size: 1 << 20,
            excerpts: true,
            ties: true,
            limits: Limits::default(),
        }
    }

    /// The level of `rule` under these settings; `None` when it is turned off or not selected.
    pub(crate) fn level_of(&self, rule: &Rule) -> Option<Level> {
        self.level_or(rule, rule.level)
    }

    /// The level of a finding of `rule` that has the level `own` unless settings say otherwise; `None` when the rule is
    /// turned off or not selected.
    pub(crate) fn level_or(&self, rule: &Rule, own: Level) -> Option<Level> {
        if self.only.as_ref().is_some_and(|only| !only.contains(rule.name)) {
            return None;
        }
        self.levels.get(rule.name).copied().unwrap_or(Some(own))
    }
}
