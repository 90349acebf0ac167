//! Histories against the real program: what git says of a blob with `git log --all -m --find-object` is what aemcred says.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use aemcred::internals::git::{
    Environment, GitError, History, HistoryRequest, ObjectError, Place, Repository, Unread,
};

use crate::git::{Git, damage};

/// What is looked for.
const MARK: &str = "the mark";

/// A request for everything.
fn everything() -> HistoryRequest<'static> {
    HistoryRequest { ranges: &[], since: None, unreachable: false, max_size: 1 << 20, stopped: &|| false }
}

/// A repository whose commits are an hour apart.
struct Past {
    git: Git,
    hours: Cell<u32>,
}

impl Past {
    fn new(arguments: &[&str]) -> Option<Self> {
        Some(Self { git: Git::init(arguments)?, hours: Cell::new(0) })
    }

    /// Runs git at the next hour.
    fn run(&self, arguments: &[&str]) -> String {
        self.run_in(self.git.path(), arguments)
    }

    fn run_in(&self, folder: &Path, arguments: &[&str]) -> String {
        self.hours.set(self.hours.get() + 1);
        let date = format!("{} +0000", 1_770_000_000 + self.hours.get() * 3_600);
        let mut command = self.git.command(folder, arguments);
        command.env("GIT_AUTHOR_DATE", &date).env("GIT_COMMITTER_DATE", &date);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// Commits a file, and returns the commit.
    fn commit(&self, path: &str, text: &str) -> String {
        self.git.stage(path, text);
        self.run(&["commit", "-qm", "change"]);
        self.id("HEAD")
    }

    fn id(&self, revision: &str) -> String {
        self.run(&["rev-parse", revision])
    }

    /// Asserts that git and aemcred agree about everything that any reference reaches, and returns it.
    fn agree(&self) -> Vec<Place> {
        agree(&self.git, self.git.path())
    }
}

fn history(folder: &Path, request: &HistoryRequest<'_>) -> History {
    let repository = Repository::discover(folder, &Environment::default()).unwrap().unwrap();
    repository.history(request, &holds_mark).unwrap()
}

fn holds_mark(bytes: &[u8]) -> bool {
    bytes.windows(MARK.len()).any(|window| window == MARK.as_bytes())
}

fn failure(folder: &Path, range: &str) -> GitError {
    let repository = Repository::discover(folder, &Environment::default()).unwrap().unwrap();
    let ranges = [range.to_owned()];
    repository.history(&HistoryRequest { ranges: &ranges, ..everything() }, &holds_mark).unwrap_err()
}

/// What git says of a blob at a path: who brought it, first one first, who removed it last, whether `HEAD` has it, and which
/// references reach it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Life {
    brought: Vec<String>,
    removed: Option<String>,
    in_head: bool,
    refs: BTreeSet<String>,
}

/// A commit, how many parents it has, and how many of them see a path change, by whether the blob is new there.
type Event = (String, usize, BTreeMap<(String, bool), usize>);

