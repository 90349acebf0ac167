//! `sarif`: SARIF 2.1.0, for code scanning services. No snippet of any file is in it.
//!
//! Owns: the report's structure and locations as URIs and regions. Does not own: the table of rules (`sarif/rules.rs`).
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html>

mod rules;

use std::borrow::Cow;
use std::io::{self, Write};

use super::escape::uri;
use super::wire::{pretty, wire};
use super::{Failure, FileResult, PathName, Results, message_and_help};
use crate::examine::fingerprint;
use crate::finding::{Finding, Fix, Level, Suggestion, Suppression};
use crate::rule::{Basis, Rule};
use crate::source::Position;

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let findings = results.files.iter().flat_map(|file| file.checked.findings.iter().map(move |f| (file, f)));
    let results_of = findings.map(|(file, finding)| ResultObject::of(finding, file)).collect();
    write_log(results_of, &results.failures, true, out)
}

/// Writes a log of one run.
pub(super) fn write_log(
    results: Vec<ResultObject<'_>>,
    failures: &[Failure],
    complete: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    pretty(&Log::new(results, failures, complete), out)
}

wire! {
    struct Log<'r>(results: Vec<ResultObject<'r>>, failures: &'r [Failure], complete: bool) {
        #[serde(rename = "$schema")]
        schema: &'static str =
            "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: &'static str = "2.1.0",
        runs: [Run<'r>; 1] = [Run::new(results, failures, complete)],
    }

    #[serde(rename_all = "camelCase")]
    struct Run<'r>(results: Vec<ResultObject<'r>>, failures: &'r [Failure], complete: bool) {
        tool: Tool = Tool::new(),
        column_kind: &'static str = "unicodeCodePoints",
        invocations: [Invocation<'r>; 1] = [Invocation::new(failures, complete)],
        results: Vec<ResultObject<'r>> = results,
    }

    struct Tool() {
        driver: Driver = Driver::new(),
    }

    #[serde(rename_all = "camelCase")]
    struct Driver() {
        name: &'static str = "aemcred",
        version: &'static str = env!("CARGO_PKG_VERSION"),
        semantic_version: &'static str = env!("CARGO_PKG_VERSION"),
        rules: Vec<rules::Descriptor> = rules::table(),
    }

    #[serde(rename_all = "camelCase")]
    struct Invocation<'r>(failures: &'r [Failure], complete: bool)
    let interrupted = "the run was interrupted: this is what was found until then"; {
        execution_successful: bool = failures.is_empty() && complete,
        tool_execution_notifications: Vec<Notification<'r>> = failures
            .iter()
            .map(|failure| Notification::new(&failure.message, failure.path.as_ref()))
            .chain((!complete).then(|| Notification::new(interrupted, None)))
            .collect(),
    }

    struct Notification<'r>(message: &'r str, path: Option<&PathName>) {
        level: &'static str = "error",
        message: Message<'r> = Message::new(message.into()),
        #[serde(skip_serializing_if = "Option::is_none")]
        locations: Option<[LocationObject<'r>; 1]> = path.map(|path| [LocationObject::new(path, None, "")]),
    }

    struct Message<'r>(text: Cow<'r, str>) {
        text: Cow<'r, str> = text,
    }

    #[serde(rename_all = "camelCase")]
    pub(super) struct ResultObject<'r>(
        rule: &'static Rule,
        claim: (Basis, Level),
        message: String,
        location: LocationObject<'r>,
        related: Vec<LocationObject<'r>>,
        fingerprint: String
    ) {
        rule_id: &'static str = rule.name,
        #[serde(skip_serializing_if = "Option::is_none")]
        rule_index: Option<usize> = rules::index(rule),
        level: &'static str = claim.1.name(),
        message: Message<'r> = Message::new(message.into()),
        locations: [LocationObject<'r>; 1] = [location],
        #[serde(skip_serializing_if = "Vec::is_empty")]
        related_locations: Vec<LocationObject<'r>> = related,
        partial_fingerprints: PartialFingerprints = PartialFingerprints::new(fingerprint),
        properties: ResultProperties = ResultProperties::new(claim.0.name()),
        #[serde(skip_serializing_if = "Vec::is_empty")]
        fixes: Vec<FixObject<'r>> = Vec::new(),
        /// Empty rather than absent: section 3.27.23 wants to know of each result whether it is suppressed.
        suppressions: Vec<SuppressionObject<'r>> = Vec::new(),
    }

    #[serde(rename_all = "camelCase")]
    struct FixObject<'r>(fix: &'r Fix, suggestions: &'r [Suggestion], path: &PathName) {
        description: Message<'r> = Message::new(fix.label.as_str().into()),
        artifact_changes: [ArtifactChange<'r>; 1] = [ArtifactChange::new(suggestions, path)],
    }

    #[serde(rename_all = "camelCase")]
    struct ArtifactChange<'r>(suggestions: &'r [Suggestion], path: &PathName) {
        artifact_location: ArtifactLocation = ArtifactLocation::new(path),
        replacements: Vec<ReplacementObject<'r>> = suggestions.iter().map(ReplacementObject::new).collect(),
    }

    #[serde(rename_all = "camelCase")]
    struct ReplacementObject<'r>(suggestion: &'r Suggestion) {
        deleted_region: Region = Region::new(suggestion.start, suggestion.end),
        inserted_content: Message<'r> = Message::new(suggestion.text.as_str().into()),
    }

    struct ResultProperties(basis: &'static str) {
        basis: &'static str = basis,
    }

    struct PartialFingerprints(fingerprint: String) {
        #[serde(rename = "aemcred/v1")]
        version_1: String = fingerprint,
    }

    /// Both kinds stand in files of their own, not beside the code (section 3.35.2).
    struct SuppressionObject<'r>(suppression: &'r Suppression) {
        kind: &'static str = "external",
        status: &'static str = "accepted",
        justification: &'r str = suppression.reason(),
    }

    #[serde(rename_all = "camelCase")]
    pub(super) struct LocationObject<'r>(path: &PathName, region: Option<Region>, pointer: &'r str) {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<usize> = None,
        physical_location: PhysicalLocation = PhysicalLocation::new(path, region),
        #[serde(skip_serializing_if = "Option::is_none")]
        logical_locations: Option<[LogicalLocation<'r>; 1]> =
            (!pointer.is_empty()).then(|| [LogicalLocation::new(pointer)]),
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<Message<'r>> = None,
    }

    #[serde(rename_all = "camelCase")]
    struct PhysicalLocation(path: &PathName, region: Option<Region>) {
        artifact_location: ArtifactLocation = ArtifactLocation::new(path),
        #[serde(skip_serializing_if = "Option::is_none")]
        region: Option<Region> = region,
    }

    struct ArtifactLocation(path: &PathName) {
        uri: String = uri(path),
    }

    /// Section 3.33.7 has this kind for JSON.
    #[serde(rename_all = "camelCase")]
    struct LogicalLocation<'r>(pointer: &'r str) {
        fully_qualified_name: &'r str = pointer,
        kind: &'static str = "property",
    }

    #[serde(rename_all = "camelCase")]
    pub(super) struct Region(start: Position, end: Position) {
        start_line: usize = start.line.number(),
        start_column: usize = start.column.number(),
        end_line: usize = end.line.number(),
        end_column: usize = end.column.number(),
    }
}

