//! The list of rules: names, files, documentation.

use std::collections::BTreeSet;

use aemcred::internals::generate::Defect;
use aemcred::internals::report::catalogue;
use aemcred::internals::rules::{self, SUBJECTS};

use crate::common::{bless, children, expect_file, root, run};

#[test]
fn every_rule_has_a_unique_name_which_is_its_file() {
    let names: BTreeSet<_> = rules::all().map(|rule| rule.name).collect();
    assert_eq!(names.len(), rules::all().count());
    for subject in SUBJECTS {
        let folder = root().join("src/rules").join(subject.title.to_lowercase().replace(' ', "_"));
        let mut files: Vec<_> = children(&folder)
            .iter()
            .map(|path| path.file_stem().unwrap().to_string_lossy().replace('_', "-"))
            .collect();
        let mut names: Vec<_> = subject.rules.iter().map(|rule| rule.name.to_owned()).collect();
        let list = format!("src/rules/{}.rs", folder.file_name().unwrap().to_string_lossy());
        files.retain(|name| !names.contains(name));
        assert!(files.is_empty(), "{files:?} have a file and no line in RULES of {list}");
        names.retain(|name| !folder.join(format!("{}.rs", name.replace('-', "_"))).exists());
        assert!(names.is_empty(), "{names:?} are in {list}, and no file in its folder has their names");
    }
}

#[test]
fn every_rule_has_words() {
    for rule in rules::all() {
        let words = [
            ("summary", rule.summary),
            ("explanation", rule.explanation),
            ("example", rule.example),
            ("remedy", rule.remedy),
            ("reference", rule.reference),
        ];
        for (part, words) in words {
            assert!(!matches!(words.trim(), "" | "TODO"), "{}: write its {part}", rule.name);
        }
        assert!(!rule.summary.ends_with('.'), "{}: the summary is a clause", rule.name);
        assert!(rule.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", rule.name);
    }
}

#[test]
fn every_rule_about_content_has_a_defect_and_every_defect_a_rule() {
    let rules: BTreeSet<_> = rules::about_content().map(|rule| rule.name).collect();
    let defects: BTreeSet<_> = Defect::all().map(Defect::rule).collect();
    let without: Vec<_> = rules.difference(&defects).collect();
    assert!(without.is_empty(), "{without:?} have no defect: add a line in src/generate/defect/");
    let strays: Vec<_> = defects.difference(&rules).collect();
    assert!(strays.is_empty(), "no rule has the names of the defects {strays:?} in src/generate/defect/");
}

#[test]
fn the_documentation_is_what_the_rules_say() {
    let folder = root().join("docs/rules");
    for rule in rules::all() {
        expect_file(&folder.join(format!("{}.md", rule.name)), catalogue::page(rule).as_bytes());
    }
    expect_file(&folder.join("README.md"), catalogue::index().as_bytes());
    assert!(bless() || children(&folder).len() == rules::all().count() + 1, "no page without a rule");
}

#[test]
fn the_catalogue_is_printed_in_every_format() {
    let json: serde_json::Value = serde_json::from_str(&run(["rules", "--format=json"]).out).unwrap();
    assert_eq!(json.as_array().unwrap().len(), rules::all().count());
    let one = run(["rules", "key-pair-mismatch"]);
    assert!(one.code == 0 && one.out.starts_with("key-pair-mismatch (error)\n"), "{}", one.out);
    assert_eq!(run(["rules", "key-pair-mismatch", "--format=markdown"]).out, {
        catalogue::page(rules::find("key-pair-mismatch").unwrap())
    });
    assert_eq!(run(["rules", "--format=markdown"]).out, catalogue::index());
    let list = run(["rules"]).out;
    assert!(rules::all().all(|rule| list.contains(rule.name)));
}
