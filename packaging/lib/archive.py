"""Writes a folder as a tar archive to standard output: always the same bytes for the same files, whoever makes it and when.

    archive.py [--plain] FOLDER NAME    what is called NAME in FOLDER; compressed with gzip unless --plain
"""

import gzip
import os
import sys
import tarfile
from pathlib import Path


def main(folder, name, plain):
    made = int(os.environ["SOURCE_DATE_EPOCH"])

    def plainly(member):
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mtime = made
        member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
        return member

    out = sys.stdout.buffer
    with out if plain else gzip.GzipFile("", "wb", 9, out, made) as packed, tarfile.open(mode="w", fileobj=packed, format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(Path(folder, name).rglob("*"), key=lambda path: path.as_posix()):
            archive.add(path, path.relative_to(folder).as_posix(), recursive=False, filter=plainly)


if __name__ == "__main__":
    *options, folder, name = sys.argv[1:]
    main(folder, name, options == ["--plain"])
