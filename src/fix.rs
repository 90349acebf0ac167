//! Carrying out fixes: from a document and its findings to the corrected document.
//!
//! Owns: which fixes fit together, rounds until nothing is left to fix, and the proof that nothing else changed. Does not
//! own: what a fix is (the rules say), reading and writing files.

mod edits;
mod proof;

use std::collections::{BTreeMap, HashSet};

use crate::credential::{Exposure, enclosed, recognise};
use crate::examine::{Checked, check};
use crate::finding::{Change, Finding, Level};
use crate::json::{self, Limits};
use crate::rule::{Rule, Settings};
use crate::secret::Secret;
use crate::source::{Encoding, Masked, Position, Source};

/// A document as it is with its fixes.
#[derive(Debug)]
pub struct Fixed {
    /// The bytes to write.
    pub contents: Secret<Vec<u8>>,
    /// What was put right, in the order in which it was.
    pub steps: Vec<Step>,
    /// The text as it was.
    pub before: Version,
    /// The text as it is with the fixes.
    pub after: Version,
}

/// A finding that was put right. Nothing in it is secret.
#[derive(Clone, Debug)]
pub struct Step {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// Where it was, in the text before the step.
    pub start: Position,
    /// What was done, as [`Fix::label`](crate::finding::Fix::label) says it.
    pub label: String,
}

/// A text and what of it may be shown.
#[derive(Debug)]
pub struct Version {
    /// The text.
    pub source: Source,
    /// The copy for people, line for line.
    pub masked: Masked,
}

