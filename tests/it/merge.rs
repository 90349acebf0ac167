//! `aemcred audit --merge`: lines of many runs give the inventory of one run over everything.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use aemcred::internals::generate::{PrimePool, Seed, Specification, generate_with_key};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::common::{NOW, Run, fixture, run, run_in, run_with_input};
use crate::no_leak::Secrets;

const FORMATS: [&str; 6] = ["table", "json", "csv", "markdown", "html", "sarif"];

/// A set of files in which everything belongs together somehow, and a key.
struct Set {
    folder: TempDir,
    /// All files, those without a credential last.
    files: Vec<PathBuf>,
    /// The texts that nobody may see.
    secrets: Secrets,
    /// A client secret of it.
    client_secret: String,
}

static SET: LazyLock<Set> = LazyLock::new(Set::new);

impl Set {
    fn new() -> Self {
        let pool = PrimePool::new(&Seed::from(7), 4, 2048).unwrap();
        let credential = |environment: usize, key: usize| {
            let mut specification = Specification::new(Seed::from(environment as u64), NOW.parse().unwrap());
            specification.client_id = format!("cm-p99999-e{environment}-integration-0");
            let document = generate_with_key(&specification, &pool.key(key).unwrap()).unwrap();
            String::from_utf8(document.expose().clone()).unwrap()
        };
        let text = |document: &str, pointer: &str| {
            let document: Value = serde_json::from_str(document).unwrap();
            document.pointer(pointer).unwrap().as_str().unwrap().to_owned()
        };
        let sound = fixture("key-pair-mismatch/good.json");
        let secret = text(&sound, "/integration/technicalAccount/clientSecret");
        let redact = |document: &str| {
            run_with_input(["redact", "--keep=certificate,ids", "-"], document.as_bytes()).out
        };
        let (first, second) = (credential(1, 0), credential(2, 1));
        let token = fixture("token-expired/bad.json");
        let archive = archive(&[("a/first.json", &first), ("b/notes.txt", "nothing")]);
        let manifest = format!("kind: Secret\ndata:\n  service.json: {}\n", STANDARD.encode(&sound));
        let named = |text: String, contents: &str| (text, contents.as_bytes().to_vec());
        let files = [
            named(String::from("service.json"), &sound),
            named(String::from("secret.yaml"), &manifest),
            named(String::from("key.pem"), &text(&sound, "/integration/privateKey")),
            named(String::from("loose.txt"), &format!("the secret is {secret}\n")),
            named(String::from("sample.json"), &redact(&sound)),
            named(String::from("old.json"), &fixture("certificate-expired/bad.json")),
            named(String::from("broken.json"), &fixture("metascopes-form/bad.json")),
            named(String::from("token.json"), &token),
            named(String::from("copy of token.json"), &token),
            (String::from("first.tar"), archive),
            named(String::from("second.json"), &second),
            named(String::from("second without secrets.json"), &redact(&second)),
            named(
                String::from("alone.env"),
                &format!("AEM_PRIVATE_KEY='{}'\n", text(&credential(3, 2), "/integration/privateKey")),
            ),
            named(String::from("cut.json.gz"), "\u{1f}not gzip"),
            named(String::from("README.md"), "# Nothing to see\n"),
        ];
        let folder = tempfile::tempdir().unwrap();
        let mut secrets = Secrets::all_of("");
        let mut paths = Vec::new();
        for (name, contents) in files {
            secrets.also(&Secrets::of(&contents));
            let path = folder.path().join(name);
            write_private(&path, &contents);
            paths.push(path);
        }
        write_private(&folder.path().join("key"), &[7; 32]);
        write_private(&folder.path().join("other key"), &[8; 40]);
        Self { folder, files: paths, secrets, client_secret: secret }
    }

    fn key(&self) -> String {
        format!("--link-key={}", self.folder.path().join("key").display())
    }

    /// The lines of a run over these files.
    fn lines(&self, files: &[usize]) -> String {
        self.lines_with(files, &[&self.key()])
    }

    fn lines_with(&self, files: &[usize], more: &[&str]) -> String {
        let files = files.iter().map(|index| self.files[*index].to_str().unwrap());
        let run =
            run(["audit", "--no-git", "--format=jsonl"].into_iter().chain(more.iter().copied()).chain(files));
        assert!(run.code < 2, "{}", run.err);
        run.out
    }

    fn one_run(&self, format: &str) -> Run {
        let files = self.files.iter().map(|path| path.to_str().unwrap());
        run(["audit", "--no-git", "--format", format].into_iter().chain(files))
    }

