//! PEM as the documented client reads it, and what is wrong with what it doesn't read.
//!
//! Owns: classifying spellings, choosing the block that counts, decoding it, writing one as issued. Does not own: whether the block is of
//! the right kind for its field, what its contents mean, and which spelling is a finding.
//!
//! The client hands the field to Node's `createSign().sign()`, and so to OpenSSL 3.0. Where `openssl pkey` and Node
//! differ, Node counts. Nothing here copies text of a PEM into a message.

mod base64;
mod diagnosis;
mod issued;
mod kinds;
mod label;
mod marker;
mod oddities;
mod reader;
mod recovery;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub use issued::{COLUMNS, write};
#[cfg(any(test, feature = "internals"))]
pub use kinds::Escape;
pub use kinds::{Defect, DefectGroup, DefectKind, Oddity, OddityKind};
pub use label::Label;
pub(crate) use marker::public_markers;

use crate::secret::Secret;
use reader::{Attempt, Body, RefusalKind, on_boundaries};

/// What the field is for. Of several blocks the client takes the first that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The field `privateKey`.
    PrivateKey,
    /// The field `publicKey`, which the client never reads; what OpenSSL does with a certificate counts instead.
    Certificate,
}

/// What was found in a PEM field.
#[derive(Debug)]
pub struct Scan {
    /// The block that the client uses, or the one that somebody meant where only the spelling stops the client.
    pub block: Option<Block>,
    /// Why the client refuses the text: the root cause alone. Empty if it reads it.
    pub defects: Vec<Defect>,
    /// What is odd in a text that the client reads.
    pub oddities: Vec<Oddity>,
}

/// One block of PEM.
#[derive(Debug)]
pub struct Block {
    /// What it says that it holds.
    pub label: Label,
    /// What it holds: DER, as long as it is not [`encrypted`](Self::encrypted).
    pub contents: Secret<Vec<u8>>,
    /// From the first hyphen of BEGIN to the last of END.
    pub range: Range<usize>,
    /// The label in the BEGIN line.
    pub label_range: Range<usize>,
    /// Its header says that the contents are encrypted (`Proc-Type: 4,ENCRYPTED`).
    pub encrypted: bool,
}

/// Scans the decoded value of a PEM field.
pub fn scan(text: &str, wanted: Wanted) -> Scan {
    let mut attempts = reader::attempts(text);
    match choose(text, &attempts, wanted) {
        Choice::Use(index) => accepted(text, &mut attempts, index),
        Choice::Refuse(index) => {
            let found = match &attempts[index].outcome {
                Err(refusal) => diagnosis::of_refusal(text, &attempts[index], refusal),
                Ok(body) => diagnosis::of_hyphen(text, body.stopped_at.unwrap_or(body.data.start)),
            };
            let block = recovery::recover_at(text, attempts[index].begin.start);
            refused(text, found, block)
        }
        Choice::Nothing => {
            refused(text, diagnosis::without_begin(text), recovery::recover(text, |label| wanted.fits(label)))
        }
    }
}

impl Wanted {
    fn fits(self, label: &Label) -> bool {
        match self {
            Self::PrivateKey => label.is_openssl_private_key(),
            Self::Certificate => label.is_certificate(),
        }
    }
}

enum Choice {
    Use(usize),
    Refuse(usize),
    Nothing,
}

/// Which block counts. Node skips blocks that are misspelt, of another kind, or no key inside, and takes the first
/// that is one; only a header ends the search. (`openssl pkey` goes on even then.) Being a key is not decided here:
/// contents that begin with a complete DER SEQUENCE count as one.
fn choose(text: &str, attempts: &[Attempt], wanted: Wanted) -> Choice {
    let mut refused = None;
    let mut incomplete = None;
    let mut other = None;
    let mut legacy = false;
    for (index, attempt) in attempts.iter().enumerate() {
        let fits = wanted.fits(&Label::new(&text[attempt.label.clone()]));
        let header = match &attempt.outcome {
            Ok(body) => body.encrypted,
            Err(refusal) => refusal.kind == RefusalKind::Header { is_final: true },
        };
        if header && !fits && wanted == Wanted::PrivateKey {
            // OpenSSL falls back to its older reader, which starts again, skips other labels, and gives up at the
            // first refused block.
            legacy = true;
            if refused.is_some() || incomplete.is_some() {
                break;
            }
        }
        match &attempt.outcome {
            Ok(body) if fits && (body.encrypted || is_complete(body) || legacy) => return Choice::Use(index),
            Ok(_) if fits => incomplete = incomplete.or(Some(index)),
            Ok(body) if body.stopped_at.is_none() || is_complete(body) => other = other.or(Some(index)),
            Ok(_) => incomplete = incomplete.or(Some(index)),
            Err(_) => refused = refused.or(Some((fits, index))),
        }
        let ends = if header { fits } else { legacy };
        if attempt.outcome.is_err() && ends && wanted == Wanted::PrivateKey {
            break;
        }
    }
    match (refused, incomplete, other) {
        // A misspelt block of the right kind explains more than a sound one of another kind.
        (Some((true, index)), None, _) | (Some((false, index)), None, None) => Choice::Refuse(index),
        (Some((true, refused)), Some(incomplete), _) if refused < incomplete => Choice::Refuse(refused),
        (_, Some(index), _) => match &attempts[index].outcome {
            Ok(body) if body.stopped_at.is_some() => Choice::Refuse(index),
            _ => Choice::Use(index),
        },
        (_, None, Some(index)) => Choice::Use(index),
        (None, None, None) => Choice::Nothing,
    }
}

fn is_complete(body: &Body) -> bool {
    let contents = body.contents.expose();
    recovery::der_length(contents).is_some_and(|length| length <= contents.len())
}

fn accepted(text: &str, attempts: &mut Vec<Attempt>, index: usize) -> Scan {
    let mut scan = Scan { block: None, defects: Vec::new(), oddities: Vec::new() };
    if let Ok(body) = &attempts[index].outcome {
        let found = oddities::of(text, attempts, index, body);
        scan.oddities = found
            .into_iter()
            .map(|(kind, range)| Oddity {
                kind,
                line: line(text, range.start),
                range: on_boundaries(text, range),
            })
            .collect();
    }
    let attempt = attempts.swap_remove(index);
    if let Ok(body) = attempt.outcome {
        scan.block = Some(Block {
            label: Label::new(&text[attempt.label.clone()]),
            contents: body.contents,
            range: attempt.begin.start..body.end.end,
            label_range: attempt.label,
            encrypted: body.encrypted,
        });
    }
    scan
}

fn refused(text: &str, (kind, range): diagnosis::Found, block: Option<Block>) -> Scan {
    let defect = Defect { kind, line: line(text, range.start), range: on_boundaries(text, range) };
    Scan { block, defects: vec![defect], oddities: Vec::new() }
}

fn line(text: &str, offset: usize) -> usize {
    memchr::memchr_iter(b'\n', &text.as_bytes()[..offset.min(text.len())]).count() + 1
}
