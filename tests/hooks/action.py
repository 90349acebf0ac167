"""Runs action.yml as GitHub would: its `run` steps in order, with the variables that a runner sets, and with inputs that
are good, wrong and hostile. Actions of others (cache, upload) are not run; what they would be given is looked at. Releases
are served on this machine, with the program of packaging/build.

    python tests/hooks/action.py
"""

import json
import re
import shutil
import subprocess
import tempfile
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml
from common import EXPIRED, ROOT, Person, ended, environment

EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


class Runner(Person):
    """A workspace, and what a runner knows about a job in it."""

    def __init__(self, folder, source=ROOT):
        self.folder, self.source = folder, source
        self.action = yaml.safe_load((source / "action.yml").read_text(encoding="utf-8"))
        work = folder / "workspace"
        work.mkdir(parents=True)
        self.files = {name: folder / name for name in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
        (folder / "temp").mkdir()
        super().__init__(work, environment(
            GITHUB_ACTIONS="true",
            GITHUB_ACTION_PATH=str(source),
            GITHUB_WORKSPACE=str(work),
            RUNNER_OS="Linux",
            RUNNER_ARCH="X64",
            RUNNER_TEMP=str(folder / "temp"),
            RUNNER_TOOL_CACHE=str(folder / "tools"),
            # Nothing listens there: there is no release.
            GITHUB_SERVER_URL="http://127.0.0.1:9",
            **{name: str(path) for name, path in self.files.items()},
        ))

    def job(self, **inputs):
        """Runs all steps until one fails; gives its status and all output. `self.outputs_of` has the steps' outputs."""
        defaults = {name: str(about.get("default", "")) for name, about in self.action["inputs"].items()}
        assert inputs.keys() <= defaults.keys(), inputs
        inputs = defaults | inputs
        self.outputs_of, everything = {}, ""
        for path in self.files.values():
            path.write_text("")
        for step in self.action["runs"]["steps"]:
            if "run" not in step:
                continue
            assert step["shell"] == "bash", step
            assert "${{" not in step["run"], f"an expression would be a part of the script: {step['run']}"
            variables = {name: self.value(text, inputs) for name, text in step.get("env", {}).items()}
            bash = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"])
            self.files["GITHUB_OUTPUT"].write_text("")
            status, output = self.call(*bash, more=variables)
            everything += output
            lines = self.files["GITHUB_OUTPUT"].read_text().splitlines()
            self.outputs_of[step.get("id")] = dict(line.split("=", 1) for line in lines)
            if status != 0:
                break
        self.outputs.append(self.files["GITHUB_STEP_SUMMARY"].read_text())
        return status, everything

    def value(self, text, inputs):
        """What GitHub would make of an expression; only the kinds that action.yml needs."""
        def known(match):
            scope, *names = match[1].split(".")
            if match[1] == "github.action_repository":
                return "owner/aemcred"
            if scope == "inputs":
                return inputs[names[0]]
            assert scope == "steps" and names[1] == "outputs", match[0]
            return self.outputs_of.get(names[0], {}).get(names[2], "")
        return EXPRESSION.sub(known, text)

    def output(self, name):
        return self.value(self.action["outputs"][name]["value"], {})

    def counts(self):
        return tuple(self.output(name) for name in ("status", "errors", "warnings"))

    def summary(self):
        return self.files["GITHUB_STEP_SUMMARY"].read_text()


def it_is_built_once(runner):
    ended(runner.job(), 0, "aemcred 0.")
    prepared = runner.outputs_of["prepare"]
    assert re.fullmatch(r"aemcred-Linux-X64-[0-9a-f]{16}", prepared["key"]), prepared
    cached, = [step for step in runner.action["runs"]["steps"] if "actions/cache" in step.get("uses", "")]
    assert runner.value(cached["with"]["path"], {}) == prepared["root"]
    assert runner.value(cached["with"]["key"], {}) == prepared["key"]
    runner.program = f"{prepared['root']}/bin/aemcred"
    assert runner.files["GITHUB_PATH"].read_text() == f"{prepared['root']}/bin\n"
    ended(runner.job(), 0, "nothing to install")
    assert runner.counts() == ("0", "0", "0"), runner.outputs_of


def other_sources_have_another_key(runner):
    key = runner.outputs_of["prepare"]["key"]
    copy = runner.folder / "changed"
    copy.mkdir()
    for name in ("Cargo.toml", "Cargo.lock", "ci", "packaging", "src"):
        original = ROOT / name
        (shutil.copytree if original.is_dir() else shutil.copyfile)(original, copy / name)
    steps = ("bash", str(copy / "ci" / "action.sh"), "prepare")
    for change in ("", "\n"):
        with (copy / "src" / "lib.rs").open("a", encoding="utf-8") as file:
            file.write(change)
        runner.files["GITHUB_OUTPUT"].write_text("")
        ended(runner.call(*steps), 0)
        assert (f"key={key}\n" in runner.files["GITHUB_OUTPUT"].read_text()) == (change == "")


def a_sound_file_passes(runner):
    runner.credential("secrets/sound.json")
    ended(runner.job(paths="secrets", sarif="out.sarif"), 0)
    assert runner.counts() == ("0", "0", "0"), runner.outputs_of
    assert runner.output("sarif") == "out.sarif"
    report = json.loads((runner.work / "out.sarif").read_text())
    assert report["version"] == "2.1.0" and report["runs"][0]["results"] == [], report
    assert "sound.json" in runner.summary() or "aemcred" in runner.summary(), runner.summary()


def an_expired_file_fails(runner):
    runner.credential("secrets/expired.json", *EXPIRED)
    output = ended(runner.job(paths="secrets", sarif="out.sarif"), 1, "::error ", "secrets/expired.json", "2025-01-09")
    assert runner.counts() == ("1", "1", "0"), runner.outputs_of
    results = json.loads((runner.work / "out.sarif").read_text())["runs"][0]["results"]
    assert [result["ruleId"] for result in results] == ["certificate-expired"], results
    assert "certificate-expired" in runner.summary(), runner.summary()
    # The upload has to happen just then.
    upload, = [step for step in runner.action["runs"]["steps"] if "upload-sarif" in step.get("uses", "")]
    assert upload["if"] == "${{ !cancelled() && steps.check.outputs.sarif != '' }}", upload
    assert runner.value(upload["with"]["sarif_file"], {}) == "out.sarif"
    return output


def inputs_are_obeyed(runner):
    ended(runner.job(paths="secrets", **{"fail-on": "never", "summary": "false"}), 0)
    assert runner.counts() == ("0", "1", "0") and runner.output("sarif") == "", runner.outputs_of
    assert runner.summary() == ""
    ended(runner.job(paths="secrets/sound.json\r\n\r\n", args="--expiring\r\n400d\n", **{"fail-on": "warning"}), 1)
    assert runner.counts() == ("1", "0", "1"), runner.outputs_of
    ended(runner.job(paths=""), 1)


def wrong_inputs_are_refused(runner):
    for inputs in (
        {"paths": "absent.json"},
        {"fail-on": "sometimes"},
        {"summary": "maybe"},
        {"args": "--no-such-option"},
        {"sarif": "no/such/folder/out.sarif"},
    ):
        ended(runner.job(**inputs), 2)
        assert runner.output("status") in ("2", ""), inputs
        assert runner.output("sarif") == "", inputs


def made_program():
    """The files of packaging/build static."""
    made = subprocess.run([ROOT / "packaging" / "build", "static"], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    return [Path(line) for line in made.decode().splitlines()]


def a_release_is_taken(runner):
    """Without Rust, and only if it is what it should be."""
    plain = "/usr/bin:/bin"
    assert shutil.which("cargo", path=plain) is None, "cargo is there: nothing shows that none is needed"
    folder = runner.folder / "served"
    version = runner.must(runner.program, "--version").split()[1]
    release = folder / "owner" / "aemcred" / "releases" / "download" / f"v{version}"
    release.mkdir(parents=True)
    for path in made_program():
        shutil.copy(path, release)
    archive, source = release / "aemcred-x86_64-linux.tar.gz", release / "aemcred-x86_64-linux.source"
    handler = partial(type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None}), directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def job(status, *expected, **more):
        shutil.rmtree(runner.folder / "tools", ignore_errors=True)
        kept = runner.variables
        runner.variables = kept | {"PATH": plain, "GITHUB_SERVER_URL": f"http://127.0.0.1:{server.server_port}", **more}
        try:
            start = time.monotonic()
            output = ended(runner.job(paths="secrets/sound.json"), status, *expected)
            return output, time.monotonic() - start
        finally:
            runner.variables = kept
    try:
        _, seconds = job(0, f"taken from the release v{version}", f"aemcred {version}")
        print(f"    from a release: {seconds:.1f} s")
        no_rust = "There is no release for these sources and this platform, and no Rust"
        job(2, no_rust, RUNNER_ARCH="S390X")
        digest = source.read_text()
        source.write_text("0" * 64)
        job(2, no_rust)
        source.write_text(digest)
        good = archive.read_bytes()
        archive.write_bytes(good[:-9] + b"\0" * 9)
        output, _ = job(2, "another checksum", "Nothing of it was run")
        assert not (runner.folder / "tools").exists()
        archive.unlink()
        job(2, "can't be fetched")
        archive.write_bytes(good)
        (release / "SHA256SUMS").write_text("")
        job(2, "another checksum")
        return output
    finally:
        server.shutdown()


def nothing_is_evaluated(runner):
    names = ["a b.json", "$(touch evaluated).json", "`touch evaluated`", "'\"; touch evaluated; \"'", "*", "--fail-on=never"]
    for name in names:
        runner.credential(f"{name}", *EXPIRED)
    ended(runner.job(paths="\n".join(names)), 1)
    assert runner.counts() == ("1", str(len(names)), "0"), runner.outputs_of
    for name in names:
        (runner.work / name).unlink()
    for name in ("fail-on", "args", "sarif", "summary", "paths"):
        for text in ("$(touch evaluated)", "x'; touch evaluated; '", '"; touch evaluated; "', "\ntouch evaluated"):
            runner.job(**{"paths": "secrets/sound.json", name: text})
    # Line breaks in an input never become outputs of their own.
    ended(runner.job(paths="secrets", sarif="out.sarif\nerrors=0\nstatus=0"), 2, "must be one line")
    assert runner.output("errors") == ""
    assert not [path for path in runner.folder.rglob("evaluated*")], "an input was run"


CASES = [
    it_is_built_once,
    other_sources_have_another_key,
    a_sound_file_passes,
    an_expired_file_fails,
    inputs_are_obeyed,
    wrong_inputs_are_refused,
    nothing_is_evaluated,
    a_release_is_taken,
]


def main():
    with tempfile.TemporaryDirectory(prefix="aemcred-action-") as folder:
        runner = Runner(Path(folder).resolve())
        for case in CASES:
            start = time.monotonic()
            output = case(runner)
            print(f"  {case.__name__}: ok ({time.monotonic() - start:.1f} s)", flush=True)
            if output:
                print("    | " + output.strip().replace("\n", "\n    | "))
        runner.refuse_leaks()


if __name__ == "__main__":
    main()