impl<'r> LocationObject<'r> {
    /// Where something is of which no end is known.
    pub(super) fn at(path: &PathName, position: Position, pointer: &'r str) -> Self {
        Self::new(path, Some(Region::new(position, position)), pointer)
    }

    /// One of the other places that belong to a result: the one with this index, from 0, and what is there.
    pub(super) fn related(self, index: usize, message: &'r str) -> Self {
        Self { id: Some(index + 1), message: Some(Message::new(message.into())), ..self }
    }
}

impl<'r> ResultObject<'r> {
    fn of(finding: &'r Finding, file: &'r FileResult) -> Self {
        let draft = &finding.draft;
        let region = Region::new(finding.start, finding.end);
        let related =
            draft.related.iter().zip(&finding.related).enumerate().map(|(index, (one, position))| {
                LocationObject::at(&file.path, *position, one.place.pointer.as_str())
                    .related(index, &one.message)
            });
        let object = Self::new(
            finding.rule,
            (finding.basis, finding.level),
            message_and_help(finding),
            LocationObject::new(&file.path, Some(region), draft.place.pointer.as_str()),
            related.collect(),
            fingerprint(finding, file.path.as_str(), &file.checked.record),
        );
        let suggestions = &finding.suggestions;
        let fix = draft.fix.as_ref().filter(|_| !suggestions.is_empty());
        let fixes = fix.into_iter().map(|fix| FixObject::new(fix, suggestions, &file.path)).collect();
        let suppressions = finding.suppression.iter().map(SuppressionObject::new).collect();
        Self { fixes, suppressions, ..object }
    }
}
