//! Ctrl-C, SIGTERM and SIGHUP, as the program itself meets them: at any moment, also while nothing comes from standard
//! input.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::common::{NOW, program, root};

/// How long anything may take here that isn't hanging.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program, told to read standard input or a pipe, and waiting for it.
fn waiting(arguments: &[&str]) -> Child {
    let child = program()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let tasks = Path::new("/proc").join(child.id().to_string()).join("task");
    // Both are read on a thread of that name, and by then the handler of signals is in its place.
    let reads = || {
        let names = fs::read_dir(&tasks).into_iter().flatten().flatten();
        names
            .filter_map(|task| fs::read_to_string(task.path().join("comm")).ok())
            .any(|name| name == "input\n")
    };
    wait_until("it reads", reads);
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
    send(child, Signal::SIGINT);
}

fn send(child: &Child, signal: Signal) {
    kill(Pid::from_raw(child.id().try_into().unwrap()), signal).unwrap();
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

/// The signals, and how a shell reports that they ended something. Those that whoever started these tests ignores, as `nohup`
/// does, the program ignores, too.
fn signals() -> impl Iterator<Item = (Signal, i32)> {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    let ignored = u64::from_str_radix(mask.trim(), 16).unwrap();
    let all = [(Signal::SIGINT, 130), (Signal::SIGTERM, 143), (Signal::SIGHUP, 129)];
    all.into_iter().filter(move |(signal, _)| ignored >> (*signal as u32 - 1) & 1 == 0)
}

#[test]
fn each_signal_ends_a_run_as_ctrl_c_does() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for (signal, expected) in signals() {
        for (arguments, says) in [
            (&["audit", "-"][..], "this is what was found until then"),
            (&["check", "-"], "nothing is reported"),
        ] {
            let child = waiting(arguments);
            send(&child, signal);
            let (code, _, err) = end(child);
            assert_eq!(code, Some(expected), "{signal} {arguments:?}: {err}");
            assert!(err.contains(says), "{signal} {arguments:?}: {err}");
        }
        // Nobody opens the other end of the pipe.
        for command in ["check", "audit", "renewals"] {
            let child = waiting(&[command, "--files-from", pipe.to_str().unwrap()]);
            send(&child, signal);
            let (code, _, err) = end(child);
            assert_eq!(code, Some(expected), "{signal} {command}: {err}");
            assert!(err.contains("nothing is reported"), "{signal} {command}: {err}");
        }
        let child = waiting(&["inspect", "-"]);
        send(&child, signal);
        assert_eq!(end(child).0, Some(expected), "{signal}");
    }
}

#[test]
fn what_the_caller_ignores_stays_ignored() {
    let mut child = std::process::Command::new("sh")
        .args(["-c", "trap '' HUP; exec \"$0\" audit -", env!("CARGO_BIN_EXE_aemcred")])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let tasks = Path::new("/proc").join(child.id().to_string()).join("task");
    wait_until("it reads", || fs::read_dir(&tasks).is_ok_and(|tasks| tasks.count() > 2));
    send(&child, Signal::SIGHUP);
    thread::sleep(Duration::from_millis(50));
    assert!(child.try_wait().unwrap().is_none(), "as under nohup");
    drop(child.stdin.take());
    assert_eq!(end(child).0, Some(0));
}

/// Ends `check --fix` at random moments. Afterwards each file is old or new, and nothing lies beside them.
fn killed_at_random_points(times: u32) {
    const FILES: usize = 8;
    let old = fs::read(root().join("fixtures/pem-newlines/bad.json")).unwrap();
    let here = tempfile::tempdir().unwrap();
    let path = |number: usize| here.path().join(format!("{number}.json"));
    let start = || {
        for number in 0..FILES {
            fs::write(path(number), &old).unwrap();
        }
        let mut command = program();
        command.args(["check", "--fix", "--quiet", "--now", NOW]).arg(here.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let begin = Instant::now();
    assert!(start().wait().unwrap().code().is_some());
    let whole = begin.elapsed();
    let new = fs::read(path(0)).unwrap();
    assert!(new != old, "there is something to fix");
    let (mut state, mut met_half) = (7_u32, 0);
    for (signal, expected) in signals() {
        for _ in 0..times {
            let mut child = start();
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            thread::sleep(whole * (state >> 16) / 0x1_0000);
            send(&child, signal);
            let status = child.wait().unwrap();
            let usual = status.signal() == Some(signal as i32) || matches!(status.code(), Some(0 | 1));
            assert!(usual || status.code() == Some(expected), "{signal}: {status}");
            let mut names: Vec<_> =
                fs::read_dir(here.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            assert_eq!(names.len(), FILES, "{signal}: {names:?}");
            let fixed = (0..FILES).filter(|number| {
                let contents = fs::read(path(*number)).unwrap();
                assert!(contents == old || contents == new, "{signal}: half a file");
                contents == new
            });
            met_half += u32::from((1..FILES).contains(&fixed.count()));
        }
    }
    eprintln!("{met_half} of {} runs were ended between two files", 3 * times);
}

#[test]
fn nothing_lies_beside_files_whose_fixing_is_ended() {
    killed_at_random_points(10);
}

#[test]
#[ignore = "takes minutes; `just slow` runs it"]
fn nothing_lies_beside_files_whose_fixing_is_ended_200_times() {
    killed_at_random_points(200);
}

/// Nobody can clean up after SIGKILL, but the next run says what is there.
#[test]
fn what_a_killed_run_left_is_told() {
    let here = tempfile::tempdir().unwrap();
    let left = here.path().join(".aemcred-x7Jq2p.tmp");
    let document = here.path().join("service.json");
    fs::copy(root().join("fixtures/key-pair-mismatch/good.json"), &document).unwrap();
    fs::copy(&document, &left).unwrap();
    fs::write(here.path().join(".aemcred-toml"), "").unwrap();
    let says = format!("aemcred: {} was left by a run of aemcred that was killed", left.display());
    for (command, path) in
        [("check", here.path()), ("check", &document), ("audit", here.path()), ("renewals", &document)]
    {
        let output = program().args([command, "--now", NOW]).arg(path).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(err.matches("was left by a run").count(), 1, "{command}: {err}");
        assert!(err.contains(&says), "{command}: {err}");
    }
}
