#!/usr/bin/env python3
"""How much memory a large file takes, in times of the file: the goal is five, for whatever is in it.

    benches/memory.py AEMCRED [--size MIB] [NAME…]

Makes one file of each kind after the other, and prints the most memory of `check` of it, of `audit` of it, and of both from
standard input. Fails above the goal. A name picks the kinds that begin so.
"""

import argparse
import base64
import itertools
import os
import random
import subprocess
import sys
import tempfile

GOAL = 5.0
NOW = "2026-11-22T12:00:00Z"
HEX = "0123456789ABCDEF"


def word(index, length=8):
    """Letters that look random and are the same each time."""
    return random.Random(index).randbytes(length)[: (length + 1) // 2].hex()[:length]


def client(index):
    return f"cm-p{10_000 + index % 7_000}-e{100_000 + index}-integration-0"


def secret(index):
    digest = base64.urlsafe_b64encode(random.Random(index).randbytes(24)).decode()
    return f"p8e-{digest}"


def quoted(line, name="X"):
    return line.replace("\n", "\\n").replace('"', '\\"')


def endless(of):
    return (of(index) for index in itertools.count())


def log(index):
    """A commit as `git log -p` shows it."""
    lines = "".join(f"+  {word(index * 7 + number)} = read({word(number)}, \"{word(index + number)}\");\n" for number in range(6))
    return (
        f"commit {word(index, 40)}\nAuthor: A <a@example.com>\nDate:   Sun Nov 22 12:00:00 2026 +0000\n\n    Change {word(index)}\n\n"
        f"diff --git a/src/{word(index % 99)}.js b/src/{word(index % 99)}.js\nindex {word(index, 7)}..{word(index + 1, 7)} 100644\n"
        f"--- a/src/{word(index % 99)}.js\n+++ b/src/{word(index % 99)}.js\n@@ -1,6 +1,6 @@ function a() {{\n{lines}"
        f"-  old({index});\n   return 0;\n\n"
    )


def trailing(text):
    """One credential's fields, so that no look at a glance passes over the file."""
    return f"CLIENT_ID={client(1)}\nCLIENT_SECRET={secret(1)}\n" if text else f'"client_id": "{client(1)}", "client_secret": "{secret(1)}"'


TEXT, JSON = trailing(True), trailing(False)


def patch(index):
    """A commit that adds a file, as `git log -p` shows it; every thousandth adds a credential, a field a line."""
    if index % 1000 == 500:
        lines = "+{\n" + JSON.replace(", ", ",\n").replace('"client', '+  "client').replace("\n  ", "\n+  ") + "\n+}\n"
    else:
        lines = "".join(f"+  {word(index * 7 + number)} = read({word(number)}, \"{word(index + number)}\");\n" for number in range(30))
    return (
        f"commit {word(index, 40)}\nAuthor: A <a@example.com>\nDate:   Sun Nov 22 12:00:00 2026 +0000\n\n    Change {word(index)}\n\n"
        f"diff --git a/src/{word(index)}.js b/src/{word(index)}.js\nnew file mode 100644\nindex 0000000..{word(index + 1, 7)}\n"
        f"--- /dev/null\n+++ b/src/{word(index)}.js\n@@ -0,0 +1,30 @@\n{lines}\n"
    )

# What a file begins with, what is repeated, what it ends with, and how it is called.
KINDS = {
    "variables": (TEXT, endless(lambda _: "A1=b\n"), "", "a.env"),
    "variables-33": (TEXT, endless(lambda index: f"export NAME_{index % 10**7:07}=value{index % 10**9:09}\n"), "", "a.sh"),
    "secret-names": (TEXT, endless(lambda _: "X_CLIENT_SECRET=\n"), "", "b.env"),
    "environment": (TEXT.replace("\n", "\0"), endless(lambda index: f"NAME_{index % 10**6:06}=value\0"), "", "environ"),
    "yaml-many": (TEXT.replace("=", ": "), endless(lambda index: f"key{index}: {index % 97} x\n"), "", "many.yaml"),
    "yaml": (TEXT.replace("=", ": "), endless(lambda index: f"service{index}:\n  image: registry.example.com/{word(index)}\n  tag: \"{word(index + 1)}\"\n  env: production environment {index % 7}\n  note: what a person writes of it, {word(index)}\n"), "", "a.yaml"),
    "yaml-short": (TEXT.replace("=", ": "), endless(lambda index: f"a{index % 500_000}: b\n" if index < 999_000 else f"# {word(index)} {word(index + 1)} {word(index + 2)}\n"), "", "s.yaml"),
    "yaml-accents": (TEXT.replace("=", ": "), endless(lambda index: f"clé{index}:\n  naïve: registry.example.com/{word(index)}/éàü\n  tag: \"{word(index + 1)} é\"\n  note: ce qu'une personne écrit, {word(index)}\n"), "", "e.yaml"),
    "log-p": (f"+{JSON}\n", endless(log), "", "log.patch"),
    "patch": ("", endless(patch), "", "log.patch"),
    "patch-of-one": (f"--- /dev/null\n+++ b/a.js\n@@ -0,0 +1,300000 @@\n+{{\n+  {JSON},\n", endless(lambda index: f"+  \"name {index}\": \"value {word(index)} and some more\",\n"), "+  \"z\": 0\n+}\n", "one.patch"),
    "json-many": ("{" + JSON + ', "list": [', endless(lambda index: f'"{word(index)}", {index % 1000}, '), "0]}", "many.json"),
    "json": ("{" + JSON + ', "list": [', endless(lambda index: f'{{"id": {index}, "name": "{word(index)} {word(index + 1)}", "tags": ["{word(index + 2)}", "b"], "text": "what a person writes of it, and a little more"}},\n'), "0]}", "a.json"),
    "json-short": ("{" + JSON + ', "list": [', endless(lambda index: f'{{"a":"b{index % 10}"}},' if index < 320_000 else f"{index % 10},    \t       \t     \n    \t        \t  \n        "), "0]}", "short.json"),
    "json-flat": ("{" + JSON + ", ", endless(lambda index: f'"name {index}": "value {word(index)} and a little more text",\n'), '"z": 0}', "flat.json"),
    "json-escapes": ("{" + JSON + ', "list": [', endless(lambda index: f'"a\\n{word(index)}\\t\\"b\\"\\u00e9\\r\\n{word(index + 1)}\\n and a little more",\n'), "0]}", "escapes.json"),
    "json-lines": ("{" + JSON + "}\n", endless(lambda index: f'{{"time": {index}, "level": "info", "message": "request {word(index)} took {index % 977} ms", "host": "{word(index % 50)}"}}\n'), "", "a.jsonl"),
    "json-lines-clients": ("", endless(lambda index: f'{{"n": {index}, "client_id": "{client(index)}", "client_secret": "{secret(index)}", "note": "{word(index, 60)}"}}\n'), "", "clients.jsonl"),
    "table": ("id,client_id,client_secret,note\n", endless(lambda index: f"{index},{client(index)},{secret(index)},{word(index, 150)}\n"), "", "table.csv"),
    "table-sql": ("", endless(lambda index: f"INSERT INTO clients (id, client_id, client_secret, note) VALUES ({index}, '{client(index)}', '{secret(index)}', '{word(index, 80)}');\n"), "", "table.sql"),
    "table-ids": ("id,client_id\n", endless(lambda index: f"{index},{client(index)}\n"), "", "ids.csv"),
    "line-ids": ("", endless(lambda index: client(index) + " "), "", "ids.txt"),
    "line-clients": ("", endless(lambda index: f"{client(index)} {secret(index)} "), "", "clients.txt"),
    "documents-empty": (TEXT.replace("=", ": "), endless(lambda _: "---\n"), "", "empty.yaml"),
    "pem-begins": (TEXT, endless(lambda _: "-----BEGIN RSA PRIVATE KEY-----\n"), "", "begins.txt"),
    "pem-blocks": (TEXT, endless(lambda index: f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(random.Random(index).randbytes(48)).decode()}\n-----END CERTIFICATE-----\n"), "", "blocks.pem"),
    "javascript": (f"var a={{{JSON}}};", endless(lambda index: f'function {"abcdef"[index % 6]}{index}(e,t){{var n={{x:"{word(index)}",y:[1,2,{index % 9}]}};return e?t.call(this,n.x):n.y[0]}}'), "", "min.js"),
    "quotes-open": (TEXT, endless(lambda index: f'let a{index % 1000} = "never closed {word(index)}\n'), "", "open.js"),
    "quotes-one": (TEXT + 'x = "', endless(lambda index: f"{word(index)} text "), "", "one.py"),
    "xml": (f"<all><client_id>{client(1)}</client_id><client_secret>{secret(1)}</client_secret>", endless(lambda index: f'<item id="{index}"><name>{word(index)}</name><value>what a person writes of it, {word(index + 1)}</value></item>\n'), "</all>", "a.xml"),
    "base64": ("", endless(lambda index: base64.b64encode((TEXT if index == 0 else "".join(f"{word(index + number)} text {number} " for number in range(300)) + "      ").encode()[: 3 * 1200 if index else 57]).decode().rstrip("=") + "\n"), "", "a.b64"),
    "prose": (TEXT, endless(lambda index: f"What a person writes of {word(index)} when there is nothing to say, and it goes on and on.\n"), "", "prose.txt"),
    "comments": (TEXT, endless(lambda index: f"# name_{index % 1000} = {word(index)} and more\n"), "", "comments.sh"),
    "prefixed": ("", endless(lambda index: f"2026-11-22T12:00:{index % 60:02}.{index % 1000:03}Z INFO app: {JSON if index == 5 else word(index)} more words of it\n"), "", "app.log"),
    "utf-16": (TEXT, endless(lambda index: f"NAME_{index % 10**6:06}={word(index)}\n"), "", "wide.env"),
    "latin-1": (TEXT, endless(lambda index: f"NAME_{index % 10**6:06}=caf\xe9 {word(index)}\n"), "", "latin.env"),
    "markdown": (TEXT, endless(lambda index: f"| `{word(index)}` | \"{word(index + 1)}\" | [a](https://example.com/{index}) |\n"), "", "a.md"),
    "objects": (TEXT, endless(lambda index: f"x({{ name: '{word(index)}', size: {index % 100}, list: ['a', \"b\"] }});\n"), "", "objects.ts"),
    "here": (TEXT, endless(lambda index: f"cat <<EOF{index % 100}\nname={word(index)}\nEOF{index % 100}\n"), "", "here.sh"),
    "joined": (TEXT, endless(lambda index: f'const a{index} = "{word(index)}" +\n  "{word(index + 1)}" + "c";\n'), "", "joined.js"),
    "percent": ("q=", endless(lambda index: f"name%20{word(index)}%3D%22{index}%22%26"), TEXT.replace("\n", "%0A"), "query.txt"),
    "escapes": ('"', endless(lambda index: f"{{\\\"name\\\": \\\"{word(index)}\\\", \\\"n\\\": {index}}}\\n"), quoted(TEXT) + '"', "escaped.txt"),
}


def write(kind, path, size):
    start, parts, end, _ = KINDS[kind]
    encoding = {"utf-16": "utf-16", "latin-1": "latin-1"}.get(kind, "utf-8")
    with open(path, "w", encoding=encoding, newline="", buffering=1 << 16) as file:
        file.write(start)
        written = 0
        for part in parts:
            file.write(part)
            written += len(part)
            if written >= size:
                break
        file.write(end)
    return os.path.getsize(path)


def peak(command, path=None):
    """The most memory in bytes, and the exit status."""
    with open(path or os.devnull, "rb") as source:
        child = subprocess.Popen(command, stdin=source, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss * 1024, child.returncode, usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--size", type=int, default=24)
    options = parser.parse_intermixed_args()
    above = 0
    print(f"{'times of the file':20} {'MB':>5} {'check':>6} {'audit':>6} {'check -':>8} {'audit -':>8} {'CPU s':>7}")
    with tempfile.TemporaryDirectory() as folder:
        for kind, (*_, name) in KINDS.items():
            if options.names and not any(kind.startswith(wanted) for wanted in options.names):
                continue
            path = os.path.join(folder, name)
            size = write(kind, path, options.size << 20)
            cells, taken = [], 0.0
            for command, more in (("check", ["--format=json"]), ("audit", ["--no-git", "--format=json"])):
                run = [options.program, command, "--no-config", "--max-size=1G", "--now", NOW, *more]
                for target in (None, path):
                    named = ["-", "--stdin-filename", name] if target else [path]
                    memory, code, seconds = peak([*run, *named], target)
                    taken = max(taken, seconds)
                    cells.append(memory / size)
                    if code not in (0, 1, 2):
                        sys.exit(f"{kind}: {' '.join(run)} ends with {code}")
            os.remove(path)
            check, check_stream, audit, audit_stream = cells
            verdict = "" if max(cells) <= GOAL else "  above the goal"
            above += bool(verdict)
            print(f"{kind:20} {size / 1e6:5.0f} {check:6.1f} {audit:6.1f} {check_stream:8.1f} {audit_stream:8.1f} {taken:7.1f}{verdict}", flush=True)
    return above > 0


if __name__ == "__main__":
    sys.exit(main())
