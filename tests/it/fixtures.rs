//! The fixtures: made by the generator, committed, and proven up to date. Each rule's bad fixtures fire it and its good
//! ones don't.

use std::path::Path;
use std::sync::LazyLock;

use aemcred::internals::generate::{Defect, KeyPair, Kind, Seed, Specification, generate_with_key};
use aemcred::internals::rules;
use serde_json::Value;

use crate::common::{NOW, bless, children, expect_file, root, run};

/// The sound credential that all good fixtures are variations of.
fn sound() -> String {
    document(&Specification::new(Seed::from(1), NOW.parse().unwrap()))
}

fn document(specification: &Specification) -> String {
    // The key depends on the seed and the size alone, and finding its primes is what takes time.
    static KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate(&Seed::from(1), 2048).unwrap());
    String::from_utf8(generate_with_key(specification, &KEY).unwrap().expose().clone()).unwrap()
}

/// A sound credential whose certificate is valid from and for these.
fn valid(not_before: &str, seconds: i64) -> String {
    let mut specification = Specification::new(Seed::from(1), NOW.parse().unwrap());
    specification.not_before = not_before.parse().unwrap();
    specification.lifetime = chrono::TimeDelta::seconds(seconds);
    document(&specification)
}

/// A token that was created so many milliseconds before the clock, for a day.
fn token(kind: Kind, age: i64) -> String {
    let mut specification = Specification::new(Seed::from(1), NOW.parse().unwrap());
    specification.kind = Some(kind);
    specification.token_created_at = specification.now - chrono::TimeDelta::milliseconds(age);
    document(&specification)
}

/// A token with a changed answer or unknown claims, signed by nobody.
fn edited(kind: Kind, edit: impl Fn(String) -> String) -> String {
    edit(token(kind, 3_600_000))
}

/// The document with more claims in its token, as later tokens may have. The signature doesn't fit any more, but only
/// Adobe can tell.
fn with_unknown_claims(document: &str) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let claims = document.split('.').nth(1).unwrap();
    let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    let more = decoded.replacen('{', r#"{"ctp":0,"moi":"7e57da7a","rtid":null,"fg":["7E57DA7A"],"#, 1);
    document.replace(claims, &URL_SAFE_NO_PAD.encode(more))
}

const DAY: i64 = 86_400_000;

const YEAR: i64 = 365 * 86_400;

/// Near misses: documents that look like the rule's defect and aren't. Rules without an entry get the sound credential.
fn near_miss(rule: &str) -> Option<String> {
    let sound = sound();
    let edit = |from: &str, to: &str| {
        assert!(sound.contains(from), "{rule}: {from}");
        Some(sound.replace(from, to))
    };
    match rule {
        "document-encoding" => edit("\n", "\r\n"),
        "document-syntax" => edit("\n", " "),
        "document-duplicate-key" => edit("\"ok\"", "\"\\u006fk\""),
        "field-whitespace" => edit("\"ok\": true", "\t \"ok\"  :  true "),
        "ims-endpoint-host" => edit("ims-na1.adobelogin.com", "ims-va6.adobelogin.com"),
        "metascopes-form" => edit("ent_aem_cloud_api", "ent_aem_cloud_sdk,ent_cloudmgr_sdk"),
        "metascopes-aem" => edit("ent_aem_cloud_api", "ent_aem_cloud_sdk"),
        // Plain LF and no final newline are read like the issued CRLF.
        "pem-newlines" => edit("\\r\\n", "\\n"),
        "pem-form" => edit("KEY-----\\r\\n\"", "KEY-----\""),
        "pem-syntax" => edit("\\r\\n", "\\u000d\\u000A"),
        // The very second of notAfter is still valid; only three days' and thirty days' notice apply.
        "certificate-expired" => Some(valid("2025-11-22T12:00:00Z", YEAR)),
        "certificate-expiry-imminent" => Some(valid("2025-11-25T12:00:01Z", YEAR)),
        "certificate-expiring" => Some(valid("2025-12-22T12:00:01Z", YEAR)),
        "certificate-not-yet-valid" => Some(valid("2026-11-22T12:05:00Z", YEAR)),
        // A calendar year over a leap day, and an hour of daylight saving.
        "certificate-lifetime" => Some(valid("2026-11-01T00:00:00Z", YEAR + 3600)),
        "certificate-expiration-date" => edit(".000Z", "Z"),
        "token-syntax" => Some(edited(Kind::DevelopmentToken, |document| with_unknown_claims(&document))),
        "token-type" => Some(edited(Kind::AccessToken, |document| document.replace("bearer", "Bearer"))),
        // The last second of a token, and the one before its last hour.
        "token-expired" => Some(token(Kind::DevelopmentToken, DAY - 1000)),
        "token-expiring" => Some(token(Kind::DevelopmentToken, DAY - 3_601_000)),
        // A day exactly, from this very instant.
        "token-lifetime" => Some(token(Kind::DevelopmentToken, 0)),
        "token-expires-in" => {
            Some(edited(Kind::AccessToken, |document| document.replace("86399999", "86400000")))
        }
        _ => None,
    }
}