    fn all(&self) -> Vec<usize> {
        (0..self.files.len()).collect()
    }
}

fn write_private(path: &Path, contents: &[u8]) {
    fs::write(path, contents).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// A tar archive of these files.
fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, contents) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(contents.len() as u64);
        header.set_mode(0o600);
        builder.append_data(&mut header, name, contents.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

/// Merges these texts, each of which is a file.
fn merge(texts: &[impl AsRef<[u8]>], more: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<String> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let path = folder.path().join(format!("{index:03}.jsonl"));
            fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        })
        .collect();
    let merged = run(["audit", "--merge"]
        .into_iter()
        .chain(more.iter().copied())
        .chain(paths.iter().map(String::as_str)));
    let hide = |text: String| text.replace(folder.path().to_str().unwrap(), "");
    Run { code: merged.code, out: hide(merged.out), err: hide(merged.err) }
}

fn shuffled(text: &str, order: &[usize]) -> String {
    let mut lines: Vec<(usize, &str)> = text.lines().enumerate().collect();
    lines.sort_by_key(|(index, _)| (order[index % order.len()], *index));
    lines.iter().map(|(_, line)| format!("{line}\n")).collect()
}

/// Each file is in one run or several, lines come in any order and some twice, files of lines in any number.
#[test]
fn any_sharding_gives_the_inventory_of_one_run() {
    let expected = SET.one_run("json");
    assert_eq!(expected.code, 1, "{}", expected.err);
    let count = SET.files.len();
    let readers = prop::collection::vec(prop::collection::btree_set(0..4_usize, 1..3), count);
    let order = prop::collection::vec(0..100_usize, 7);
    let strategy = (readers, order, 0..5_usize, any::<bool>());
    let config = Config { cases: 12, failure_persistence: None, ..Config::default() };
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[3; 32]);
    let mut runner = TestRunner::new_with_rng(config, random);
    runner
        .run(&strategy, |(readers, order, again, as_one)| {
            let shards: Vec<Vec<usize>> = (0..4)
                .map(|shard| {
                    let reads = |index: &usize| {
                        // What has nothing in it is known to one run only.
                        let is_plain = *index + 2 >= count;
                        let readers = &readers[*index];
                        if is_plain { readers.first() == Some(&shard) } else { readers.contains(&shard) }
                    };
                    (0..count).filter(reads).collect()
                })
                .filter(|shard: &Vec<usize>| !shard.is_empty())
                .collect();
            let run = |(number, shard): (usize, &Vec<usize>)| {
                let own = format!("--stdin-filename={number}");
                shuffled(&SET.lines_with(shard, &[&SET.key(), &own]), &order)
            };
            let mut lines: Vec<String> = shards.iter().enumerate().map(run).collect();
            if let Some(twice) = lines.get(again).cloned() {
                lines.push(twice);
            }
            if as_one {
                lines = vec![shuffled(&lines.concat(), &order)];
            }
            let merged = merge(&lines, &["--format=json"]);
            prop_assert_eq!(&merged.out, &expected.out, "{}", merged.err);
            prop_assert_eq!((merged.code, merged.err), (expected.code, String::new()));
            Ok(())
        })
        .unwrap();
}

#[test]
fn every_format_is_that_of_one_run() {
    let (left, right): (Vec<usize>, Vec<usize>) =
        SET.all().into_iter().partition(|index| index.is_multiple_of(2));
    let lines = [SET.lines(&left), SET.lines(&right)];
    for format in FORMATS {
        let (merged, expected) = (merge(&lines, &["--format", format]), SET.one_run(format));
        assert_eq!(merged.out, expected.out, "{format}");
        assert_eq!(merged.code, expected.code, "{format}");
    }
    // Merged lines can be merged again, with others.
    let third = merge(&lines[..1], &["--format=jsonl"]).out;
    assert_eq!(merge(&[&third, &lines[1]], &["--format=json"]).out, SET.one_run("json").out);
    // What a file gets is what standard output gets.
    let path = SET.folder.path().join("lines.jsonl");
    let output = format!("--output=jsonl={}", path.display());
    let stream = SET.lines_with(&[0, 1], &[&SET.key(), &output]);
    assert_eq!(fs::read_to_string(path).unwrap(), stream);
}

/// Whatever a finding says, it says after a merge.
#[test]
fn every_finding_is_told_as_it_was() {
    let fixtures = crate::common::root().join("fixtures");
    let key = SET.key();
    let audit = |format: &str, key: Option<&str>| {
        let arguments = ["audit", "--no-git", format].into_iter().chain(key);
        run(arguments.chain([fixtures.to_str().unwrap()]))
    };
    let merged = merge(&[audit("--format=jsonl", Some(&key)).out], &["--format=json"]).out;
    let expected = audit("--format=json", None).out;
    let differ = merged.lines().zip(expected.lines()).find(|(merged, expected)| merged != expected);
    assert_eq!((differ, merged.len()), (None, expected.len()));
}

