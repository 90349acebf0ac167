//! What a rule has to say, and where. Findings hold places; reports turn them into lines, columns and pictures.
//!
//! Owns: findings, places, levels. Does not own: what is wrong with anything.

use std::fmt;
use std::str::FromStr;

use crate::json::Pointer;
use crate::rule::Rule;
use crate::source::{Position, Span};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Works today and will not for long, or is probably a mistake.
    Warning,
    /// The documented client or the token service will refuse it, or a secret goes where it must not.
    Error,
}

impl Level {
    /// All levels, the worst first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Note];

    /// `error`, `warning` or `note`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
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
pub struct Place {
    /// The JSON pointer of the value concerned; the root when the document could not be read.
    pub pointer: Pointer,
    /// The characters concerned.
    pub span: Span,
}

impl Place {
    /// The characters `span` of the value at `pointer`.
    #[must_use]
    pub const fn new(pointer: Pointer, span: Span) -> Self {
        Self { pointer, span }
    }

    /// Another span of the same value.
    #[must_use]
    pub fn narrowed(&self, span: Span) -> Self {
        Self { pointer: self.pointer.clone(), span }
    }
}

/// What a rule's check reports. The engine adds the rule and its level.
#[derive(Clone, Debug)]
pub struct Draft {
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
    /// Reports `message` at `place`.
    #[must_use]
    pub fn new(place: Place, message: impl Into<String>) -> Self {
        Self {
            place,
            message: message.into(),
            label: String::new(),
            help: String::new(),
            related: Vec::new(),
        }
    }

    /// Adds the words beside the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn related(mut self, place: Place, message: impl Into<String>) -> Self {
        self.related.push(Related { place, message: message.into() });
        self
    }
}

/// A finding as reports get it: rule, level and resolved positions, and nothing taken from a secret.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Rule,
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
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Ignored { .. } => "ignored",
            Self::Baseline => "baseline",
        }
    }

    /// The reason in plain words.
    #[must_use]
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
