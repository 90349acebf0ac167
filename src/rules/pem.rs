//! Rules about the PEM in `privateKey` and `publicKey`.

mod pem_form;
mod pem_label;
mod pem_newlines;
mod pem_syntax;

use std::borrow::Cow;
use std::ops::Range;

use crate::credential::pem::{Defect, DefectGroup, DefectKind};
use crate::credential::{Field, PemField};
use crate::finding::{Draft, Findings, Fix, Level};
use crate::rule::{Basis, Rule};
use crate::source::counted;

pub(super) const RULES: &[&Rule] =
    &[&pem_newlines::RULE, &pem_label::RULE, &pem_syntax::RULE, &pem_form::RULE];

/// Reports the refused spellings of one group, which `fix` may know how to put right.
fn report_defects(
    field: &PemField<'_, '_>,
    group: DefectGroup,
    fix: impl Fn() -> Option<Fix>,
    findings: &mut Findings,
) {
    for defect in field.scan.defects.iter().filter(|defect| defect.kind.group() == group) {
        let place = field.place_of(defect.range.clone());
        // An empty range is where something is missing.
        let label = if defect.range.is_empty() { "missing here" } else { "first place" };
        findings.push(
            Draft::new(place, format!("{} {}", words(field, defect), whereabouts(field, defect)))
                .claim(basis(field.field), Level::Error)
                .label(label)
                .help(format!("{} To correct it, {}.", consequence(field.field), defect.kind.remedy()))
                .fix(fix()),
        );
    }
}

/// What is wrong. How many hyphens there are instead of five, only the text says.
fn words(field: &PemField<'_, '_>, defect: &Defect) -> Cow<'static, str> {
    let line = field.pem().get(defect.range.clone()).filter(|_| defect.kind == DefectKind::DashCount);
    let is_other = |character| character != '-';
    let sides =
        line.map(|line| [line.find(is_other), line.rfind(is_other).map(|last| line.len() - last - 1)]);
    match sides.into_iter().flatten().flatten().find(|count| *count != 5) {
        Some(count) => {
            let hyphens = counted(count as u64, "hyphen");
            Cow::Owned(format!("the BEGIN or END line of the PEM has {hyphens} on one side instead of 5"))
        }
        None => defect.kind.what(),
    }
}

/// `(privateKey, line 3 of the PEM)`
fn whereabouts(field: &PemField<'_, '_>, defect: &Defect) -> String {
    let name = field.field.name();
    match defect.kind.group() {
        // Where line breaks are wrong, lines can't be counted.
        DefectGroup::Newlines => format!("({name})"),
        DefectGroup::Syntax => format!("({name}, line {} of the PEM)", defect.line),
    }
}

/// The client reads one of the two fields only. Nobody can vouch for a certificate that can't be read.
const fn basis(field: Field) -> Basis {
    if matches!(field, Field::PrivateKey) { Basis::Client } else { Basis::Damage }
}

/// What comes of a spelling that is refused.
const fn consequence(field: Field) -> &'static str {
    match field {
        Field::PrivateKey => "Adobe's client refuses this key, so no token can be requested.",
        _ => {
            "Adobe's client never reads this field, but programs that watch the expiry date do, and they refuse it."
        }
    }
}

/// Where a private key begins in a field that should hold a certificate, whichever block of several it is.
fn private_key_in(certificate: &PemField<'_, '_>) -> Option<Range<usize>> {
    const LABEL: &str = "PRIVATE KEY-----";
    let text = certificate.pem();
    let written = memchr::memmem::find_iter(text.as_bytes(), LABEL)
        .find(|start| has_key(text, *start))
        .map(|start| start..start + LABEL.len());
    // A misspelt label is not found in the text, but the scanner may understand it.
    let understood = || certificate.block().filter(|block| block.label.is_private_key());
    written.or_else(|| understood().map(|block| block.label_range.clone()))
}

/// Whether there is a key to the label at `label`: it begins one, or ends what isn't begun by anything else. An END line
/// that nothing belongs to is no secret.
fn has_key(text: &str, label: usize) -> bool {
    const HYPHENS: &str = "-----";
    let Some((before, word)) = text[..label].rsplit_once(HYPHENS) else { return true };
    if !word.trim_start().starts_with("END") {
        return true;
    }
    let body = before.trim_end();
    match body.rsplit_once(HYPHENS) {
        // Base64 without a BEGIN line.
        None => !body.is_empty(),
        Some((_, "")) => false,
        // A block that begins as something else, or what follows the end of one.
        Some((armour, _)) => {
            armour.rsplit_once(HYPHENS).map_or(armour, |(_, word)| word).trim_start().starts_with("END")
        }
    }
}
