#!/usr/bin/env python3
"""Makes a folder of files in which some hold credentials: plain, in manifests, in archives, as variables.

    tests/spark/files.py AEMCRED FOLDER NUMBER

Every hundredth file holds one of twenty credentials; the others hold nothing. What is made is the same each time.
"""

import base64
import gzip
import io
import json
import os
import subprocess
import sys
import tarfile

NOW = "2026-11-22T12:00:00Z"


def main():
    program, folder, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
    credentials = []
    for seed in range(20):
        generate = [program, "generate", "--seed", str(seed), "--now", NOW]
        if seed % 5 == 4:
            generate += ["--defect", "certificate-expired"]
        credentials.append(subprocess.run(generate, check=True, stdout=subprocess.PIPE).stdout)
    filler = ("nothing to see here, move along\n" * 40).encode()
    os.makedirs(folder)
    for index in range(number):
        path = os.path.join(folder, f"{index // 1000:03}", f"file {index:06}")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        suffix, contents = made(credentials[index // 100 % 20], index) if index % 100 == 0 else (".txt", b"%d\n" % index + filler)
        descriptor = os.open(path + suffix, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(contents)


def made(document, index):
    integration = json.loads(document)["integration"]
    kind = index // 100 % 6
    if kind == 0:
        return ".json", document
    if kind == 1:
        return ".yaml", b"kind: Secret\ndata:\n  service.json: " + base64.b64encode(document) + b"\n"
    if kind == 2:
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            member = tarfile.TarInfo("etc/service.json")
            member.size = len(document)
            tar.addfile(member, io.BytesIO(document))
        return ".tar.gz", gzip.compress(out.getvalue(), mtime=0)
    if kind == 3:
        return ".pem", integration["privateKey"].encode()
    if kind == 4:
        return ".txt", f"client secret: {integration['technicalAccount']['clientSecret']}\n".encode()
    return ".env", (
        f"AEM_SERVICECREDENTIALS_CLIENT_ID={integration['technicalAccount']['clientId']}\n"
        f"AEM_SERVICECREDENTIALS_CLIENT_SECRET={integration['technicalAccount']['clientSecret']}\n"
    ).encode()


main()