#[test]
fn lines_give_no_secret_away() {
    let lines = SET.lines(&SET.all());
    SET.secrets.assert_absent(&lines, "lines");
    let digest =
        |text: &[u8]| Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert!(!lines.contains(&digest(SET.client_secret.as_bytes())), "a digest that anybody can make");
    // A report is no document, though it names digests.
    let read = run_with_input(["audit", "--no-git", "--format=json", "-"], lines.as_bytes());
    let report: Value = serde_json::from_str(&read.out).unwrap();
    assert_eq!(report["summary"]["credentials"], 0, "{}", report["credentials"]);
    let without = SET.lines_with(&SET.all(), &[]);
    for line in without.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let merge = &line["merge"];
        for name in ["client_secret_digest", "token_digest", "primes"] {
            assert!(merge[name].is_null(), "{line}");
        }
    }
}

#[test]
fn what_cannot_be_tied_for_want_of_a_key_is_said() {
    let lines = [SET.lines_with(&[0, 7], &[]), SET.lines_with(&[3, 8], &[])];
    let merged = merge(&lines, &["--format=json"]);
    assert!(
        merged.err.contains("could not be compared with others, because the runs had no --link-key"),
        "{}",
        merged.err
    );
    let count =
        |run: &Run| serde_json::from_str::<Value>(&run.out).unwrap()["summary"]["credentials"].as_u64();
    assert_eq!(count(&merged), Some(4), "the credential, its secret, and a token twice");
    let lines = [SET.lines(&[0, 7]), SET.lines(&[3, 8])];
    let merged = merge(&lines, &["--format=json"]);
    assert_eq!((count(&merged), merged.err), (Some(2), String::new()));
}

#[test]
fn what_is_missing_is_said() {
    let (one, other) = (SET.lines(&[0, 1, 2]), SET.lines(&[5, 6]));
    let last = one.lines().last().unwrap().to_owned();
    let without_summary = one.replace(&last, "").trim_end().to_owned() + "\n";
    let without_first = one.split_once('\n').unwrap().1.to_owned();
    let cut = one[..one.len() - last.len() / 2].to_owned();
    let interrupted = one.replace("\"complete\":true", "\"complete\":false");
    for (text, expected, complete) in [
        (without_summary, "has no summary: it was killed, or its lines were cut off", false),
        (without_first, "missing, of 3", false),
        (cut, "is cut off: what it said is lost", false),
        (interrupted, "was interrupted", false),
        (String::new(), "has no lines", true),
        (
            format!("{one}{{\"type\":\"failure\",\"path\":\"p.bin\",\"message\":\"killed its reader\"}}\n"),
            "p.bin: killed its reader",
            true,
        ),
        (format!("{one}no line\n"), "line 6 is no line of", true),
    ] {
        let merged = merge(&[&text, &other], &["--format=json"]);
        assert_eq!(merged.code, 2, "{expected}: {}", merged.err);
        assert!(merged.err.contains(expected), "{expected}: {}", merged.err);
        let report: Value = serde_json::from_str(&merged.out).unwrap();
        assert_eq!(report["complete"], complete, "{expected}");
        assert!(report["summary"]["credentials"].as_u64().unwrap() >= 2, "{expected}");
    }
    let missing = run(["audit", "--merge", "missing.jsonl"]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("missing.jsonl: does not exist"), "{}", missing.err);
    // Nobody interrupted anything.
    for unread in ["missing.jsonl", "/", "/dev/zero"] {
        let run = run(["audit", "--merge", unread]);
        let all = run.out + &run.err;
        assert!(run.code == 2 && all.contains(unread) && !all.contains("interrupted"), "{unread}: {all}");
    }
    assert!(run(["audit", "--merge"]).err.contains("name the files"));
}

