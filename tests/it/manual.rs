//! Completions and manual pages: made for every command, and read by the programs that they are for.

use std::fs;
use std::process::Command;

use crate::common::{oracle, program, run};

#[test]
fn completions_are_valid_and_know_every_command() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let completions = run(["completions", shell]);
        assert_eq!((completions.code, completions.err.as_str()), (0, ""), "{shell}");
        for word in ["check", "generate", "rules", "schema", "completions", "man", "format", "sarif"] {
            // Elvish and PowerShell complete no values of options.
            let values = !matches!(shell, "powershell" | "elvish");
            assert!(completions.out.contains(word) || word == "sarif" && !values, "{shell}: {word}");
        }
        let script = folder.path().join(shell);
        fs::write(&script, &completions.out).unwrap();
        // `-n` reads a script without running it, in all three.
        if matches!(shell, "bash" | "zsh" | "fish")
            && let Some(output) = oracle(Command::new(shell).args(["-n", script.to_str().unwrap()]))
        {
            assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
    assert_eq!(run(["completions", "tcsh"]).code, 2);
}

#[test]
fn manual_pages_are_written_for_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let output = program().args(["man", "--dir"]).arg(folder.path()).output().unwrap();
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    let main = fs::read_to_string(folder.path().join("aemcred.1")).unwrap();
    assert_eq!(main, run(["man"]).out);
    let commands = aemcred::cli::command();
    for command in commands.get_subcommands().filter(|command| !command.is_hide_set()) {
        let name = format!("aemcred-{}", command.get_name());
        let path = folder.path().join(format!("{name}.1"));
        let page = fs::read_to_string(&path).unwrap();
        assert!(page.contains(&format!(".TH {name} 1")), "{name}");
        assert!(main.contains(&name.replace('-', "\\-")), "{name} is named on the main page");
        let arguments = ["-T", "lint", "-W", "error", path.to_str().unwrap()];
        if let Some(output) = oracle(Command::new("mandoc").args(arguments)) {
            assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stdout));
        }
    }
    let missing = folder.path().join("missing");
    let missing = run(["man", "--dir", missing.to_str().unwrap()]);
    assert!(missing.code == 2 && missing.err.contains("the page can't be written"), "{}", missing.err);
}
