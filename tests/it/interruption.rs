//! Ctrl-C, as the program itself meets it: the signal, and standard input on which nobody says anything.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::common::{NOW, program, root};

/// How long anything may take here that isn't hanging.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program, told to read standard input, and waiting for it.
fn waiting(arguments: &[&str]) -> Child {
    let child = program()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let tasks = Path::new("/proc").join(child.id().to_string()).join("task");
    // Standard input is read on a thread of that name, and by then the handler of signals is in its place.
    let reads = || {
        let names = fs::read_dir(&tasks).into_iter().flatten().flatten();
        names
            .filter_map(|task| fs::read_to_string(task.path().join("comm")).ok())
            .any(|name| name == "stdin\n")
    };
    wait_until("it reads standard input", reads);
    child
}

fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn interrupt(child: &Child) {
    // A shell's own kill, so that no other program must be installed.
    let status = Command::new("sh").arg("-c").arg(format!("kill -INT {}", child.id())).status().unwrap();
    assert!(status.success());
}

/// Exit code, standard output, standard error.
fn end(mut child: Child) -> (Option<i32>, String, String) {
    let mut code = None;
    wait_until("it ends", || {
        code = child.try_wait().unwrap();
        code.is_some()
    });
    let (mut out, mut err) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    (code.unwrap().code(), out, err)
}

#[test]
fn nobody_is_waited_for() {
    let here = tempfile::tempdir().unwrap();
    let report = here.path().join("report.json");
    fs::write(&report, "as it was").unwrap();
    let output = format!("json={}", report.display());
    for (arguments, says) in [
        (&["audit", "-"][..], "interrupted: this is what was found until then"),
        (&["renewals", "-"], "interrupted: this is what was found until then"),
        (&["check", "-", "--output", &output], "nothing is reported"),
        (&["check", "--files-from", "-"], "nothing is reported"),
        // These have nothing to show before they have read everything, and end at once.
        (&["inspect", "-"], ""),
        (&["redact", "-"], ""),
    ] {
        let mut child = waiting(arguments);
        let mut input = child.stdin.take().unwrap();
        input.write_all(b"{\"ok\": true, ").unwrap();
        interrupt(&child);
        let (code, out, err) = end(child);
        drop(input);
        assert_eq!(code, Some(130), "{arguments:?}: {err}");
        assert!(err.contains(says), "{arguments:?}: {err}");
        assert!(!out.contains("sound"), "{arguments:?}: {out}");
    }
    assert_eq!(fs::read_to_string(report).unwrap(), "as it was");
}

/// Credentials that were met before are in the report, and the file in hand is named.
#[test]
fn what_was_found_is_printed() {
    let here = tempfile::tempdir().unwrap();
    let sound = fs::read_to_string(root().join("fixtures/key-pair-mismatch/good.json")).unwrap();
    // Enough archives with enough in them that the run is not over before it is interrupted.
    let text = format!("imsEndpoint: {}\n", "a b c\n".repeat(200_000));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let large = gzip.finish().unwrap();
    for number in 0..200 {
        fs::write(here.path().join(format!("{number}.json")), &sound).unwrap();
        fs::write(here.path().join(format!("{number}.gz")), &large).unwrap();
    }
    let mut child = program()
        .args(["audit", "--format", "jsonl", "--now", NOW])
        .arg(here.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!(first["state"], "sound");
    interrupt(&child);
    let last: Value = serde_json::from_str(&lines.last().unwrap().unwrap()).unwrap();
    assert_eq!(last["complete"], false, "{last}");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
