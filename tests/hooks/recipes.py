"""Holds the recipes of docs/ci.md, docs/pre-commit.md and README.md to their word: YAML against the official schemas, all
shell through shellcheck, and every recipe whose system is only a shell around it is run, in a workspace with one sound
and one expired credential.

    python tests/hooks/recipes.py

How a block is read stands after its language, as in `yaml gitlab`; `<!-- run: … -->` before a block names how it is run.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import yaml
from common import EXPIRED, ROOT, Person, ended, environment

PAGES = ("README.md", "docs/ci.md", "docs/installing.md", "docs/pre-commit.md", "docs/renewals.md")
# What stands in for GitHub's own command: it keeps one issue in a folder and writes down how it was called.
GH = """#!/usr/bin/env bash
set -eu
printf '%s\\n' "$*" >>"$GH_STATE/calls"
case "$1 $2" in
  "issue list") cat "$GH_STATE/open" 2>/dev/null || true ;;
  "issue create") echo 7 >"$GH_STATE/open" ;;
  "issue close") [ "$3" = 7 ]; rm "$GH_STATE/open" ;;
  "issue edit" | "issue comment") [ "$3" = 7 ] ;;
  "label create") ;;
  *) echo "gh has no such command: $*" >&2; exit 64 ;;
esac
for argument; do
  if [ "${previous:-}" = --body-file ]; then cat "$argument" >"$GH_STATE/body"; fi
  previous=$argument
