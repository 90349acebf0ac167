//! `rdjson`: the Reviewdog Diagnostic Format, for reviewdog and the editors that read it.
//!
//! Owns: its fields; columns are counted in bytes of UTF-8 from 1, ends are exclusive. Failures have no place in it.
//! <https://github.com/reviewdog/reviewdog/tree/master/proto/rdf>

use std::io::{self, Write};

use serde::Serialize;

use super::{FileResult, Results, message_and_help};
use crate::finding::{Finding, Level};
use crate::source::Position;

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let findings =
        || results.files.iter().flat_map(|file| file.findings().map(move |finding| (file, finding)));
    let report = Report {
        source: Source { name: "aemcred" },
        severity: findings().map(|(_, finding)| finding.level).max().map(severity),
        diagnostics: findings().map(|(file, finding)| Diagnostic::new(finding, file)).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

const fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "ERROR",
        Level::Warning => "WARNING",
        Level::Note => "INFO",
    }
}

#[derive(Serialize)]
struct Report<'r> {
    source: Source,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
    diagnostics: Vec<Diagnostic<'r>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Serialize)]
struct Diagnostic<'r> {
    message: String,
    location: Location<'r>,
    severity: &'static str,
    code: Code,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<RelatedLocation<'r>>,
}

#[derive(Serialize)]
struct Location<'r> {
    path: &'r str,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: Place,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Place>,
}

#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Code {
    value: &'static str,
}

/// An edit. Suggestions of one diagnostic are alternatives to each other in most readers, so fixes of several edits are left
/// out.
#[derive(Serialize)]
struct Suggestion<'r> {
    range: Range,
    text: &'r str,
}

#[derive(Serialize)]
struct RelatedLocation<'r> {
    message: &'r str,
    location: Location<'r>,
}

impl<'r> Diagnostic<'r> {
    fn new(finding: &'r Finding, file: &'r FileResult) -> Self {
        let draft = &finding.draft;
        let location = |range| Location { path: file.path.in_repository(), range };
        let related = draft.related.iter().zip(&finding.related);
        Self {
            message: message_and_help(finding),
            location: location(Range {
                start: Place::new(finding.start),
                end: Some(Place::new(finding.end)),
            }),
            severity: severity(finding.level),
            code: Code { value: finding.rule.name },
            suggestions: match finding.suggestions.as_slice() {
                [only] => vec![Suggestion {
                    range: Range { start: Place::new(only.start), end: Some(Place::new(only.end)) },
                    text: &only.text,
                }],
                _ => Vec::new(),
            },
            related_locations: related
                .map(|(related, position)| RelatedLocation {
                    message: &related.message,
                    location: location(Range { start: Place::new(*position), end: None }),
                })
                .collect(),
        }
    }
}

impl Place {
    const fn new(position: Position) -> Self {
        Self { line: position.line.number(), column: position.byte_column.number() }
    }
}
