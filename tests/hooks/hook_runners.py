"""Runs the hook of .pre-commit-hooks.yaml under the real pre-commit and prek, as a person who commits would.

Everything happens in a temporary folder: a copy of this checkout as the hooks' repository, and a scratch repository that
uses it. What is built stays in target/hooks for the next run. Nothing of the person's git configuration is read or
written.

    python tests/hooks/hook_runners.py [pre-commit] [prek]
"""

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

from common import EXPIRED, PREK_HOME, ROOT, Person, ended, environment

# How each runner is called, and where below its home it puts a program.
RUNNERS = {"pre-commit": "repo*/rustenv*/bin/aemcred", "prek": "hooks/*/bin/aemcred"}


class Scratch(Person):
    """A repository whose commits go through the hook."""

    def __init__(self, runner, folder):
        self.homes = {"pre-commit": folder / "cache", "prek": PREK_HOME}
        homes = {"PRE_COMMIT_HOME": str(self.homes["pre-commit"]), "PREK_HOME": str(PREK_HOME)}
        super().__init__(folder / "work", environment(**homes))
        # An earlier run's program is not this one's.
        for name in ("hooks", "repos"):
            shutil.rmtree(PREK_HOME / name, ignore_errors=True)
        self.runner, self.folder = runner, folder

    def prepare(self):
        self.source = self.folder / "aemcred"
        self.revision = self.copy_of_checkout(self.source)
        self.work.mkdir()
        self.must("git", "init", "--quiet", "--initial-branch=main")
        self.configure()
        self.must(self.runner, "install", "--install-hooks")
        # The program that the runner has built also makes the test data.
        program, = self.homes[self.runner].glob(RUNNERS[self.runner])
        self.program = str(program)
        self.must("git", "add", ".pre-commit-config.yaml")
        self.must("git", "commit", "--message=Use the hook")

    def configure(self, name="aemcred-check", **hook):
        repository = {"repo": str(self.source), "rev": self.revision, "hooks": [{"id": name, **hook}]}
        # JSON is YAML.
        self.write(".pre-commit-config.yaml", json.dumps({"repos": [repository]}))

    def commit(self, *names):
        """Stages the files and commits; what was refused is unstaged and removed again."""
        self.must("git", "add", "--", *names)
        status, output = self.call("git", "commit", "--message=Change")
        if status != 0:
            self.must("git", "reset", "--quiet", "--hard")
        return status, output


def passes(result, *expected):
    return ended(result, 0, *expected)


def blocks(result, *expected):
    return ended(result, 1, *expected)


def sound_file_passes(scratch):
    scratch.credential("sound.json")
    passes(scratch.commit("sound.json"), "AEM credentials", "Passed")


def expired_file_blocks(scratch):
    scratch.credential("secrets.txt", *EXPIRED)
    result = scratch.commit("secrets.txt")
    output = blocks(result, "Failed", "secrets.txt", "certificate-expired", "2025-01-09", "help")
    assert "sound.json" not in output, output
    head = scratch.must("git", "log", "--format=%s", "--", "secrets.txt")
    assert head == "", f"it was committed all the same: {head}"
    return output


def unrelated_files_pass_quietly(scratch):
    scratch.write("package.json", '{"name": "site", "private": true}')
    scratch.write("broken.json", '{"name": ')
    scratch.write("notes", "nothing\n")
    output = passes(scratch.commit("package.json", "broken.json", "notes"), "Passed")
    assert "aemcred" not in output and "skipped" not in output, output


def no_text_file_is_no_work(scratch):
    (scratch.work / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    passes(scratch.commit("picture.png"), "Skipped")
    passes(scratch.call("git", "commit", "--allow-empty", "--message=Nothing"), "Skipped")
    passes(scratch.call(scratch.program, "check", "--quiet", "--skip-unrelated", "--"))


def strange_names_are_names(scratch):
    hostile = "quote'\"$(touch evaluated).json"
    for name in ("with space.json", "with\nnewline.json", hostile, "--fail-on=never", "é.json"):
        scratch.credential(name, *EXPIRED)
        blocks(scratch.commit(name), "certificate-expired")
        scratch.credential(name)
        passes(scratch.commit(name), "Passed")
    assert not (scratch.work / "evaluated").exists()


def removed_files_do_not_matter(scratch):
    scratch.write("gone.txt", "soon\n")
    passes(scratch.commit("gone.txt"))
    scratch.must("git", "rm", "--quiet", "gone.txt")
    passes(scratch.call("git", "commit", "--message=Remove"))
    # Deleted, but git still lists it.
    (scratch.work / "notes").unlink()
    passes(scratch.call(scratch.runner, "run", "--all-files"), "Passed")
    scratch.must("git", "checkout", "--quiet", "--", "notes")


def links_are_not_followed(scratch):
    scratch.credential("outside", *EXPIRED)
    outside = scratch.folder / "outside"
    (scratch.work / "outside").rename(outside)
    (scratch.work / "link.json").symlink_to(outside)
    passes(scratch.commit("link.json"), "Skipped")


def only_what_is_staged_counts(scratch):
    """The runner puts away what is not staged: a repaired file that was not added still blocks."""
    scratch.credential("staged.json", *EXPIRED)
    scratch.must("git", "add", "staged.json")
    scratch.credential("staged.json")
    blocks(scratch.call("git", "commit", "--message=Change"), "staged.json", "certificate-expired")
    scratch.must("git", "reset", "--quiet", "--hard")


def arguments_can_be_given(scratch):
    soon = ("--not-before", time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() - 345 * 86400)))
    scratch.credential("soon.json", *soon)
    passes(scratch.commit("soon.json"), "Passed")
    scratch.configure(args=["--fail-on=warning", "--"])
    passes(scratch.commit(".pre-commit-config.yaml"))
    blocks(scratch.call(scratch.runner, "run", "--all-files"), "soon.json", "certificate-expiring")


