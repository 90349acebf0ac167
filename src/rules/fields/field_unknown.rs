use std::collections::HashSet;

use crate::credential::{Document, Field, FormKind, character_name, is_invisible, presentable};
use crate::finding::{Draft, Findings, Level, Place};
use crate::json::{Member, Object, Pointer};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::lookalike;

pub(super) const RULE: Rule = Rule {
    name: "field-unknown",
    level: Level::Note,
    basis: Basis::Policy,
    fixable: false,
    summary: "a key that issued documents don't have",
    explanation: "\
Adobe's client ignores unknown keys, so an extra one does no harm. But keys are case-sensitive. A misspelled key \
(`client_id`, `imsEndPoint`) or a key in the wrong object counts as missing, although everyone who looks at the file \
sees it.

aemcred doesn't know whether the values of your own keys are secret, so it masks them.",
    example: "\"technicalAccount\": {\"client_id\": \"cm-p7603-e12614-integration\", …}",
    remedy: "\
Rename a misspelled key, and move a misplaced one. Store your own data (comments, names of environments) in a separate \
file, so that the credential stays as it was issued.",
    reference: "RFC 8259 section 8.3 (comparison of keys)",
    forms: FormKind::AS_ISSUED,
    check: Check::Document(check),
};

/// Names that people and other systems use for these fields, in lower case without separators.
const ALIASES: [(&str, Field); 19] = [
    ("orgid", Field::Org),
    ("organization", Field::Org),
    ("organisation", Field::Org),
    ("organizationid", Field::Org),
    ("imsorg", Field::Org),
    ("imsorgid", Field::Org),
    ("accountid", Field::Id),
    ("technicalaccountid", Field::Id),
    ("technicalaccountemail", Field::Email),
    ("mail", Field::Email),
    ("imshost", Field::ImsEndpoint),
    ("imsurl", Field::ImsEndpoint),
    ("ims", Field::ImsEndpoint),
    ("scope", Field::Metascopes),
    ("scopes", Field::Metascopes),
    ("secret", Field::ClientSecret),
    ("certificate", Field::PublicKey),
    ("cert", Field::PublicKey),
    ("expirationdate", Field::CertificateExpirationDate),
];

/// Longer keys are no misspelling of anything, and comparing them would take time.
const LONGEST: usize = 40;

fn check(document: &Document<'_, '_>, _: &Settings, findings: &mut Findings) {
    let fields = document.issued();
    for parent in [None, Some(Field::Integration), Some(Field::TechnicalAccount)] {
        let Some((object, pointer)) = document.holder(parent) else { continue };
        let issued = |name: &str| fields.iter().any(|field| field.parent() == parent && field.name() == name);
        let mut seen = HashSet::new();
        for member in object.members.iter().filter(|member| !issued(member.key.as_str())) {
            // A key that is there twice is document-duplicate-key's to report.
            if seen.insert(member.key.as_str()) {
                findings.push_with(|| draft(document, parent, (object, &pointer), member));
            }
        }
    }
}

fn draft(
    document: &Document<'_, '_>,
    parent: Option<Field>,
    (object, pointer): (&Object<'_>, &Pointer),
    member: &Member<'_>,
) -> Draft {
    let key = member.key.as_str();
    let place = Place::new(pointer.key(key), member.key.span());
    let ignored = "Adobe's client ignores it. If it is yours, it does no harm, but it is better to store issued \
                   documents unchanged.";
    let issued = document.issued();
    if let Some(field) = issued.iter().copied().find(|field| field.name() == key) {
        let (is, belongs) = (container(parent), container(field.parent()));
        let missing = document.fields().any(|entry| entry.field == field && entry.member().is_none());
        let so = if missing { ", so it counts as missing" } else { "" };
        return Draft::new(place, format!("{key} is in {is}, but belongs in {belongs}{so}"))
            .label(format!("belongs in {belongs}"))
            .help(format!(
                "Adobe's client doesn't look for {key} here. Move it to where issued documents have it."
            ));
    }
    let Some(field) = meant(parent, key, issued) else {
        let what = if presentable(key) { key } else { "a key here" };
        return Draft::new(place, format!("{what} is not in issued documents"))
            .label("not issued")
            .help(ignored);
    };
    let name = field.name();
    // A letter of another alphabet looks the same in a message, so it is named instead.
    let foreign = key.chars().find(|character| !character.is_ascii() || is_invisible(*character));
    let written = match foreign {
        Some(character) => format!("a key that looks like {name} contains {}", character_name(character)),
        // So near to a public name that nothing secret can be in it.
        None => format!("{key} is not in issued documents"),
    };
    let draft = if object.has(name) {
        Draft::new(place, format!("{written}; {name} is also present"))
            .help(format!("Adobe's client uses {name} and ignores this one. If it is a leftover, remove it."))
    } else if foreign.is_some() {
        Draft::new(place, format!("{written}, and {name} itself is missing"))
            .help(format!("For Adobe's client {name} is missing. Type the key again."))
    } else {
        Draft::new(place, format!("{written}; did you mean {name}, which is missing?"))
            .help(format!("Keys are case-sensitive, so {name} counts as missing. Rename this key."))
    };
    draft.label(format!("like {name}"))
}

fn container(parent: Option<Field>) -> &'static str {
    parent.map_or("the top-level object", Field::name)
}

