//! What a rule has to say, and where. Findings hold places; reports turn them into lines, columns and pictures.
//!
//! Owns: findings, places, levels, and what a fix is. Does not own: what is wrong with anything, nor carrying out a fix (see
//! `fix`).

use std::fmt;
use std::str::FromStr;

use crate::json::Pointer;
use crate::rule::{Basis, Rule};
use crate::secret::Secret;
use crate::source::{Position, Source, Span};

named! {
    /// How bad a finding is, the least first.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Level {
        /// Worth knowing.
        Note = "note",
        /// Works today and will not for long, or is probably a mistake.
        Warning = "warning",
        /// Somebody refuses it, somebody else gets its secrets, or nobody can vouch for it: its basis says which.
        Error = "error",
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for Level {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|level| level.name() == name).ok_or(())
    }
}

/// A place within a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Place {
    /// The JSON pointer of the value concerned; the root when the document could not be read.
    pub pointer: Pointer,
    /// The characters concerned.
    pub span: Span,
}

impl Place {
    /// The characters `span` of the value at `pointer`.
    pub const fn new(pointer: Pointer, span: Span) -> Self {
        Self { pointer, span }
    }

    /// The characters `span` of the element `index` of the list `name` at the top.
    pub fn listed(name: &str, index: usize, span: Span) -> Self {
        Self::new(Pointer::root().key(name).index(index), span)
    }

    /// The characters `span` of the member `name` of this value.
    pub fn member(&self, name: &str, span: Span) -> Self {
        Self::new(self.pointer.key(name), span)
    }

    /// Another span of the same value.
    pub fn narrowed(&self, span: Span) -> Self {
        Self { pointer: self.pointer.clone(), span }
    }
}

/// What a rule's check reports. The engine adds the rule and the level in force.
#[derive(Clone, Debug)]
#[must_use]
pub struct Draft {
    /// Basis and level of this case, where they are not the rule's own.
    pub claim: Option<(Basis, Level)>,
    /// Where.
    pub place: Place,
    /// What is wrong, in one sentence without a final stop.
    pub message: String,
    /// A few words beside the caret.
    pub label: String,
    /// Why it matters and what to do, in plain sentences.
    pub help: String,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// How it can be put right mechanically, where that is beyond doubt in this very case.
    pub fix: Option<Fix>,
}

/// Another place that belongs to a finding.
#[derive(Clone, Debug)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What is there.
    pub message: String,
}

impl Draft {
    /// Basis and level of a draft of `rule`, before settings change anything.
    pub fn own(&self, rule: &Rule) -> (Basis, Level) {
        self.claim.unwrap_or((rule.basis, rule.level))
    }

    /// Reports `message` at `place`.
    pub fn new(place: Place, message: impl Into<String>) -> Self {
        Self {
            claim: None,
            place,
            message: message.into(),
            label: String::new(),
            help: String::new(),
            related: Vec::new(),
            fix: None,
        }
    }

    /// Says that this case rests on another basis than the rule's worst, and has `level` unless settings say otherwise.
    pub const fn claim(mut self, basis: Basis, level: Level) -> Self {
        self.claim = Some((basis, level));
        self
    }

    /// Adds the words beside the caret.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds what to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Adds another place.
    pub fn related(mut self, place: Place, message: impl Into<String>) -> Self {
        self.related.push(Related { place, message: message.into() });
        self
    }

    /// Adds how it can be put right, if it can.
    pub fn fix(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.fix = fix.into();
        self
    }
}

/// A mechanical correction. It never invents key material nor changes it.
#[derive(Clone, Debug)]
pub struct Fix {
    /// What it does, as an instruction in a few words without a final stop: `remove the space at the end`.
    pub label: String,
    /// What changes.
    pub change: Change,
}

/// What a fix changes.
#[derive(Clone, Debug)]
pub enum Change {
    /// Edits of the text, in its order, none of which overlaps another.
    Text(Vec<Edit>),
    /// The same text in other bytes, UTF-8 without a byte-order mark. No edit of the text can say that.
    Encoding,
}

/// New characters in place of old ones.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The characters that go; empty where something is put in.
    pub span: Span,
    /// What comes in their place, as JSON writes it.
    pub replacement: Replacement,
}

/// What an edit puts in, and whether reports may show it.
#[derive(Clone, Debug)]
pub enum Replacement {
    /// Anybody may see it.
    Public(String),
    /// It holds a secret.
    Secret(Secret<String>),
}

