//! The README: its picture is what the program prints, its commands work.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::{expect_file, program, root};

#[test]
fn the_pictures_are_what_the_program_prints() {
    for (name, arguments) in [
        ("check", &["check", "fixtures/key-pair-mismatch"][..]),
        ("inspect", &["inspect", "fixtures/key-pair-mismatch/good.json"]),
    ] {
        let mut command = program();
        let output = command
            .args(arguments)
            .args(["--now=2026-11-22", "--color=always"])
            .current_dir(root())
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let prompt = format!("$ aemcred {}\n\n", arguments.join(" "));
        let picture = anstyle_svg::Term::new().render_svg(&format!("{prompt}{printed}"));
        expect_file(&root().join(format!("docs/images/{name}.svg")), picture.as_bytes());
    }
}

/// The indented commands of the README that a clone alone can run.
#[test]
fn the_commands_work() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let commands = readme.lines().filter_map(|line| line.strip_prefix("    "));
    let folder = tempfile::tempdir().unwrap();
    let bin = Path::new(env!("CARGO_BIN_EXE_aemcred")).parent().unwrap();
    let mut ran = 0;
    let mut continued = String::new();
    for line in commands {
        continued.push_str(line.trim_end_matches('\\').trim_start());
        if line.ends_with('\\') {
            continue;
        }
        let command = std::mem::take(&mut continued);
        let runnable = command.starts_with("aemcred generate")
            || ["check", "inspect", "redact"]
                .iter()
                .any(|name| command.starts_with(&format!("aemcred {name} service_token.json")));
        if let Some(arguments) = command.strip_prefix("cargo run --release -- ") {
            let output = program().args(arguments.split(' ')).current_dir(root()).output().unwrap();
            assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
            ran += 1;
        } else if runnable {
            let token = folder.path().join("service_token.json");
            if command.starts_with("aemcred generate") {
                let _ = fs::remove_file(&token);
            } else if !token.exists() {
                fs::copy(root().join("fixtures/certificate-expired/good.json"), &token).unwrap();
                assert!(program().args(["generate", "--force"]).arg(&token).status().unwrap().success());
            }
            let path = format!("{}:/usr/bin:/bin", bin.display());
            let status = Command::new("sh")
                .args(["-c", &command])
                .env("PATH", path)
                .current_dir(&folder)
                .status()
                .unwrap();
            assert!(status.success(), "{command}");
            ran += 1;
        }
    }
    assert!(ran >= 4, "only {ran} commands were found");
}
