//! From a credential's fields to facts that may be shown, or words for why not.

use super::{Fact, Unread, as_written};
use crate::credential::{Certificate, Credential, Exposure, Field, FieldState, PrivateKey, presentable};
use crate::examine::Checked;
use crate::finding::Finding;
use crate::json::Pointer;
use crate::source::Span;

/// A credential, and what stands between it and the reader.
pub(super) struct Reading<'r, 'v, 's> {
    pub(super) credential: &'r Credential<'v, 's>,
    pub(super) checked: &'r Checked,
    pub(super) exposure: Exposure<'r>,
}

/// Why nothing can be told about a document: its worst finding, or what it is.
pub(super) fn about_document(checked: &Checked) -> Unread {
    worst(checked, |_| true).unwrap_or_else(|| Unread {
        reason: String::from("no rule explains it, because the rules that would are off"),
        rule: None,
    })
}

/// Why `what` of the token at `pointer` can't be told: the finding at one of `places`, or else the worst one about it.
pub(super) fn about_token(checked: &Checked, pointer: &Pointer, places: &[Span], what: &str) -> Unread {
    let at = checked.findings.iter().find(|finding| places.contains(&finding.draft.place.span));
    at.map(said_by)
        .or_else(|| worst(checked, |finding| finding == pointer.as_str()))
        .unwrap_or_else(|| Unread::words(format!("{what} can't be read")))
}

impl<'r> Reading<'r, '_, '_> {
    /// The certificate, if it could be read.
    pub(super) fn certificate(&self) -> Option<&'r Certificate> {
        self.credential.certificate.as_ref()?.certificate.as_ref().ok()
    }

    /// The private key, if it could be read.
    pub(super) fn private_key(&self) -> Option<&'r PrivateKey> {
        self.credential.private_key.as_ref()?.key.as_ref().ok()
    }

    /// The value of a public field, without what is invisible at its ends.
    pub(super) fn public(&self, field: Field) -> Fact<String> {
        let value = self.credential.value(field).ok_or_else(|| self.unread(field))?;
        self.presented(value.as_str().to_owned(), field)
    }

    /// The value of a public field as the client takes it.
    pub(super) fn written(&self, field: Field) -> Fact<String> {
        let written = as_written(self.credential, field).ok_or_else(|| self.unread(field))?;
        // Spaces around a value are seen in a report of it; what else may be invisible isn't.
        let value = written.trim_matches(' ').to_owned();
        self.presented(value, field).map(|_| written.to_owned())
    }

    /// `text`, which is part of `field` or made of it, if it may be shown.
    pub(super) fn presented(&self, text: String, field: Field) -> Fact<String> {
        if presentable(&text) && !self.exposure.leaks(&text) {
            return Ok(text);
        }
        Err(self.finding(field).unwrap_or_else(|| hidden(field.name())))
    }

    /// A name in the certificate. Certificates are public; only what could fool a reader stays out.
    pub(super) fn certificate_name(&self, name: &str) -> Fact<String> {
        /// A name longer than this many characters says nothing at a glance.
        const LONGEST: usize = 300;
        let reason = if name.is_empty() {
            "it is empty"
        } else if name.chars().count() > LONGEST {
            "it is longer than 300 characters"
        } else if name.chars().any(|character| character.is_control() || !shows(character)) {
            "it contains invisible characters"
        } else if self.exposure.leaks(name) {
            "it contains part of a secret"
        } else {
            return Ok(name.to_owned());
        };
        Err(Unread::words(reason))
    }

    /// Why `field` has nothing to show: the words of the finding about it, or about what should hold it.
    pub(super) fn unread(&self, field: Field) -> Unread {
        let entry = self.credential.entry(field);
        let state = entry.map(|entry| &entry.state);
        if !self.credential.form.holds(field) {
            let holder = || field.parent().and_then(|parent| self.finding(parent));
            return self
                .finding(field)
                .or_else(holder)
                .unwrap_or_else(|| Unread::words(format!("{} is not stored in variables", field.name())));
        }
        if let (Some(FieldState::Unreachable) | None, Some(parent)) = (state, field.parent()) {
            return self.unread(parent);
        }
        let words = match state {
            Some(FieldState::Missing(_) | FieldState::Unreachable) | None => "is missing",
            Some(FieldState::WrongType(_)) => "has the wrong type",
            Some(FieldState::Empty(..)) => "is empty",
            Some(FieldState::Placeholder(..)) => "is a placeholder",
            Some(FieldState::Text(..) | FieldState::Other(_)) => "can't be read",
        };
        self.finding(field).unwrap_or_else(|| Unread::words(format!("{} {words}", field.name())))
    }

    /// What the worst finding about `field` says.
    fn finding(&self, field: Field) -> Option<Unread> {
        let pointer = &self.credential.entry(field)?.pointer;
        worst(self.checked, |finding| finding == pointer.as_str())
    }
}

/// Why something of this name is not shown.
pub(super) fn hidden(name: &str) -> Unread {
    Unread::words(format!("{name} is not shown, because it doesn't look as issued and may be a secret"))
}

impl Unread {
    /// A reason that no finding gives.
    pub(super) fn words(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), rule: None }
    }
}

/// The worst finding, and the first among equals, at a pointer that `fits`; or else one to which such a place belongs.
fn worst(checked: &Checked, fits: impl Fn(&str) -> bool) -> Option<Unread> {
    let is_at = |finding: &&Finding| fits(finding.draft.place.pointer.as_str());
    let is_beside =
        |finding: &&Finding| finding.draft.related.iter().any(|related| fits(related.place.pointer.as_str()));
    let order =
        |left: &&Finding, right: &&Finding| left.level.cmp(&right.level).then(right.start.cmp(&left.start));
    let findings = || checked.findings.iter();
    let worst = findings().filter(is_at).max_by(order).or_else(|| findings().filter(is_beside).max_by(order));
    worst.map(said_by)
}

fn said_by(finding: &Finding) -> Unread {
    Unread { reason: finding.draft.message.clone(), rule: Some(finding.rule.name) }
}

/// Whether a character neither hides nor reorders its neighbors.
fn shows(character: char) -> bool {
    character == ' ' || !crate::credential::is_invisible(character)
}
