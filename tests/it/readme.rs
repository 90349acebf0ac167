//! The README and docs: pictures and outputs are what the program prints, and every command works or names the program
//! that it needs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anstyle_svg::{Term, WIN10_CONSOLE};

use crate::common::{children, environment, expect_file, oracle, program, root, run_in};

/// What a terminal shows, as a picture with a background of its own: it is legible on light and dark pages. A narrow terminal
/// makes it legible on a phone, too.
fn picture(shown: &str) -> String {
    Term::new().palette(WIN10_CONSOLE).min_width_px(0).render_svg(shown)
}

#[test]
fn the_pictures_are_what_the_program_prints() {
    for (name, arguments) in [
        ("check", &["check", "fixtures/key-pair-mismatch/bad.json"][..]),
        ("inspect", &["inspect", "fixtures/key-pair-mismatch/good.json"]),
    ] {
        let mut terminal = environment();
        (terminal.width, terminal.color) = (Some(72), true);
        let printed = run_in(&terminal, [arguments, &["--color=always"]].concat(), b"").out;
        let shown = picture(&format!("$ aemcred {}\n\n{printed}", arguments.join(" ")));
        expect_file(&root().join(format!("docs/images/{name}.svg")), shown.as_bytes());
    }
}

#[test]
fn the_readme_shows_what_the_program_prints() {
    const MARK: &str = "<!-- output: aemcred ";
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(MARK).unwrap();
    let (arguments, rest) = rest.split_once(" -->\n\n```text\n").unwrap();
    let (_, after) = rest.split_once("```\n").unwrap();
    let output = program().args(arguments.split(' ')).current_dir(root()).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let expected =
        format!("{before}{MARK}{arguments} -->\n\n```text\n{}\n```\n{after}", printed.trim_matches('\n'));
    expect_file(&path, expected.as_bytes());
}

/// The main job of the README, in a new clone.
#[test]
fn the_main_job_works() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let jobs: Vec<&str> =
        readme.lines().filter_map(|line| line.strip_prefix("    cargo run --release -- ")).collect();
    assert_eq!(jobs.len(), 1);
    let output = program().args(jobs[0].split(' ')).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Commands for a shell on a page.
#[derive(Debug)]
struct Block {
    place: String,
    /// What the comment before it says: `needs: jq`, `run: forbid`.
    mark: String,
    commands: Vec<String>,
}

impl Block {
    /// Programs that a test can't have.
    fn needs(&self) -> Vec<&str> {
        self.mark.strip_prefix("needs: ").map(|names| names.split(", ").collect()).unwrap_or_default()
    }
}

/// The pages that people read.
pub(crate) fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> =
        ["README.md", "CONTRIBUTING.md", "SECURITY.md"].iter().map(|name| root().join(name)).collect();
    let docs = children(&root().join("docs"));
    pages.extend(docs.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    pages
}

/// The indented blocks of a page, and those that are marked as `sh`.
fn blocks(page: &Path) -> Vec<Block> {
    let text = fs::read_to_string(page).unwrap();
    let (mut blocks, mut mark, mut fence) = (Vec::<Block>::new(), String::new(), None::<&str>);
    let (mut continued, mut is_open) = (String::new(), false);
    for (index, line) in text.lines().enumerate() {
        let command = match (line.strip_prefix("```"), fence) {
            (Some(kind), None) => {
                (fence, is_open) = (Some(kind), false);
                continue;
            }
            (Some(_), Some(_)) => {
                (fence, is_open) = (None, false);
                mark.clear();
                continue;
            }
            (None, Some("sh")) => line,
            (None, Some(_)) => continue,
            (None, None) => {
                let Some(command) = line.strip_prefix("    ") else {
                    is_open = false;
                    if let Some(comment) = line.strip_prefix("<!-- ") {
                        comment.trim_end_matches(" -->").clone_into(&mut mark);
                    } else if !line.is_empty() {
                        mark.clear();
                    }
                    continue;
                };
                command
            }
        };
        if !is_open {
            let place = format!("{}:{}", page.strip_prefix(root()).unwrap().display(), index + 1);
            blocks.push(Block { place, mark: mark.clone(), commands: Vec::new() });
            is_open = true;
        }
        continued.push_str(command.trim_end_matches('\\').trim_start());
        if !command.is_empty() && !command.ends_with('\\') {
            blocks.last_mut().unwrap().commands.push(std::mem::take(&mut continued));
        }
    }
    blocks
}

/// Whether `program` is called in `command`.
fn calls(command: &str, program: &str) -> bool {
    command
        .split(|letter: char| !letter.is_alphanumeric() && letter != '-' && letter != '_')
        .any(|word| word == program)
}

