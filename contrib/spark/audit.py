#!/usr/bin/env python3
"""Looks into every object below some paths with aemcred, on a Spark cluster.

    spark-submit contrib/spark/audit.py --aemcred ./aemcred --link-key ./link.key OUT PATH...
    cat OUT/part-* | aemcred audit --merge -

PATH is whatever Hadoop's file systems read (s3a://, abfss://, gs://, hdfs://, file:). The program and the key go to the
executors with the job; Python there needs PyArrow and pandas. OUT becomes a folder of JSON lines: no object and no secret is in
it.

A partition is given to aemcred as a tar archive, a chunk at a time. A chunk on which aemcred dies or hangs is halved until
one object is left: that one is named as a failure, and the others are looked into.
"""

import argparse
import datetime
import io
import json
import os
import signal
import subprocess
import sys
import tarfile

# So much is in memory at a time, in objects and in bytes.
MOST_OBJECTS = 2000
MOST_BYTES = 32 << 20


def arguments(argv=None):
    parser = argparse.ArgumentParser(description="aemcred audit on Spark", allow_abbrev=False)
    parser.add_argument("--aemcred", required=True, help="the program, which runs on the executors")
    parser.add_argument("--link-key", help="the key by which secrets are tied across partitions (32 random bytes, mode 600)")
    parser.add_argument("--now", help="the clock that all partitions judge by [default: the current time]")
    parser.add_argument("--max-size", type=int, default=64 << 20, help="the largest object to look into, in bytes")
    parser.add_argument("--timeout", type=int, default=600, help="seconds that a chunk may take")
    parser.add_argument("--option", action="append", default=[], help="an option for aemcred audit; may be repeated")
    parser.add_argument("--partitions", type=int, help="into how many partitions objects are put [default: Spark's choice]")
    parser.add_argument("out", help="the folder for the lines")
    parser.add_argument("path", nargs="+", help="what to look into")
    return parser.parse_args(argv)


def name(path):
    """The name of an object: file systems of this machine have paths, others addresses."""
    return path.removeprefix("file:") if path.startswith("file:/") else path


def archive(objects):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, content in objects:
            member = tarfile.TarInfo(path)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


def failure(path, message):
    return json.dumps({"type": "failure", "path": path, "message": message}, ensure_ascii=False)


def lines(command, objects, timeout):
    """The lines of aemcred about these objects."""
    problem = None
    try:
        run = subprocess.run(command, input=archive(objects), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout)
    except subprocess.TimeoutExpired:
        problem = f"aemcred was at work for more than {timeout} s and was ended"
    else:
        written = run.stdout.decode().splitlines()
        if run.returncode in (0, 1, 2) and written and '"type":"summary"' in written[-1]:
            return written
        if run.returncode == 2:
            # Not the objects' fault: an option, or a key that can't be read. The task fails, and says why.
            raise RuntimeError(run.stderr.decode(errors="replace")[:2000])
        number = -run.returncode if run.returncode < 0 else run.returncode - 128
        try:
            problem = f"aemcred was ended by {signal.Signals(number).name} while it looked into this"
        except ValueError:
            problem = f"aemcred ended with status {run.returncode} while it looked into this"
    if len(objects) == 1:
        return [failure(objects[0][0], problem)]
    half = len(objects) // 2
    return lines(command, objects[:half], timeout) + lines(command, objects[half:], timeout)


def chunks(objects):
    """Objects in groups that fit into memory."""
    chunk, size = [], 0
    for path, content in objects:
        if chunk and (len(chunk) == MOST_OBJECTS or size + len(content) > MOST_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append((path, content))
        size += len(content)
    if chunk:
        yield chunk


def shipped(path):
    """Where a file is that came with the job."""
    from pyspark import SparkFiles

    return SparkFiles.get(os.path.basename(path))


def auditor(options, now):
    """What becomes of a partition."""
    settings = (options.aemcred, options.link_key, options.max_size, options.timeout, tuple(options.option))

    def audit(batches):
        import pyarrow

        program, key, max_size, timeout, more = settings
        program = shipped(program)
        os.chmod(program, 0o700)
        command = [program, "audit", "--format", "jsonl", "--no-config", "--no-git", "--quiet", "--now", now]
        command += ["--max-size", str(max_size), *more]
        if key:
            key = shipped(key)
            os.chmod(key, 0o600)
            command += ["--link-key", key]
        command.append("-")

        def objects():
            for batch in batches:
                paths, contents = batch.column(0), batch.column(1)
                for index in range(batch.num_rows):
                    yield name(paths[index].as_py()), contents[index].as_py() or b""

        for chunk in chunks(objects()):
            yield pyarrow.RecordBatch.from_arrays([pyarrow.array(lines(command, chunk, timeout))], ["value"])

    return audit


def main():
    options = arguments()
    from pyspark.sql import SparkSession
    from pyspark.sql.functions import col

    spark = SparkSession.builder.appName("aemcred audit").getOrCreate()
    # Spark takes opening a file for as much work as reading 4 MiB. Then a partition has 32 small files, and aemcred is started
    # for each of them.
    if not spark.sparkContext.getConf().contains("spark.sql.files.openCostInBytes"):
        spark.conf.set("spark.sql.files.openCostInBytes", str(64 << 10))
    # Contents come to Python a few at a time.
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "64")
    for file in filter(None, (options.aemcred, options.link_key)):
        spark.sparkContext.addFile(file)
    now = options.now or datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    reader = spark.read.format("binaryFile").option("recursiveFileLookup", "true")
    found = reader.load(options.path)
    # Only sizes are read for this, no contents.
    larger = found.where(col("length") > options.max_size).select("path").count()
    if larger:
        print(f"aemcred: {larger} objects are larger than {options.max_size} bytes and are not looked into", file=sys.stderr)
    objects = found.where(col("length") <= options.max_size).select("path", "content")
    if options.partitions:
        objects = objects.repartition(options.partitions)
    objects.mapInArrow(auditor(options, now), "value string").write.mode("error").text(options.out)
    spark.stop()


if __name__ == "__main__":
    main()
