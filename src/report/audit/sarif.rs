//! `sarif`: the findings of an audit for code scanning services. The inventory itself has no place there.
//!
//! Owns: the text of a result and its fingerprint. Does not own: SARIF's structure, which is that of `check`.

use std::collections::HashMap;
use std::io::{self, Write};

use super::super::inventory::short_place;
use super::AuditResults;
use crate::examine::identity;
use crate::inventory::{AuditFinding, Audited};
use crate::record::Location;
use crate::report::sarif::{LocationObject, ResultObject, write_log};
use crate::source::hex;

/// Writes the report.
pub fn write(results: &AuditResults, out: &mut dyn Write) -> io::Result<()> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let objects = results.findings().map(|(audited, finding)| {
        let mut fingerprint = fingerprint(audited, finding);
        let twins = seen.entry(fingerprint.clone()).or_default();
        // Client secrets alone have nothing public that tells them apart, and services take equals for one.
        if *twins > 0 {
            fingerprint = identity(&[&fingerprint, &twins.to_string()]);
        }
        *twins += 1;
        let related = finding
            .related
            .iter()
            .enumerate()
            .map(|(index, (location, what))| self::location(location).related(index, what));
        ResultObject::new(
            finding.rule,
            (finding.basis, finding.level),
            text(finding),
            location(&finding.location),
            related.collect(),
            fingerprint,
        )
    });
    write_log(objects.collect(), &results.failures, results.complete, out)
}

fn location(location: &Location) -> LocationObject<'_> {
    LocationObject::at(&location.path, location.position, location.pointer.as_str())
}

/// The message, where within the file's layers it is, and what to do.
fn text(finding: &AuditFinding) -> String {
    let mut text = finding.message.clone();
    if !finding.location.steps.is_empty() {
        text = format!("{text} (in {})", short_place(&finding.location));
    }
    if finding.help.is_empty() { text } else { format!("{text}\n{}", finding.help) }
}

/// A finding's identity across runs: rule, place and key, no clock and no line.
fn fingerprint(audited: &Audited, finding: &AuditFinding) -> String {
    let key = audited.record.public_key.as_ref().map(|key| hex(&key.sha256)).unwrap_or_default();
    let location = &finding.location;
    let steps = location.steps.join("\n");
    let mut parts = vec![finding.rule.name, location.path.as_str(), &steps, location.pointer.as_str(), &key];
    parts.extend(location.past.as_ref().map(|past| past.blob.as_str()));
    identity(&parts)
}
