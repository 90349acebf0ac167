"""Calendars, metrics and tables of `aemcred renewals`, read by programs that are not ours, against its JSON.

    python renewals.py names DIR [SEED]     copies DIR/*.json to names with everything that some format must escape
    python renewals.py icalendar DIR        PyPI's icalendar on DIR/ics against DIR/json
    python renewals.py prometheus DIR       PyPI's prometheus-client on DIR/prometheus against DIR/json
    python renewals.py csv DIR              Python's csv on DIR/csv against DIR/json
"""

import csv
import json
import random
import shutil
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

SPECIAL = ",;:\\\"'\n\t `|%&<>=@#{}[]()*_~^!$?+-"
# An emoji of two characters, Hebrew, an override of the direction, a combining accent, the longest UTF-8, a no-break
# space.
WIDE = ["🔑", "👩🏽", "א", "ب", "\u202e", "e\u0301", "é", "日", "\U0001f9d1", "\u00a0", "ß"]
LISTED = 20


def names(folder, seed):
    """Copies of each credential in folders of their own, so that every one of them is a place with an odd name."""
    # Names that are hidden look alike, so that not every seed has one answer.
    seed = seed or "7"
    print(f"names from seed {seed}")
    drawn = random.Random(seed)
    for source in sorted(folder.glob("*.json")):
        for _ in range(8):
            name = "".join(
                drawn.choice([drawn.choice(SPECIAL), drawn.choice(WIDE), drawn.choice("abcXYZ019")])
                for _ in range(drawn.randint(1, 60))
            )
            # A file's name may be 255 bytes long.
            name = name.encode()[:200].decode(errors="ignore") or "x"
            shutil.copyfile(source, folder / name)