/// The key in `object` that is a misspelling of `field`. Only among the first ones: more are no credential.
pub(super) fn misspelling<'o, 's>(
    object: &'o Object<'s>,
    field: Field,
    issued: &[Field],
) -> Option<&'o Member<'s>> {
    let is_meant = |member: &&Member<'_>| meant(field.parent(), member.key.as_str(), issued) == Some(field);
    object.members.iter().take(100).find(is_meant)
}

/// The one of the `issued` fields of this object that `key` is a misspelling of.
fn meant(parent: Option<Field>, key: &str, issued: &[Field]) -> Option<Field> {
    if key.len() > LONGEST {
        return None;
    }
    let plain = plain(key);
    let fields = || issued.iter().copied().filter(|field| field.parent() == parent);
    let name = |field: &Field| field.name().to_ascii_lowercase().replace('_', "");
    let same = fields().find(|field| name(field) == plain);
    let alias = || {
        let alias = ALIASES.iter().find(|(alias, _)| *alias == plain);
        alias.map(|(_, field)| *field).filter(|field| field.parent() == parent)
    };
    let near = || {
        let distance = |field: &Field| strsim::damerau_levenshtein(&name(field), &plain);
        // One letter in five may be wrong: a short name is near to too many other words.
        let allowed = |field: &Field| field.name().len() / 5;
        fields().filter(|field| (1..=allowed(field)).contains(&distance(field))).min_by_key(distance)
    };
    same.or_else(alias).or_else(near)
}

/// Lower case, without separators and what can't be seen: `client_id` and `Client-ID` are `clientid`.
fn plain(key: &str) -> String {
    key.chars()
        .filter(|character| !is_invisible(*character) && !matches!(character, '_' | '-' | '.' | ':'))
        .map(lookalike::plain)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Sample, findings, places, run};

    #[test]
    fn unknown_keys_are_noted_wherever_they_are() {
        for (object, key, expected) in [
            ("", "comment", "18:3 comment is not in issued documents"),
            ("integration", "environment", "16:5 environment is not in issued documents"),
            ("technicalAccount", "note", "9:7 note is not in issued documents"),
            ("integration", "p8e-SampleSample", "16:5 a key here is not in issued documents"),
            ("integration", "a\u{202E}b", "16:5 a key here is not in issued documents"),
            (
                "integration",
                "metaScopes",
                "16:5 metaScopes is not in issued documents; metascopes is also present",
            ),
            ("integration", "ids", "16:5 ids is not in issued documents"),
            ("integration", "clientId", "16:5 clientId is in integration, but belongs in technicalAccount"),
            ("", "org", "18:3 org is in the top-level object, but belongs in integration"),
            ("integration", "ok", "16:5 ok is in integration, but belongs in the top-level object"),
        ] {
            assert_eq!(findings(&RULE, Sample::new().and(object, key, "\"x\"")), [expected]);
        }
        let text = Sample::new().and("", "comment", "1").text();
        assert_eq!(places(&RULE, &text), [["\"comment\""]]);
        assert_eq!(run(&RULE, text).findings[0].draft.place.pointer.as_str(), "/comment");
    }

    #[test]
    fn misspelt_keys_are_recognized() {
        for (object, right, key) in [
            ("technicalAccount", "clientId", "client_id"),
            ("technicalAccount", "clientId", "ClientID"),
            ("technicalAccount", "clientSecret", "client-secret"),
            ("technicalAccount", "clientSecret", "clientSecert"),
            ("integration", "imsEndpoint", "imsEndPoint"),
            ("integration", "metascopes", "metascope"),
            ("integration", "metascopes", "scopes"),
            ("integration", "org", "orgId"),
            ("integration", "org", "ORG"),
            ("integration", "privateKey", "private_key"),
            ("integration", "publicKey", "certificate"),
            ("", "statusCode", "status_code"),
        ] {
            let found = findings(&RULE, Sample::new().without(right).and(object, key, "\"x\""));
            let expected =
                format!("{key} is not in issued documents; did you mean {right}, which is missing?");
            assert!(found.len() == 1 && found[0].ends_with(&expected), "{key}: {found:?}");
        }
        for (key, expected) in [
            (
                "\u{43E}rg",
                "15:5 a key that looks like org contains a Cyrillic letter (U+043E), and org itself is missing",
            ),
            (
                "org\u{200B}",
                "15:5 a key that looks like org contains a zero-width space (U+200B), and org itself is missing",
            ),
        ] {
            assert_eq!(
                findings(&RULE, Sample::new().without("org").and("integration", key, "\"x\"")),
                [expected]
            );
        }
    }

    #[test]
    fn issued_keys_are_right() {
        for text in [
            Sample::new().text(),
            Sample::new().bare(),
            Sample::new().with("privateKey", "{\"a\": 1}").text(),
            Sample::new().and("integration", "org", "1").text(),
        ] {
            assert_eq!(findings(&RULE, text), [""; 0]);
        }
        assert_eq!(findings(&RULE, Sample::new().and("integration", "ok", "1").bare()).len(), 1);
    }
}