/// Blobs with the mark by path, as git tells of them.
fn oracle(git: &Git, folder: &Path) -> BTreeMap<(String, String), Life> {
    let text = |arguments: &[&str]| String::from_utf8_lossy(&git.run_in(folder, arguments)).into_owned();
    let objects = text(&["cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)"]);
    let mut lives: BTreeMap<(String, String), Life> = BTreeMap::new();
    for blob in objects.lines().filter_map(|line| line.strip_suffix(" blob")) {
        if !holds_mark(&git.run_in(folder, &["cat-file", "blob", blob])) {
            continue;
        }
        let find = format!("--find-object={blob}");
        let log = text(&[
            "log",
            "--all",
            "-m",
            &find,
            "--format=%x01%H %P",
            "--raw",
            "--no-abbrev",
            "--no-renames",
            "-t",
            "--date-order",
            "--reverse",
            "-z",
        ]);
        // A commit comes once for each of its parents.
        let mut events: Vec<Event> = Vec::new();
        for commit in log.split('\u{1}').filter(|commit| !commit.trim_matches(['\0', '\n']).is_empty()) {
            let mut fields = commit.split('\0');
            let head = fields.next().unwrap().split_whitespace().collect::<Vec<_>>();
            let parents = head.len() - 1;
            if events.last().is_none_or(|(id, ..)| id != head[0]) {
                events.push((head[0].to_owned(), parents, BTreeMap::new()));
            }
            let fields: Vec<&str> = fields
                .map(|field| field.trim_start_matches('\n'))
                .filter(|field| !field.is_empty())
                .collect();
            for [change, path] in fields.as_chunks::<2>().0 {
                let parts: Vec<&str> = change.split(' ').collect();
                let count = &mut events.last_mut().unwrap().2;
                for (id, is_new) in [(parts[2], false), (parts[3], true)] {
                    if id == blob {
                        *count.entry(((*path).to_owned(), is_new)).or_default() += 1;
                    }
                }
            }
        }
        let mut dropped: BTreeMap<String, String> = BTreeMap::new();
        for (id, parents, changes) in events {
            for ((path, is_new), count) in changes {
                let life = lives.entry((path.clone(), blob.to_owned())).or_default();
                let by_all = count == parents.max(1);
                match (is_new, by_all) {
                    (true, true) => life.brought.push(id.clone()),
                    (false, true) => life.removed = Some(id.clone()),
                    (false, false) => drop(dropped.insert(path, id.clone())),
                    (true, false) => {}
                }
            }
        }
        for ((path, _), life) in lives.iter_mut().filter(|((_, of), _)| of == blob) {
            life.removed = life.removed.take().or(dropped.get(path).cloned());
            let head = git.command(folder, &["rev-parse", &format!("HEAD:{path}")]).output().unwrap();
            life.in_head = String::from_utf8_lossy(&head.stdout).trim() == blob;
            for commit in &life.brought {
                for name in text(&["for-each-ref", "--format=%(refname)", "--contains", commit]).lines() {
                    let short = ["refs/heads/", "refs/tags/", "refs/remotes/"]
                        .iter()
                        .find_map(|prefix| name.strip_prefix(prefix));
                    life.refs.insert(short.unwrap_or(name).to_owned());
                }
            }
        }
    }
    lives.retain(|_, life| !life.brought.is_empty());
    lives
}

fn life(place: &Place, brought: &[String]) -> Life {
    Life {
        brought: place
            .commit
            .iter()
            .map(ToString::to_string)
            .chain(brought.iter().skip(1).cloned())
            .collect(),
        removed: place.removed_by.map(|id| id.to_string()),
        in_head: place.in_head,
        refs: place.refs.iter().map(|named| named.name.as_str().to_owned()).collect(),
    }
}

fn agree(git: &Git, folder: &Path) -> Vec<Place> {
    let found = history(folder, &everything());
    assert!(found.unread.is_empty(), "{:?}", found.unread);
    let expected = oracle(git, folder);
    let key = |place: &Place| (String::from_utf8_lossy(&place.path).into_owned(), place.blob.to_string());
    let committed = found.places.iter().filter(|place| place.commit.is_some());
    let told: BTreeMap<_, _> = committed
        .map(|place| {
            let key = key(place);
            let brought = expected.get(&key).map(|life| life.brought.as_slice()).unwrap_or_default();
            let life = life(place, brought);
            (key, life)
        })
        .collect();
    assert_eq!(told, expected);
    for place in found.places.iter().filter(|place| place.commit.is_some()) {
        let commit = place.commit.unwrap().to_string();
        let time = git.run_in(folder, &["log", "-1", "--format=%at", &commit]);
        assert_eq!(place.author_time, String::from_utf8(time).unwrap().trim().parse().ok());
        for named in &*place.still_on {
            let name = named.name.as_str();
            let at = git
                .run_in(folder, &["rev-parse", &format!("{name}:{}", String::from_utf8_lossy(&place.path))]);
            assert_eq!(String::from_utf8(at).unwrap().trim(), place.blob.to_string(), "{name}");
        }
    }
    found.places
}

fn marked(text: &str) -> String {
    format!("{text}\n{MARK}\n")
}

/// `path brought removed head refs`, with the names that `names` has for commits.
fn told(places: &[Place], names: &[(&str, &String)]) -> Vec<String> {
    let name = |id: Option<String>| match id {
        None => String::from("-"),
        Some(id) => names.iter().find(|(_, known)| **known == id).map_or(id, |(name, _)| (*name).to_owned()),
    };
    let place = |place: &Place| {
        let refs: Vec<&str> = place.refs.iter().map(|named| named.name.as_str()).collect();
        let still: Vec<&str> = place.still_on.iter().map(|named| named.name.as_str()).collect();
        format!(
            "{} {} {} {} {} {}",
            String::from_utf8_lossy(&place.path),
            name(place.commit.map(|id| id.to_string())),
            name(place.removed_by.map(|id| id.to_string())),
            place.in_head,
            refs.join(","),
            still.join(",")
        )
    };
    places.iter().map(place).collect()
}

