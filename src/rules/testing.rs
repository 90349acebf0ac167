//! What the tests of rules share: a document that is right in everything, and the findings of one rule.

pub(super) mod storage;

use std::collections::BTreeSet;

use chrono::{TimeZone, Utc};

use crate::examine::{Checked, check};
use crate::finding::{Findings, Fix, Place};
use crate::fix::fix;
use crate::rule::{Check, Rule, Settings, SuppressionUse, Suppressor};
use crate::secret::Secret;

/// The text of a document, to be spoilt in one place.
#[derive(Clone)]
pub(super) struct Sample {
    /// Object, key and value (as JSON) of every member.
    members: Vec<(&'static str, String, String)>,
}

impl Sample {
    pub(super) fn new() -> Self {
        let integration = "integration";
        let members = [
            ("", "ok", "true"),
            (integration, "imsEndpoint", "\"ims-na1.adobelogin.com\""),
            (integration, "metascopes", "\"ent_aem_cloud_api\""),
            ("technicalAccount", "clientId", "\"cm-p7603-e12614-integration\""),
            ("technicalAccount", "clientSecret", "\"p8e-SampleSampleSampleSampleSample12\""),
            (integration, "email", "\"0a1b2c3d-0000-4000-8000-000000000001@techacct.adobe.com\""),
            (integration, "id", "\"5EED00000000000000000002@techacct.adobe.com\""),
            (integration, "org", "\"5EED00000000000000000001@AdobeOrg\""),
            (integration, "privateKey", "\"any text\\r\\n\""),
            (integration, "publicKey", "\"any text\\r\\n\""),
            (integration, "certificateExpirationDate", "\"2027-01-01T00:00:00.000Z\""),
            ("", "statusCode", "200"),
        ];
        let members = members.map(|(object, key, value)| (object, key.to_owned(), value.to_owned())).to_vec();
        Self { members }
    }

    /// With another value, given as JSON.
    pub(super) fn with(mut self, key: &str, value: &str) -> Self {
        let member = self.members.iter_mut().find(|member| member.1 == key).unwrap();
        value.clone_into(&mut member.2);
        self
    }

    /// Without a field.
    pub(super) fn without(mut self, key: &str) -> Self {
        self.members.retain(|member| member.1 != key);
        self
    }

    /// With a further member at the end of an object (`""` is the top-level one), given as JSON.
    pub(super) fn and(mut self, object: &'static str, key: &str, value: &str) -> Self {
        self.members.push((object, key.to_owned(), value.to_owned()));
        self
    }

    /// The document as issued: a member a line.
    pub(super) fn text(&self) -> String {
        let integration = format!("{{\n{}\n  }}", self.integration("    "));
        let mut lines = self.lines("", "  ");
        lines.insert(lines.len().min(1), format!("  \"integration\": {integration}"));
        format!("{{\n{}\n}}\n", lines.join(",\n"))
    }

    /// The `integration` object alone.
    pub(super) fn bare(&self) -> String {
        format!("{{\n{}\n}}\n", self.integration("  "))
    }

    fn integration(&self, indent: &str) -> String {
        let deeper = format!("{indent}  ");
        let account = self.lines("technicalAccount", &deeper).join(",\n");
        let mut lines = self.lines("integration", indent);
        if !account.is_empty() {
            let account = format!("{indent}\"technicalAccount\": {{\n{account}\n{indent}}}");
            lines.insert(lines.len().min(2), account);
        }
        lines.join(",\n")
    }

