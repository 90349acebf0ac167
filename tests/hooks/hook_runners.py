"""Runs the hook of .pre-commit-hooks.yaml under the real pre-commit and prek, as a person who commits would.

Everything happens in a temporary folder: a copy of this checkout as the hooks' repository, a scratch repository that
uses it, and the runners' caches. aemcred is built in target/hooks, which stays for the next run. Nothing of the
person's git configuration is read or written.

    python tests/hooks/hook_runners.py [pre-commit] [prek]
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "target" / "hooks"
# A tool that runs for a moment need not be optimised.
QUICK_BUILD = {
    "CARGO_TARGET_DIR": str(BUILD),
    "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0",
    "CARGO_PROFILE_RELEASE_LTO": "off",
    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
}
# How each runner is called, and where it keeps what it builds.
RUNNERS = {"pre-commit": "PRE_COMMIT_HOME", "prek": "PREK_HOME"}
# So many characters of a secret in a row are a leak.
NEEDLE = 8


def environment(folder, cache_variable):
    """The caller's environment without anything of git's, and with caches in `folder`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT", "PREK_"))}
    person = {"NAME": "Somebody", "EMAIL": "somebody@example.org"}
    for role in ("AUTHOR", "COMMITTER"):
        kept |= {f"GIT_{role}_{name}": value for name, value in person.items()}
    # The runners are found beside this Python, and the hook in git's own hook finds them the same way.
    path = os.pathsep.join([str(Path(sys.executable).parent), kept["PATH"]])
    return kept | QUICK_BUILD | {
        "PATH": path,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "NO_COLOR": "1",
        cache_variable: str(folder / "cache"),
    }


class Scratch:
    """A repository whose commits go through the hook, and every secret that was put into it."""

    def __init__(self, runner, folder):
        self.runner, self.folder = runner, folder
        self.variables = environment(folder, RUNNERS[runner])
        self.work = folder / "work"
        self.secrets, self.outputs = [], []

    def call(self, *command, at=None):
        """The exit status and all output of a command, which is kept for the search for secrets."""
        done = subprocess.run(
            command, cwd=at or self.work, env=self.variables, stdin=subprocess.DEVNULL, capture_output=True, timeout=900
        )
        output = (done.stdout + done.stderr).decode(errors="replace")
        self.outputs.append(output)
        return done.returncode, output

    def must(self, *command, at=None):
        status, output = self.call(*command, at=at)
        assert status == 0, f"{command} ended with {status}:\n{output}"
        return output

    def hook_repository(self):
        """This checkout as it is, with what is not committed yet, as a repository of one commit."""
        copy = self.folder / "aemcred"
        copy.mkdir()
        listed = self.must("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", at=ROOT)
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, copy / name)
        self.must("git", "init", "--quiet", "--initial-branch=main", at=copy)
        self.must("git", "add", "--all", "--force", at=copy)
        self.must("git", "commit", "--quiet", "--message=All", at=copy)
        return copy, self.must("git", "rev-parse", "HEAD", at=copy).strip()

    def prepare(self):
        copy, revision = self.hook_repository()
        self.work.mkdir()
        self.must("git", "init", "--quiet", "--initial-branch=main")
        self.configure(copy, revision)
        self.must(self.runner, "install", "--install-hooks")
        # The program that the runner has built also makes the test data.
        program, = self.folder.glob("cache/**/bin/aemcred")
        self.program = str(program)
        self.must("git", "add", ".pre-commit-config.yaml")
        self.must("git", "commit", "--message=Use the hook")

    def configure(self, copy, revision, **hook):
        hook = {"id": "aemcred-check", **hook}
        repository = {"repo": str(copy), "rev": revision, "hooks": [hook]}
        # JSON is YAML.
        self.write(".pre-commit-config.yaml", json.dumps({"repos": [repository]}))
        self.hook_source = copy, revision

    def write(self, name, text):
        (self.work / name).write_text(text, encoding="utf-8")

    def credential(self, name, *options):
        text = subprocess.run([self.program, "generate", *options], check=True, capture_output=True, text=True).stdout
        document = json.loads(text)
        integration = document["integration"]
        lines = integration["privateKey"].splitlines()
        self.secrets += [line for line in lines if "-----" not in line]
        self.secrets.append(integration["technicalAccount"]["clientSecret"])
        self.write(name, text)

    def commit(self, *names):
        """Stages the files and commits; what was refused is unstaged and removed again."""
        self.must("git", "add", "--", *names)
        status, output = self.call("git", "commit", "--message=Change")
        if status != 0:
            self.must("git", "reset", "--quiet", "--hard")
        return status, output

    def leaked(self):
        """The secrets of which eight characters in a row stand in any output."""
        everything = "\n".join(self.outputs)
        for secret in self.secrets:
            for start in range(len(secret) - NEEDLE + 1):
                if secret[start : start + NEEDLE] in everything:
                    return secret[start : start + NEEDLE]
        return None


