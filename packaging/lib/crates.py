"""What is compiled into the program for a target:

    crates.py licenses TARGET   the licenses of all of it, as text
    crates.py sbom TARGET       a bill of materials (CycloneDX 1.6, JSON)
"""

import json
import os
import re
import subprocess
import sys
import uuid
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEGAL = re.compile(r"(?i)^(un)?licen[sc]e|^copying|^copyright|^notice")
# The licenses of what is linked in statically and is no crate, as Debian and its relatives have them.
C_LIBRARY = ("/usr/share/doc/libc6/copyright", "/usr/share/common-licenses/LGPL-2.1", "/usr/share/common-licenses/GPL-3")
C_LIBRARY_NOTICE = """\
The GNU C Library and the unwinder of GCC are linked into the program statically: the first under the LGPL 2.1 or later, the
second under the GPL 3 with the GCC Runtime Library Exception. aemcred's source and packaging/build make the program anew
with another version of either. What Debian says of the library, and the licenses, follow.
"""
RUST_NOTICE = "The Rust standard library, (c) The Rust Project contributors, is used under Apache-2.0: LICENSE-APACHE has its text.\n"


def cargo(*arguments):
    return subprocess.run(["cargo", *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout.decode()


def tree(target, edges):
    """The crates that a build for `target` takes, by name and version."""
    listed = cargo("tree", "--locked", "--target", target, "--edges", edges, "--prefix", "none", "--format", "{p}")
    words = [line.split() for line in listed.splitlines() if line]
    return {(name, version.removeprefix("v")) for name, version, *_ in words}


class Crates:
    """All crates of a build; `linked` are those whose code is in the program."""

    def __init__(self, target):
        self.target = target
        metadata = json.loads(cargo("metadata", "--locked", "--format-version=1", "--filter-platform", target))
        names, linked = tree(target, "normal,build"), tree(target, "normal,no-proc-macro")
        key = lambda package: (package["name"], package["version"])
        self.packages = sorted((p for p in metadata["packages"] if key(p) in names), key=key)
        self.linked = [p for p in self.packages if key(p) in linked]
        self.root = next(p for p in self.packages if p["id"] == metadata["resolve"]["root"])
        ids = {p["id"] for p in self.packages}
        self.edges = {
            node["id"]: sorted(d["pkg"] for d in node["deps"] if d["pkg"] in ids and any(k["kind"] != "dev" for k in d["dep_kinds"]))
            for node in metadata["resolve"]["nodes"]
            if node["id"] in ids
        }


def texts(package):
    """The license texts that a crate brings: of a choice with MIT, MIT's."""
    folder = Path(package["manifest_path"]).parent
    names = sorted(path.name for path in folder.iterdir() if path.is_file() and LEGAL.match(path.name))
    if re.search(r"\bMIT\b", package["license"] or "") and any("MIT" in name.upper() for name in names):
        names = [name for name in names if not re.match(r"(?i)(un)?licen[sc]e|copying", name) or "MIT" in name.upper()]
    return [(folder / name).read_text(encoding="utf-8", errors="replace").strip() for name in names]


def licenses(crates):
    owners, without = {}, []
    for package in crates.linked:
        if package is crates.root:
            continue
        title = f"{package['name']} {package['version']} ({package['license']})"
        found = texts(package)
        if not found:
            without.append(f"{title}, by {', '.join(package['authors']) or package['repository']}")
        for text in found:
            owners.setdefault(text, []).append(title)
    print("aemcred is made of the crates below, under these licenses, and of the Rust standard library.\n")
    print(RUST_NOTICE)
    if without:
        print("These bring no text of their license, which is one of those in this file:\n")
        print("\n".join(without) + "\n")
    for text, titles in owners.items():
        print("=" * 80, *titles, "-" * 80, text, "", sep="\n")
    if crates.target.endswith("-linux-gnu"):
        print("=" * 80, C_LIBRARY_NOTICE, sep="\n")
        for path in C_LIBRARY:
            print("-" * 80, Path(path).read_text(encoding="utf-8").strip(), "", sep="\n")


def sbom(crates):
    lock = (ROOT / "Cargo.lock").read_text(encoding="utf-8")
    checksums = {
        (name, version): checksum
        for name, version, checksum in re.findall(r'name = "(.+)"\nversion = "(.+)"\nsource = .+\nchecksum = "(.+)"', lock)
    }

    def purl(package):
        return f"pkg:cargo/{package['name']}@{package['version']}"

    def component(package):
        about = {
            "type": "application" if package is crates.root else "library",
            "bom-ref": purl(package),
            "name": package["name"],
            "version": package["version"],
            "scope": "required" if package in crates.linked else "excluded",
            "purl": purl(package),
        }
        if package["description"]:
            about["description"] = " ".join(package["description"].split())
        if package["license"]:
            # Old manifests write a choice with a slash.
            about["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
        checksum = checksums.get((package["name"], package["version"]))
        if checksum:
            about["hashes"] = [{"alg": "SHA-256", "content": checksum}]
        if package["repository"]:
            about["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
        return about

    ids = {package["id"]: purl(package) for package in crates.packages}
    components = [component(package) for package in crates.packages if package is not crates.root]
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([crates.target, purl(crates.root), components]))
    made = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), timezone.utc)
    json.dump({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "timestamp": made.isoformat().replace("+00:00", "Z"),
            "component": component(crates.root) | {"properties": [{"name": "cargo:target", "value": crates.target}]},
        },
        "components": components,
        "dependencies": [{"ref": ids[i], "dependsOn": [ids[d] for d in edges]} for i, edges in sorted(crates.edges.items())],
    }, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    command, target = sys.argv[1:]
    {"licenses": licenses, "sbom": sbom}[command](Crates(target))
