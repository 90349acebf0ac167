//! `check --fix` and `--diff`: what is put right, that nothing else changes, and that no file is ever lost.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proptest::prelude::*;
use serde_json::Value;

use crate::common::{
    NOW, Run, children, fixture_bytes, fixtures, missing, oracle, program, run, run_with_input, sound,
};
use crate::no_leak::Secrets;

/// The rules whose findings can be put right, by the catalogue.
fn fixable() -> Vec<String> {
    let rules: Value = serde_json::from_str(&run(["rules", "--format=json"]).out).unwrap();
    let fixable = rules.as_array().unwrap().iter().filter(|rule| rule["fixable"] == true);
    fixable.map(|rule| rule["name"].as_str().unwrap().to_owned()).collect()
}

/// Files of one test, in a folder of their own.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, contents) in files {
            fs::write(folder.path(name), contents).unwrap();
        }
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
        children(self.0.path()).iter().map(name).collect()
    }

    /// Runs `aemcred check` in the folder.
    fn check(&self, arguments: &[&str]) -> Run {
        let mut command = program();
        command.arg("check").arg(format!("--now={NOW}")).args(arguments).current_dir(self.0.path());
        ended(command)
    }
}

fn ended(mut command: Command) -> Run {
    let output = command.stdin(Stdio::null()).output().unwrap();
    Run {
        code: output.status.code().unwrap().try_into().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The findings of a JSON report, as `rule pointer`, those that can be fixed apart from those that can't.
fn findings(report: &str) -> (Vec<String>, Vec<String>) {
    let report: Value = serde_json::from_str(report).unwrap();
    let files = report["files"].as_array().unwrap().iter();
    let findings: Vec<_> = files.flat_map(|file| file["findings"].as_array().unwrap()).collect();
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    let of = |fixable: bool| {
        let some = findings.iter().filter(|finding| finding["fixable"] == fixable);
        some.map(|finding| format!("{} {}", text(finding, "rule"), text(finding, "pointer"))).collect()
    };
    for finding in &findings {
        assert_eq!(finding["fix"].is_string(), finding["fixable"] == true, "{finding}");
    }
    (of(true), of(false))
}

#[test]
fn every_fixture_becomes_sound_or_keeps_what_cannot_be_fixed() {
    for path in fixtures() {
        let before = fs::read(&path).unwrap();
        let folder = Folder::new(&[("a.json", &before)]);
        let rule = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let (open, rest) = findings(&folder.check(&["--format=json", "a.json"]).out);
        let bad = path.ends_with("bad.json");
        assert_eq!(
            !open.is_empty(),
            bad && fixable().iter().any(|name| name == rule),
            "{}: {open:?}",
            path.display()
        );
        let fixed = folder.check(&["--fix", "--format=json", "a.json"]);
        assert_eq!(findings(&fixed.out), (Vec::new(), rest), "{}", path.display());
        assert_eq!(before != folder.read("a.json"), !open.is_empty(), "{}", path.display());
        let words = format!("aemcred: fixed {} finding", open.len());
        assert_eq!(fixed.err.starts_with(&words), !open.is_empty(), "{}: {}", path.display(), fixed.err);
        // Once is enough.
        let after = folder.read("a.json");
        let stamp = fs::metadata(folder.path("a.json")).unwrap();
        let again = folder.check(&["--fix", "--format=json", "a.json"]);
        let now = fs::metadata(folder.path("a.json")).unwrap();
        // What is larger than the limit is said again.
        let said = if open.is_empty() { fixed.err.as_str() } else { "" };
        assert_eq!((again.out, again.err.as_str(), again.code), (fixed.out, said, fixed.code));
        assert_eq!(folder.read("a.json"), after);
        let identity = |metadata: &fs::Metadata| (metadata.ino(), metadata.mtime(), metadata.mtime_nsec());
        assert_eq!(identity(&stamp), identity(&now), "{} is not even touched", path.display());
        assert_eq!(folder.names(), ["a.json"]);
    }
}

#[test]
fn everything_but_the_defect_stays_byte_for_byte() {
    for rule in fixable() {
        let folder = Folder::new(&[("a.json", &fixture_bytes(&format!("{rule}/bad.json")))]);
        assert_eq!(folder.check(&["--fix", "a.json"]).code, 0, "{rule}");
        let fixed = String::from_utf8(folder.read("a.json")).unwrap();
        let sound = run(["generate", "--seed=2"]).out;
        // The generator's defect brings a second metascope along.
        let expected = if rule == "metascopes-form" {
            sound.replace("ent_aem_cloud_api", "ent_aem_cloud_api,ent_cloudmgr_sdk")
        } else {
            sound
        };
        assert!(fixed == expected, "{rule}: as if the defect had never been");
    }
}

/// Something that is done to a credential, and takes nothing from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Damage {
    Mark,
    Utf16,
    Utf32,
    Unwrapped,
    Whitespace(&'static str, &'static str, &'static str),
    Endpoint(&'static str),
    Metascopes(&'static str),
    Newlines(&'static str, &'static str),
}

/// How a document is laid out.
#[derive(Clone, Copy, Debug)]
enum Layout {
    Issued,
    CarriageReturns,
    Tabs,
    OneLine,
    Unended,
}

/// A document with two metascopes, so that their separator can be damaged.
fn undamaged() -> String {
    sound().replace("ent_aem_cloud_api", "ent_aem_cloud_api,ent_cloudmgr_sdk")
}

fn value_of<'t>(text: &'t str, name: &str) -> &'t str {
    let value = text.split_once(&format!("\"{name}\": \"")).unwrap().1;
    let end = value.match_indices('"').find(|(index, _)| !value[..*index].ends_with('\\'));
    &value[..end.unwrap().0]
}

/// `text` with another step of indentation than two spaces.
fn indented(text: &str, step: &str) -> String {
    let line = |line: &str| {
        let written = line.trim_start_matches(' ');
        step.repeat((line.len() - written.len()) / 2) + written
    };
    text.split_inclusive('\n').map(line).collect()
}

fn damaged(damages: &[Damage], layout: Layout) -> Vec<u8> {
    let mut text = undamaged();
    let has = |wanted: Damage| damages.contains(&wanted);
    for damage in damages {
        match *damage {
            Damage::Whitespace(field, before, after) => {
                let value = value_of(&text, field).to_owned();
                text = text.replacen(&format!("\"{value}\""), &format!("\"{before}{value}{after}\""), 1);
            }
            Damage::Endpoint(spelling) => text = text.replacen("ims-na1.adobelogin.com", spelling, 1),
            Damage::Metascopes(spelling) => {
                text = text.replacen("ent_aem_cloud_api,ent_cloudmgr_sdk", spelling, 1);
            }
            Damage::Newlines(field, line_break) => {
                let value = value_of(&text, field).to_owned();
                text = text.replacen(&value, &value.replace("\\r\\n", line_break), 1);
            }
            _ => {}
        }
    }
    if has(Damage::Unwrapped) {
        let inner = text.split_once("\"integration\": ").unwrap().1;
        text = inner.rsplit_once(",\n  \"statusCode\"").unwrap().0.to_owned() + "\n";
    }
    text = match layout {
        Layout::Issued => text,
        Layout::CarriageReturns => text.replace('\n', "\r\n"),
        Layout::Tabs => indented(&text, "\t"),
        Layout::OneLine => indented(&text, "").replace('\n', "").replace("\": ", "\":"),
        Layout::Unended => text.trim_end().to_owned(),
    };
    if has(Damage::Utf16) {
        let mark = if has(Damage::Mark) { "\u{FEFF}" } else { "" };
        format!("{mark}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
    } else if has(Damage::Utf32) {
        text.chars().flat_map(|character| u32::from(character).to_be_bytes()).collect()
    } else if has(Damage::Mark) {
        format!("\u{FEFF}{text}").into_bytes()
    } else {
        text.into_bytes()
    }
}

const ALL_SIX: [Damage; 7] = [
    Damage::Utf16,
    Damage::Unwrapped,
    Damage::Whitespace("clientSecret", "\\u0020", "\\n"),
    Damage::Whitespace("imsEndpoint", "\u{FEFF}", ""),
    Damage::Endpoint("https://IMS-na1.adobelogin.com:443\\/"),
    Damage::Metascopes("ent_aem_cloud_api ; \\u0065nt_cloudmgr_sdk,"),
    Damage::Newlines("privateKey", "\\\\n"),
];

#[test]
fn a_file_with_all_six_defects_becomes_sound_at_once() {
    for layout in [Layout::Issued, Layout::CarriageReturns, Layout::Tabs, Layout::OneLine, Layout::Unended] {
        let before = damaged(&ALL_SIX, layout);
        let folder = Folder::new(&[("a.json", &before)]);
        let (open, rest) = findings(&folder.check(&["--format=json", "a.json"]).out);
        let mut rules: Vec<_> = open.iter().map(|finding| finding.split(' ').next().unwrap()).collect();
        rules.sort_unstable();
        rules.dedup();
        let mut all = fixable();
        all.sort_unstable();
        assert_eq!((rules, rest.len()), (all.iter().map(String::as_str).collect(), 0), "{layout:?}");
        let fixed = folder.check(&["--fix", "a.json"]);
        assert_eq!(fixed.code, 0, "{layout:?}: {}{}", fixed.out, fixed.err);
        assert!(fixed.err.starts_with(&format!("aemcred: fixed {} findings in 1 file\n", open.len())));
        for rule in fixable() {
            assert!(fixed.err.contains(&format!(": {rule}: ")), "{rule}: {}", fixed.err);
        }
        // Byte for byte, but for the depth of the indentation: that of the wrapper is a guess.
        let unindented =
            |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap().replace("  ", "").replace('\t', "");
        assert!(unindented(&folder.read("a.json")) == unindented(&damaged(&[], layout)), "{layout:?}");
    }
}

fn damage() -> impl Strategy<Value = Vec<Damage>> {
    let encoding = prop_oneof![
        3 => Just(vec![]),
        1 => Just(vec![Damage::Mark]),
        1 => Just(vec![Damage::Utf16]),
        1 => Just(vec![Damage::Utf16, Damage::Mark]),
        1 => Just(vec![Damage::Utf32]),
    ];
    let wrapper = prop_oneof![Just(vec![]), Just(vec![Damage::Unwrapped])];
    let field = prop::sample::select(vec![
        "clientId",
        "clientSecret",
        "email",
        "id",
        "org",
        "metascopes",
        "imsEndpoint",
        "certificateExpirationDate",
    ]);
    let around = || {
        prop::sample::select(vec![
            "",
            "",
            " ",
            "\\n",
            "\\r\\n",
            "\\u0020",
            "\t\u{20}",
            "\u{A0}",
            "\\u200B",
            "\\uDB40\\uDC01",
        ])
    };
    let whitespace = (field, around(), around()).prop_map(|(field, before, after)| {
        // A tab as such can't stand in a string.
        Damage::Whitespace(field, before.trim_start_matches('\t'), after.trim_start_matches('\t'))
    });
    let endpoint = prop::sample::select(vec![
        vec![],
        vec![Damage::Endpoint("https://ims-na1.adobelogin.com/")],
        vec![Damage::Endpoint("HTTP:\\/\\/ims-na1.adobelogin.com:80\\/ims?x#y")],
        vec![Damage::Endpoint("IMS_na1..adobelogin\\u200B.com.")],
    ]);
    let metascopes = prop::sample::select(vec![
        vec![],
        vec![Damage::Metascopes("ent_aem_cloud_api, ent_cloudmgr_sdk")],
        vec![Damage::Metascopes("ent_aem_cloud_api;ent_cloudmgr_sdk,ent_aem_cloud_api")],
        vec![Damage::Metascopes("[\\\"ent_aem_cloud_api\\\",\\\"ent_cloudmgr_sdk\\\"]")],
        vec![Damage::Metascopes(",ent_aem_cloud_api,,https://ims-na1.adobelogin.com/s/ent_cloudmgr_sdk")],
        vec![Damage::Metascopes("'ent_aem_cloud_api' ent_cloudmgr_sdk")],
    ]);
    let newlines = |field: &'static str| {
        prop::sample::select(vec!["\\r\\n", " ", "", "\\\\n", "\\\\r\\\\n", "\\\\\\\\n", "\\r", " \\\\n "])
            .prop_map(move |line_break| Damage::Newlines(field, line_break))
    };
    let whitespaces = prop::collection::vec(whitespace, 0..3);
    let keys =
        (newlines("privateKey"), newlines("publicKey")).prop_map(|(key, certificate)| vec![key, certificate]);
    (encoding, wrapper, whitespaces, endpoint, metascopes, keys).prop_map(
        |(encoding, wrapper, whitespaces, endpoint, metascopes, keys)| {
            // White space comes last: it is put around the damaged value.
            [encoding, wrapper, keys, endpoint, metascopes, whitespaces].concat()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever was done to a sound credential, in whatever combination and layout: it comes out with the values that it
    /// had, the key to the bit, and there is nothing to fix any more.
    #[test]
    fn any_damage_that_takes_nothing_can_be_undone(
        damages in damage(),
        layout in prop::sample::select(vec![
            Layout::Issued, Layout::CarriageReturns, Layout::Tabs, Layout::OneLine, Layout::Unended,
        ]),
    ) {
        let before = damaged(&damages, layout);
        let folder = Folder::new(&[("a.json", &before)]);
        let arguments = |more: &[&str]| {
            let fixed = ["check", "--quiet"].iter().chain(more).map(PathBuf::from);
            run(fixed.chain([folder.path("a.json")]))
        };
        let fixed = arguments(&["--fix"]);
        prop_assert_eq!((fixed.code, fixed.out.as_str(), fixed.err.as_str()), (0, "", ""), "{:?}", damages);
        let after = folder.read("a.json");
        let value: Value = serde_json::from_slice(&after).unwrap();
        prop_assert!(value == serde_json::from_str::<Value>(&undamaged()).unwrap(), "{damages:?}");
        let text = String::from_utf8(after.clone()).unwrap();
        prop_assert_eq!(text.ends_with('\n'), !matches!(layout, Layout::OneLine | Layout::Unended));
        prop_assert_eq!(text.contains("\r\n"), matches!(layout, Layout::CarriageReturns));
        prop_assert!(!text.replace("\r\n", "").contains('\r'));
        prop_assert_eq!(text.contains('\t'), matches!(layout, Layout::Tabs));
        arguments(&["--fix"]);
        prop_assert!(folder.read("a.json") == after, "{damages:?}");
    }
}

#[test]
fn duplicate_keys_stay_and_the_one_that_counts_is_fixed() {
    let text = sound().replace(
        "\"imsEndpoint\": \"ims-na1.adobelogin.com\"",
        "\"imsEndpoint\": \"https://x\", \"imsEndpoint\": \" ims-na1.adobelogin.com/\"",
    );
    let folder = Folder::new(&[("a.json", text.as_bytes())]);
    let fixed = folder.check(&["--fix", "--format=json", "a.json"]);
    assert_eq!(findings(&fixed.out).1, ["document-duplicate-key /integration/imsEndpoint"]);
    assert_eq!(fixed.code, 0, "what is left is a warning");
    let expected = text.replace("\" ims-na1.adobelogin.com/\"", "\"ims-na1.adobelogin.com\"");
    assert!(folder.read("a.json") == expected.as_bytes());
}

#[test]
fn what_cannot_be_fixed_beyond_doubt_is_not_offered() {
    let sound = sound();
    let lost = value_of(&sound, "privateKey").replace("\\r\\n", " ");
    let latin1 =
        sound.replacen("\"org\"", "\"caf\u{1}\": 0, \"org\"", 1).replace("AdobeOrg\"", "AdobeOrg \"");
    let latin1: Vec<u8> = latin1.bytes().map(|byte| if byte == 1 { 0xE9 } else { byte }).collect();
    let replaced = |from: &str, to: &str| {
        assert!(sound.contains(from), "{from}");
        sound.replacen(from, to, 1).into_bytes()
    };
    let table = [
        ("rubbish for an endpoint", replaced("ims-na1.adobelogin.com", "https://:/"), 1),
        ("an endpoint of others", replaced("ims-na1.adobelogin.com", "https://evil.example/"), 1),
        ("scopes joined wrongly", replaced("ent_aem_cloud_api", "ent_aem_cloud api"), 1),
        ("two blocks", replaced(value_of(&sound, "privateKey"), &format!("{lost}{lost}")), 1),
        ("half a block", replaced(value_of(&sound, "privateKey"), &lost[..900]), 1),
        ("a text beside the block", replaced(value_of(&sound, "privateKey"), &format!("key: {lost}")), 1),
        // Bad bytes are lost in the text, so it can't be written back.
        ("no UTF-8", latin1, 1),
        ("no JSON", format!("\u{FEFF}{}", &sound[..900]).into_bytes(), 1),
    ];
    for (what, text, code) in table {
        let folder = Folder::new(&[("a.json", &text)]);
        let before = folder.check(&["--format=json", "a.json"]);
        let (open, rest) = findings(&before.out);
        assert!(open.is_empty() && !rest.is_empty(), "{what}: {open:?}");
        let fixed = folder.check(&["--fix", "--format=json", "a.json"]);
        assert_eq!((fixed.out, fixed.err.as_str(), fixed.code), (before.out, "", code), "{what}");
        assert!(folder.read("a.json") == text, "{what}");
        assert!(!folder.check(&["a.json"]).out.contains("--fix"), "{what}");
    }
}

#[test]
fn only_what_is_reported_is_fixed() {
    let both = damaged(&[Damage::Endpoint("https://ims-na1.adobelogin.com"), ALL_SIX[2]], Layout::Issued);
    let endpoint_left = damaged(&[Damage::Endpoint("https://ims-na1.adobelogin.com")], Layout::Issued);
    let ignored = "[[ignore]]\nrule = \"ims-endpoint-form\"\nreason = \"the tool cuts it off\"\n";
    let by_pointer = format!("{ignored}pointer = \"/integration/imsEndpoint\"\n");
    let folder = || {
        let folder = Folder::new(&[("a.json", &both), ("ignored.toml", ignored.as_bytes())]);
        fs::write(folder.path("pointer.toml"), &by_pointer).unwrap();
        folder
    };
    for arguments in [
        &["--only=field-whitespace"][..],
        &["--severity=ims-endpoint-form=off"],
        &["--config=ignored.toml"],
        &["--config=pointer.toml"],
    ] {
        let folder = folder();
        let fixed = folder.check(&[arguments, &["--fix", "a.json"]].concat());
        assert_eq!(fixed.code, 0, "{arguments:?}: {}{}", fixed.out, fixed.err);
        assert!(
            fixed.err.starts_with("aemcred: fixed 1 finding in 1 file\n"),
            "{arguments:?}: {}",
            fixed.err
        );
        assert!(folder.read("a.json") == endpoint_left, "{arguments:?}");
    }
    let folder = folder();
    folder.check(&["--only=ims-endpoint-form", "--write-baseline=known.json", "a.json"]);
    let fixed = folder.check(&["--baseline=known.json", "--fix", "a.json"]);
    assert_eq!(fixed.code, 0, "{}{}", fixed.out, fixed.err);
    assert!(folder.read("a.json") == endpoint_left);
    // What is known stays so when its place gets another name.
    let bare = damaged(&[Damage::Unwrapped, ALL_SIX[2]], Layout::Issued);
    fs::write(folder.path("a.json"), bare).unwrap();
    let entry = by_pointer.replace("ims-endpoint-form", "field-whitespace");
    let entry = entry.replace("/integration/imsEndpoint", "/technicalAccount/clientSecret");
    fs::write(folder.path("pointer.toml"), entry).unwrap();
    let fixed = folder.check(&["--config=pointer.toml", "--fix", "a.json"]);
    assert!(fixed.err.starts_with("aemcred: fixed 1 finding in 1 file\n"), "{}", fixed.err);
    let secret = value_of(&sound(), "clientSecret").to_owned();
    assert!(String::from_utf8(folder.read("a.json")).unwrap().contains(&format!("\"\\u0020{secret}\\n\"")));
}

#[test]
fn another_encoding_stays_where_it_must() {
    let marked = damaged(&[Damage::Mark, ALL_SIX[2]], Layout::Issued);
    let wide = damaged(&[Damage::Utf16, ALL_SIX[2]], Layout::Issued);
    let folder = Folder::new(&[("marked.json", &marked), ("wide.json", &wide)]);
    fs::write(
        folder.path("aemcred.toml"),
        "[[ignore]]\nrule = \"document-encoding\"\nreason = \"the tool reads it\"\n",
    )
    .unwrap();
    let fixed = folder.check(&["--fix", "marked.json", "wide.json"]);
    assert_eq!(fixed.code, 2);
    assert!(fixed.err.contains("error: wide.json: it was not fixed: it is UTF-16LE"), "{}", fixed.err);
    assert!(folder.read("wide.json") == wide);
    assert!(folder.read("marked.json") == damaged(&[Damage::Mark], Layout::Issued));
    // Without the rule nothing is offered, so nothing fails.
    let off = folder.check(&["--no-config", "--severity=document-encoding=off", "--fix", "wide.json"]);
    assert_eq!((off.code, off.err.as_str()), (1, ""), "{}", off.out);
    assert!(!off.out.contains("--fix") && folder.read("wide.json") == wide);
}

#[test]
fn a_fix_that_would_bring_a_new_error_is_not_made() {
    // The wrapper makes the file larger than it may be, and nests it deeper than it may be.
    let bare = damaged(&[Damage::Unwrapped], Layout::Issued);
    let limit = format!("--max-size={}", bare.len());
    let deep = format!("{}0{}", "[".repeat(127), "]".repeat(127));
    let text = String::from_utf8(bare.clone()).unwrap();
    let deep =
        text.replacen("\"imsEndpoint\"", &format!("\"deep\": {deep}, \"imsEndpoint\""), 1).into_bytes();
    for (contents, arguments, reason) in [
        (&bare, &["--only=document-wrapper", &limit][..], "cause a new error (document-size)"),
        (&deep, &[], "make it invalid JSON"),
    ] {
        let folder = Folder::new(&[("a.json", contents)]);
        for mode in ["--fix", "--diff"] {
            let refused = folder.check(&[arguments, &[mode, "a.json"]].concat());
            assert_eq!(refused.code, 2, "{}", refused.err);
            assert!(refused.err.starts_with("error: a.json: it was not fixed: "), "{}", refused.err);
            assert!(refused.err.contains(reason), "{}", refused.err);
            assert!(folder.read("a.json") == *contents, "{reason}");
        }
    }
}

#[test]
fn walks_and_lists_are_fixed_and_other_files_are_not() {
    let bad = fixture_bytes("pem-newlines/bad.json");
    let foreign = "\u{FEFF}{\"hello\": \"privateKey\"}".as_bytes();
    let folder =
        Folder::new(&[("named.json", &bad), ("foreign.json", foreign), ("list", b"named.json\nsub\n")]);
    fs::create_dir(folder.path("sub")).unwrap();
    fs::write(folder.path("sub/met"), &bad).unwrap();
    let listed = folder.check(&["--fix", "--files-from=list"]);
    assert_eq!(listed.code, 0, "{}", listed.err);
    assert!(listed.err.starts_with("aemcred: fixed 2 findings in 2 files\n  named.json:"), "{}", listed.err);
    fs::write(folder.path("sub/met"), &bad).unwrap();
    let walked = folder.check(&["--fix", "."]);
    assert!(walked.err.contains("aemcred: fixed 1 finding in 1 file\n  ./sub/met:"), "{}", walked.err);
    assert!(folder.read("foreign.json") == foreign);
    assert_eq!(folder.check(&["--quiet", "--fix", "sub"]).err, "");
}

#[test]
fn a_file_that_is_named_twice_is_fixed_once() {
    let folder = Folder::new(&[("a.json", &fixture_bytes("field-whitespace/bad.json"))]);
    let fixed = folder.check(&["--fix", "--format=json", "a.json", "./a.json", "."]);
    assert_eq!(fixed.code, 0, "{}", fixed.err);
    assert!(fixed.err.contains("aemcred: fixed 1 finding in 1 file\n"), "{}", fixed.err);
    let report: Value = serde_json::from_str(&fixed.out).unwrap();
    assert!(report["summary"]["files"].as_u64() >= Some(2), "each name has its result: {}", fixed.out);
}

#[test]
fn standard_input_can_be_shown_and_never_written() {
    let bad = fixture_bytes("field-whitespace/bad.json");
    for arguments in [&["check", "--fix", "-"][..], &["check", "--fix", "-", "a.json"]] {
        let refused = run_with_input(arguments, &bad);
        assert_eq!((refused.code, refused.out.as_str()), (2, ""));
        assert!(refused.err.starts_with("error: --fix writes to files, and standard input is none"));
    }
    let shown = run_with_input(["check", "--diff", "--stdin-filename=a.json", "-"], &bad);
    assert!(shown.out.contains("\n--- a.json\n+++ a.json\n@@ "), "{}", shown.out);
    assert_eq!((shown.code, shown.err.as_str()), (1, "aemcred: --fix would correct 1 finding in 1 file\n"));
    let text = run_with_input(["check", "-"], &bad).out;
    assert!(text.contains("fix: remove") && !text.contains("--fix"), "there is no file to write to: {text}");
    for conflict in [&["--fix", "--diff"][..], &["--diff", "--format=json"]] {
        assert_eq!(run([&["check"], conflict, &["a.json"]].concat()).code, 2);
    }
}

#[test]
fn the_diff_shows_what_fix_writes() {
    let folder = Folder::new(&[
        (
            "a.json",
            &damaged(
                &[Damage::Endpoint("https://ims-na1.adobelogin.com/"), ALL_SIX[2]],
                Layout::CarriageReturns,
            ),
        ),
        ("b.json", &fixture_bytes("document-encoding/bad.json")),
    ]);
    let before = [folder.read("a.json"), folder.read("b.json")];
    let shown = folder.check(&["--diff", "--output=json=report.json", "a.json", "b.json"]);
    let dots = "•".repeat(36);
    let expected = format!(
        "\
# a.json:4:21: ims-endpoint-form: write only the host name:
# ims-na1.adobelogin.com
# a.json:8:24: field-whitespace: remove the invisible characters before and
# after the value of clientSecret
--- a.json
+++ a.json
@@ -4,1 +4,1 @@
-    \"imsEndpoint\": \"https://ims-na1.adobelogin.com/\",
+    \"imsEndpoint\": \"ims-na1.adobelogin.com\",
@@ -8,1 +8,1 @@
-      \"clientSecret\": \"\\•••••{dots}\\n\"
+      \"clientSecret\": \"{dots}\"
# b.json:1:1: document-encoding: write the file as UTF-8 without a byte-order
# mark; no character changes
--- b.json
+++ b.json
# the text stays the same, and only its bytes are others
"
    );
    assert_eq!(shown.out, expected);
    assert_eq!((shown.code, shown.err.as_str()), (1, "aemcred: --fix would correct 3 findings in 2 files\n"));
    assert_eq!(before, [folder.read("a.json"), folder.read("b.json")]);
    // Reports in files are about the files as they are.
    assert_eq!(findings(&fs::read_to_string(folder.path("report.json")).unwrap()).0.len(), 3);
    let colored = folder.check(&["--diff", "--color=always", "b.json"]).out;
    assert!(colored.contains("\u{1B}[1m--- b.json\u{1B}[0m"), "{colored:?}");
    let nothing = Folder::new(&[("a.json", sound().as_bytes())]).check(&["--diff", "a.json"]);
    assert_eq!((nothing.code, nothing.out.as_str()), (0, ""));
    assert_eq!(nothing.err, "aemcred: there is nothing that --fix would change\n");
}

#[test]
fn a_change_that_the_mask_hides_is_said_in_words() {
    // The secret stands in the list, so that its letters are hidden, and the separator with them.
    let secret = value_of(&sound(), "clientSecret").to_owned();
    let text = sound().replace("ent_aem_cloud_api", &format!("ent_aem_cloud_api;{secret}"));
    let folder = Folder::new(&[("a.json", text.as_bytes())]);
    let shown = folder.check(&["--diff", "a.json"]).out;
    assert!(
        shown
            .replace("\n# ", " ")
            .contains("metascopes-form: write the same names separated by single commas\n"),
        "{shown}"
    );
    assert!(!shown.contains(&secret[4..12]));
    // A host that looks like a secret in either spelling.
    let endpoint = sound().replace("ims-na1.adobelogin.com", "A1B2C3D4E5F6.example");
    fs::write(folder.path("a.json"), endpoint).unwrap();
    fs::write(folder.path("aemcred.toml"), "trusted-ims-hosts = [\"a1b2c3d4e5f6.example\"]\n").unwrap();
    let shown = folder.check(&["--diff", "a.json"]).out;
    let dots = "•".repeat(20);
    let alike = format!(
        "\n-    \"imsEndpoint\": \"{dots}\",\n+    \"imsEndpoint\": \"{dots}\",\n\\ what differs here is in characters \
         that are not shown\n"
    );
    assert!(shown.contains(&alike), "{shown}");
    assert!(shown.contains(": ims-endpoint-form: write only the host name\n"), "{shown}");
}

#[test]
fn nothing_leaks_from_fixing_any_fixture() {
    let mut inputs: Vec<Vec<u8>> = fixtures().iter().map(|path| fs::read(path).unwrap()).collect();
    for layout in [Layout::Issued, Layout::OneLine] {
        inputs.push(damaged(&ALL_SIX, layout));
        inputs.push(damaged(&ALL_SIX[1..], layout));
    }
    let mut original = Secrets::of(sound().as_bytes());
    original.also(&Secrets::of(undamaged().as_bytes()));
    for input in inputs {
        let secrets = Secrets::of(&input);
        for arguments in [
            &["--diff"][..],
            &["--diff", "--color=always"],
            &["--format=json", "--output=sarif=r.sarif", "--output=rdjson=r.rdjson"],
            &["--fix"],
            &["--fix", "--format=json"],
        ] {
            let folder = Folder::new(&[("a.json", &input)]);
            let run = folder.check(&[arguments, &["a.json"]].concat());
            let reports = ["r.sarif", "r.rdjson"].map(|name| fs::read_to_string(folder.path(name)).ok());
            for output in reports.iter().flatten().chain([&run.out, &run.err]) {
                // The table of rules in SARIF holds no document.
                let results = output.split("\"invocations\"").last().unwrap();
                secrets.assert_absent(results, &format!("{arguments:?}"));
                original.assert_absent(results, &format!("{arguments:?}"));
            }
        }
    }
}

#[test]
fn the_key_stays_the_same_number_as_others_read_it() {
    let read = |pem: &str| -> Option<String> {
        let folder = Folder::new(&[("key.pem", pem.as_bytes())]);
        let mut openssl = Command::new("openssl");
        openssl.args(["rsa", "-noout", "-modulus", "-in"]).arg(folder.path("key.pem"));
        let output = oracle(&mut openssl)?;
        assert!(output.status.success(), "openssl can't read the key");
        Some(String::from_utf8(output.stdout).unwrap())
    };
    let key = |bytes: &[u8]| -> String {
        let document: Value = serde_json::from_slice(bytes).unwrap();
        document["integration"]["privateKey"].as_str().unwrap().to_owned()
    };
    let Some(before) = read(&key(sound().as_bytes())) else { return };
    assert!(before.starts_with("Modulus=") && before.len() > 512, "{before}");
    for line_break in [" ", "", "\\\\n", "\\\\r\\\\n", "\\r"] {
        let damages = [Damage::Newlines("privateKey", line_break), Damage::Unwrapped];
        let folder = Folder::new(&[("a.json", &damaged(&damages, Layout::Issued))]);
        assert_eq!(folder.check(&["--fix", "a.json"]).code, 0, "{line_break}");
        assert!(key(&folder.read("a.json")) == key(sound().as_bytes()), "{line_break}: to the bit");
        assert_eq!(read(&key(&folder.read("a.json"))), Some(before.clone()), "{line_break}");
    }
}

#[test]
fn node_signs_with_what_was_fixed() {
    const SIGN: &str = "
        const { integration } = JSON.parse(require('fs').readFileSync('a.json', 'utf8'));
        const { createSign, createVerify } = require('crypto');
        const signature = createSign('RSA-SHA256').update('x').sign(integration.privateKey);
        process.exit(createVerify('RSA-SHA256').update('x').verify(integration.publicKey, signature) ? 0 : 3);";
    let folder = Folder::new(&[("a.json", &damaged(&ALL_SIX, Layout::CarriageReturns))]);
    let sign = |folder: &Folder| {
        let mut node = Command::new("node");
        node.args(["-e", SIGN]).current_dir(folder.0.path());
        Some(oracle(&mut node)?.status.success())
    };
    let Some(before) = sign(&folder) else { return };
    assert!(!before, "it is broken before");
    assert_eq!(folder.check(&["--fix", "a.json"]).code, 0);
    assert_eq!(sign(&folder), Some(true));
}

#[test]
fn mode_owner_and_links_are_kept() {
    let bad = fixture_bytes("field-whitespace/bad.json");
    let folder = Folder::new(&[("a.json", &bad)]);
    fs::set_permissions(folder.path("a.json"), fs::Permissions::from_mode(0o640)).unwrap();
    let owned = std::os::unix::fs::chown(folder.path("a.json"), Some(4242), Some(4343)).is_ok();
    symlink("a.json", folder.path("link.json")).unwrap();
    let refused = folder.check(&["--fix", "link.json"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused
            .err
            .contains("error: link.json: it was not fixed: it is a link to a.json, and a fix goes only"),
        "{}",
        refused.err
    );
    assert!(refused.out.contains("field-whitespace"), "what is left is reported");
    assert_eq!(folder.check(&["--diff", "link.json"]).code, 2, "what it would do");
    fs::hard_link(folder.path("a.json"), folder.path("twin.json")).unwrap();
    let refused = folder.check(&["--fix", "a.json"]);
    assert!(refused.err.contains("error: a.json: it was not fixed: it has 2 names"), "{}", refused.err);
    assert!(folder.read("a.json") == bad);
    fs::remove_file(folder.path("twin.json")).unwrap();
    assert_eq!(folder.check(&["--fix", "a.json"]).code, 0);
    let after = fs::metadata(folder.path("a.json")).unwrap();
    assert_eq!(after.mode() & 0o7777, 0o640);
    if owned {
        assert_eq!((after.uid(), after.gid()), (4242, 4343));
    }
    assert_eq!(folder.check(&["--fix", "link.json"]).code, 0, "a link to a sound file needs no fix");
    assert!(fs::symlink_metadata(folder.path("link.json")).unwrap().is_symlink());
    assert_eq!(folder.names(), ["a.json", "link.json"]);
}

/// Runs `aemcred` as somebody without any rights; nothing where that isn't possible.
fn as_nobody(folder: &Folder, arguments: &[&str]) -> Option<Run> {
    use std::os::unix::process::CommandExt as _;
    // A copy that anybody may run: the folder of the build may be closed to others.
    let copy = folder.path("program");
    fs::copy(env!("CARGO_BIN_EXE_aemcred"), &copy).unwrap();
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(&copy);
    command.env_clear().uid(65534).gid(65534).current_dir(folder.0.path());
    command.arg("check").arg(format!("--now={NOW}")).args(arguments).stdin(Stdio::null());
    let output = command.output().ok()?;
    fs::remove_file(copy).unwrap();
    Some(Run {
        code: output.status.code().unwrap().try_into().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    })
}

#[test]
fn what_may_not_be_written_stays() {
    let bad = fixture_bytes("field-whitespace/bad.json");
    let folder = Folder::new(&[("a.json", &bad)]);
    let allow = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    allow(&folder.path("a.json"), 0o444);
    let refused = folder.check(&["--fix", "a.json"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.err.contains("error: a.json: it was not fixed: it is write-protected"),
        "{}",
        refused.err
    );
    allow(&folder.path("a.json"), 0o644);
    // A folder that is closed to others, then one in which they may write though the file isn't theirs.
    for (mode, reason) in [(0o755, "it can't be written: "), (0o777, "its owner can't be kept: ")] {
        allow(folder.0.path(), mode);
        let Some(refused) = as_nobody(&folder, &["--fix", "a.json"]) else {
            missing("root");
            return;
        };
        assert_eq!(refused.code, 2, "{}", refused.err);
        let start = format!("error: a.json: it was not fixed: {reason}");
        assert!(refused.err.contains(&start), "{}", refused.err);
        assert!(refused.out.contains("field-whitespace"), "what is left is reported");
        assert!(folder.read("a.json") == bad);
        assert_eq!(folder.names(), ["a.json"], "no temporary file is left");
    }
}

#[test]
fn a_full_disk_loses_nothing() {
    let folder = Folder::new(&[]);
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"])
        .arg(folder.0.path())
        .stderr(Stdio::null())
        .status();
    if !mounted.is_ok_and(|status| status.success()) {
        missing("mount");
        return;
    }
    let bad = fixture_bytes("pem-newlines/bad.json");
    fs::write(folder.path("a.json"), &bad).unwrap();
    // Fills what is left to the last byte.
    let _ = fs::write(folder.path("filler"), vec![0; 128 * 1024]);
    let refused = folder.check(&["--fix", "a.json"]);
    let (kept, names) = (folder.read("a.json"), folder.names());
    fs::remove_file(folder.path("filler")).unwrap();
    let fixed = folder.check(&["--fix", "a.json"]);
    let remounted = |options: &str| {
        Command::new("mount").args(["-o", options]).arg(folder.0.path()).status().unwrap().success()
    };
    fs::write(folder.path("a.json"), &bad).unwrap();
    let read_only = remounted("remount,ro").then(|| folder.check(&["--fix", "a.json"]));
    let kept_again = folder.read("a.json");
    assert!(Command::new("umount").arg(folder.0.path()).status().unwrap().success());
    for refused in [Some(refused), read_only].into_iter().flatten() {
        assert_eq!(refused.code, 2, "{}", refused.err);
        assert!(
            refused.err.contains("error: a.json: it was not fixed: it can't be written: "),
            "{}",
            refused.err
        );
    }
    assert!(kept == bad && kept_again == bad);
    assert_eq!(names, ["a.json", "filler"], "no temporary file is left");
    assert_eq!(fixed.code, 0, "{}", fixed.err);
}

#[test]
fn services_get_the_edits_that_may_be_shown() {
    let apply = |text: &str, report: &Value| -> Option<String> {
        let replacements = report.pointer("/runs/0/results/0/fixes/0/artifactChanges/0/replacements")?;
        let mut lines: Vec<Vec<char>> = text.split('\n').map(|line| line.chars().collect()).collect();
        for replacement in replacements.as_array().unwrap().iter().rev() {
            let number = |name: &str| {
                usize::try_from(replacement["deletedRegion"][name].as_u64().unwrap()).unwrap() - 1
            };
            assert_eq!(number("startLine"), number("endLine"), "no fix goes over a line's end");
            let text = replacement["insertedContent"]["text"].as_str().unwrap();
            lines[number("startLine")].splice(number("startColumn")..number("endColumn"), text.chars());
        }
        Some(lines.iter().map(|line| line.iter().collect::<String>()).collect::<Vec<_>>().join("\n"))
    };
    for (rule, shown, one) in [
        ("document-wrapper", true, false),
        ("field-whitespace", true, true),
        ("ims-endpoint-form", true, true),
        ("metascopes-form", true, true),
        // A key is never shown, and other bytes are no edit of the text.
        ("pem-newlines", false, false),
        ("document-encoding", false, false),
    ] {
        let bad = fixture_bytes(&format!("{rule}/bad.json"));
        let folder = Folder::new(&[("a.json", &bad)]);
        let check = |format: &str| -> Value {
            serde_json::from_str(&folder.check(&["--format", format, "a.json"]).out).unwrap()
        };
        let by_report = apply(std::str::from_utf8(&bad).unwrap(), &check("sarif"));
        assert_eq!(by_report.is_some(), shown, "{rule}");
        let suggestions = check("rdjson")["diagnostics"][0]["suggestions"].as_array().map(Vec::len);
        assert_eq!(suggestions, one.then_some(1), "{rule}");
        folder.check(&["--fix", "a.json"]);
        assert!(by_report.is_none_or(|text| text.into_bytes() == folder.read("a.json")), "{rule}");
    }
}
