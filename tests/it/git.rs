//! The room `git` against the real program: repositories that git makes, and answers that must be those of git.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use aemcred::internals::git::{
    Environment, GitError, IndexDefect, ObjectError, Repository, Status, Trouble, What,
};
use tempfile::TempDir;

use crate::common::missing;

/// More than any file of these tests.
const LIMIT: u64 = 1 << 20;

/// A repository that the git program made.
pub(crate) struct Git {
    folder: TempDir,
}

impl Git {
    /// Makes an empty repository; `None` where git is missing.
    pub(crate) fn init(arguments: &[&str]) -> Option<Self> {
        let git = Self { folder: tempfile::tempdir().unwrap() };
        let made = git.command(git.path(), &[&["init", "-q"], arguments].concat()).output();
        if !made.is_ok_and(|output| output.status.success()) {
            // An old git has no SHA-256.
            missing(if arguments.is_empty() { "git" } else { "git-sha256" });
            return None;
        }
        Some(git)
    }

    /// The same with one commit: `a`, `b`, `folder/c`, `folder/deep/d`.
    pub(crate) fn committed(arguments: &[&str]) -> Option<Self> {
        let git = Self::init(arguments)?;
        for path in ["a", "b", "folder/c", "folder/deep/d", "other/e"] {
            git.write(path, &format!("{path} at first\n"));
        }
        git.run(&["add", "."]);
        git.run(&["commit", "-qm", "first"]);
        Some(git)
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn command(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.current_dir(folder).env_clear();
        #[expect(clippy::disallowed_methods, reason = "to find git")]
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs([
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_AUTHOR_NAME", "a"),
            ("GIT_AUTHOR_EMAIL", "a@example.org"),
            ("GIT_COMMITTER_NAME", "c"),
            ("GIT_COMMITTER_EMAIL", "c@example.org"),
            ("GIT_AUTHOR_DATE", "2026-11-22T12:00:00Z"),
            ("GIT_COMMITTER_DATE", "2026-11-22T12:00:00Z"),
            ("HOME", self.path().to_str().unwrap()),
        ]);
        command.args([
            "-c",
            "init.defaultBranch=main",
            "-c",
            "protocol.file.allow=always",
            "-c",
            "advice.detachedHead=false",
        ]);
        command.args(arguments).stdin(Stdio::null());
        command
    }

    pub(crate) fn try_run(&self, arguments: &[&str]) -> Output {
        self.command(self.path(), arguments).output().unwrap()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Vec<u8> {
        self.run_in(self.path(), arguments)
    }

    pub(crate) fn run_in(&self, folder: &Path, arguments: &[&str]) -> Vec<u8> {
        let output = self.command(folder, arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn stage(&self, path: &str, text: &str) {
        self.write(path, text);
        self.run(&["add", path]);
    }

    /// What `git diff --cached` says of paths that are there.
    fn cached(&self, folder: &Path) -> Vec<String> {
        let output = self
            .run_in(folder, &["diff", "--cached", "--name-only", "--no-renames", "--diff-filter=d", "-z"]);
        let mut paths = lines(&output);
        paths.dedup();
        paths
    }

    /// Asserts that aemcred and git agree, and returns what is staged.
    fn agree(&self) -> BTreeMap<String, String> {
        let found = staged(self.path());
        assert_eq!(found.keys().cloned().collect::<Vec<_>>(), self.cached(self.path()));
        found
    }
}

fn lines(output: &[u8]) -> Vec<String> {
    let lines = output.split(|byte| *byte == 0).filter(|line| !line.is_empty());
    lines.map(|line| String::from_utf8_lossy(line).into_owned()).collect()
}

fn open(folder: &Path) -> Arc<Repository> {
    Arc::new(Repository::discover(folder, &Environment::default()).unwrap().unwrap())
}

fn refusal(folder: &Path, environment: &Environment) -> GitError {
    Repository::discover(folder, environment).err().unwrap()
}

fn staged(folder: &Path) -> BTreeMap<String, String> {
    staged_of(&open(folder))
}

/// Paths and what is there; in a conflict the stage is behind the path's contents.
fn staged_of(repository: &Repository) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut before = (Vec::new(), 0);
    for change in repository.changes().unwrap() {
        let text = match repository.read(&change, LIMIT) {
            What::File(bytes) => String::from_utf8_lossy(bytes.expose()).into_owned(),
            What::Link(bytes) => format!("-> {}", String::from_utf8_lossy(bytes.expose())),
            What::Submodule => String::from("submodule"),
            What::TooLarge => String::from("too large"),
            What::Unreadable(error) => error.to_string(),
        };
        let text = if change.stage == 0 { text } else { format!("{}: {text}", change.stage) };
        assert!(before <= (change.path.clone(), change.stage), "by path and stage");
        before = (change.path.clone(), change.stage);
        found.entry(String::from_utf8_lossy(&change.path).into_owned()).or_default().push_str(&text);
    }
    found
}

/// Changes the bytes of a file, read-only or not.
pub(crate) fn damage(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

/// The file of a loose object.
fn loose(git: &Git, revision: &str) -> PathBuf {
    let id = git.run(&["rev-parse", revision]);
    let id = String::from_utf8(id).unwrap();
    git.path().join(".git/objects").join(&id[..2]).join(id[2..].trim_end())
}

#[test]
fn an_unborn_branch_has_everything_staged() {
    let Some(git) = Git::init(&[]) else { return };
    assert!(staged(git.path()).is_empty());
    git.stage("folder/a", "1\n");
    git.stage("folder/deep/b", "2\n");
    git.stage("c", "3\n");
    assert_eq!(git.agree()["folder/deep/b"], "2\n");
}

#[test]
fn a_change_is_what_differs_from_head() {
    let Some(git) = Git::committed(&[]) else { return };
    assert!(git.agree().is_empty());
    git.stage("folder/deep/d", "changed\n");
    git.stage("folder/new", "new\n");
    git.stage("größe\n.json", "odd\n");
    git.run(&["rm", "-q", "--cached", "other/e"]);
    let found = git.agree();
    assert_eq!(found["folder/deep/d"], "changed\n");
    assert_eq!(found.len(), 3);
    // A file that becomes a folder, and a folder that becomes a file.
    git.run(&["rm", "-q", "a"]);
    git.stage("a/b", "below\n");
    git.run(&["rm", "-rqf", "folder"]);
    git.stage("folder", "file\n");
    assert_eq!(git.agree()["folder"], "file\n");
    // A detached HEAD, and references that are packed.
    git.run(&["checkout", "-q", "--detach"]);
    git.agree();
    git.run(&["checkout", "-q", "main"]);
    git.run(&["pack-refs", "--all"]);
    assert_eq!(git.agree().len(), 3);
}

#[test]
fn the_index_counts_and_not_the_folder() {
    let Some(git) = Git::committed(&[]) else { return };
    git.stage("a", "staged\n");
    git.write("a", "in the folder\n");
    git.write("b", "only in the folder\n");
    let found = git.agree();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [(String::from("a"), String::from("staged\n"))]);
}

#[test]
fn a_new_name_counts_and_a_new_mode_does_not() {
    let Some(git) = Git::committed(&[]) else { return };
    git.run(&["mv", "folder/c", "renamed"]);
    assert_eq!(git.agree()["renamed"], "folder/c at first\n");
    git.run(&["update-index", "--chmod=+x", "a"]);
    // git lists it, but its contents are those of HEAD.
    assert!(git.cached(git.path()).contains(&String::from("a")));
    assert_eq!(staged(git.path()).keys().collect::<Vec<_>>(), ["renamed"]);
}

#[test]
fn hooks_see_the_index_that_git_hands_them() {
    let Some(git) = Git::committed(&[]) else { return };
    let hook = git.path().join(".git/hooks/pre-commit");
    fs::write(&hook, "#!/bin/sh\nenv > seen\ncp \"$GIT_INDEX_FILE\" index-seen\nexit 1\n").unwrap();
    #[cfg(unix)]
    fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    git.stage("a", "staged\n");
    git.write("b", "in the folder\n");
    for (arguments, expected) in [
        (&["commit", "-qm", "x"][..], &["a"][..]),
        (&["commit", "-qam", "x"], &["a", "b"]),
        (&["commit", "-qm", "x", "b"], &["b"]),
    ] {
        assert!(!git.try_run(arguments).status.success());
        let seen = fs::read_to_string(git.path().join("seen")).unwrap();
        let mut environment = variables(&seen);
        assert!(environment.index_file.is_some(), "git names the index to its hooks");
        // git has taken its index away again.
        environment.index_file = Some(PathBuf::from("index-seen"));
        let repository = Repository::discover(git.path(), &environment).unwrap().unwrap();
        assert_eq!(staged_of(&repository).keys().collect::<Vec<_>>(), expected, "{arguments:?}");
    }
}

/// The environment that `env` printed.
fn variables(printed: &str) -> Environment {
    let pairs = printed.lines().filter_map(|line| line.split_once('='));
    Environment::from_variables(pairs.map(|(name, value)| (name.into(), value.into())))
}

#[test]
#[cfg(unix)]
fn a_hook_before_a_merge_knows_what_is_merged() {
    let Some(git) = Git::committed(&[]) else { return };
    git.run(&["checkout", "-q", "-b", "side"]);
    git.stage("folder/side", "side\n");
    git.run(&["commit", "-qm", "side"]);
    git.run(&["checkout", "-q", "main"]);
    git.stage("folder/main", "main\n");
    git.run(&["commit", "-qm", "main"]);
    let hook = git.path().join(".git/hooks/pre-merge-commit");
    fs::write(&hook, "#!/bin/sh\nenv > seen\nexit 1\n").unwrap();
    fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    assert!(!git.try_run(&["merge", "-q", "--no-edit", "side"]).status.success());
    fs::remove_file(git.path().join(".git/MERGE_HEAD")).unwrap_or_default();
    git.stage("folder/evil", "by the merge\n");
    let environment = variables(&fs::read_to_string(git.path().join("seen")).unwrap());
    let repository = Repository::discover(git.path(), &environment).unwrap().unwrap();
    assert_eq!(staged_of(&repository).keys().collect::<Vec<_>>(), ["folder/evil"]);
    assert_eq!(git.agree().len(), 2);
}

#[test]
fn a_merge_brings_only_what_no_parent_has() {
    let Some(git) = Git::committed(&[]) else { return };
    for branch in ["one", "two"] {
        git.run(&["checkout", "-q", "-b", branch, "main"]);
        git.stage(&format!("folder/{branch}"), branch);
        git.run(&["commit", "-qm", branch]);
    }
    git.run(&["checkout", "-q", "main"]);
    git.stage("folder/main", "main");
    git.run(&["commit", "-qm", "main"]);
    for branches in [&["one"][..], &["one", "two"]] {
        git.run(&[&["merge", "-q", "--no-commit", "--no-ff"], branches].concat());
        // git compares with HEAD alone, which has none of the branches.
        assert_eq!(git.cached(git.path()).len(), branches.len());
        assert!(staged(git.path()).is_empty());
        git.stage("folder/evil", "by the merge\n");
        git.stage("folder/one", "changed\n");
        assert_eq!(staged(git.path()).keys().collect::<Vec<_>>(), ["folder/evil", "folder/one"]);
        git.run(&["reset", "-q", "--hard"]);
    }
}

#[test]
fn every_stage_of_a_conflict_counts() {
    let Some(git) = Git::committed(&[]) else { return };
    git.run(&["checkout", "-q", "-b", "side"]);
    git.stage("a", "side\n");
    git.run(&["commit", "-qm", "side"]);
    git.run(&["checkout", "-q", "main"]);
    git.stage("a", "main\n");
    git.run(&["commit", "-qm", "main"]);
    assert!(!git.try_run(&["merge", "-q", "side"]).status.success());
    assert_eq!(git.cached(git.path()), ["a"]);
    // Ours is in HEAD, theirs in the commit that is merged.
    assert_eq!(staged(git.path())["a"], "1: a at first\n");
    fs::remove_file(git.path().join(".git/MERGE_HEAD")).unwrap();
    assert_eq!(staged(git.path())["a"], "1: a at first\n3: side\n");
}

#[test]
fn worktrees_and_submodules_are_followed() {
    let Some(git) = Git::committed(&[]) else { return };
    git.run(&["worktree", "add", "-q", "tree", "-b", "tree"]);
    let tree = git.path().join("tree");
    fs::write(tree.join("a"), "in the worktree\n").unwrap();
    git.run_in(&tree, &["add", "a"]);
    assert_eq!(staged(&tree).keys().cloned().collect::<Vec<_>>(), git.cached(&tree));
    assert_eq!(staged(&tree.join("folder/deep"))["a"], "in the worktree\n");
    assert!(git.agree().is_empty());

    let Some(other) = Git::committed(&[]) else { return };
    git.run(&["submodule", "--quiet", "add", other.path().to_str().unwrap(), "module"]);
    assert_eq!(git.agree()["module"], "submodule");
    let module = git.path().join("module");
    fs::write(module.join("b"), "in the submodule\n").unwrap();
    git.run_in(&module, &["add", "b"]);
    assert_eq!(staged(&module)["b"], "in the submodule\n");
    assert_eq!(open(&module).work_tree(), Some(fs::canonicalize(&module).unwrap().as_path()));

    // A bare repository, and the folder `.git` itself.
    let bare = git.path().join("bare.git");
    git.run(&["clone", "-q", "--bare", ".", "bare.git"]);
    assert!(open(&bare).work_tree().is_none() && staged(&bare).is_empty());
    assert!(open(&git.path().join(".git")).work_tree().is_none());
}

#[test]
fn every_form_of_the_index_is_read() {
    let Some(git) = Git::committed(&[]) else { return };
    for number in 0..300 {
        git.write(&format!("many/{}/{number}", number % 7), "x\n");
    }
    git.run(&["add", "."]);
    git.run(&["commit", "-qm", "many"]);
    let check = |what: &str| {
        git.stage("many/3/3", &format!("{what}\n"));
        git.stage("many/new", "new\n");
        assert_eq!(git.agree().len(), 2, "{what}");
        let files = open(git.path());
        let files = files.files().unwrap().unwrap();
        assert!(
            lines(&git.run(&["ls-files", "-z"])).iter().all(|path| files.tracked(path.as_bytes())),
            "{what}"
        );
    };
    let version = || fs::read(git.path().join(".git/index")).unwrap()[7];
    for number in ["2", "4"] {
        git.run(&["update-index", "--index-version", number]);
        check(number);
        assert_eq!(version().to_string(), number);
    }
    git.run(&["update-index", "--index-version", "3"]);
    git.write("intended", "nothing is staged\n");
    git.run(&["add", "--intent-to-add", "intended"]);
    check("intent to add");
    assert_eq!(version(), 3);
    git.run(&["rm", "-qf", "intended"]);
    git.run(&["-c", "index.skipHash=true", "update-index", "--force-write-index"]);
    check("no checksum");
    // Without the trees of folders.
    git.run(&["read-tree", "--empty"]);
    git.run(&["-c", "index.threads=1", "add", "."]);
    check("no known trees");
    git.run(&["reset", "-q"]);
    git.run(&["update-index", "--split-index"]);
    check("split");
    git.run(&["rm", "-q", "--cached", "many/1/1"]);
    git.stage("many/2/2", "replaced\n");
    assert_eq!(git.agree()["many/2/2"], "replaced\n");
    let shared = fs::read_dir(git.path().join(".git")).unwrap().map(|entry| entry.unwrap().path());
    let shared: Vec<_> = shared.filter(|path| path.to_string_lossy().contains("sharedindex")).collect();
    assert!(!shared.is_empty());
    for path in shared {
        fs::remove_file(path).unwrap();
    }
    let error = open(git.path()).changes().unwrap_err();
    assert!(matches!(error, GitError::Index { defect: IndexDefect::Shared, .. }), "{error}");
}

#[test]
fn a_sparse_index_has_whole_folders() {
    let Some(git) = Git::committed(&[]) else { return };
    git.run(&["sparse-checkout", "init", "--cone", "--sparse-index"]);
    git.run(&["sparse-checkout", "set", "other"]);
    let index = String::from_utf8_lossy(&fs::read(git.path().join(".git/index")).unwrap()).into_owned();
    assert!(index.contains("sdir") && !index.contains("folder/c"), "the index is sparse");
    assert!(git.agree().is_empty());
    git.stage("other/e", "changed\n");
    assert_eq!(git.agree().len(), 1);
    let repository = open(git.path());
    let files = repository.files().unwrap().unwrap();
    for path in ["folder/c", "folder/deep/d", "other/e", "a"] {
        assert!(files.tracked(path.as_bytes()), "{path}");
    }
    for path in ["folder", "folder/", "folder/deep", "folder/x", "folder/c/x", "folde", "other"] {
        assert!(!files.tracked(path.as_bytes()), "{path}");
    }
    // Another HEAD without those folders: all that is in them is new.
    git.run(&["update-ref", "--no-deref", "HEAD", &{
        let tree = String::from_utf8(git.run(&["mktree"])).unwrap();
        String::from_utf8(git.run(&["commit-tree", "-m", "x", tree.trim()])).unwrap().trim().to_owned()
    }]);
    assert_eq!(git.agree()["folder/deep/d"], "folder/deep/d at first\n");
}

#[test]
fn sha_256_is_read() {
    let Some(git) = Git::committed(&["--object-format=sha256"]) else { return };
    git.stage("folder/c", "changed\n");
    assert_eq!(git.agree()["folder/c"], "changed\n");
    git.run(&["gc", "-q"]);
    assert_eq!(git.agree()["folder/c"], "changed\n");
}

#[test]
#[cfg(unix)]
fn links_have_targets_and_odd_names_are_kept() {
    use std::os::unix::ffi::OsStrExt as _;
    let Some(git) = Git::committed(&[]) else { return };
    std::os::unix::fs::symlink("a", git.path().join("link")).unwrap();
    fs::write(git.path().join(std::ffi::OsStr::from_bytes(b"\xFF\xFE")), "bytes\n").unwrap();
    git.run(&["add", "."]);
    assert_eq!(git.agree()["link"], "-> a");
    let blob = String::from_utf8(git.run(&["rev-parse", ":a"])).unwrap();
    // What only somebody with bad intentions stages: git refuses it, a file of the index does not.
    git.run(&["update-index", "--add", "--cacheinfo", &format!("100644,{},.x/escape", blob.trim())]);
    let rename = |to: &[u8; 2]| {
        damage(&git.path().join(".git/index"), |index| {
            let at = index.windows(7).position(|window| window == b"/escape").unwrap();
            index[at - 2..at].copy_from_slice(to);
            let end = index.len() - 20;
            index[end..].fill(0);
        });
    };
    rename(b"..");
    assert_eq!(staged(git.path())["../escape"], "a at first\n");
    rename(b"zz");
    let error = open(git.path()).changes().unwrap_err();
    assert!(matches!(error, GitError::Index { defect: IndexDefect::Order, .. }), "{error}");
}

#[test]
fn packs_with_deltas_are_read() {
    let Some(git) = Git::init(&[]) else { return };
    let mut text =
        (0..2_000_u32).map(|line| format!("{}\n", line.wrapping_mul(2_654_435_761))).collect::<String>();
    for number in 0..60 {
        text.push_str(&format!("more {number}\n"));
        git.write("file", &text);
        git.write(&format!("kept/{number}"), &text);
        git.run(&["add", "."]);
        git.run(&["commit", "-qm", "x"]);
    }
    git.run(&["-c", "pack.depth=200", "repack", "-adfq", "--depth=200", "--window=100"]);
    git.run(&["prune-packed"]);
    let chain = git.run(&["cat-file", "--batch-all-objects", "--batch-check=%(deltabase)"]);
    assert!(String::from_utf8(chain).unwrap().lines().filter(|line| !line.starts_with("0000")).count() > 50);
    git.run(&["checkout", "-q", "--orphan", "unborn"]);
    let check = || {
        let found = git.agree();
        assert_eq!(found.len(), 61);
        assert!(found["file"].ends_with("more 58\nmore 59\n") && found["kept/0"].ends_with("more 0\n"));
    };
    check();
    git.run(&["repack", "-adfq", "--depth=50"]);
    git.run(&["-c", "pack.indexVersion=1", "-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq"]);
    check();
    // The limit holds for what a difference makes.
    let repository = open(git.path());
    for change in repository.changes().unwrap() {
        assert!(matches!(repository.read(&change, 100), What::TooLarge));
    }
}

#[test]
fn alternates_are_followed_and_end() {
    let Some(git) = Git::committed(&[]) else { return };
    let borrower = git.path().join("borrower");
    git.run(&["clone", "-q", "--shared", ".", "borrower"]);
    fs::write(borrower.join("a"), "changed\n").unwrap();
    git.run_in(&borrower, &["add", "a"]);
    assert_eq!(staged(&borrower).keys().cloned().collect::<Vec<_>>(), ["a"]);
    assert_eq!(open(&borrower).troubles(), []);
    let lists =
        [git.path().join(".git"), borrower.join(".git")].map(|path| path.join("objects/info/alternates"));
    fs::write(&lists[0], format!("# back\n{}\nmissing\n", borrower.join(".git/objects").display())).unwrap();
    let repository = open(&borrower);
    assert_eq!(staged_of(&repository).len(), 1);
    assert!(
        matches!(repository.troubles(), [Trouble::AlternateLoop(_), Trouble::AlternateMissing(_)]),
        "{:?}",
        repository.troubles()
    );
    // By a variable, as a push has it in quarantine.
    fs::remove_file(&lists[1]).unwrap();
    let missing = open(&borrower).changes().unwrap_err();
    assert!(matches!(missing, GitError::Commit { error: ObjectError::Missing, .. }), "{missing}");
    let environment = Environment {
        alternate_object_directories: vec![PathBuf::from("../.git/objects")],
        ..Environment::default()
    };
    let repository = Repository::discover(&borrower, &environment).unwrap().unwrap();
    assert_eq!(staged_of(&repository).len(), 1);
    fs::create_dir(borrower.join("quarantine")).unwrap();
    let environment = Environment {
        object_directory: Some(PathBuf::from("quarantine")),
        alternate_object_directories: vec![PathBuf::from(".git/objects"), PathBuf::from("../.git/objects")],
        ..Environment::default()
    };
    let repository = Repository::discover(&borrower, &environment).unwrap().unwrap();
    assert_eq!(staged_of(&repository)["a"], "changed\n");
}

#[test]
fn what_is_missing_or_damaged_is_told_and_the_rest_read() {
    let Some(git) = Git::committed(&[]) else { return };
    for (path, text) in
        [("a", "missing\n"), ("b", "damaged\n"), ("folder/c", "cut\n"), ("folder/deep/d", "good\n")]
    {
        git.stage(path, text);
    }
    fs::remove_file(loose(&git, ":a")).unwrap();
    let (other, damaged) = (fs::read(loose(&git, ":folder/deep/d")).unwrap(), loose(&git, ":b"));
    damage(&damaged, |bytes| *bytes = other);
    damage(&loose(&git, ":folder/c"), |bytes| bytes.truncate(8));
    let found = staged(git.path());
    assert!(found["a"].contains("missing"), "{found:?}");
    assert!(found["b"].contains("don't match its name"), "{found:?}");
    assert!(found["folder/c"].contains("cut off"), "{found:?}");
    assert_eq!(found["folder/deep/d"], "good\n");
    // Without the tree of a folder of HEAD, all in the folder counts as new.
    fs::remove_file(loose(&git, "HEAD:folder")).unwrap();
    let found = staged(git.path());
    assert!(found["folder/"].contains("missing"), "{found:?}");
    fs::remove_file(loose(&git, "HEAD^{tree}")).unwrap();
    let found = staged(git.path());
    assert!(found[""].contains("missing") && found["other/e"] == "other/e at first\n", "{found:?}");
    fs::remove_file(loose(&git, "HEAD")).unwrap();
    assert!(matches!(open(git.path()).changes(), Err(GitError::Commit { error: ObjectError::Missing, .. })));
}

#[test]
fn a_header_that_lies_reserves_nothing() {
    use std::io::Write as _;
    let Some(git) = Git::committed(&[]) else { return };
    git.stage("a", "large\n");
    for (header, expected) in [
        ("blob 9000000000000000000", "too large"),
        ("blob 1000000", "longer or shorter"),
        ("tree 6", "longer or shorter"),
        ("blob 3", "longer or shorter"),
        ("blob -1", "header"),
        ("blub 6", "header"),
    ] {
        damage(&loose(&git, ":a"), |bytes| {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(format!("{header}\0large").as_bytes()).unwrap();
            *bytes = encoder.finish().unwrap();
        });
        let found = staged(git.path());
        assert!(found["a"].contains(expected), "{header}: {found:?}");
    }
}

#[test]
fn a_git_file_or_variable_that_leads_nowhere_is_an_error() {
    let Some(git) = Git::committed(&[]) else { return };
    let folder = git.path().join("sub");
    fs::create_dir(&folder).unwrap();
    for text in ["gitdir: nowhere\n", "gitdir: ../folder", "nonsense", ""] {
        fs::write(folder.join(".git"), text).unwrap();
        assert!(matches!(refusal(&folder, &Environment::default()), GitError::NotARepository(_)), "{text}");
    }
    fs::remove_file(folder.join(".git")).unwrap();
    // A folder of that name that isn't one is passed over, as git does.
    fs::create_dir(folder.join(".git")).unwrap();
    assert_eq!(open(&folder).work_tree(), Some(fs::canonicalize(git.path()).unwrap().as_path()));
    let environment = Environment { git_dir: Some(PathBuf::from("no\nwhere")), ..Environment::default() };
    let error = refusal(&folder, &environment);
    assert!(error.to_string().ends_with("no\\nwhere does not lead to a git repository"), "{error}");
    let alone = tempfile::tempdir().unwrap();
    assert!(Repository::discover(alone.path(), &Environment::default()).unwrap().is_none());
    let environment = Environment { git_dir: Some(git.path().join(".git")), ..Environment::default() };
    let repository = Repository::discover(alone.path(), &environment).unwrap().unwrap();
    assert_eq!(repository.work_tree(), Some(fs::canonicalize(alone.path()).unwrap().as_path()));
}

#[test]
fn damaged_references_are_errors() {
    let Some(git) = Git::committed(&[]) else { return };
    let head = git.path().join(".git/HEAD");
    fs::write(&head, "ref: refs/heads/loop\n").unwrap();
    fs::write(git.path().join(".git/refs/heads/loop"), "ref: refs/heads/loop\n").unwrap();
    assert!(matches!(open(git.path()).changes(), Err(GitError::ReferenceLoop(_))));
    fs::write(git.path().join(".git/refs/heads/loop"), "ref: refs/../../../secret\n").unwrap();
    assert!(matches!(open(git.path()).changes(), Err(GitError::Reference(_))));
    fs::write(git.path().join(".git/refs/heads/loop"), "1234\n").unwrap();
    assert!(matches!(open(git.path()).changes(), Err(GitError::Reference(_))));
    fs::write(&head, "ref: refs/heads/main\n").unwrap();
    let config = git.path().join(".git/config");
    fs::write(&config, "[extensions]\nobjectFormat = md5\n").unwrap();
    assert!(matches!(refusal(git.path(), &Environment::default()), GitError::ObjectFormat(_)));
    if let Some(git) = Git::init(&["--ref-format=reftable"]) {
        assert!(matches!(refusal(git.path(), &Environment::default()), GitError::Reftable(_)));
    }
}

#[test]
fn damage_anywhere_ends_well() {
    let Some(git) = Git::committed(&[]) else { return };
    for number in 0..40 {
        git.write(&format!("folder/{number}"), &format!("{}{number}\n", "same text\n".repeat(100)));
    }
    git.run(&["add", "."]);
    git.run(&["commit", "-qm", "x"]);
    git.run(&["repack", "-adfq"]);
    git.run(&["checkout", "-q", "--orphan", "unborn"]);
    let packs: Vec<_> = fs::read_dir(git.path().join(".git/objects/pack"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let index = git.path().join(".git/index");
    let files = packs.iter().filter(|path| path.extension().is_some_and(|extension| extension != "rev"));
    let mut state = 1_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below.max(1)
    };
    for file in files.chain([&index]) {
        let sound = fs::read(file).unwrap();
        for round in 0..150 {
            damage(file, |bytes| {
                if round % 10 == 0 {
                    bytes.truncate(random(bytes.len()));
                }
                for _ in 0..round % 5 {
                    let at = random(bytes.len());
                    let byte = u8::try_from(random(256)).unwrap();
                    bytes.get_mut(at).into_iter().for_each(|old| *old = byte);
                }
                // So that damage is not stopped by the checksum.
                if file == &index {
                    let end = bytes.len().saturating_sub(20);
                    bytes[end..].fill(0);
                }
            });
            let repository = open(git.path());
            if let Ok(changes) = repository.changes() {
                for change in changes {
                    drop(repository.read(&change, LIMIT));
                }
            }
        }
        damage(file, |bytes| *bytes = sound);
    }
    assert_eq!(git.agree().len(), 45);
    let sound = fs::read(&index).unwrap();
    for length in 0..sound.len() {
        damage(&index, |bytes| *bytes = sound[..length].to_vec());
        assert!(matches!(open(git.path()).changes(), Err(GitError::Index { .. })), "{length}");
    }
}

#[test]
fn tracked_and_ignored_are_what_git_says() {
    let Some(git) = Git::committed(&[]) else { return };
    let patterns = "\u{FEFF}*.log\n!keep.log\n/rooted\nbuild/\ndocs/*.txt\n**/any\nfoo/**\nx/**/y\n\\#hash\n\\!bang\ntrailing   \nspace\\ \n[a-c]?z\n[!x]q\n[[:digit:]]n\nwith{brace,s}\r\nlit\\*eral\na**b\n#comment\n\n!\n/\n";
    git.write(".gitignore", patterns);
    git.write("folder/.gitignore", "*\n!/deep\n!*.md\n");
    git.write("build/.gitignore", "!*\n");
    git.write(".git/info/exclude", "excluded\n*.md\n");
    let mut names = Vec::new();
    for name in [
        "a.log",
        "keep.log",
        "rooted",
        "sub/rooted",
        "build/x",
        "sub/build/x",
        "build",
        "docs/a.txt",
        "docs/sub/a.txt",
        "any",
        "s/any",
        "s/t/any",
        "foo/x",
        "foo/x/y",
        "sub/foo/x",
        "x/y",
        "x/1/y",
        "x/1/2/y",
        "x/1/z",
        "#hash",
        "!bang",
        "trailing",
        "space ",
        "bxz",
        "dxz",
        "yq",
        "xq",
        "1n",
        "an",
        "withbrace",
        "with{brace,s}",
        "lit*eral",
        "literal",
        "ab",
        "axb",
        "ax/b",
        "folder/n",
        "folder/deep/n",
        "folder/r.md",
        "excluded",
        "s/excluded",
        "t.md",
        "plain",
        "folder/sub/x.md",
        "a",
        "many.LOG",
        "#comment",
    ] {
        names.push(name);
    }
    let mut input = names.join("\0");
    input.push('\0');
    let mut child = git
        .command(git.path(), &["check-ignore", "-z", "--stdin", "--no-index"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    let expected = lines(&child.wait_with_output().unwrap().stdout);
    let repository = open(git.path());
    let files = repository.files().unwrap().unwrap();
    let ignored = |name: &&&str| files.ignored(name.as_bytes(), git.path().join(name).is_dir());
    assert_eq!(names.iter().filter(ignored).collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());
    assert!(expected.len() > 20);

    git.write("new", "x");
    git.write("new.log", "x");
    git.run(&["init", "-q", "nested"]);
    git.write("nested/x", "x");
    for (path, status) in [
        ("a", Status::Tracked),
        ("folder/../a", Status::Tracked),
        ("folder/c", Status::Tracked),
        ("new", Status::Untracked),
        ("new.log", Status::Ignored),
        ("build/.gitignore", Status::Ignored),
        ("nested/x", Status::Outside),
        (".git/config", Status::Outside),
        ("../x", Status::Outside),
        ("missing/x", Status::Outside),
    ] {
        assert_eq!(files.status(&git.path().join(path)), status, "{path}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn nothing_is_written_and_pipes_are_not_waited_for() {
    let Some(git) = Git::committed(&[]) else { return };
    git.stage("a", "changed\n");
    let state = || git.run(&["status", "--porcelain"]);
    let files = || {
        let listing =
            Command::new("find").arg(git.path()).args(["-printf", "%p %s %T@ %m\n"]).output().unwrap();
        let mut lines: Vec<_> =
            String::from_utf8(listing.stdout).unwrap().lines().map(String::from).collect();
        lines.sort();
        lines
    };
    state();
    let before = files();
    staged(git.path());
    open(git.path()).files().unwrap();
    assert_eq!(files(), before);
    let object = loose(&git, ":a");
    fs::remove_file(&object).unwrap();
    let made = Command::new("mkfifo").arg(&object).status();
    if made.is_ok_and(|status| status.success()) {
        assert!(staged(git.path())["a"].contains("can't be read"));
    }
}
