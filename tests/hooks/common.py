"""What the scripts in this folder share: a quick build, a copy of this checkout, synthetic credentials, the search for
their secrets."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Outside target/release, so that a quick build never replaces a good one.
BUILD = ROOT / "target" / "hooks"
# prek gives cargo a home of its own, at this place below its own home. Cargo builds everything again when its home
# moves, so all builds here use that one.
PREK_HOME = BUILD / "prek"
CARGO_HOME = PREK_HOME / "cache" / "cargo"
# A program that runs for a moment need not be optimized.
QUICK_BUILD = {
    "CARGO_HOME": str(CARGO_HOME),
    "CARGO_TARGET_DIR": str(BUILD),
    "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0",
    "CARGO_PROFILE_RELEASE_LTO": "off",
    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
}
# So many characters of a secret in a row are a leak.
NEEDLE = 8
# Options of `aemcred generate`: this certificate ended on 2025-01-09.
EXPIRED = ("--not-before", "2024-01-10T00:00:00Z", "--days", "365")
# What a CI system or a runner of hooks would have set.
FOREIGN = ("GIT_", "GITHUB_", "RUNNER_", "INPUT_", "PRE_COMMIT", "PREK_")


def share_downloads():
    """Lets cargo's home here use what the real one has downloaded, and in the same way."""
    real = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    CARGO_HOME.mkdir(parents=True, exist_ok=True)
    for name in ("config.toml", "config", "registry"):
        if (real / name).exists() and not (CARGO_HOME / name).exists():
            (CARGO_HOME / name).symlink_to(real / name)


def environment(**more):
    """The caller's environment without git's and any CI's variables, with the programs beside this Python."""
    share_downloads()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    # With a date that stays, the same files make the same commit, which is built once.
    somebody = {"NAME": "Somebody", "EMAIL": "somebody@example.org", "DATE": "2026-11-22T12:00:00Z"}
    for role in ("AUTHOR", "COMMITTER"):
        kept |= {f"GIT_{role}_{name}": value for name, value in somebody.items()}
    return kept | QUICK_BUILD | {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), kept["PATH"]]),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "NO_COLOR": "1",
        **more,
    }


class Person:
    """Somebody at a shell: runs commands, makes credentials, and remembers all outputs and secrets."""

    def __init__(self, work, variables):
        self.work, self.variables = work, variables
        self.program = None
        self.credentials, self.secrets, self.outputs = {}, [], []

    def call(self, *command, at=None, more=None):
        """The exit status and all output of a command."""
        done = subprocess.run(
            command,
            cwd=at or self.work,
            env=self.variables | (more or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=900,
        )
        output = done.stdout.decode(errors="replace")
        self.outputs.append(output)
        return done.returncode, output

    def must(self, *command, at=None):
        status, output = self.call(*command, at=at)
        assert status == 0, f"{command} ended with {status}:\n{output}"
        return output

    def copy_of_checkout(self, copy):
        """This checkout as it is, with what is not committed yet, as a repository of one commit; gives the commit."""
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir(parents=True)
        listed = self.must("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", at=ROOT)
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, copy / name)
        self.must("git", "init", "--quiet", "--initial-branch=main", at=copy)
        self.must("git", "add", "--all", "--force", at=copy)
        self.must("git", "commit", "--quiet", "--message=All", at=copy)
        return self.must("git", "rev-parse", "HEAD", at=copy).strip()

    def write(self, name, text):
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def credential(self, name, *options):
        """Writes a synthetic credential; the same options give the same one, since keys take a while to find."""
        if options not in self.credentials:
            command = [self.program, "generate", *options]
            made = subprocess.run(command, env=self.variables, check=True, capture_output=True).stdout
            self.credentials[options] = made.decode()
            integration = json.loads(made)["integration"]
            lines = integration["privateKey"].splitlines()
            self.secrets += [line for line in lines if "-----" not in line]
            self.secrets.append(integration["technicalAccount"]["clientSecret"])
        self.write(name, self.credentials[options])

    def refuse_leaks(self, *more):
        """Fails when eight characters of a secret stand in any output, or in `more`."""
        everything = "\n".join([*self.outputs, *more])
        assert self.secrets, "there are secrets to look for"
        for secret in self.secrets:
            for start in range(len(secret) - NEEDLE + 1):
                needle = secret[start : start + NEEDLE]
                assert needle not in everything, f"a secret is in the output: {needle}"
        print(f"  no secret in {len(everything)} characters of output: ok")


def ended(result, status, *expected):
    """The output of a call that has to end with this status and say these things."""
    actual, output = result
    assert actual == status, f"it ended with {actual}, not {status}:\n{output}"
    for text in expected:
        assert text in output, f"{text!r} is not in:\n{output}"
    return output