/// Why a document was not fixed though there were fixes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is in another encoding (its name) and must stay so.
    #[error("it is {0}, but fixes are written as UTF-8 only, and document-encoding may not change it here")]
    Encoding(&'static str),
    /// With its fixes it would not be JSON.
    #[error("its fixes would make it invalid JSON")]
    Syntax,
    /// With its fixes it would hold other values than those that were to be put right.
    #[error("its fixes would change a correct value")]
    Values,
    /// With its fixes it would hold another key or certificate.
    #[error("its fixes would change the key or the certificate")]
    Key,
    /// With its fixes a rule would report an error that it doesn't report now.
    #[error("its fixes would cause a new error ({0})")]
    NewError(&'static str),
    /// Fixes undo each other, or never end.
    #[error("its fixes never end")]
    Endless,
}

/// How often fixes are made and the outcome is checked again. Fixes that can't be made at the same time need one round
/// more.
const MOST_ROUNDS: usize = 8;

/// Fixes the document in `contents`: every finding that counts and has a fix. Nothing if there is none.
///
/// `judge` marks the findings that don't count; those are not fixed.
///
/// # Errors
///
/// When the outcome would not be the same document with those findings put right and nothing else changed.
pub fn fix(
    contents: &Secret<Vec<u8>>,
    settings: &Settings,
    judge: &dyn Fn(Checked) -> Checked,
) -> Result<Option<Fixed>, Refusal> {
    let mut current = contents.clone();
    let mut steps = Vec::new();
    let mut accepted: Option<HashSet<_>> = None;
    for _ in 0..MOST_ROUNDS {
        let checked = judge(check(current.clone(), settings));
        let open: Vec<&Finding> = checked
            .findings
            .iter()
            .filter(|finding| finding.suppression.is_none() && finding.draft.fix.is_some())
            // A fix may give a place another name, by which nobody has accepted the finding yet.
            .filter(|finding| accepted.as_ref().is_none_or(|accepted| !accepted.contains(&identity(finding))))
            .collect();
        if open.is_empty() {
            return finished(contents, current, steps, settings);
        }
        let (next, taken) = round(&current, &open, settings.limits)?;
        current = next;
        steps.extend(taken.into_iter().map(|finding| Step {
            rule: finding.rule,
            start: finding.start,
            label: finding.draft.fix.as_ref().map(|fix| fix.label.clone()).unwrap_or_default(),
        }));
        accepted.get_or_insert_with(|| {
            let findings = checked.findings.iter().filter(|finding| finding.suppression.is_some());
            findings.map(identity).collect()
        });
    }
    Err(Refusal::Endless)
}

/// Makes as many of the fixes of `open` as fit together, and says which.
fn round<'f>(
    contents: &Secret<Vec<u8>>,
    open: &[&'f Finding],
    limits: Limits,
) -> Result<(Secret<Vec<u8>>, Vec<&'f Finding>), Refusal> {
    let source = Source::new(contents.clone());
    let recode = open
        .iter()
        .any(|finding| finding.draft.fix.as_ref().is_some_and(|fix| matches!(fix.change, Change::Encoding)));
    let mark = match source.encoding() {
        Encoding::Utf8WithMark if !recode => "\u{FEFF}",
        Encoding::Utf16(name) | Encoding::Utf32(name) if !recode => return Err(Refusal::Encoding(name)),
        // The engine offers no fixes here; were it to, bad bytes would be lost.
        Encoding::Invalid { .. } | Encoding::Binary(_) => return Err(Refusal::Values),
        _ => "",
    };
    let (edits, taken) = edits::choose(open);
    let text = edits::apply(source.text(), mark, &edits);
    proof::same_document(source.text(), &text.expose()[mark.len()..], &edits, limits)?;
    Ok((Secret::new(text.into_inner().into_bytes()), taken))
}

fn finished(
    before: &Secret<Vec<u8>>,
    after: Secret<Vec<u8>>,
    steps: Vec<Step>,
    settings: &Settings,
) -> Result<Option<Fixed>, Refusal> {
    if steps.is_empty() {
        return Ok(None);
    }
    no_new_error(before, &after, settings)?;
    let version = |contents: &Secret<Vec<u8>>| {
        let source = Source::new(contents.clone());
        let masked = masked(source.text(), settings.limits);
        Version { source, masked }
    };
    Ok(Some(Fixed { steps, before: version(before), after: version(&after), contents: after }))
}

/// Holds both against the whole catalogue, whatever was asked for in this run.
fn no_new_error(
    before: &Secret<Vec<u8>>,
    after: &Secret<Vec<u8>>,
    settings: &Settings,
) -> Result<(), Refusal> {
    let settings = Settings { levels: BTreeMap::new(), only: None, ..settings.clone() };
    // What is wrong with a document shows only when what is around it is gone.
    let source = Source::new(before.clone());
    let inner = json::parse(source.text(), settings.limits).ok().and_then(|root| Some(enclosed(&root)?.span));
    let inner = inner.and_then(|span| source.text().get(span.range()));
    let inner = inner.map(|text| check(Secret::new(text.as_bytes().to_vec()), &settings));
    let checked = check(before.clone(), &settings);
    let mut known: Vec<_> = errors(&checked).chain(inner.iter().flat_map(errors)).collect();
    let checked = check(after.clone(), &settings);
    let new = errors(&checked).find(|error| match known.iter().position(|known| known == error) {
        Some(index) => {
            known.swap_remove(index);
            false
        }
        None => true,
    });
    new.map_or(Ok(()), |(rule, _)| Err(Refusal::NewError(rule)))
}

fn errors(checked: &Checked) -> impl Iterator<Item = (&'static str, String)> {
    checked.findings.iter().filter(|finding| finding.level == Level::Error).map(identity)
}

/// What stays the same of a finding when its document is wrapped.
fn identity(finding: &Finding) -> (&'static str, String) {
    let pointer = finding.draft.place.pointer.as_str();
    (finding.rule.name, pointer.strip_prefix("/integration").unwrap_or(pointer).to_owned())
}

fn masked(text: &str, limits: Limits) -> Masked {
    match json::parse(text, limits) {
        Ok(root) => Exposure::of(text, &recognise(text, &root)).mask(text),
        Err(_) => Exposure::of_unparsed(text).mask(text),
    }
}