#[test]
fn lines_that_do_not_fit_are_refused() {
    let one = SET.lines(&[0]);
    let other_key = format!("--link-key={}", SET.folder.path().join("other key").display());
    let other = SET.lines_with(&[5], &[&other_key]);
    let version = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let newer = SET.lines(&[5]).replace(&version, "\"version\":\"9.9.9\"");
    let unlike = newer.replace("\"number\"", "\"digits\"");
    for (text, expected) in [
        (&other, "/001.jsonl: line 1 is of a run with another --link-key"),
        (&newer, "/001.jsonl: line 1 is of another version of aemcred (9.9.9)"),
        (&unlike, "/001.jsonl: line 1 is of another version of aemcred (9.9.9)"),
    ] {
        let merged = merge(&[&one, text], &["--format=json"]);
        assert_eq!((merged.code, merged.out.as_str()), (2, ""), "{expected}");
        assert!(merged.err.contains(expected), "{expected}: {}", merged.err);
    }
    // Whose lines these are is said in full: such IDs tell nothing.
    let ids = |lines: &str| {
        let line: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
        ["link_key", "id"].map(|name| line["merge"]["run"][name].as_str().unwrap().to_owned())
    };
    let ([first, _], [second, _]) = (ids(&one), ids(&other));
    let expected = format!("another --link-key (ID {second}) than");
    let merged = merge(&[&one, &other], &["--format=json"]);
    assert!(
        merged.err.contains(&expected) && merged.err.contains(&format!("(ID {first})")),
        "{}",
        merged.err
    );
    let whole = one.lines().count();
    let without_summary: String = one.lines().take(whole - 1).map(|line| format!("{line}\n")).collect();
    let [_, run] = ids(&one);
    let merged = merge(&[&without_summary], &["--format=json"]);
    assert!(merged.err.contains(&format!("the run {run} has no summary")), "{}", merged.err);
    // Lines of before they could be merged.
    let older: String = one.replace("\"merge\":", "\"other\":");
    assert!(
        merge(&[older], &[]).err.contains("is no line of `aemcred audit --format jsonl` that can be merged")
    );
}

#[test]
fn clocks_and_settings_that_differ_are_said() {
    let earlier = SET.lines_with(&[0], &["--now=2026-11-21T12:00:00Z"]);
    let merged = merge(&[earlier.clone(), SET.lines_with(&[10], &[])], &["--format=json"]);
    assert!(merged.err.contains("from 2026-11-21 12:00:00 UTC to 2026-11-22 12:00:00 UTC"), "{}", merged.err);
    assert!(merged.out.contains("\"now\": \"2026-11-22T12:00:00Z\""), "the latest one counts");
    let merged = merge(&[earlier], &["--format=json", "--now=2030-01-01"]);
    assert!(
        merged.out.contains("\"state\": \"expired\"")
            && merged.out.contains("\"now\": \"2030-01-01T00:00:00Z\"")
    );
    let merged = merge(&[SET.lines_with(&[0], &["--expiring=60d"])], &[]);
    assert!(merged.err.contains("judged by other settings"), "{}", merged.err);
}

#[test]
fn lines_are_not_trusted() {
    let line = SET.lines(&[0]);
    let path = SET.files[0].to_str().unwrap();
    for (text, expected) in [
        (line.replace(path, &format!("/srv/{}/a.json", SET.client_secret)), "/srv/…/a.json"),
        (
            line.replace("\"organization\":\"", &format!("\"organization\":\"{}", SET.client_secret)),
            "\"organization\": null",
        ),
        (line.replace("\"steps\":[]", &format!("\"steps\":[\"x {}\"]", SET.client_secret)), "x …"),
    ] {
        let merged = merge(&[text], &["--format=json"]);
        SET.secrets.assert_absent(&merged.out, expected);
        assert!(merged.out.contains(expected), "{expected}: {}", merged.out);
    }
    let long = format!("{}\n{line}", "x".repeat(17 << 20));
    let merged = merge(&[long], &["--format=json"]);
    assert!(
        merged.err.contains("line 1 is longer than 16 MiB") && merged.out.contains("sound"),
        "{}",
        merged.err
    );
    let binary: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let merged = merge(&[binary], &[]);
    assert_eq!(merged.code, 2);
    assert!(merged.err.contains("no more lines of it were read"), "{}", merged.err);
    let deep = format!("{{\"type\":\"sighting\",\"merge\":{}\n", "[".repeat(100_000));
    assert!(merge(&[deep], &[]).err.contains("line 1 is no line of"));
    // Somebody who changes a line of a run doesn't get it in beside the true one.
    let changed = line.replace("\"state\":\"sound\"", "\"state\":\"broken\"");
    let merged = merge(&[line.clone(), changed], &[]);
    assert!(merged.err.contains("contradicts another line of the same run"), "{}", merged.err);
    // Every field of a line may be missing or wrong.
    let sighting: Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    for name in ["kind", "state", "places", "findings", "merge", "public_key_sha256"] {
        for wrong in [Value::Null, Value::from("x"), Value::from(-1), Value::Array(vec![Value::Null; 3])] {
            let mut broken = sighting.clone();
            broken[name] = wrong.clone();
            let merged = merge(&[format!("{broken}\n")], &[]);
            assert_eq!(merged.code, 2, "{name}: {wrong}");
        }
    }
}