/// A folder with everything that the pages speak of, and the programs of a system that has nothing but aemcred.
#[cfg(unix)]
struct Workspace {
    folder: tempfile::TempDir,
    /// What a variable has.
    credential: String,
    files: Vec<(&'static str, Vec<u8>)>,
}

#[cfg(unix)]
impl Workspace {
    fn new() -> Self {
        let generated = |arguments: &[&str]| {
            let output = program().arg("generate").args(arguments).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            output.stdout
        };
        let sound = generated(&["--seed", "1"]);
        let manifest = generated(&["--seed", "2", "--client-id", "cm-p1234-e5678-integration-0"]);
        let manifest = String::from_utf8(manifest).unwrap().replace('\n', "\n    ");
        let credential = String::from_utf8(sound.clone()).unwrap();
        let files = vec![
            ("old.json", generated(&["--seed", "3"])),
            ("new.json", sound.clone()),
            ("secrets/service_token.json", sound.clone()),
            ("service_token.json", sound),
            ("link.key", vec![7; 32]),
            ("token.json", generated(&["--seed", "4", "--kind", "development-token"])),
            ("broken.json", generated(&["--seed", "5", "--defect", "pem-newlines"])),
            (
                "secret.yaml",
                format!("kind: Secret\nstringData:\n  service.json: |\n    {manifest}\n").into_bytes(),
            ),
            ("home/projects/README.md", Vec::new()),
            ("home/src/website/README.md", Vec::new()),
            ("srv/git/backend.git/README.md", Vec::new()),
        ];
        let workspace = Self { folder: tempfile::tempdir().unwrap(), credential, files };
        let bin = workspace.path("bin");
        fs::create_dir(&bin).unwrap();
        let link =
            |from: &Path| std::os::unix::fs::symlink(from, bin.join(from.file_name().unwrap())).unwrap();
        link(Path::new(env!("CARGO_BIN_EXE_aemcred")));
        for name in ["sh", "cat", "printenv"] {
            let places = ["/bin", "/usr/bin"].map(|folder| Path::new(folder).join(name));
            link(places.iter().find(|path| path.exists()).unwrap());
        }
        workspace
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Everything as at first; `None` if there is no git to make repositories with.
    fn reset(&self, repositories: bool) -> Option<()> {
        use std::os::unix::fs::PermissionsExt as _;
        let work = self.path("work");
        let _ = fs::remove_dir_all(&work);
        for (name, contents) in &self.files {
            let path = work.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, contents).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let git = |at: &str, arguments: &[&str]| {
            let mut command = Command::new("git");
            command.args(["-c", "user.name=a", "-c", "user.email=a@example.org", "-C"]).arg(work.join(at));
            let output = oracle(command.args(arguments).env("GIT_CONFIG_GLOBAL", "/dev/null"))?;
            assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
            Some(())
        };
        for at in ["home/src/website", "srv/git/backend.git", "."].into_iter().filter(|_| repositories) {
            git(at, &["init", "--quiet"])?;
            git(at, &["commit", "--quiet", "--allow-empty", "--message=Begin"])?;
        }
        if repositories {
            git(".", &["update-ref", "refs/remotes/origin/main", "HEAD"])?;
        }
        Some(())
    }

    /// Runs a command as a person would, and returns its exit status and what it says on standard error.
    fn call(&self, command: &str) -> (Option<i32>, String) {
        let work = self.path("work");
        if let Some(file) = command.strip_prefix("aemcred generate ").and_then(|rest| rest.split(' ').next())
        {
            let _ = fs::remove_file(work.join(file));
        }
        let mut here = command.to_owned();
        for folder in ["/srv", "/home"] {
            for before in [' ', '='] {
                let there = format!("{before}{}{folder}", work.display());
                here = here.replace(&format!("{before}{folder}"), &there);
            }
        }
        let output = Command::new(self.path("bin/sh"))
            .args(["-c", &here])
            .env_clear()
            .env("PATH", self.path("bin"))
            .env("HOME", work.join("home"))
            .env("AEM_CREDENTIAL", &self.credential)
            .current_dir(&work)
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

#[cfg(unix)]
#[test]
fn every_command_on_the_pages_works_or_names_what_it_needs() {
    let workspace = Workspace::new();
    let mut ran = 0;
    let blocks = pages().iter().flat_map(|page| blocks(page)).collect::<Vec<_>>();
    for block in blocks.iter().filter(|block| !block.mark.starts_with("run: ")) {
        let needs = block.needs();
        for program in &needs {
            let called = block.commands.iter().any(|command| calls(command, program));
            assert!(called, "{} doesn't call {program}", block.place);
        }
        let runs = |command: &&String| {
            needs.is_empty()
                || command.starts_with("aemcred ") && !needs.iter().any(|program| calls(command, program))
        };
        let commands: Vec<&String> = block.commands.iter().filter(runs).collect();
        let repositories =
            commands.iter().any(|command| command.contains("--git-") || command.contains("--staged"));
        if workspace.reset(repositories).is_none() {
            continue;
        }
        for command in commands {
            let (code, err) = workspace.call(command);
            // Findings are as good as none: this is about the command.
            assert!(matches!(code, Some(0 | 1)), "{}: {command}: {code:?}\n{err}", block.place);
            ran += 1;
        }
    }
    assert!(ran >= 40, "only {ran} commands were found");
}