done
"""
FENCE = re.compile(r"(?:<!-- run: (?P<run>[\w ]+) -->\n\n)?^```(?P<kind>\w+(?: [\w-]+)?)\n(?P<text>.*?)^```$", re.M | re.S)
INDENTED = re.compile(r"(?:^ {4}.*\n)+", re.M)
# The schemas that check-jsonschema ships, and what they want done to a document first.
SCHEMAS = {
    "yaml github": ("--builtin-schema", "vendor.github-workflows"),
    "yaml gitlab": ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"),
    "yaml azure": ("--builtin-schema", "vendor.azure-pipelines", "--data-transform", "azure-pipelines", "--regex-variant", "nonunicode"),
}


@dataclass
class Block:
    """A piece of code on a page."""

    page: str
    line: int
    kind: str
    text: str
    run: str | None

    @property
    def name(self):
        return f"{self.page}:{self.line} ({self.kind})"

    def scripts(self):
        """The shell in it, in the order in which its system runs it."""
        read = {
            "indented": lambda: [self.text],
            "sh": lambda: [self.text],
            "groovy": lambda: re.findall(r"sh '''(.*?)'''", self.text, re.S),
            "crontab": lambda: [line.split(maxsplit=5)[5] for line in self.text.splitlines()],
        }
        if self.kind in read:
            return read[self.kind]()
        document = yaml.safe_load(self.text) if self.kind not in ("js", "text", "toml") else None
        return {
            "yaml": lambda: [command["run"] for command in document["pre-commit"]["commands"].values()],
            "yaml github": lambda: [step["run"] for job in document["jobs"].values() for step in job["steps"] if "run" in step],
            "yaml github-steps": lambda: [step["run"] for step in document],
            # GitLab runs the lines of a script in one shell.
            "yaml gitlab": lambda: ["\n".join(job["script"]) for job in document.values()],
            "yaml azure": lambda: [step["bash"] for step in document["steps"] if "bash" in step],
            "yaml pre-commit": list,
            "js": list,
            "text": list,
            "toml": list,
        }[self.kind]()


def blocks(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    found = [(match, match["kind"], match["text"], match["run"]) for match in FENCE.finditer(text)]
    if page == "README.md":
        # Code without a fence: all of it is for a shell.
        unfenced = FENCE.sub(lambda match: "\n" * match[0].count("\n"), text)
        found += [(match, "indented", re.sub("^ {4}", "", match[0], flags=re.M), None) for match in INDENTED.finditer(unfenced)]
    return [Block(page, text.count("\n", 0, match.start()) + 1, *about) for match, *about in found]


def made_wheel():
    made = subprocess.run([ROOT / "packaging" / "build", "wheel"], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    return Path(made.decode().removesuffix("\n"))


class Checker(Person):
    """Somebody who tries what the pages say, with a home of their own."""

    def __init__(self, folder):
        home, wheels = folder / "home", made_wheel().parent.as_uri()
        home.mkdir()
        super().__init__(folder / "workspace", environment(
            HOME=str(home),
            # Where `pip` and `pipx` put programs, which the systems have on their PATH.
            PATH=f"{folder / 'python' / 'bin'}:{environment()['PATH']}",
            PIPX_HOME=str(folder / "pipx"),
            PIPX_BIN_DIR=str(folder / "python" / "bin"),
            # pipx installs with uv where it is.
            PIP_FIND_LINKS=wheels,
            UV_FIND_LINKS=wheels,
            PIP_DISABLE_PIP_VERSION_CHECK="1",
            GITHUB_ACTIONS="true",
            GITHUB_STEP_SUMMARY=str(folder / "summary.md"),
        ))
        self.folder, self.home = folder, home
        self.work.mkdir()
        self.must(sys.executable, "-m", "venv", str(folder / "python"))

    def validate(self, block):
        if block.kind in SCHEMAS:
            path = self.folder / "document.yml"
            path.write_text(block.text)
            ended(self.call("check-jsonschema", *SCHEMAS[block.kind], str(path)), 0)
        elif block.kind == "yaml pre-commit":
            path = self.folder / ".pre-commit-config.yaml"
            path.write_text(block.text)
            ended(self.call("pre-commit", "validate-config", str(path)), 0)
            ended(self.call("prek", "validate-config", str(path)), 0)
        for script in block.scripts():
            path = self.folder / "script.sh"
            path.write_text("#!/usr/bin/env bash\nset -eu\n" + script + "\n")
            # A `$` within single quotes of YAML is not a shell's; nothing else is let off.
            ended(self.call("shellcheck", str(path)), 0)

    def run_recipe(self, block):
        """What is there fails the recipe while the expired credential is there, and passes without it."""
        script = "\n".join(block.scripts())
        reports = re.findall(r"--output \w+=(\S+)", script)
        for status, expired in ((1, True), (0, False)):
            place = self.home if block.kind == "crontab" else self.work
            self.credential(place / "secrets" / "sound.json")
            if expired:
                self.credential(place / "secrets" / "expired.json", *EXPIRED)
            else:
                (place / "secrets" / "expired.json").unlink()
            output = ended(self.call("bash", "-eu", "-o", "pipefail", "-c", script), status)
            assert ("certificate-expired" in output) == expired, output
            for report in reports:
                assert ("certificate-expired" in (self.work / report).read_text()) == expired, report
                (self.work / report).unlink()
            if block.kind == "crontab" and not expired:
                assert output == "", output
        return reports

    def run_secret(self, block):
        for status, options in ((1, EXPIRED), (0, ())):
            self.credential("there", *options)
            text = (self.work / "there").read_text()
            (self.work / "there").unlink()
            script = "\n".join(block.scripts())
            call = self.call("bash", "-eu", "-o", "pipefail", "-c", script, more={"AEM_CREDENTIAL": text})
            ended(call, status, "secret:AEM_CREDENTIAL")

    def fill(self, place, *which):
        """Leaves these credentials in the folder and no others."""
        shutil.rmtree(place / "secrets", ignore_errors=True)
        for number, options in enumerate(which):
            # Each of another client, or the newer would supersede the older.
            client = ("--client-id", f"cm-p1-e{number}-integration-0")
            self.credential(place / "secrets" / f"{number}.json", *options, *client)

    def shell(self, script, **more):
        return self.call("bash", "-eu", "-o", "pipefail", "-c", script, more=more)

    def run_renewals(self, block):
        """Fails and writes its reports while something is due."""
        script = "\n".join(block.scripts())
        reports = re.findall(r"--output \w+=(\S+)", script)
        assert reports, script
        for status, which in ((1, [(), EXPIRED]), (0, [()])):
            self.fill(self.work, *which)
            ended(self.shell(script), status, "1 expired, 1 later" if status else "1 credential: 1 later")
            for report in reports:
                assert ("2025-01-09" in (self.work / report).read_text() or "20250109" in (self.work / report).read_text()) == bool(status), report
                (self.work / report).unlink()
        self.fill(self.work)
        (self.work / "secrets").mkdir()
        ended(self.shell(script), 2, "no credential was found")

    def run_calendar(self, block):
        self.fill(self.work, ())
        ended(self.shell("\n".join(block.scripts())), 0)
        calendar = (self.work / "renewals.ics").read_bytes()
        assert calendar.count(b"BEGIN:VEVENT\r\n") == 1 and calendar.count(b"TRIGGER:") == 3, calendar

    def run_mail(self, block):
        """Each line prints something, and so is mailed, from its day on."""
        monday, daily = block.scripts()
        for days, mails in ((40, (False, False)), (20, (True, False)), (2, (True, True)), (-1, (True, True))):
            # The whole days that have passed of the certificate's 365 leave so many.
            begin = datetime.now(timezone.utc) - timedelta(days=365 - days, minutes=-5)
            self.fill(self.home, ("--not-before", begin.strftime("%Y-%m-%dT%H:%M:%SZ"), "--days", "365"))
            for script, mailed in zip((monday, daily), mails, strict=True):
                status, output = self.shell(script)
                assert (output != "") == mailed and status == (days < 3), (days, script, status, output)

    def run_textfile(self, block):
        script, = block.scripts()
        self.fill(self.home, (), EXPIRED)
        ended(self.shell(script, TEXTFILES=str(self.folder)), 1)
        metrics = (self.folder / "aemcred.prom").read_text()
        assert metrics.count("\nx509_cert_not_after{") == 2 and " 1736380800\n" in metrics, metrics
        self.fill(self.home)
        (self.home / "secrets").mkdir()
        ended(self.shell(script, TEXTFILES=str(self.folder)), 2, "no credential was found")
        assert (self.folder / "aemcred.prom").read_text() == metrics

    def run_issue(self, block):
        """An issue is opened, kept up to date and closed; an unfinished run leaves it alone."""
        tools, state = self.folder / "gh-bin", self.folder / "gh"
        tools.mkdir()
        state.mkdir()
        (tools / "gh").write_text(GH)
        (tools / "gh").chmod(0o755)
        script = block.scripts()[-1]
        more = {"GH_STATE": str(state), "PATH": f"{tools}:{self.variables['PATH']}", "GH_REPO": "o/r", "GH_TOKEN": "none"}

        def day(status, *calls):
            (state / "calls").write_text("")
            ended(self.call("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script, more=more), status)
            made = [" ".join(line.split()[:2]) for line in (state / "calls").read_text().splitlines()]
            assert made == list(calls), made

        soon = ("--not-before", (datetime.now(timezone.utc) - timedelta(days=345)).strftime("%Y-%m-%dT00:00:00Z"), "--days", "365")
        self.fill(self.work, ())
        day(0, "issue list")
        self.fill(self.work, (), soon)
        day(0, "issue list", "label create", "issue create")
        assert "🟠 due" in (state / "body").read_text()
        day(0, "issue list", "issue edit")
        self.fill(self.work, (), soon, EXPIRED)
        day(0, "issue list", "issue edit", "issue comment")
        assert "🔴 expired" in (state / "body").read_text()
        # What is wrong with the second look is no word about three days.
        stub = tools / "aemcred"
        stub.write_text(f'#!/bin/sh\ncase "$*" in *--fail-within*) exec "{self.program}" "$@" ;; esac\nexit 2\n')
        stub.chmod(0o755)
        day(2, "issue list", "issue edit")
        stub.unlink()
        # Neither a folder that is gone nor an empty one closes the issue.
        shutil.rmtree(self.work / "secrets")
        day(2)
        (self.work / "secrets").mkdir()
        day(2)
        self.fill(self.work, ())
        day(0, "issue list", "issue close")
        day(0, "issue list")

    def run_forbid(self, block):
        """As a hook of git's own: what is live is stopped, and a template passes."""
        repository = self.folder / "staged"
        repository.mkdir(exist_ok=True)
        self.must("git", "init", "--quiet", at=repository)
        hook = repository / ".git" / "hooks" / "pre-commit"
        hook.write_text("#!/bin/sh\n" + "\n".join(block.scripts()))
        hook.chmod(0o755)
        for status, name in ((1, "bad\nname"), (0, "good name")):
            self.credential(repository / "made")
            if status == 0:
                self.must(self.program, "redact", "made", "--output", name, at=repository)
                (repository / "made").unlink()
            else:
                (repository / "made").rename(repository / name)
            self.must("git", "add", "--all", at=repository)
            output = ended(self.call("git", "commit", "--message=Change", at=repository), status)
            assert ("storage-git-tracked" in output) == bool(status), output
            self.must("git", "rm", "--quiet", "-rf", ".", at=repository)
        ended(self.call("git", "commit", "--allow-empty", "--message=Removed", at=repository), 0)


