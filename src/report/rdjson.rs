//! `rdjson`: the Reviewdog Diagnostic Format, for reviewdog and the editors that read it.
//!
//! Owns: its fields; columns are counted in bytes of UTF-8 from 1, ends are exclusive. Failures have no place in it.
//! <https://github.com/reviewdog/reviewdog/tree/master/proto/rdf>

use std::io::{self, Write};

use super::wire::{pretty, wire};
use super::{FileResult, Results, message_and_help};
use crate::finding::{Finding, Level, Suggestion};
use crate::source::Position;

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    pretty(&Report::new(results), out)
}

fn findings(results: &Results) -> impl Iterator<Item = (&FileResult, &Finding)> {
    results.files.iter().flat_map(|file| file.findings().map(move |finding| (file, finding)))
}

const fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "ERROR",
        Level::Warning => "WARNING",
        Level::Note => "INFO",
    }
}

wire! {
    struct Report<'r>(results: &'r Results) {
        source: Source = Source::new(),
        #[serde(skip_serializing_if = "Option::is_none")]
        severity: Option<&'static str> = findings(results).map(|(_, finding)| finding.level).max().map(severity),
        diagnostics: Vec<Diagnostic<'r>> =
            findings(results).map(|(file, finding)| Diagnostic::new(finding, file)).collect(),
    }

    struct Source() {
        name: &'static str = "aemcred",
    }

    struct Diagnostic<'r>(finding: &'r Finding, file: &'r FileResult)
    let draft = &finding.draft;
    let path = file.path.in_repository(); {
        message: String = message_and_help(finding),
        location: Location<'r> = Location::new(path, finding.start, Some(finding.end)),
        severity: &'static str = severity(finding.level),
        code: Code = Code::new(finding),
        #[serde(skip_serializing_if = "Vec::is_empty")]
        suggestions: Vec<SuggestionObject<'r>> = match finding.suggestions.as_slice() {
            [only] => vec![SuggestionObject::new(only)],
            _ => Vec::new(),
        },
        #[serde(skip_serializing_if = "Vec::is_empty")]
        related_locations: Vec<RelatedLocation<'r>> = draft
            .related
            .iter()
            .zip(&finding.related)
            .map(|(related, position)| RelatedLocation::new(&related.message, path, *position))
            .collect(),
    }

    struct Location<'r>(path: &'r str, start: Position, end: Option<Position>) {
        path: &'r str = path,
        range: Range = Range::new(start, end),
    }

    struct Range(start: Position, end: Option<Position>) {
        start: Place = Place::new(start),
        #[serde(skip_serializing_if = "Option::is_none")]
        end: Option<Place> = end.map(Place::new),
    }

    struct Place(position: Position) {
        line: usize = position.line.number(),
        column: usize = position.byte_column.number(),
    }

    struct Code(finding: &Finding) {
        value: &'static str = finding.rule.name,
    }

    /// An edit. Suggestions of one diagnostic are alternatives to each other in most readers, so fixes of several edits
    /// are left out.
    struct SuggestionObject<'r>(suggestion: &'r Suggestion) {
        range: Range = Range::new(suggestion.start, Some(suggestion.end)),
        text: &'r str = &suggestion.text,
    }

    struct RelatedLocation<'r>(message: &'r str, path: &'r str, position: Position) {
        message: &'r str = message,
        location: Location<'r> = Location::new(path, position, None),
    }
}
