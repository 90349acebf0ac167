//! Every defect of the generator, and what `check` says of it: that rule, and nothing else.

use std::collections::BTreeMap;

use aemcred::check::{Checked, check};
use aemcred::finding::{Finding, Level};
use aemcred::generate::{Defect, Seed, Specification, generate};
use aemcred::json::Limits;
use aemcred::rule::Settings;
use aemcred::rules;
use aemcred::secret::Secret;
use chrono::{DateTime, TimeDelta, Utc};

fn now() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn checked(document: &[u8]) -> Checked {
    let settings = Settings {
        now: now(),
        expiring: TimeDelta::days(30),
        imminent: TimeDelta::days(3),
        levels: &BTreeMap::new(),
        only: None,
        trusted_ims_hosts: &[],
        published: None,
        max_size: 1 << 20,
        limits: Limits::default(),
    };
    check(Secret::new(document.to_vec()), &settings)
}

fn document(defect: Option<Defect>) -> Vec<u8> {
    let specification = Specification { defect, ..Specification::new(Seed::from(20), now()) };
    generate(&specification).unwrap().expose().clone()
}

fn subject(name: &str) -> &'static str {
    rules::find(name).map_or("", rules::subject)
}

const SUBJECTS: [&str; 3] = ["PEM", "Certificate", "Private key"];

#[test]
fn a_sound_credential_has_no_finding_in_pem_certificate_and_key() {
    let checked = checked(&document(None));
    let findings: Vec<_> =
        checked.findings.iter().filter(|finding| SUBJECTS.contains(&subject(finding.rule.name))).collect();
    assert!(findings.is_empty(), "{findings:#?}");
}

#[test]
fn every_defect_in_pem_certificate_and_key_is_found_alone() {
    let defects: Vec<Defect> =
        Defect::all().filter(|defect| SUBJECTS.contains(&subject(defect.rule()))).collect();
    assert_eq!(defects.len(), 4 + 12 + 8, "one for each rule");
    for defect in defects {
        let checked = checked(&document(Some(defect)));
        let (expected, others): (Vec<&Finding>, Vec<&Finding>) =
            checked.findings.iter().partition(|finding| finding.rule.name == defect.rule());
        assert_eq!(expected.len(), 1, "{defect:?}: {expected:#?}");
        let others: Vec<_> = others
            .into_iter()
            .filter(|finding| finding.level == Level::Error || SUBJECTS.contains(&subject(finding.rule.name)))
            .map(|finding| (finding.rule.name, &finding.draft.message))
            .collect();
        assert_eq!(others, [], "{defect:?}");
        assert!(checked.failures.is_empty(), "{defect:?}: {:?}", checked.failures);
    }
}

#[test]
fn findings_are_complete_and_point_into_their_field() {
    for defect in Defect::all().filter(|defect| SUBJECTS.contains(&subject(defect.rule()))) {
        let document = document(Some(defect));
        let text = String::from_utf8(document.clone()).unwrap();
        for finding in checked(&document).findings {
            let (rule, draft) = (finding.rule.name, &finding.draft);
            assert!(!draft.message.ends_with('.') && draft.help.ends_with('.'), "{rule}: {draft:?}");
            assert_ne!(draft.message, finding.rule.summary, "{rule}: the guard against leaks has stepped in");
            let pointed_at = &text[draft.place.span.range()];
            assert!(pointed_at.len() < 120, "{rule} points at {} characters", pointed_at.len());
            assert!(
                draft.place.pointer.as_str().starts_with("/integration/"),
                "{rule}: {}",
                draft.place.pointer
            );
        }
    }
}