def instant(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def report(folder):
    return json.loads((folder / "json").read_text(encoding="utf-8"))


def expected_events(folder):
    """What a calendar must hold, by the end, the client and the paths."""
    events = []
    for row in report(folder)["renewals"]:
        if row["status"] in ("never", "unknown"):
            continue
        paths = [place["path"] for place in row["places"][:LISTED]]
        cancelled = row["status"] == "superseded"
        events.append((row["not_after"], row["client_id"], tuple(paths), cancelled, row["renew_by"]))
    return sorted(events, key=repr)


def icalendar_reads(folder):
    from icalendar import Calendar

    calendar = Calendar.from_ical((folder / "ics").read_bytes())
    assert calendar["version"] == "2.0" and not calendar.errors, calendar.errors
    read, identifiers = [], set()
    for event in calendar.walk("VEVENT"):
        assert not event.errors, event.errors
        identifiers.add(str(event["uid"]))
        paths = event["x-aemcred-path"]
        paths = tuple(str(path) for path in (paths if isinstance(paths, list) else [paths]))
        end = datetime.strptime(str(event["x-aemcred-not-after"]), "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        start = event["dtstart"].dt
        by = (end - timedelta(seconds=report(folder)["lead_seconds"])).date()
        assert type(start) is date and start == by, (start, end)
        assert event["dtend"].dt - start == timedelta(days=1)
        assert event["dtstamp"].dt == instant(report(folder)["now"])
        cancelled = str(event["status"]) == "CANCELLED"
        alarms = [alarm["trigger"].dt for alarm in event.walk("VALARM")]
        left = (end.date() - start).days
        expected = sorted({timedelta(days=left - days) for days in (30, 7, 3)} | {timedelta()})
        assert alarms == ([] if cancelled else expected), alarms
        client = str(event["x-aemcred-client-id"])
        assert client in event["summary"] and client in event["description"], event["summary"]
        assert cancelled or "Integrations tab" in event["description"]
        by = event.get("x-aemcred-renew-by")
        by = by and datetime.strptime(str(by), "%Y%m%dT%H%M%SZ").strftime("%Y-%m-%dT%H:%M:%SZ")
        read.append((end.strftime("%Y-%m-%dT%H:%M:%SZ"), client, paths, cancelled, by))
    for actual, expected in zip(sorted(read, key=repr), expected_events(folder), strict=True):
        assert actual == expected, [pair for pair in zip(actual, expected) if pair[0] != pair[1]]
    assert len(identifiers) == len(read) > 4
    print(f"icalendar: {len(read)} events as in the JSON")


def prometheus_reads(folder):
    from prometheus_client.parser import text_string_to_metric_families

    families = {family.name: family for family in text_string_to_metric_families((folder / "prometheus").read_text(encoding="utf-8"))}
    samples = {
        name: {tuple(sorted(sample.labels.items())): sample for sample in family.samples}
        for name, family in families.items()
    }
    for name, family in families.items():
        assert family.type == "gauge" and family.documentation, name
        assert len(samples[name]) == len(family.samples), f"{name} has the same labels twice"
        assert all(sample.timestamp is None for sample in family.samples), name
    rows = report(folder)["renewals"]
    now = instant(report(folder)["now"])
    counted = [row for row in rows if row["status"] not in ("superseded", "unknown")]
    by_path = {}
    for name in ("not_before", "not_after"):
        for sample in families[f"x509_cert_{name}"].samples:
            assert sample.labels["filename"] == sample.labels["filepath"].rsplit("/", 1)[-1]
            assert sample.labels["serial_number"].isdigit() and sample.labels["subject_CN"] == sample.labels["issuer_CN"]
            by_path.setdefault((sample.labels["filepath"], sample.labels["subject_CN"]), {})[name] = sample.value
    expected = {
        (place["path"], row["client_id"]): {
            name: instant(row[name]).timestamp() for name in ("not_before", "not_after")
        }
        for row in counted for place in row["places"]
    }
    assert by_path == expected, (by_path, expected)
    for sample in families["x509_cert_expired"].samples:
        end = expected[sample.labels["filepath"], sample.labels["subject_CN"]]["not_after"]
        assert sample.value == (now.timestamp() > end), sample
    info = {(s.labels["filepath"], s.labels["client_id"]): s.labels for s in families["aemcred_credential_info"].samples}
    for row in rows:
        for place in row["places"]:
            labels = info[place["path"], row["client_id"]]
            for name in ("program", "environment", "organization", "kind"):
                assert labels[name] == (row[name] or ""), labels
            assert labels["superseded"] == str(row["status"] == "superseded").lower(), labels
    states = {}
    for sample in families["aemcred_credential_state"].samples:
        states.setdefault(sample.labels["filepath"], {})[sample.labels["state"]] = sample.value
    for row in rows:
        for place in row["places"]:
            expected_state = None if row["status"] == "superseded" else row["state"]
            read = states.get(place["path"], {})
            assert [name for name, value in read.items() if value == 1] == [expected_state] * bool(expected_state), place
            assert len(read) in (0, 7) and set(read.values()) <= {0, 1}, read
    for sample in families["aemcred_findings"].samples:
        assert sample.value >= 1 and sample.labels["level"] in ("error", "warning", "note"), sample
    assert any(s.labels["rule"] == "certificate-syntax" for s in families["aemcred_findings"].samples)
    failed = {s.labels["filepath"] for s in families["x509_cert_error"].samples if s.value == 1}
    unreadable = {place["path"] for row in rows if row["status"] == "unknown" for place in row["places"]}
    assert failed == unreadable | {failure["path"] for failure in report(folder)["failures"]}, failed
    assert failed, "there is something that can't be read"
    print(f"prometheus-client: {len(by_path)} certificates as in the JSON")


def csv_reads(folder):
    with (folder / "csv").open(newline="", encoding="utf-8") as file:
        read = list(csv.DictReader(file, strict=True))
    rows = report(folder)["renewals"]
    assert len(read) == len(rows)
    for line, row in zip(read, rows):
        for name in ("status", "kind", "client_id", "organization", "not_before", "not_after", "renew_by"):
            assert line[name] == (row[name] or ""), (line, row)
        # Names stand there for people, with what could fool them spelled out.
        assert len(line["places"].split("\n")) == len(row["places"]), line["places"]
    print(f"csv: {len(read)} rows as in the JSON")


def main():
    what, folder = sys.argv[1], Path(sys.argv[2])
    if what == "names":
        names(folder, sys.argv[3] if len(sys.argv) > 3 else None)
    else:
        {"icalendar": icalendar_reads, "prometheus": prometheus_reads, "csv": csv_reads}[what](folder)


if __name__ == "__main__":
    main()
