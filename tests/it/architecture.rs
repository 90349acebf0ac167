//! The building's plan, held to: imports go only down the list of `docs/architecture.md`, and the library neither
//! reads the clock nor the environment.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{children, root};

/// The rooms, upper floors first. A file may use what stands below its own room, and its own room.
const FLOORS: &[&[&str]] = &[
    &["cli", "internals"],
    &["report", "face"],
    &["generate"],
    &["compare", "renewal"],
    &["inventory"],
    &["baseline", "config"],
    &["fix"],
    &["inspect", "redact"],
    &["examine"],
    &["discover", "git"],
    &["unwrap"],
    &["rules"],
    &["rule", "finding", "published", "record"],
    &["gate"],
    &["credential"],
    &["json"],
    &["source", "secret"],
];

/// Lower floors that know an upper one, and why.
const EXCEPTIONS: &[(&str, &str)] = &[
    // A field knows its place, and a place is what findings are made of.
    ("credential", "finding"),
];

/// Files and folders of tests, which may use everything.
const TEST_ONLY: &[&str] = &["tests", "tests.rs", "testing", "testing.rs", "synthetic.rs"];

/// The file up to its tests.
pub(crate) fn without_tests(text: &str) -> &str {
    let tests = ["#[cfg(test)]\nmod", "#[cfg(test)]\npub(crate) mod", "#[cfg(all(test"]
        .iter()
        .filter_map(|mark| text.find(mark))
        .min();
    &text[..tests.unwrap_or(text.len())]
}

