//! The table of rules in a SARIF report: the whole catalogue, also when nothing was found.

use crate::finding::Level;
use crate::report::escape::plain;
use crate::report::sentence;
use crate::report::wire::wire;
use crate::rule::{Basis, Rule};
use crate::rules;

wire! {
    /// One rule (`reportingDescriptor`).
    #[serde(rename_all = "camelCase")]
    pub(super) struct Descriptor(rule: &'static Rule) {
        id: &'static str = rule.name,
        short_description: Text = Text::new(plain(&sentence(rule.summary)), None),
        full_description: Text = Text::new(plain(rule.explanation), Some(rule.explanation.to_owned())),
        help: Text = help(rule),
        help_uri: String = rule.page(),
        default_configuration: Configuration = Configuration::new(rule.level),
        properties: Properties = Properties::new(rule),
    }

    struct Text(text: String, markdown: Option<String>) {
        text: String = text,
        #[serde(skip_serializing_if = "Option::is_none")]
        markdown: Option<String> = markdown,
    }

    struct Configuration(level: Level) {
        level: &'static str = level.name(),
    }

    struct Properties(rule: &Rule) {
        basis: &'static str = rule.basis.name(),
        tags: [&'static str; 2] = [rules::subject(rule), "security"],
        precision: &'static str = precision(rule.level),
        /// GitHub's scale, from 0.1 to 10; services read it as critical from 9, high from 7.
        #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
        security_severity: Option<&'static str> = (rule.level == Level::Error).then(|| severity(rule.basis)),
    }
}

/// All rules.
pub(super) fn table() -> Vec<Descriptor> {
    rules::all().map(Descriptor::new).collect()
}

/// Where a rule stands in the table.
pub(super) fn index(rule: &Rule) -> Option<usize> {
    rules::all().position(|candidate| candidate.name == rule.name)
}

fn help(rule: &Rule) -> Text {
    let text = format!(
        "{}\n\nWhat to do: {}\n\nReference: {}",
        plain(rule.explanation),
        plain(rule.remedy),
        plain(rule.reference)
    );
    let markdown = format!(
        "{}\n\n**What to do**\n\n{}\n\n**Example**\n\n```\n{}\n```\n\n**Reference**\n\n{}\n",
        rule.explanation, rule.remedy, rule.example, rule.reference
    );
    Text::new(text, Some(markdown))
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