#[cfg(unix)]
#[test]
fn keys_that_are_no_good_are_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let try_key = |path: &Path| {
        let run = run(["audit", "--format=jsonl", &format!("--link-key={}", path.display()), "README.md"]);
        assert_eq!((run.code, run.out.as_str()), (2, ""));
        run.err
    };
    write_private(&path, &[1; 31]);
    assert!(try_key(&path).contains("has 31 bytes, and a key has at least 32 bytes"), "{}", try_key(&path));
    for mode in [0o640, 0o604, 0o620] {
        write_private(&path, &[1; 32]);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        assert!(
            try_key(&path).contains(&format!("others may read it (mode {mode:03o})")),
            "{}",
            try_key(&path)
        );
    }
    write_private(&path, &vec![1; (1 << 20) + 1]);
    assert!(try_key(&path).contains("and the limit is 1 MiB"));
    assert!(try_key(folder.path()).contains("is a folder, not a file"));
    assert!(try_key(&folder.path().join("missing")).contains("does not exist"));
    let fifo = folder.path().join("fifo");
    if std::process::Command::new("mkfifo").arg(&fifo).status().is_ok_and(|status| status.success()) {
        assert!(try_key(&fifo).contains("is a pipe, not a regular file"));
        let merged = run([Path::new("audit"), Path::new("--merge"), &fifo]);
        assert!(merged.err.contains("is a pipe, not a regular file"), "{}", merged.err);
        let merged = run([Path::new("audit"), Path::new("--merge"), folder.path()]);
        assert!(merged.err.contains("is a folder, not a file"), "{}", merged.err);
    }
    write_private(&path, &[1; 32]);
    let run = run(["audit", &format!("--link-key={}", path.display()), "README.md"]);
    assert!(run.err.contains("--link-key is for --format jsonl"), "{}", run.err);
}

#[test]
fn standard_input_may_have_the_lines() {
    let lines = SET.lines(&SET.all());
    let merged = run_with_input(["audit", "--merge", "--format=json", "-"], lines.as_bytes());
    assert_eq!(merged.out, SET.one_run("json").out);
    let environment = crate::common::environment();
    assert_eq!(run_in(&environment, ["audit", "--merge", "-", "--git-history"], b"").code, 2);
}

/// The inventory of an archive on standard input, without the folder in its paths.
fn stream(bytes: &[u8], more: &[&str]) -> Run {
    run_with_input(["audit", "--no-git", "--format=json", "-"].into_iter().chain(more.iter().copied()), bytes)
}

#[test]
fn an_archive_on_standard_input_is_read_file_by_file() {
    let mut builder = tar::Builder::new(Vec::new());
    for path in &SET.files {
        builder.append_path_with_name(path, path.file_name().unwrap()).unwrap();
    }
    let bytes = builder.into_inner().unwrap();
    let streamed = stream(&bytes, &[]);
    let folder = format!("{}/", SET.folder.path().display());
    assert_eq!(streamed.out, SET.one_run("json").out.replace(&folder, ""));
    // An archive in it is one of its files.
    assert!(streamed.out.contains("\"path\": \"first.tar\""), "{}", streamed.out);
    for (bytes, expected) in [
        (&bytes[..bytes.len() - 1024], "is a tar archive without its end: it was cut off after 15 files"),
        (&bytes[..bytes.len() / 2], "is a tar archive that is damaged or cut off"),
        (&[&bytes[..], &bytes[..]].concat()[..], "has more behind the end of the tar archive"),
    ] {
        let cut = stream(bytes, &[]);
        assert_eq!(cut.code, 2, "{expected}");
        assert!(cut.err.contains(expected), "{expected}: {}", cut.err);
        assert!(cut.out.contains("\"sound\""), "{expected}");
    }
    let small = stream(&bytes, &["--max-size=1K"]);
    let report: Value = serde_json::from_str(&small.out).unwrap();
    assert!(report["summary"]["skipped"].as_u64().unwrap() > 5, "{}", report["summary"]);
    let excluded: Value = serde_json::from_str(&stream(&bytes, &["--exclude=*"]).out).unwrap();
    assert_eq!(excluded["summary"]["skipped"], 15);
    let plain = stream(b"# nothing", &["--max-size=4"]);
    assert!(plain.err.contains("<stdin>: has more than the limit of 4 bytes"), "{}", plain.err);
}