def the_configuration_is_obeyed(scratch):
    scratch.write("aemcred.toml", 'exclude = ["examples"]\n')
    scratch.credential("examples/old.json", *EXPIRED)
    passes(scratch.commit("aemcred.toml", "examples/old.json"), "Passed")
    scratch.credential("old.json", *EXPIRED)
    blocks(scratch.commit("old.json"), "certificate-expired")
    scratch.write("aemcred.toml", 'exclude = ["examples"]\nfail-onn = "note"\n')
    ended(scratch.commit("aemcred.toml", "notes"), 1, "exit code: 2", "fail-onn", "fail-on")


def templates_pass(scratch):
    scratch.credential("made")
    scratch.must(scratch.program, "redact", "made", "--output", "sample.json")
    (scratch.work / "made").unlink()
    passes(scratch.commit("sample.json"), "Passed")


def nothing_live_gets_in(scratch):
    """The other hook, from its installation on."""
    scratch.write("aemcred.toml", 'exclude = ["examples"]\n')
    scratch.configure("aemcred-forbid")
    passes(scratch.commit(".pre-commit-config.yaml", "aemcred.toml"), "Passed")
    # What was committed before it counts no more.
    scratch.write("unrelated", "a change\n")
    passes(scratch.commit("unrelated"), "Passed")
    scratch.credential("config/service.json")
    output = blocks(scratch.commit("config/service.json"), "storage-git-tracked", "git restore --staged config/service.json")
    # Clean in the folder, live in the index; and with an index of git's own, of which runners know nothing.
    scratch.credential("unrelated")
    scratch.must("git", "add", "unrelated")
    scratch.write("unrelated", "clean\n")
    blocks(scratch.call("git", "commit", "--message=Change"), "storage-git-tracked")
    scratch.must("git", "reset", "--quiet", "--hard")
    scratch.credential("unrelated")
    blocks(scratch.call("git", "commit", "--all", "--message=All"), "storage-git-tracked")
    blocks(scratch.call("git", "commit", "--message=Path", "unrelated"), "storage-git-tracked")
    scratch.must("git", "reset", "--quiet", "--hard")
    scratch.credential("examples/fixture.json")
    passes(scratch.commit("examples/fixture.json"), "Passed")
    return output


def a_large_commit_is_quick(scratch):
    folder = scratch.work / "many"
    folder.mkdir()
    for number in range(2000):
        (folder / f"{number}.json").write_text(json.dumps({"name": f"file {number}", "text": "x" * 2000}))
    scratch.must("git", "add", "many")
    start = time.monotonic()
    passes(scratch.call("git", "commit", "--quiet", "--message=Many"), "Passed")
    seconds = time.monotonic() - start
    assert seconds < 20, f"a commit of 2,000 files took {seconds:.1f} s"


CASES = [
    sound_file_passes,
    expired_file_blocks,
    unrelated_files_pass_quietly,
    no_text_file_is_no_work,
    strange_names_are_names,
    removed_files_do_not_matter,
    links_are_not_followed,
    only_what_is_staged_counts,
    the_configuration_is_obeyed,
    arguments_can_be_given,
    templates_pass,
    nothing_live_gets_in,
    a_large_commit_is_quick,
]


def main(runners):
    for runner in runners:
        with tempfile.TemporaryDirectory(prefix="aemcred-hooks-") as folder:
            scratch = Scratch(runner, Path(folder).resolve())
            start = time.monotonic()
            version = scratch.must(runner, "--version", at=ROOT).strip()
            scratch.prepare()
            print(f"{version}: built the hook in {time.monotonic() - start:.0f} s", flush=True)
            for case in CASES:
                start = time.monotonic()
                output = case(scratch)
                print(f"  {case.__name__}: ok ({time.monotonic() - start:.1f} s)", flush=True)
                if output and runner == runners[0]:
                    print("    | " + output.strip().replace("\n", "\n    | "))
            scratch.refuse_leaks()


if __name__ == "__main__":
    main(sys.argv[1:] or list(RUNNERS))
