//! `sarif`: SARIF 2.1.0, for code scanning services. No snippet of any file is in it.
//!
//! Owns: the report's structure and locations as URIs and regions. Does not own: the table of rules (`sarif/rules.rs`).
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html>

mod rules;

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use super::{Failure, FileResult, PathName, Results, message_and_help};
use crate::examine::fingerprint;
use crate::finding::{Finding, Suppression};
#[cfg(feature = "cli")]
use crate::inventory::AuditFinding;
#[cfg(feature = "cli")]
use crate::record::Site;
use crate::source::Position;

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let findings = results.files.iter().flat_map(|file| file.checked.findings.iter().map(move |f| (file, f)));
    write_log(
        findings.map(|(file, finding)| ResultObject::new(finding, file)).collect(),
        &results.failures,
        true,
        out,
    )
}

/// Writes a log of one run.
pub(super) fn write_log(
    results: Vec<ResultObject<'_>>,
    failures: &[Failure],
    complete: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let interrupted = (!complete).then(|| Notification {
        level: "error",
        message: Message { text: "the run was interrupted: this is what was found until then".into() },
        locations: None,
    });
    let notifications = failures.iter().map(Notification::new).chain(interrupted);
    let log = Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "aemcred",
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: rules::table(),
                },
            },
            column_kind: "unicodeCodePoints",
            invocations: [Invocation {
                execution_successful: failures.is_empty() && complete,
                tool_execution_notifications: notifications.collect(),
            }],
            results,
        }],
    };
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