def passes(result, *expected):
    status, output = result
    assert status == 0, f"the commit was refused:\n{output}"
    for text in expected:
        assert text in output, f"{text!r} is not in:\n{output}"


def blocks(result, *expected):
    status, output = result
    assert status == 1, f"the commit was not refused ({status}):\n{output}"
    for text in expected:
        assert text in output, f"{text!r} is not in:\n{output}"
    return output


EXPIRED = ("--not-before", "2024-01-10T00:00:00Z", "--days", "365")


def sound_file_passes(scratch):
    scratch.credential("sound.json")
    passes(scratch.commit("sound.json"), "AEM credentials", "Passed")


def expired_file_blocks(scratch):
    scratch.credential("secrets.txt", *EXPIRED)
    output = blocks(scratch.commit("secrets.txt"), "Failed", "secrets.txt", "certificate-expired", "2025-01-09", "help")
    assert "sound.json" not in output, output
    head = scratch.must("git", "log", "--format=%s", "--", "secrets.txt")
    assert head == "", f"it was committed all the same: {head}"
    return output


def unrelated_files_pass_quietly(scratch):
    scratch.write("package.json", '{"name": "site", "private": true}')
    scratch.write("broken.json", '{"name": ')
    scratch.write("notes", "nothing\n")
    _, output = result = scratch.commit("package.json", "broken.json", "notes")
    passes(result, "Passed")
    assert "package.json" not in output.replace("create mode 100644 package.json", ""), output
    assert "skipped" not in output, output


def no_text_file_is_no_work(scratch):
    (scratch.work / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    passes(scratch.commit("picture.png"), "Skipped")
    passes(scratch.call("git", "commit", "--allow-empty", "--message=Nothing"), "Skipped")
    passes(scratch.call(scratch.program, "check", "--quiet", "--skip-unrelated", "--"))


def strange_names_are_names(scratch):
    for name in ("with space.json", "with\nnewline.json", "quote'\"$(touch evaluated).json", "--fail-on=never", "é.json"):
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
    (scratch.work / "outside").rename(scratch.folder / "outside")
    (scratch.work / "link.json").symlink_to(scratch.folder / "outside")
    passes(scratch.commit("link.json"), "Skipped")


def only_what_is_staged_counts(scratch):
    """The runner puts away what is not staged: a repaired file that was not added still blocks."""
    scratch.credential("staged.json", *EXPIRED)
    scratch.must("git", "add", "staged.json")
    scratch.credential("staged.json")
    blocks(scratch.call("git", "commit", "--message=Change"), "staged.json", "certificate-expired")
    scratch.must("git", "reset", "--quiet", "--hard")


def arguments_can_be_given(scratch):
    source = scratch.hook_source
    soon = ("--not-before", time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() - 345 * 86400)))
    scratch.credential("soon.json", *soon)
    passes(scratch.commit("soon.json"), "Passed")
    scratch.configure(*source, args=["--fail-on=warning", "--"])
    passes(scratch.commit(".pre-commit-config.yaml"))
    blocks(scratch.call(scratch.runner, "run", "--all-files"), "soon.json", "certificate-expiring")


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
    arguments_can_be_given,
    a_large_commit_is_quick,
]


def main(runners):
    shown = False
    for runner in runners:
        with tempfile.TemporaryDirectory(prefix="aemcred-hooks-") as folder:
            scratch = Scratch(runner, Path(folder).resolve())
            start = time.monotonic()
            version = scratch.must(runner, "--version", at=ROOT).strip()
            scratch.prepare()
            print(f"{version}: built the hook in {time.monotonic() - start:.0f} s")
            for case in CASES:
                start = time.monotonic()
                output = case(scratch)
                print(f"  {case.__name__}: ok ({time.monotonic() - start:.1f} s)")
                if output and not shown:
                    shown = True
                    print("    " + output.replace("\n", "\n    "))
            leak = scratch.leaked()
            assert scratch.secrets and leak is None, f"a secret is in the output: {leak}"
            print(f"  no secret in {sum(map(len, scratch.outputs))} characters of output: ok")


if __name__ == "__main__":
    main(sys.argv[1:] or list(RUNNERS))
