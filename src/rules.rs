//! The catalogue: every rule, in the order in which documentation and reports list them.
//!
//! Owns: the list. A rule is a file in a subject's folder and one line here; the tests demand the rest.

mod certificate;
mod configuration;
mod document;
mod fields;
mod lookalike;
mod pem;
mod private_key;
mod storage;
#[cfg(test)]
#[cfg(feature = "generate")]
pub(crate) mod synthetic;
#[cfg(test)]
mod testing;
mod token;
mod token_words;
pub(crate) mod words;

pub(crate) use fields::is_public_name;

use crate::credential::DocumentKind;
use crate::rule::Rule;

/// A group of rules about one part of a document.
#[derive(Debug)]
pub struct Subject {
    /// The heading.
    pub title: &'static str,
    /// Its rules.
    pub rules: &'static [&'static Rule],
    /// The kinds of document that they look at.
    pub kinds: &'static [DocumentKind],
}

const ALL: &[DocumentKind] = &[
    DocumentKind::ServiceCredentials,
    DocumentKind::DevelopmentToken,
    DocumentKind::AccessToken,
    DocumentKind::DeveloperConsoleProject,
    DocumentKind::DeveloperConsoleCredential,
    DocumentKind::Unknown,
];
const RECOGNISED: &[DocumentKind] = ALL.split_at(5).0;
const SERVICE: &[DocumentKind] = &[DocumentKind::ServiceCredentials];
const TOKENS: &[DocumentKind] = &[DocumentKind::DevelopmentToken, DocumentKind::AccessToken];
const CONFIGURATION: &[DocumentKind] = &[DocumentKind::Configuration];

/// All rules by subject.
pub const SUBJECTS: &[Subject] = &[
    Subject { title: "Document", rules: document::RULES, kinds: ALL },
    Subject { title: "Fields", rules: fields::RULES, kinds: RECOGNISED },
    Subject { title: "PEM", rules: pem::RULES, kinds: SERVICE },
    Subject { title: "Certificate", rules: certificate::RULES, kinds: SERVICE },
    Subject { title: "Private key", rules: private_key::RULES, kinds: SERVICE },
    Subject { title: "Token", rules: token::RULES, kinds: TOKENS },
    Subject { title: "Storage", rules: storage::RULES, kinds: &[] },
    Subject { title: "Configuration", rules: configuration::RULES, kinds: CONFIGURATION },
];

/// All rules.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    SUBJECTS.iter().flat_map(|subject| subject.rules.iter().copied())
}

/// All rules that look at documents.
#[cfg(any(test, feature = "internals"))]
pub fn about_content() -> impl Iterator<Item = &'static Rule> {
    all().filter(|rule| rule.is_about_content())
}

/// The rule called `name`.
pub fn find(name: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.name == name)
}

/// The one of `candidates` that `name` was probably meant to be.
pub fn similar<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    candidates
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(similarity, _)| *similarity > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

/// The subject of a rule.
pub fn subject(rule: &Rule) -> &'static str {
    SUBJECTS
        .iter()
        .find(|subject| subject.rules.iter().any(|candidate| candidate.name == rule.name))
        .map_or("", |subject| subject.title)
}
