//! The library's face: that it doesn't grow by accident, that its guide compiles in the light build, and that this build
//! finds what the program finds.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::common::{children, fixtures, program, root};

/// What `src/lib.rs` lets out, and the functions of these types.
#[test]
fn the_face_is_what_it_was() {
    let mut face = String::new();
    let mut list = |path: &Path, wanted: &dyn Fn(&str) -> bool| {
        let text = fs::read_to_string(path).unwrap();
        for line in text.lines().map(str::trim).filter(|line| wanted(line)) {
            let name = path.strip_prefix(root()).unwrap().display();
            writeln!(face, "{name}: {}", line.trim_end_matches([';', '{', ' '])).unwrap();
        }
    };
    let source = root().join("src");
    list(&source.join("lib.rs"), &|line| line.starts_with("pub "));
    let is_item = |line: &str| line.starts_with("pub fn ") || line.starts_with("pub const fn ");
    let files = children(&source.join("face")).into_iter().chain([source.join("face.rs")]);
    files.for_each(|path| list(&path, &is_item));
    let rule = fs::read_to_string(source.join("rule.rs")).unwrap();
    let settings = rule.split("impl Settings {").nth(1).unwrap().split("\n}\n").next().unwrap();
    for line in settings.lines().map(str::trim).filter(|line| is_item(line)) {
        writeln!(face, "src/rule.rs: {}", line.trim_end_matches([' ', '{'])).unwrap();
    }
    insta::assert_snapshot!("face", face);
}

/// Neither what signs nor what is random is in the light build, nor anything for the web. Of this system's crates only,
/// since no others have been downloaded.
#[test]
fn the_light_build_brings_little() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--no-default-features", "--edges=normal", "--prefix=none", "--offline", "--locked"])
        .arg("--manifest-path")
        .arg(root().join("Cargo.toml"))
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success() && tree.contains("dashu-int"),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for name in ["jsonwebtoken", "getrandom", "rand_core", "clap", "flate2", "x509-parser"] {
        assert!(
            !tree.lines().any(|line| line.split(' ').next() == Some(name)),
            "{name} is in the light build"
        );
    }
}

/// The guide's program, in a package of its own that depends on this one without default features.
#[test]
#[ignore = "slow: builds the library once more"]
fn the_guide_s_program_finds_what_the_program_finds() {
    let guide = fs::read_to_string(root().join("docs/library.md")).unwrap();
    let block = |language: &str| {
        let start = guide.split(&format!("```{language}\n")).nth(1).unwrap();
        start.split("```").next().unwrap().to_owned()
    };
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("src")).unwrap();
    fs::write(at("src/main.rs"), block("rust")).unwrap();
    let path = serde_json::to_string(root()).unwrap();
    let dependency =
        block("toml").replace("git = \"https://github.com/aemcred/aemcred\"", &format!("path = {path}"));
    assert!(dependency.contains(&path) && dependency.contains("default-features = false"), "{dependency}");
    let package = "[package]\nname = \"guide\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n";
    fs::write(at("Cargo.toml"), format!("{package}{dependency}")).unwrap();
    fs::copy(root().join("Cargo.lock"), at("Cargo.lock")).unwrap();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guide");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline", "--manifest-path"])
        .arg(at("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let ours = |path: &Path| {
        let mut command = program();
        let output = command
            .args(["check", "--format=json", "--no-unwrap", "--no-config"])
            .arg(path)
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = report["files"][0]["findings"].as_array().unwrap().clone();
        let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
        let line = |finding: &Value| {
            let (line, column) = (&finding["line"], &finding["column"]);
            let (level, rule) = (text(finding, "level"), text(finding, "rule"));
            format!("{}:{line}:{column}: {level}: {} ({rule})\n", path.display(), text(finding, "message"))
        };
        findings.iter().map(line).collect::<String>()
    };
    let mut found = 0;
    for path in fixtures() {
        let light = Command::new(target.join("debug/guide")).arg(&path).output().unwrap();
        assert!(light.status.success(), "{}", path.display());
        let light = String::from_utf8(light.stdout).unwrap();
        assert_eq!(light, ours(&path));
        found += light.lines().count();
    }
    assert!(found > 40, "{found} findings");
}
