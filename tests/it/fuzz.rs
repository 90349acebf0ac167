//! The corpora of the fuzz targets, and what the fuzzer found, as ordinary tests.

use std::fs;

use crate::common::{children, root};
use crate::unwrap::{PIECES, seeds};

#[path = "../../fuzz/targets.rs"]
mod targets;

pub(crate) use targets::places_are_sound;

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

/// Each wrapping, and what other people's programs write: with these a run begins in every reader.
#[test]
#[ignore = "writes into fuzz/target; `just fuzz-smoke` runs it"]
fn seeds_are_written() {
    let folder = root().join("fuzz/target/seeds");
    fs::create_dir_all(&folder).unwrap();
    let cases = children(&root().join("tests/it/cases")).into_iter().filter(|path| path.is_dir());
    let cases = cases.flat_map(|case| children(&case)).filter(|path| path.is_file());
    let texts = seeds().into_iter().chain(cases.map(|path| fs::read(path).unwrap()));
    for (index, bytes) in texts.enumerate() {
        // The first byte chooses what the file is called. A run begins with all seeds, so each is there under one name only, and
        // the fuzzer tries the others.
        let name = u8::try_from(index % 8).unwrap();
        fs::write(folder.join(index.to_string()), [&[name][..], &bytes].concat()).unwrap();
    }
    let escaped = |byte: u8| format!("\\x{byte:02X}");
    let entry = |piece: &&str| format!("\"{}\"\n", piece.bytes().map(escaped).collect::<String>());
    fs::write(folder.with_file_name("dictionary"), PIECES.iter().map(entry).collect::<String>()).unwrap();
}