pub(crate) fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in children(folder) {
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn floor(room: &str) -> usize {
    FLOORS.iter().position(|rooms| rooms.contains(&room)).unwrap_or_else(|| panic!("{room} is on no floor"))
}

#[test]
fn imports_go_down() {
    let src = root().join("src");
    for path in sources(&src) {
        let room = path.strip_prefix(&src).unwrap().iter().next().unwrap().to_string_lossy();
        let room = room.trim_end_matches(".rs").to_owned();
        let test_only = path.components().any(|part| TEST_ONLY.iter().any(|name| part.as_os_str() == *name));
        if room == "lib" || room == "main" || test_only {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = without_tests(&text);
        for (at, mark) in code.match_indices("crate::") {
            let used = &code[at + mark.len()..];
            let used: String = used.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            let allowed = EXCEPTIONS.contains(&(room.as_str(), used.as_str()));
            assert!(
                allowed || floor(&used) >= floor(&room),
                "{}: {room} uses {used}, which stands above it",
                path.display()
            );
        }
    }
}

/// The rooms of `unwrap`, upper floors first. Files of one of the [`READERS`] don't know each other.
const UNWRAP_FLOORS: &[&[&str]] = &[
    &["driver"],
    &["prose"],
    &["container", "syntax"],
    &["find"],
    &["decode"],
    &["piece"],
    &["shared"],
    &["limits"],
    &["place"],
];

/// Folders of `unwrap` with a file for each wrapping.
const READERS: &[&str] = &["container", "decode", "prose", "syntax"];

/// What is inside something is said by a file that knows neither the driver nor another wrapping; only the list of its
/// folder names it. What several need is in `shared`.
#[test]
fn a_wrapping_knows_no_other() {
    let src = root().join("src/unwrap");
    for path in sources(&src) {
        let name = path.strip_prefix(&src).unwrap().with_extension("");
        let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
        let room = parts[0].as_ref();
        if room == "tests" {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = without_tests(&text);
        assert!(!code.contains("super::"), "{}: name it from `crate::unwrap` on", path.display());
        for (at, mark) in code.match_indices("crate::unwrap::") {
            let used: String =
                code[at + mark.len()..].chars().take_while(|c| !matches!(c, ';' | ' ' | '(' | '{')).collect();
            let used: Vec<&str> = used.trim_end_matches("::").split("::").collect();
            let Some(floor) = UNWRAP_FLOORS.iter().position(|rooms| rooms.contains(&used[0])) else {
                let is_type = used[0].is_empty() || used[0].starts_with(char::is_uppercase);
                assert!(is_type || room == "driver", "{}: {used:?} is on no floor", path.display());
                continue;
            };
            let own = UNWRAP_FLOORS.iter().position(|rooms| rooms.contains(&room)).unwrap();
            assert!(floor >= own, "{}: {room} uses {}, which is above it", path.display(), used[0]);
            let is_list = parts.len() == 1;
            let is_sibling = used[0] == room
                && READERS.contains(&room)
                && used.get(1).is_some_and(|used| {
                    used.starts_with(char::is_lowercase) && Some(*used) != parts.get(1).map(|part| &**part)
                });
            assert!(is_list || !is_sibling, "{}: {used:?} is another wrapping", path.display());
            assert!(floor > own || used[0] == room, "{}: {used:?} is beside it", path.display());
        }
    }
}

/// Names and signatures by which credentials and files are known stand in one table each; what looks for them derives its
/// list from it.
#[test]
fn names_and_signatures_stand_once() {
    let src = root().join("src");
    let owners = ["credential/field.rs", "credential/distinctive.rs", "source/signature.rs"]
        .map(|name| src.join(name));
    let names = ["\"imsEndpoint\"", "\"technicalAccount\"", "\"META_SCOPE"];
    let signatures = [
        "\\x1F\\x8B",
        "0x1F, 0x8B",
        "b\"PK",
        "ustar",
        "7zXZ",
        "\\x28\\xB5",
        "7z\\xBC",
        "Rar!",
        "GITCRYPT",
        "$ANSIBLE",
        "age-encryption",
    ];
    for path in sources(&src).into_iter().filter(|path| !owners.contains(path)) {
        let test_only = path.components().any(|part| TEST_ONLY.iter().any(|name| part.as_os_str() == *name));
        // What an archive holds is read by its own signatures, and generated documents have names.
        let is_exempt =
            ["unwrap/container/zip.rs", "unwrap/container/tar.rs"].iter().any(|name| path == src.join(name))
                || path.starts_with(src.join("generate"));
        if test_only || is_exempt {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code: String =
            without_tests(&text).lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for what in names.iter().chain(&signatures) {
            assert!(!code.contains(what), "{} has a list of its own: {what}", path.display());
        }
    }
}

/// The command line knows arguments, files and the terminal, and nothing of documents.
#[test]
fn the_command_line_knows_no_documents() {
    for path in sources(&root().join("src/cli")).into_iter().chain([root().join("src/cli.rs")]) {
        let text = fs::read_to_string(&path).unwrap();
        let code = without_tests(&text);
        for room in ["credential", "unwrap", "json"] {
            let names = ["::", ";", "}"].map(|end| format!("crate::{room}{end}"));
            assert!(!names.iter().any(|name| code.contains(name)), "{} names {room}", path.display());
        }
    }
}

#[test]
fn names_of_files_pass_the_gate() {
    let src = root().join("src");
    for path in sources(&src) {
        let text = fs::read_to_string(&path).unwrap();
        let is_gate =
            ["gate.rs", "source/display.rs", "examine/judge.rs"].iter().any(|name| path == src.join(name));
        let test_only = path.components().any(|part| TEST_ONLY.iter().any(|name| part.as_os_str() == *name));
        for maker in ["PathName::new(", "PathName::from_bytes(", ".display()"] {
            let is_made = without_tests(&text).contains(maker);
            assert!(
                !is_made || is_gate || test_only,
                "{}: {maker} goes around `gate::path_name`",
                path.display()
            );
        }
    }
}

#[test]
fn files_are_no_longer_than_one_idea() {
    for path in sources(&root().join("src")) {
        let text = fs::read_to_string(&path).unwrap();
        let lines = without_tests(&text).lines().count();
        assert!(lines <= 450, "{} has {lines} lines: split it by idea", path.display());
        assert!(
            text.starts_with("//!") || path.starts_with(root().join("src/rules")),
            "{} says what it owns",
            path.display()
        );
    }
}

#[test]
fn nothing_opens_a_socket() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    for name in
        ["socket2", "tokio", "mio", "hyper", "reqwest", "ureq", "curl", "rustls", "native-tls", "quinn"]
    {
        assert!(!lock.contains(&format!("name = \"{name}\"\n")), "{name} is in the dependency tree");
    }
    for path in sources(&root().join("src")) {
        let text = fs::read_to_string(&path).unwrap();
        // It tries in vain, towards this machine.
        if path.ends_with("cli/self_test.rs") {
            continue;
        }
        for words in ["std::net", "TcpStream", "UdpSocket", "UnixStream"] {
            assert!(!text.contains(words), "{} uses {words}", path.display());
        }
    }
}