#[test]
fn the_life_of_a_blob_is_what_git_says() {
    for arguments in [&[][..], &["--object-format=sha256"]] {
        let Some(past) = Past::new(arguments) else { continue };
        assert!(past.agree().is_empty(), "an unborn branch");
        let one = past.commit("folder/deep/a", &marked("a"));
        past.run(&["branch", "early"]);
        past.commit("b", "nothing\n");
        past.run(&["mv", "folder/deep/a", "folder/moved"]);
        past.run(&["commit", "-qm", "renamed"]);
        let renamed = past.id("HEAD");
        let redacted = past.commit("folder/moved", "a\n***\n");
        let again = past.commit("folder/deep/a", &marked("a"));
        past.run(&["rm", "-q", "folder/deep/a"]);
        past.run(&["commit", "-qm", "gone"]);
        let gone = past.id("HEAD");
        let names = [
            ("one", &one),
            ("renamed", &renamed),
            ("redacted", &redacted),
            ("again", &again),
            ("gone", &gone),
        ];
        let expected =
            ["folder/deep/a one gone false early,main early", "folder/moved renamed redacted false main "];
        assert_eq!(told(&past.agree(), &names), expected);
        // Packed it is the same, and with the references packed.
        past.run(&["repack", "-adfq", "--depth=50"]);
        past.run(&["pack-refs", "--all"]);
        assert_eq!(told(&past.agree(), &names), expected);
    }
}

#[test]
fn merges_bring_only_what_no_parent_has() {
    let Some(past) = Past::new(&[]) else { return };
    past.commit("a", "a\n");
    past.run(&["checkout", "-qb", "side"]);
    let side = past.commit("from-side", &marked("side"));
    past.commit("left-out", &marked("left out"));
    past.run(&["checkout", "-q", "main"]);
    past.commit("b", "b\n");
    past.run(&["merge", "-q", "--no-ff", "--no-commit", "side"]);
    past.git.stage("by-merge", &marked("by the merge"));
    past.run(&["rm", "-qf", "left-out"]);
    past.run(&["commit", "-qm", "merge"]);
    let merge = past.id("HEAD");
    past.run(&["branch", "-qD", "side"]);
    // Removed on one side, and still there on the other when they are merged.
    past.run(&["checkout", "-qb", "other"]);
    past.commit("c", "c\n");
    past.run(&["checkout", "-q", "main"]);
    past.run(&["rm", "-q", "from-side"]);
    past.run(&["commit", "-qm", "removed"]);
    let removed = past.id("HEAD");
    past.run(&["merge", "-q", "--no-ff", "-m", "merged", "other"]);
    past.run(&["branch", "-qD", "other"]);
    let places = past.agree();
    let names = [("side", &side), ("merge", &merge), ("removed", &removed)];
    let left_out = places.iter().find(|place| place.path == b"left-out").unwrap().commit.unwrap().to_string();
    assert_eq!(
        told(&places, &names),
        [
            String::from("by-merge merge - true main main"),
            String::from("from-side side removed false main "),
            format!("left-out {left_out} merge false main "),
        ]
    );
    // An octopus, and a second root.
    for branch in ["one", "two", "three"] {
        past.run(&["checkout", "-qb", branch, "main"]);
        past.commit(branch, &marked(branch));
    }
    past.run(&["checkout", "-q", "main"]);
    past.run(&["merge", "-q", "-m", "octopus", "one", "two", "three"]);
    past.run(&["checkout", "-q", "--orphan", "root"]);
    past.run(&["rm", "-rqf", "."]);
    past.commit("root", &marked("root"));
    past.run(&["checkout", "-q", "main"]);
    past.run(&["merge", "-q", "--allow-unrelated-histories", "-m", "roots", "root"]);
    assert_eq!(past.agree().len(), 7);
    past.run(&["repack", "-adfq"]);
    assert_eq!(past.agree().len(), 7);
}