    fn lines(&self, object: &str, indent: &str) -> Vec<String> {
        let members = self.members.iter().filter(|member| member.0 == object);
        members.map(|(_, key, value)| format!("{indent}\"{key}\": {value}")).collect()
    }
}

impl From<Sample> for Vec<u8> {
    fn from(sample: Sample) -> Self {
        sample.text().into_bytes()
    }
}

/// The claims of a token that was created an hour before the clock of [`settings`].
pub(super) const CLAIMS: &str = r#"{"type":"access_token","client_id":"cm-p7603-e12614-integration-0","as":"ims-na1","created_at":"1795345200000","expires_in":"86400000"}"#;

/// A token with these claims. Its signature is nonsense, which nobody but Adobe could tell.
pub(super) fn token(claims: &str) -> String {
    token_of(&[r#"{"alg":"RS256","itt":"at"}"#, claims])
}

/// A token of these parts, and a signature.
pub(super) fn token_of(parts: &[&str]) -> String {
    use base64::Engine as _;
    let encode = |part: &&str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(part);
    // As long as that of a key of 2,048 bits.
    let signature = "signature of 16 ".repeat(16);
    parts.iter().chain([&signature.as_str()]).map(encode).collect::<Vec<String>>().join(".")
}

/// A local development token.
pub(super) fn development_token(token: &str) -> String {
    format!("{{\n  \"ok\": true,\n  \"statusCode\": 200,\n  \"accessToken\": \"{token}\"\n}}\n")
}

/// The token service's answer.
pub(super) fn answer(token: &str, expires_in: &str) -> String {
    format!("{{\"token_type\": \"bearer\", \"access_token\": \"{token}\", \"expires_in\": {expires_in}}}\n")
}

/// [`CLAIMS`] with one text in it replaced.
pub(super) fn claims_with(from: &str, to: &str) -> String {
    assert!(CLAIMS.contains(from), "{from}");
    CLAIMS.replace(from, to)
}

/// The settings of an ordinary run.
pub(super) fn settings() -> Settings {
    Settings::new(Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap())
}

/// Checks `document` with `rule` alone. Whatever it says must be complete.
pub(super) fn run(rule: &'static Rule, document: impl Into<Vec<u8>>) -> Checked {
    run_with(rule, document, &[], 1 << 20)
}

/// The same with other settings.
pub(super) fn run_with(
    rule: &'static Rule,
    document: impl Into<Vec<u8>>,
    trusted_ims_hosts: &[String],
    max_size: u64,
) -> Checked {
    let settings = Settings {
        only: Some(BTreeSet::from([rule.name])),
        trusted_ims_hosts: trusted_ims_hosts.to_vec(),
        max_size,
        ..settings()
    };
    let checked = check(Secret::new(document.into()), &settings);
    assert_eq!(checked.failures, [""; 0]);
    for finding in &checked.findings {
        let draft = &finding.draft;
        assert_eq!(finding.rule.name, rule.name);
        assert!(!draft.message.is_empty() && !draft.message.ends_with('.'), "{}", draft.message);
        assert!(!draft.label.is_empty() && !draft.label.ends_with('.'), "{}: {}", draft.message, draft.label);
        assert!(draft.help.ends_with(['.', '?']), "{}: {}", draft.message, draft.help);
    }
    checked
}

/// The document with the fixes of `rule` alone; nothing if it offers none.
pub(super) fn fixed(rule: &'static Rule, document: impl Into<Vec<u8>>) -> Option<String> {
    fixed_with(rule, document, &[])
}

/// The same where these hosts are trusted. What is fixed can't be fixed once more.
pub(super) fn fixed_with(
    rule: &'static Rule,
    document: impl Into<Vec<u8>>,
    trusted_ims_hosts: &[String],
) -> Option<String> {
    let settings = Settings {
        only: Some(BTreeSet::from([rule.name])),
        trusted_ims_hosts: trusted_ims_hosts.to_vec(),
        ..settings()
    };
    let fixed = fix(&Secret::new(document.into()), &settings, &|checked| checked).unwrap()?;
    assert!(!fixed.steps.is_empty() && fixed.steps.iter().all(|step| !step.label.ends_with('.')));
    assert!(fix(&fixed.contents, &settings, &|checked| checked).unwrap().is_none());
    Some(String::from_utf8(fixed.contents.into_inner()).unwrap())
}

/// The findings of `rule` alone: `line:column message`.
pub(super) fn findings(rule: &'static Rule, document: impl Into<Vec<u8>>) -> Vec<String> {
    let checked = run(rule, document);
    checked.findings.iter().map(|finding| format!("{} {}", finding.start, finding.draft.message)).collect()
}

/// What `rule` says of an entry that ignores `field-unknown`.
pub(super) fn suppression_findings(
    rule: &Rule,
    now: &str,
    until: Option<&str>,
    matched: usize,
    is_covered: bool,
) -> Vec<String> {
    let Check::Configuration(check) = rule.check else { return Vec::new() };
    let settings = Settings { now: now.parse().unwrap(), ..settings() };
    let until: Option<chrono::NaiveDate> = until.map(|until| until.parse().unwrap());
    let used = SuppressionUse {
        suppressor: Suppressor::Entry,
        place: Place::default(),
        rule: "field-unknown",
        until: until.map(|until| (until, Place::default())),
        is_over: until.is_some_and(|until| until < settings.now.date_naive()),
        matched,
        is_covered,
    };
    let mut findings = Findings::default();
    check(&used, &settings, &mut findings);
    findings.drafts.into_iter().map(|draft| draft.message).collect()
}

/// The characters that the findings of `rule` alone point at, each followed by those of its other places.
pub(super) fn places(rule: &'static Rule, document: &str) -> Vec<Vec<String>> {
    let text = |span: crate::source::Span| document[span.range()].to_owned();
    let checked = run(rule, document);
    let all = checked.findings.iter().map(|finding| {
        let related = finding.draft.related.iter().map(|related| text(related.place.span));
        std::iter::once(text(finding.draft.place.span)).chain(related).collect()
    });
    all.collect()
}

mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::credential::is_invisible;

    proptest! {
        /// Whatever stands where a token should, every rule's places lie in the text, and nothing of it is shown.
        #[test]
        fn anything_like_a_token_gives_findings_that_can_be_shown(
            scheme in "(Authorization: ?)?([Bb]earer +)?",
            parts in prop::collection::vec("(eyJ|ewog|e30|bnVsbA|W10|=|[+]|/|[A-Za-z0-9_-]{0,12}|\\PC| |\\n){0,4}", 0..6),
            claims in "(\\{\"type\":\"(access_token|refresh_token)\",\"as\":\"ims-na1\",\"created_at\":[-\"0-9e.]{0,24},\"expires_in\":[-\"0-9e.]{0,24}\\})?",
            in_field in any::<bool>(),
        ) {
            let mut value = format!("{scheme}{}", parts.join("."));
            if !claims.is_empty() {
                value = format!("{scheme}{}", token(&claims));
            }
            let quoted = serde_json::to_string(&value).unwrap();
            let text = if in_field { development_token(quoted.trim_matches('"')) } else { value.clone() };
            let checked = check(Secret::new(text.clone().into_bytes()), &settings());
            for finding in checked.findings {
                let draft = &finding.draft;
                let related = draft.related.iter().map(|related| related.place.span);
                for span in related.chain([draft.place.span]) {
                    prop_assert!(text.get(span.range()).is_some(), "{}: {span:?}", finding.rule.name);
                }
                let secret = value.split('.').filter(|part| part.len() >= 8 && !scheme.contains(part));
                for part in secret {
                    for words in [&draft.message, &draft.label, &draft.help] {
                        prop_assert!(!words.contains(part), "{}", finding.rule.name);
                    }
                }
            }
        }

        /// Whatever a field or key holds, every rule's places lie in the text and its words can be printed.
        #[test]
        fn any_value_gives_findings_that_can_be_shown(
            key in 0_usize..12,
            value in "(https?:/{0,3}|ims-na1|[.]|adobelogin[.]com|@|:|/|,|;| \
                      |[\\[\\]]|ent_aem_cloud_api|cm-p1-e2-integration|p8e-|5EED|AdobeOrg|[\u{200B}\u{202E}\u{FEFF}\u{AD}\u{430}\u{FC}\u{3002}]|\\PC|[a-zA-Z0-9_-]){0,12}",
        ) {
            let mut sample = Sample::new();
            let quoted = serde_json::to_string(&value).unwrap();
            sample.members[key].2.clone_from(&quoted);
            sample.members.push(("integration", quoted.trim_matches('"').to_owned(), "null".to_owned()));
            let text = sample.text();
            let contents = Secret::new(text.clone().into_bytes());
            if let Some(fixed) = fix(&contents, &settings(), &|checked| checked).unwrap() {
                let again = fix(&fixed.contents, &settings(), &|checked| checked).unwrap();
                prop_assert!(again.is_none(), "what is fixed stays as it is");
            }
            for finding in check(Secret::new(text.clone().into_bytes()), &settings()).findings {
                let draft = &finding.draft;
                let related = draft.related.iter().map(|related| related.place.span);
                for span in related.chain([draft.place.span]) {
                    prop_assert!(text.get(span.range()).is_some(), "{}: {span:?}", finding.rule.name);
                }
                for edit in draft.fix.iter().flat_map(Fix::edits) {
                    prop_assert!(text.get(edit.span.range()).is_some(), "{}", finding.rule.name);
                }
                let label = draft.fix.as_ref().map_or("", |fix| &fix.label);
                prop_assert!(draft.fix.is_none() || finding.rule.fixable, "{}", finding.rule.name);
                // Paragraphs come in when the engine's guard puts the rule's remedy in place of the help.
                let hidden = |character: char| !matches!(character, ' ' | '\n') && is_invisible(character);
                for words in [draft.message.as_str(), &draft.label, &draft.help, label] {
                    prop_assert!(!words.contains(hidden), "{}: {words:?}", finding.rule.name);
                }
            }
        }
    }
}