RUN = {
    "yaml gitlab": Checker.run_recipe,
    "yaml azure": Checker.run_recipe,
    "groovy": Checker.run_recipe,
    "crontab": Checker.run_recipe,
    "yaml github": Checker.run_recipe,
    "yaml github-steps": Checker.run_secret,
    "sh AEM_CREDENTIAL": Checker.run_secret,
    "sh forbid": Checker.run_forbid,
    "yaml": Checker.run_forbid,
    "yaml gitlab renewals": Checker.run_renewals,
    "groovy renewals": Checker.run_renewals,
    "sh calendar": Checker.run_calendar,
    "crontab mail": Checker.run_mail,
    "crontab textfile": Checker.run_textfile,
    "yaml github issue": Checker.run_issue,
}


def main():
    with tempfile.TemporaryDirectory(prefix="aemcred-recipes-") as folder:
        checker = Checker(Path(folder).resolve())
        every = [block for page in PAGES for block in blocks(page)]
        assert {block.page for block in every} == set(PAGES)
        for block in every:
            checker.validate(block)
            print(f"  {block.name}: ok", flush=True)
        start = time.monotonic()
        checker.must("pip", "install", "--quiet", "aemcred")
        checker.program = str(checker.folder / "python" / "bin" / "aemcred")
        print(f"  pip install: ok ({time.monotonic() - start:.0f} s)", flush=True)
        for block in every:
            run = RUN.get(f"{block.kind} {block.run}" if block.run else block.kind)
            # The action's own workflow has no shell; tests/hooks/action.py runs it.
            if run and block.scripts():
                start = time.monotonic()
                run(checker, block)
                print(f"  {block.name} run: ok ({time.monotonic() - start:.1f} s)", flush=True)
        checker.refuse_leaks()


if __name__ == "__main__":
    main()
