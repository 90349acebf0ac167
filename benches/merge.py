#!/usr/bin/env python3
"""How `aemcred audit --merge` grows: made lines of 1,000 to 1,000,000 credentials, each its own, in runs of 10,000.

    benches/merge.py AEMCRED [NUMBER[/ONE_IN]…]

Prints seconds, those of the processor, and the most memory of each merge, for the JSON report. A tenth of the credentials has a finding of its own, a
tenth is in two places, and of one in twenty (or in so many) the private key isn't at hand, so that its modulus has to be
compared with all others.
"""

import base64
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time

NOW = "2026-11-22T12:00:00Z"
RUN = 10_000


def template(program, folder, defect=None):
    """A sighting and a summary as the program writes them."""
    path, key = os.path.join(folder, "service.json"), os.path.join(folder, "key")
    make = [program, "generate", "--seed", "1", "--now", NOW] + (["--defect", defect] if defect else [])
    for target, contents in ((path, subprocess.run(make, check=True, stdout=subprocess.PIPE).stdout), (key, bytes(32))):
        with open(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            file.write(contents)
    audit = [program, "audit", "--no-git", "--no-config", "--now", NOW, "--format", "jsonl", "--link-key", key, path]
    lines = subprocess.run(audit, stdout=subprocess.PIPE, check=False).stdout.decode().splitlines()
    return json.loads(lines[0]), json.loads(lines[-1])


def moduli(number):
    """Numbers of 2,048 bits that no two have a factor in common, as those of real keys: they are in one interval, and none has
    a prime factor that is smaller than it is long."""
    length = max(10_000, 50 * number)
    first = random.Random(number).getrandbits(2048) | 1 << 2047
    alone, primes = bytearray([1]) * length, bytearray([1]) * length
    for prime in range(2, length):
        if primes[prime]:
            primes[prime * prime :: prime] = bytes(len(range(prime * prime, length, prime)))
            start = -first % prime
            alone[start::prime] = bytes(len(range(start, length, prime)))
    return (first + offset for offset in range(length) if alone[offset])


def write(folder, templates, number, one_in):
    digest = lambda *parts: hashlib.sha256(repr(parts).encode()).hexdigest()
    whole, odd, summary = templates
    files, own_moduli = [], moduli(number)
    for start in range(0, number, RUN):
        files.append(os.path.join(folder, f"{start:07}.jsonl"))
        own = min(RUN, number - start)
        written = 0
        with open(files[-1], "w", encoding="utf-8") as out:
            for index in range(start, start + own):
                line = json.loads(json.dumps(odd if index % 10 == 3 else whole))
                merge, place = line["merge"], line["places"][0]
                line["client_id"] = f"cm-p{10_000 + index % 7_000}-e{100_000 + index}-integration-0"
                line["certificate_sha256"], line["public_key_sha256"] = digest("c", index), digest("k", index)
                merge["modulus"] = base64.b64encode(next(own_moduli).to_bytes(256, "little")).decode()
                merge["client_secret_digest"] = digest("s", index)
                merge["primes"] = None if index % one_in == 7 else [digest("p", index), digest("q", index)]
                merge["run"]["id"] = f"{start:016x}"
                for copy in range(2 if index % 10 == 6 else 1):
                    written += 1
                    merge["number"] = written
                    place["path"] = f"/srv/bucket-{index % 50}/team-{index // 1000}/service-{index}-{copy}.json"
                    json.dump(line, out, separators=(",", ":"), ensure_ascii=False)
                    out.write("\n")
            end = json.loads(json.dumps(summary))
            end["merge"]["run"]["id"], end["merge"]["sightings"] = f"{start:016x}", written
            json.dump(end, out, separators=(",", ":"))
            out.write("\n")
    return files


def main():
    program = os.path.abspath(sys.argv[1])
    print("credentials  no key one in  lines MiB  seconds  of the processor  MiB")
    for number in sys.argv[2:] or ["1000", "10000", "100000", "1000000"]:
        number, one_in = [int(part) for part in (number + "/20").split("/")[:2]]
        with tempfile.TemporaryDirectory() as folder:
            whole, summary = template(program, folder)
            odd, _ = template(program, folder, "certificate-lifetime")
            files = write(folder, (whole, odd, summary), number, one_in)
            size = sum(os.path.getsize(file) for file in files) >> 20
            start = time.monotonic()
            merge = [program, "audit", "--merge", "--no-config", "--format", "json", *files]
            with subprocess.Popen(merge, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                total = sum(len(chunk) for chunk in iter(lambda: process.stdout.read(1 << 20), b""))
                errors = process.stderr.read().decode()
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode not in (0, 1):
                sys.exit(errors[:2000])
            assert total > number * 500, "the report is there"
            seconds, cpu = time.monotonic() - start, usage.ru_utime + usage.ru_stime
            print(f"{number:11}  {one_in:13}  {size:9}  {seconds:7.1f}  {cpu:16.1f}  {usage.ru_maxrss >> 10}", flush=True)


main()
