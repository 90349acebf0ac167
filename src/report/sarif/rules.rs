//! The table of rules in a SARIF report: the whole catalogue, also when nothing was found.

use serde::Serialize;

use crate::finding::Level;
use crate::report::{plain, sentence};
use crate::rule::{Basis, Rule};
use crate::rules;

/// One rule (`reportingDescriptor`).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    id: &'static str,
    short_description: Text,
    full_description: Text,
    help: Text,
    help_uri: String,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Text {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<String>,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Properties {
    basis: &'static str,
    tags: [&'static str; 2],
    precision: &'static str,
    /// GitHub's scale, from 0.1 to 10; services read it as critical from 9, high from 7.
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    security_severity: Option<&'static str>,
}

/// All rules.
pub(super) fn table() -> Vec<Descriptor> {
    rules::all().map(descriptor).collect()
}

/// Where a rule stands in the table.
pub(super) fn index(rule: &Rule) -> Option<usize> {
    rules::all().position(|candidate| candidate.name == rule.name)
}

fn descriptor(rule: &'static Rule) -> Descriptor {
    let summary = sentence(rule.summary);
    let markdown = format!(
        "{}\n\n**What to do**\n\n{}\n\n**Example**\n\n```\n{}\n```\n\n**Reference**\n\n{}\n",
        rule.explanation, rule.remedy, rule.example, rule.reference
    );
    let text = format!(
        "{}\n\nWhat to do: {}\n\nReference: {}",
        plain(rule.explanation),
        plain(rule.remedy),
        plain(rule.reference)
    );
    Descriptor {
        id: rule.name,
        full_description: Text { text: plain(rule.explanation), markdown: Some(rule.explanation.to_owned()) },
        short_description: Text { text: plain(&summary), markdown: None },
        help: Text { text, markdown: Some(markdown) },
        help_uri: rule.page(),
        default_configuration: Configuration { level: rule.level.name() },
        properties: Properties {
            basis: rule.basis.name(),
            tags: [rules::subject(rule), "security"],
            precision: precision(rule.level),
            security_severity: (rule.level == Level::Error).then(|| severity(rule.basis)),
        },
    }
}

/// How much an error matters to security: most when others have the secrets, least when the credential merely doesn't work.
const fn severity(basis: Basis) -> &'static str {
    match basis {
        Basis::Exposure => "9.1",
        Basis::Damage => "7.0",
        Basis::Client | Basis::Service | Basis::Policy => "5.0",
    }
}

/// What an error states was computed from the file itself; a warning can be what somebody meant.
const fn precision(level: Level) -> &'static str {
    match level {
        Level::Error => "very-high",
        Level::Warning | Level::Note => "high",
    }
}
