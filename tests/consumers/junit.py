"""The JUnit report: valid by Jenkins' schema, and read by junitparser with the numbers that the concise report has."""

import re
import sys
from pathlib import Path

import xmlschema
from junitparser import Error, Failure, JUnitXml

report, concise = sys.argv[1:]
schema = xmlschema.XMLSchema(str(Path(__file__).parent.parent / "schemas" / "junit-10.xsd"))
schema.validate(report)

lines = Path(concise).read_text().splitlines()
failing = {line.split(": error[")[0].rsplit(":", 2)[0] for line in lines if ": error[" in line}
suites = JUnitXml.fromfile(report)
cases = [case for suite in suites for case in suite]
failed = [case for case in cases if any(isinstance(result, Failure) for result in case.result)]
errors = [case for case in cases if any(isinstance(result, Error) for result in case.result)]
assert suites.tests == len(cases) and suites.failures == len(failed) and suites.errors == len(errors) == 1
assert {case.classname for case in failed} == failing, "the same files fail"
told = len(re.findall(r": (?:error|warning|note)\[", Path(report).read_text()))
assert told == len(lines), f"{told} findings in JUnit, {len(lines)} in concise"
assert any("\n" in case.classname for case in cases), "the line break in a name survives"
print(f"JUnit: valid by junit-10.xsd; junitparser reads {len(cases)} cases, {len(failed)} failed, 1 error")