#[test]
fn whatever_a_reference_reaches_is_found() {
    let Some(past) = Past::new(&[]) else { return };
    past.commit("a", "a\n");
    past.run(&["checkout", "-qb", "topic"]);
    past.commit("on-topic", &marked("topic"));
    past.run(&["checkout", "-q", "--detach", "main"]);
    past.commit("tagged", &marked("tagged"));
    past.run(&["tag", "-a", "v1", "-m", "v1"]);
    past.run(&["tag", "-a", "v1-again", "-m", "a tag of a tag", "v1"]);
    past.run(&["checkout", "-q", "main"]);
    past.git.write("a", &marked("stashed"));
    past.run(&["stash", "-q"]);
    past.git.write("note", &marked("noted"));
    past.run(&["notes", "add", "-F", "note", "HEAD"]);
    past.run(&["update-ref", "refs/remotes/origin/x", "topic"]);
    past.run(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/x"]);
    past.git.write("blob", &marked("a blob with a tag of its own"));
    let blob = past.run(&["hash-object", "-w", "blob"]);
    past.run(&["tag", "-a", "blob", "-m", "blob", &blob]);
    past.git.write("below/in-tree", &marked("in a tree with a tag of its own"));
    past.run(&["add", "below/in-tree"]);
    let tree = past.run(&["write-tree"]);
    past.run(&["tag", "tree", &tree]);
    past.run(&["rm", "-q", "--cached", "below/in-tree"]);
    let places = past.agree();
    let head = past.id("main");
    let of: BTreeMap<String, Vec<String>> = places
        .iter()
        .map(|place| {
            let refs = place.refs.iter().map(|named| format!("{}{}", named.kind, named.name.as_str()));
            (String::from_utf8_lossy(&place.path).into_owned(), refs.collect())
        })
        .collect();
    let expected = [
        ("a", &["refs/stash"][..]),
        ("below/in-tree", &["tag tree"]),
        (&blob, &["tag blob"]),
        (&head, &["refs/notes/commits"]),
        ("on-topic", &["remote branch origin/HEAD", "remote branch origin/x", "branch topic"]),
        ("tagged", &["tag v1", "tag v1-again"]),
    ];
    let expected: BTreeMap<String, Vec<String>> = expected
        .iter()
        .map(|(path, refs)| ((*path).to_owned(), refs.iter().map(|name| (*name).to_owned()).collect()))
        .collect();
    assert_eq!(of, expected);
    assert!(places.iter().filter(|place| place.commit.is_none()).count() == 2);
    // A detached HEAD reaches what no branch does, and another worktree's HEAD does.
    past.run(&["checkout", "-q", "--detach"]);
    let detached = past.commit("detached", &marked("detached"));
    let found = history(past.git.path(), &everything()).places;
    let place = found.iter().find(|place| place.path == b"detached").unwrap();
    assert_eq!((place.refs[0].name.as_str(), place.in_head), ("HEAD", true));
    past.run(&["checkout", "-q", "main"]);
    assert!(!history(past.git.path(), &everything()).places.iter().any(|place| place.path == b"detached"));
    past.run(&["worktree", "add", "-q", "--detach", "wt", &detached]);
    for folder in [past.git.path().to_path_buf(), past.git.path().join("wt")] {
        let found = history(&folder, &everything()).places;
        let place = found.iter().find(|place| place.path == b"detached").unwrap();
        assert_eq!(
            (place.refs[0].name.as_str(), place.in_head),
            ("worktrees/wt/HEAD", folder.ends_with("wt"))
        );
    }
}

#[test]
fn what_nothing_reaches_is_found_on_request() {
    let Some(past) = Past::new(&[]) else { return };
    past.commit("a", "a\n");
    let amended = past.commit("amended", &marked("amended away"));
    past.run(&["rm", "-q", "--cached", "amended"]);
    past.run(&["commit", "-q", "--amend", "--allow-empty", "-m", "without"]);
    past.git.write("dangling", &marked("a blob alone"));
    let blob = past.run(&["hash-object", "-w", "dangling"]);
    assert!(past.agree().is_empty());
    let request = HistoryRequest { unreachable: true, ..everything() };
    let names = [("amended", &amended)];
    let found = history(past.git.path(), &request);
    assert_eq!(
        told(&found.places, &names),
        [String::from("amended amended - false  "), format!("{blob} - - false  ")]
    );
    // What a repack keeps of it is still there.
    past.run(&["repack", "-Adq"]);
    assert_eq!(history(past.git.path(), &request).places.len(), 2);
}

/// Makes a file with `steps` versions, each stored as the difference to the one before, up to `depth` of them in a row.
fn chain(past: &Past, steps: usize, depth: usize, marked: usize) {
    let filler: String = (0..50).map(|line| format!("line {line} of the file\n")).collect();
    let mut stream = String::new();
    for step in 0..steps {
        let text = format!("{filler}step {step}\n{}", if step == marked { MARK } else { "" });
        let head = format!("commit refs/heads/main\ncommitter A <a@example.org> {step} +0000\ndata 1\nx\n");
        stream.push_str(&format!("{head}M 100644 inline long\ndata {}\n{text}\n", text.len()));
    }
    let depth_option = format!("--depth={depth}");
    let mut import = past.git.command(
        past.git.path(),
        &["-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", &depth_option],
    );
    let mut child = import.stdin(std::process::Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), stream.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    let stat = past.run(&["verify-pack", "-s", &pack(past).to_string_lossy()]);
    assert!(stat.contains(&format!("chain length = {}:", depth.min(steps - 1))), "{stat}");
}

#[test]
fn a_chain_of_differences_is_followed_to_its_end() {
    let Some(past) = Past::new(&[]) else { return };
    chain(&past, 60, 52, 50);
    let places = past.agree();
    assert_eq!(places.len(), 1);
    // Bases by name instead of by distance.
    past.run(&["-c", "repack.useDeltaBaseOffset=false", "repack", "-adq", "--depth=52"]);
    assert_eq!(past.agree(), places);
}

#[test]
fn a_chain_of_4000_differences_takes_no_time() {
    let Some(past) = Past::new(&[]) else { return };
    chain(&past, 4_095, 4_095, 4_000);
    let found = history(past.git.path(), &everything());
    assert!(found.unread.is_empty() && found.places.len() == 1, "{found:?}");
    assert_eq!(found.places[0].commit.unwrap().to_string(), past.id("main~94"));
}

fn pack(past: &Past) -> PathBuf {
    packs(&past.git.path().join(".git/objects"))
        .into_iter()
        .find(|path| path.extension().is_some_and(|end| end == "pack"))
        .unwrap()
}

fn packs(objects: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> =
        fs::read_dir(objects.join("pack")).unwrap().map(|file| file.unwrap().path()).collect();
    found.sort();
    found
}

#[test]
fn a_pack_that_refers_by_name_is_read() {
    let Some(past) = Past::new(&[]) else { return };
    let filler: String = (0..400).map(|line| format!("line {line} of the file\n")).collect();
    for step in 0..30 {
        past.commit("long", &format!("{filler}step {step}\n{}", if step == 3 { MARK } else { "" }));
    }
    past.run(&["repack", "-adfq"]);
    let before = past.agree();
    let objects = past.run(&["rev-list", "--all", "--objects"]);
    let ids: Vec<&str> = objects.lines().map(|line| line.split(' ').next().unwrap()).collect();
    let mut child =
        past.git.command(past.git.path(), &["pack-objects", "--all-progress-implied", "-q", "other"]);
    child.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = child.spawn().unwrap();
    std::io::Write::write_all(child.stdin.as_mut().unwrap(), ids.join("\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let name = String::from_utf8(output.stdout).unwrap();
    for path in packs(&past.git.path().join(".git/objects")) {
        fs::remove_file(path).unwrap();
    }
    for end in ["pack", "idx"] {
        let from = past.git.path().join(format!("other-{}.{end}", name.trim()));
        fs::rename(from, past.git.path().join(format!(".git/objects/pack/pack-{}.{end}", name.trim())))
            .unwrap();
    }
    assert_eq!(past.agree(), before);
}

#[test]
fn other_forms_of_repositories_are_read() {
    let Some(past) = Past::new(&[]) else { return };
    past.commit("a", &marked("a"));
    past.commit("b", "b\n");
    past.commit("a", "gone\n");
    let path = past.git.path();
    past.run(&["clone", "-q", "--bare", ".", "bare.git"]);
    assert_eq!(agree(&past.git, &path.join("bare.git")).len(), 1);
    // Objects that another repository has, and a .git file.
    past.run(&["clone", "-q", "--shared", "--separate-git-dir=apart", ".", "shared"]);
    assert_eq!(agree(&past.git, &path.join("shared")).len(), 1);
    let file = format!("file://{}", path.display());
    past.run(&["clone", "-q", "--depth=2", "--branch=main", &file, "shallow"]);
    let found = history(&path.join("shallow"), &everything());
    assert!(found.is_shallow && found.unread.is_empty());
    let names = past.run(&["rev-list", "main"]);
    let names: Vec<String> = names.lines().map(String::from).collect();
    let names = [("third", &names[0]), ("second", &names[1])];
    assert_eq!(told(&found.places, &names), ["a second third false main,origin/HEAD,origin/main "]);
    past.run(&["config", "uploadpack.allowFilter", "true"]);
    past.run(&["clone", "-q", "--no-checkout", "--filter=blob:none", &file, "partial"]);
    let found = history(&path.join("partial"), &everything());
    assert!(found.promised == 3 && found.unread.is_empty() && found.places.is_empty(), "{found:?}");
    let ranges = [String::from("HEAD~2..HEAD")];
    let found = history(&path.join("partial"), &HistoryRequest { ranges: &ranges, ..everything() });
    assert!(found.promised == 2 && found.unread.is_empty(), "{found:?}");
}

#[test]
fn a_range_is_what_its_commits_bring() {
    let Some(past) = Past::new(&[]) else { return };
    let first = past.commit("a", &marked("a"));
    past.commit("b", &marked("b"));
    past.run(&["checkout", "-qb", "topic"]);
    past.commit("c", &marked("c"));
    past.run(&["rm", "-q", "c"]);
    past.run(&["commit", "-qm", "gone"]);
    past.commit("d", "d\n");
    past.run(&["checkout", "-q", "main"]);
    past.commit("e", &marked("e"));
    past.run(&["tag", "-a", "v1", "-m", "v1"]);
    past.run(&["checkout", "-q", "topic"]);
    let zeros = "0".repeat(40);
    let paths = |range: &str| {
        let ranges = [range.to_owned()];
        let found = history(past.git.path(), &HistoryRequest { ranges: &ranges, ..everything() });
        assert!(found.unread.is_empty(), "{range}: {:?}", found.unread);
        let paths: Vec<_> =
            found.places.iter().map(|place| String::from_utf8_lossy(&place.path).into_owned()).collect();
        // git lists the same commits.
        paths.concat()
    };
    let short = &first[..7];
    for (range, expected) in [
        ("main..topic", "c"),
        ("topic..main", "e"),
        ("main..", "c"),
        ("..main", "e"),
        ("topic..v1", "e"),
        ("topic..refs/heads/main", "e"),
        ("topic~3..@", "c"),
        (&format!("{short}..topic"), "bc"),
        (&format!("{first}..topic^{{commit}}"), "bc"),
        (&format!("{zeros}..topic"), "abc"),
        (&format!("topic..{zeros}"), ""),
        ("topic", "abc"),
        ("topic^1~1^0..topic", ""),
        ("topic..topic", ""),
    ] {
        assert_eq!(paths(range), expected, "{range}");
    }
    let place =
        &history(past.git.path(), &HistoryRequest { ranges: &[String::from("main..topic")], ..everything() })
            .places[0];
    let removed = past.id("topic~1");
    assert_eq!(
        told(std::slice::from_ref(place), &[("c", &past.id("topic~2")), ("gone", &removed)]),
        ["c c gone false topic "]
    );
    for (range, reason) in [
        ("main...topic", "has three dots"),
        ("main..nothing", "names no branch"),
        ("topic~99..main", "goes further back"),
        ("main:a..topic", "can't be understood"),
        ("HEAD@{1}..main", "can't be understood"),
    ] {
        let message = failure(past.git.path(), range).to_string();
        assert!(message.contains(reason), "{range}: {message}");
    }
    // As many blobs as are read in the order of the pack.
    let all = (0..2_100).map(|number| format!("{number}\n")).collect::<Vec<_>>();
    for (number, text) in all.iter().enumerate() {
        past.git.write(&format!("many/{number}"), text);
    }
    past.git.write("many/marked", &marked("one of many"));
    past.run(&["add", "many"]);
    past.run(&["commit", "-qm", "many"]);
    past.run(&["repack", "-adq"]);
    assert_eq!(paths("topic~1..topic"), "many/marked");
}

#[test]
fn since_a_time_is_what_commits_bring_from_then_on() {
    let Some(past) = Past::new(&[]) else { return };
    past.commit("a", &marked("a"));
    let second = past.commit("b", &marked("b"));
    past.commit("c", "c\n");
    past.run(&["branch", "aside"]);
    past.commit("a", &marked("changed"));
    let time: i64 = past.run(&["log", "-1", "--format=%ct", &second]).parse().unwrap();
    for (since, expected) in [(time + 1, "a"), (time, "ab"), (0, "aab"), (time * 2, "")] {
        let found = history(past.git.path(), &HistoryRequest { since: Some(since), ..everything() });
        let paths: Vec<_> =
            found.places.iter().map(|place| String::from_utf8_lossy(&place.path).into_owned()).collect();
        assert_eq!(paths.concat(), expected);
    }
}

#[test]
fn odd_names_and_odd_trees_are_told() {
    let Some(past) = Past::new(&[]) else { return };
    past.git.write("text", &marked("odd"));
    let blob = past.run(&["hash-object", "-w", "text"]);
    let id: Vec<u8> =
        (0..blob.len() / 2).map(|at| u8::from_str_radix(&blob[at * 2..at * 2 + 2], 16).unwrap()).collect();
    let entry = |name: &[u8]| [b"100644 ", name, b"\0", &id].concat();
    let tree = [entry(b".."), entry(b"a\nb"), entry(b"in\xFFvalid"), entry(b"in/side")].concat();
    fs::write(past.git.path().join("tree"), tree).unwrap();
    let tree = past.run(&["hash-object", "-t", "tree", "--literally", "-w", "tree"]);
    let commit = past.run(&["commit-tree", &tree, "-m", "odd"]);
    past.run(&["update-ref", "refs/heads/odd", &commit]);
    let paths: Vec<Vec<u8>> =
        history(past.git.path(), &everything()).places.into_iter().map(|place| place.path).collect();
    assert_eq!(paths, [&b".."[..], b"a\nb", b"in/side", b"in\xFFvalid"]);
}

#[test]
fn what_is_damaged_is_told_and_the_rest_is_read() {
    let Some(past) = Past::new(&[]) else { return };
    past.commit("found", &marked("found"));
    let missing = past.commit("folder/missing", "missing\n");
    past.commit("folder/other", &marked("other"));
    let object = |revision: &str| {
        let id = past.id(revision);
        past.git.path().join(".git/objects").join(&id[..2]).join(&id[2..])
    };
    // A blob that is missing is told with the commit that brought it.
    fs::remove_file(object("HEAD:folder/missing")).unwrap();
    let found = history(past.git.path(), &everything());
    assert!(found.unread.is_empty(), "{:?}", found.unread);
    let place = found.places.iter().find(|place| place.error.is_some()).unwrap();
    assert_eq!((place.path.as_slice(), &place.error), (&b"folder/missing"[..], &Some(ObjectError::Missing)));
    assert_eq!(place.commit.unwrap().to_string(), missing);
    assert_eq!(found.places.len(), 3);
    // The same of a tree: what is beside it is found.
    fs::remove_file(object("HEAD:folder")).unwrap();
    let found = history(past.git.path(), &everything());
    let paths: Vec<_> = found
        .places
        .iter()
        .map(|place| (String::from_utf8_lossy(&place.path).into_owned(), place.error.is_some()))
        .collect();
    let expected = [("folder", true), ("folder/missing", true), ("found", false)];
    assert_eq!(paths, expected.map(|(path, failed)| (path.to_owned(), failed)));
    // A commit that is no longer there.
    fs::remove_file(object("HEAD~1")).unwrap();
    let found = history(past.git.path(), &everything());
    assert!(matches!(found.unread.as_slice(), [Unread::Parent { .. }]), "{:?}", found.unread);
    // A reference to nothing, and one that is none.
    fs::write(past.git.path().join(".git/refs/heads/nothing"), "1".repeat(40)).unwrap();
    fs::write(past.git.path().join(".git/refs/heads/damaged"), "no name\n").unwrap();
    fs::write(past.git.path().join(".git/packed-refs"), "damaged\n").unwrap();
    let found = history(past.git.path(), &everything());
    assert_eq!(found.unread.len(), 4, "{:?}", found.unread);
}

#[test]
fn a_blob_above_the_limit_is_told() {
    let Some(past) = Past::new(&[]) else { return };
    past.commit("small", &marked("small"));
    past.commit("large", &"x".repeat(3 << 20));
    for packed in [false, true] {
        if packed {
            past.run(&["repack", "-adfq"]);
        }
        let found = history(past.git.path(), &everything());
        assert!(found.unread.is_empty() && found.places.len() == 2);
        assert_eq!(found.places[0].error, Some(ObjectError::TooLarge { size: 3 << 20 }));
        let ranges = [String::from("HEAD~1..HEAD")];
        let found = history(past.git.path(), &HistoryRequest { ranges: &ranges, ..everything() });
        assert_eq!(found.places[0].error, Some(ObjectError::TooLarge { size: 3 << 20 }));
    }
}

/// A generator of numbers that are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % limit
    }
}

/// Whatever the bytes of a repository's files are, it is read without a panic, and what is said of a damaged one is either
/// told or the same as before.
#[test]
fn damage_is_never_the_end() {
    let Some(past) = Past::new(&[]) else { return };
    let filler: String = (0..60).map(|line| format!("line {line} of the file\n")).collect();
    for step in 0..12 {
        let mark = if step == 3 { MARK } else { "" };
        past.commit(&format!("folder{}/long", step % 2), &format!("{filler}step {step}\n{mark}"));
    }
    past.run(&["tag", "-a", "v1", "-m", "v1"]);
    past.run(&["repack", "-adfq", "--depth=50"]);
    past.run(&["pack-refs", "--all"]);
    past.commit("loose", &marked("loose"));
    let before = history(past.git.path(), &everything()).places;
    assert_eq!(before.len(), 2);
    let git_dir = past.git.path().join(".git");
    let loose = past.id("HEAD:loose");
    let mut files = packs(&git_dir.join("objects"));
    files.retain(|path| path.extension().is_some_and(|end| end == "pack" || end == "idx"));
    files.push(git_dir.join("objects").join(&loose[..2]).join(&loose[2..]));
    files.push(git_dir.join("packed-refs"));
    let mut random = Random(11);
    for file in files {
        let whole = fs::read(&file).unwrap();
        for round in 0..150 {
            let mut bytes = whole.clone();
            match round % 5 {
                0 => bytes.truncate(random.below(bytes.len())),
                1 => {
                    let at = random.below(bytes.len());
                    bytes.splice(at..at, [u8::try_from(random.below(256)).unwrap(), 0xFF]);
                }
                // The header and the tables of an index are where lies hurt most.
                2 => {
                    let at = random.below(bytes.len().min(1_100));
                    bytes[at] = u8::try_from(random.below(256)).unwrap();
                }
                _ => {
                    for _ in 0..=random.below(4) {
                        let at = random.below(bytes.len());
                        bytes[at] ^= 1 << random.below(8);
                    }
                }
            }
            damage(&file, |old| *old = bytes);
            let request = HistoryRequest { unreachable: round % 2 == 0, ..everything() };
            let repository = Repository::discover(past.git.path(), &Environment::default()).unwrap().unwrap();
            let found = repository.history(&request, &holds_mark).unwrap();
            let lost = before.iter().any(|place| {
                !found.places.iter().any(|other| {
                    other.path == place.path && other.blob == place.blob && other.error.is_none()
                })
            });
            let told = !found.unread.is_empty() || found.places.iter().any(|place| place.error.is_some());
            // A blob that was found is read again, and then its contents have to match its name.
            let readable = found.places.iter().all(|place| repository.blob(place.blob, 1 << 20).is_ok());
            assert!(!lost || told || !readable, "{} {round}: {found:?}", file.display());
        }
        damage(&file, |old| *old = whole);
    }
    assert_eq!(history(past.git.path(), &everything()).places, before);
}

#[test]
fn many_packed_references_and_alternates_in_a_loop_are_no_trouble() {
    let Some(past) = Past::new(&[]) else { return };
    let commit = past.commit("a", &marked("a"));
    let mut list = String::from("# pack-refs with: peeled fully-peeled sorted \n");
    for number in 0..200_000 {
        list.push_str(&format!("{commit} refs/tags/t{number:06}\n"));
    }
    fs::write(past.git.path().join(".git/packed-refs"), list).unwrap();
    fs::write(
        past.git.path().join(".git/objects/info/alternates"),
        past.git.path().join(".git/objects").to_str().unwrap(),
    )
    .unwrap();
    let found = history(past.git.path(), &everything());
    assert_eq!((found.places.len(), found.places[0].refs.len()), (1, 200_001));
}
