"""Holds a bill of materials against CycloneDX's own schema, and against a Cargo.lock: each crate is one of that.

    check_sbom.py SBOM LOCK
"""

import json
import re
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

bill, lock = (Path(path).read_text(encoding="utf-8") for path in sys.argv[1:])
error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill)
assert error is None, error
components = json.loads(bill)["components"]
locked = set(re.findall(r'name = "(.+)"\nversion = "(.+)"\nsource', lock))
assert {(each["name"], each["version"]) for each in components} <= locked
required = [each for each in components if each["scope"] == "required"]
assert 20 < len(required) < len(components)
assert all(each["licenses"] and each["hashes"] for each in components)