#[test]
fn fixtures_are_what_the_generator_makes() {
    let key = KeyPair::generate(&Seed::from(2), 2048).unwrap();
    for rule in rules::about_content() {
        let folder = root().join("fixtures").join(rule.name);
        let mut specification = Specification::new(Seed::from(2), NOW.parse().unwrap());
        let defect = Defect::from_rule(rule.name);
        assert!(defect.is_some(), "{} has no defect: add a line in src/generate/defect/", rule.name);
        specification.defect = defect;
        expect_file(&folder.join("bad.json"), generate_with_key(&specification, &key).unwrap().expose());
        expect_file(&folder.join("good.json"), near_miss(rule.name).unwrap_or_else(sound).as_bytes());
    }
    let folders = children(&root().join("fixtures"));
    let strays: Vec<_> = folders
        .iter()
        .filter(|path| path.is_dir() && rules::find(&path.file_name().unwrap().to_string_lossy()).is_none())
        .collect();
    assert!(bless() || strays.is_empty(), "no rule has the name of {strays:?}");
}

/// What a file's check finds, as `(rule, level)`.
fn found(path: &Path) -> Vec<(String, String)> {
    let run = run([Path::new("check"), Path::new("--format=json"), path]);
    let report: Value =
        serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}: {}", path.display(), run.err));
    let findings = report["files"][0]["findings"].as_array().unwrap();
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    findings.iter().map(|finding| (text(finding, "rule"), text(finding, "level"))).collect()
}

#[test]
fn bad_fixtures_fire_their_rule_and_no_other_error_and_good_ones_do_not() {
    for rule in rules::about_content() {
        let folder = root().join("fixtures").join(rule.name);
        assert!(folder.join("bad.json").exists(), "{} is missing: `just bless` makes it", folder.display());
        for path in children(&folder) {
            let findings = found(&path);
            let fires = findings.iter().any(|(name, level)| name == rule.name && level == rule.level.name());
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let wanted = name.starts_with("bad");
            assert_eq!(
                fires,
                wanted,
                "{}: {} must {}be reported at its level {}: see the check in src/rules and the defect in \
                 src/generate/defect (after a change there: `just bless`). Found: {findings:?}",
                path.display(),
                rule.name,
                if wanted { "" } else { "not " },
                rule.level
            );
            let others: Vec<_> = findings.iter().filter(|(name, _)| name != rule.name).collect();
            // What has just not expired expires soon.
            let ending = rule.name.starts_with("certificate-expir") || rule.name == "token-expired";
            let imminent = path.ends_with("good.json") && ending;
            assert!(
                others.is_empty() || imminent,
                "{}: other rules report it, too: {others:?}",
                path.display()
            );
        }
    }
}