/// A file's name as a URI reference: relative when the name is, else with the scheme `file`. What RFC 3986 doesn't leave
/// unreserved is percent-encoded, separators apart.
fn uri(path: &PathName) -> String {
    let name = path.in_repository();
    let mut uri = String::from(if name.starts_with('/') { "file://" } else { "" });
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            uri.push(char::from(byte));
        } else {
            // Writing to a string can't fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[derive(Serialize)]
struct Log<'r> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'r> {
    tool: Tool,
    column_kind: &'static str,
    invocations: [Invocation<'r>; 1],
    results: Vec<ResultObject<'r>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    rules: Vec<rules::Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'r> {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification<'r>>,
}

#[derive(Serialize)]
struct Notification<'r> {
    level: &'static str,
    message: Message<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locations: Option<[Location<'r>; 1]>,
}

#[derive(Serialize)]
struct Message<'r> {
    text: std::borrow::Cow<'r, str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResultObject<'r> {
    rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Message<'r>,
    locations: [Location<'r>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'r>>,
    partial_fingerprints: PartialFingerprints,
    properties: ResultProperties,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<FixObject<'r>>,
    /// Empty rather than absent: section 3.27.23 wants to know of each result whether it is suppressed.
    suppressions: Vec<SuppressionObject<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FixObject<'r> {
    description: Message<'r>,
    artifact_changes: [ArtifactChange<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange<'r> {
    artifact_location: ArtifactLocation,
    replacements: Vec<ReplacementObject<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReplacementObject<'r> {
    deleted_region: Region,
    inserted_content: Message<'r>,
}

#[derive(Serialize)]
struct ResultProperties {
    basis: &'static str,
}

#[derive(Serialize)]
struct PartialFingerprints {
    #[serde(rename = "aemcred/v1")]
    version_1: String,
}

#[derive(Serialize)]
struct SuppressionObject<'r> {
    kind: &'static str,
    status: &'static str,
    justification: &'r str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are SARIF's")]
struct Location<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    logical_locations: Option<[LogicalLocation<'r>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation<'r> {
    fully_qualified_name: &'r str,
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

impl Region {
    const fn new(start: Position, end: Position) -> Self {
        Self {
            start_line: start.line.number(),
            start_column: start.column.number(),
            end_line: end.line.number(),
            end_column: end.column.number(),
        }
    }
}

impl<'r> Location<'r> {
    fn new(path: &PathName, region: Option<Region>, pointer: &'r str) -> Self {
        let physical_location =
            PhysicalLocation { artifact_location: ArtifactLocation { uri: uri(path) }, region };
        // Section 3.33.7 has this kind for JSON.
        let logical = LogicalLocation { fully_qualified_name: pointer, kind: "property" };
        let logical_locations = (!pointer.is_empty()).then_some([logical]);
        Self { id: None, physical_location, logical_locations, message: None }
    }
}

impl<'r> ResultObject<'r> {
    #[cfg(feature = "cli")]
    /// A finding of an audit: `related` are other places, in any file, and what is there.
    pub(super) fn of_audit(
        finding: &'r AuditFinding,
        text: String,
        related: Vec<(&'r Site, String)>,
        fingerprint: String,
    ) -> Self {
        let location = |site: &'r Site| {
            let region = Region::new(site.position, site.position);
            Location::new(&site.path, Some(region), site.pointer.as_str())
        };
        Self {
            rule_id: finding.rule.name,
            rule_index: rules::index(finding.rule),
            level: finding.level.name(),
            message: Message { text: text.into() },
            locations: [location(&finding.site)],
            related_locations: related
                .into_iter()
                .enumerate()
                .map(|(index, (site, message))| Location {
                    id: Some(index + 1),
                    message: Some(Message { text: message.into() }),
                    ..location(site)
                })
                .collect(),
            partial_fingerprints: PartialFingerprints { version_1: fingerprint },
            properties: ResultProperties { basis: finding.basis.name() },
            suppressions: Vec::new(),
            fixes: Vec::new(),
        }
    }

    fn new(finding: &'r Finding, file: &'r FileResult) -> Self {
        let draft = &finding.draft;
        let place = Region::new(finding.start, finding.end);
        let related = draft.related.iter().zip(&finding.related).enumerate();
        Self {
            rule_id: finding.rule.name,
            rule_index: rules::index(finding.rule),
            level: finding.level.name(),
            message: Message { text: message_and_help(finding).into() },
            locations: [Location::new(&file.path, Some(place), draft.place.pointer.as_str())],
            related_locations: related
                .map(|(index, (related, position))| Location {
                    id: Some(index + 1),
                    message: Some(Message { text: related.message.as_str().into() }),
                    ..Location::new(
                        &file.path,
                        Some(Region::new(*position, *position)),
                        related.place.pointer.as_str(),
                    )
                })
                .collect(),
            partial_fingerprints: PartialFingerprints {
                version_1: fingerprint(finding, file.path.as_str(), &file.checked.record),
            },
            properties: ResultProperties { basis: finding.basis.name() },
            fixes: FixObject::of(finding, file).into_iter().collect(),
            suppressions: finding.suppression.iter().map(SuppressionObject::new).collect(),
        }
    }
}

impl<'r> FixObject<'r> {
    fn of(finding: &'r Finding, file: &FileResult) -> Option<Self> {
        let fix = finding.draft.fix.as_ref().filter(|_| !finding.suggestions.is_empty())?;
        let replacements = finding.suggestions.iter().map(|suggestion| ReplacementObject {
            deleted_region: Region::new(suggestion.start, suggestion.end),
            inserted_content: Message { text: suggestion.text.as_str().into() },
        });
        Some(Self {
            description: Message { text: fix.label.as_str().into() },
            artifact_changes: [ArtifactChange {
                artifact_location: ArtifactLocation { uri: uri(&file.path) },
                replacements: replacements.collect(),
            }],
        })
    }
}

impl<'r> SuppressionObject<'r> {
    fn new(suppression: &'r Suppression) -> Self {
        // Both kinds stand in files of their own, not beside the code (section 3.35.2).
        Self { kind: "external", status: "accepted", justification: suppression.reason() }
    }
}

impl<'r> Notification<'r> {
    fn new(failure: &'r Failure) -> Self {
        Self {
            level: "error",
            message: Message { text: failure.message.as_str().into() },
            locations: failure.path.as_ref().map(|path| [Location::new(path, None, "")]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_uris() {
        for (name, expected) in [
            ("service_token.json", "service_token.json"),
            ("./a b/c%d#e?.json", "a%20b/c%25d%23e%3F.json"),
            ("/etc/aem/token.json", "file:///etc/aem/token.json"),
            ("C:\\keys\\a.json", "C%3A%5Ckeys%5Ca.json"),
            ("a\nb\\xFFé", "a%0Ab%5CxFF%C3%A9"),
            ("<stdin>", "%3Cstdin%3E"),
        ] {
            assert_eq!(uri(&PathName::new(name)), expected);
        }
    }
}