impl Fix {
    /// Puts `replacement` in place of `span`.
    pub fn replace(label: impl Into<String>, span: Span, replacement: Replacement) -> Self {
        Self { label: label.into(), change: Change::Text(vec![Edit { span, replacement }]) }
    }

    /// Removes the characters `spans`, which are in the order of the text.
    pub fn remove(label: impl Into<String>, spans: impl IntoIterator<Item = Span>) -> Self {
        let edits = spans.into_iter().filter(|span| span.start < span.end);
        let edits = edits.map(|span| Edit { span, replacement: Replacement::Public(String::new()) });
        Self { label: label.into(), change: Change::Text(edits.collect()) }
    }

    /// The edits of the text.
    pub fn edits(&self) -> &[Edit] {
        match &self.change {
            Change::Text(edits) => edits,
            Change::Encoding => &[],
        }
    }
}

impl Replacement {
    /// The characters. They may be secret.
    pub fn expose(&self) -> &str {
        match self {
            Self::Public(text) => text,
            Self::Secret(text) => text.expose(),
        }
    }
}

/// An edit as reports show it, for editors and services that can apply it.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// The first character that goes.
    pub start: Position,
    /// The position after the last one.
    pub end: Position,
    /// What comes in their place.
    pub text: String,
}

impl Suggestion {
    /// Finding lines and columns takes time for each edit, and nobody looks at more.
    const MOST: usize = 32;

    /// The edits of `fix`, if all of them may be shown; else none, because half a fix is worse than no fix.
    pub(crate) fn all(fix: &Fix, source: &Source) -> Vec<Self> {
        let edits = fix.edits();
        let suggestions = edits.iter().take(Self::MOST).filter_map(|edit| match &edit.replacement {
            Replacement::Public(text) => Some(Self {
                start: source.position(edit.span.start),
                end: source.position(edit.span.end),
                text: text.clone(),
            }),
            Replacement::Secret(_) => None,
        });
        let suggestions: Vec<_> = suggestions.collect();
        if suggestions.len() == edits.len() { suggestions } else { Vec::new() }
    }
}

/// A finding as reports get it: rule, level and resolved positions, and nothing taken from a secret.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// On what its claim rests.
    pub basis: Basis,
    /// The level in force, which settings may have changed.
    pub level: Level,
    /// What and where.
    pub draft: Draft,
    /// The first character.
    pub start: Position,
    /// The position after the last character.
    pub end: Position,
    /// The positions of [`Draft::related`], in the same order.
    pub related: Vec<Position>,
    /// The edits of [`Draft::fix`], as far as reports may show them.
    pub suggestions: Vec<Suggestion>,
    /// Why it doesn't count, if it doesn't. The engine never sets this; policy does, afterwards.
    pub suppression: Option<Suppression>,
}

/// Why a finding doesn't count: it is reported as suppressed where a format can say so, and fails no run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suppression {
    /// An ignore entry of the configuration.
    Ignored {
        /// The entry's reason.
        reason: String,
    },
    /// Known since a baseline was written.
    Baseline,
}

impl Suppression {
    /// `ignored` or `baseline`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Ignored { .. } => "ignored",
            Self::Baseline => "baseline",
        }
    }

    /// The reason in plain words.
    pub fn reason(&self) -> &str {
        match self {
            Self::Ignored { reason } => reason,
            Self::Baseline => "known since the baseline was written",
        }
    }
}

/// Collects what rules report.
#[derive(Debug, Default)]
pub struct Findings {
    pub(crate) drafts: Vec<Draft>,
    pub(crate) failures: Vec<String>,
    /// How many were not kept because a rule had too many.
    pub(crate) more: usize,
}

impl Findings {
    /// How many findings of one rule in one file are kept; a document made to flood the report gains nothing.
    pub const MOST: usize = 100;

    /// Reports a finding.
    pub fn push(&mut self, draft: Draft) {
        self.push_with(|| draft);
    }

    /// Reports what `draft` makes, which is not called once there are too many: a flood costs no time either.
    pub fn push_with(&mut self, draft: impl FnOnce() -> Draft) {
        if self.drafts.len() < Self::MOST {
            self.drafts.push(draft());
        } else {
            self.more += 1;
        }
    }

    /// Reports that a check could not be carried out, for a reason outside the document.
    pub fn fail(&mut self, message: impl Into<String>) {
        self.failures.push(message.into());
    }
}
