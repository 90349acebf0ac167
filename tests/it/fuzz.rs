//! The corpora of the fuzz targets, and what the fuzzer found, as ordinary tests.

use std::fs;

use crate::common::{children, root};

#[path = "../../fuzz/targets.rs"]
mod targets;

#[test]
fn all_corpora_and_findings_are_replayed() {
    for (name, target) in targets::TARGETS {
        let corpus = children(&root().join("fuzz/corpus").join(name));
        assert!(!corpus.is_empty(), "{name} has seeds");
        let findings = root().join("fuzz/findings").join(name);
        let findings = if findings.exists() { children(&findings) } else { Vec::new() };
        for path in corpus.iter().chain(&findings) {
            eprintln!("{}", path.display());
            target(&fs::read(path).unwrap());
        }
    }
}

/// cargo-fuzz takes its targets from the manifest.
#[test]
fn every_target_is_in_the_manifest() {
    let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
    for (name, _) in targets::TARGETS {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
        let source = fs::read_to_string(root().join(format!("fuzz/fuzz_targets/{name}.rs"))).unwrap();
        assert!(source.contains(&format!("targets::{name}(bytes)")), "{name}");
    }
}
