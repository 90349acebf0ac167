//! `junit`: JUnit XML, for pipelines that show test results. A suite for each file, a case for each group of rules.
//!
//! Owns: what passes and fails. Does not own: XML's escaping. The structure is what `junit-10.xsd` of Jenkins allows.

use std::io::{self, Write};

use super::escape::xml as escaped;
use super::{Failure, FileResult, Results, one_line};
use crate::finding::{Finding, Level};
use crate::rules::{self, SUBJECTS, Subject};

/// Writes the report. A case fails when one of its findings is of the level `failing` or above; what is below stands in
/// the case's output.
pub fn write(results: &Results, failing: Option<Level>, out: &mut dyn Write) -> io::Result<()> {
    let suites: Vec<Suite<'_>> = results.files.iter().map(|file| Suite::new(file, failing)).collect();
    let errors = results.failures.len();
    let tests = suites.iter().map(|suite| suite.cases.len()).sum::<usize>() + errors;
    let failures = suites.iter().map(Suite::failures).sum::<usize>();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    let counts = format!(r#"tests="{tests}" failures="{failures}" errors="{errors}""#);
    writeln!(out, r#"<testsuites name="aemcred" {counts}>"#)?;
    let timestamp = results.now.format("%Y-%m-%dT%H:%M:%S").to_string();
    for suite in &suites {
        suite.write(&timestamp, out)?;
    }
    if !results.failures.is_empty() {
        let counts = format!(r#"tests="{errors}" failures="0" errors="{errors}" skipped="0""#);
        writeln!(out, r#"  <testsuite name="aemcred" timestamp="{timestamp}" {counts}>"#)?;
        results.failures.iter().try_for_each(|failure| error_case(failure, out))?;
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

struct Suite<'r> {
    file: &'r FileResult,
    cases: Vec<Case<'r>>,
}

struct Case<'r> {
    subject: &'static Subject,
    failed: Vec<&'r Finding>,
    others: Vec<&'r Finding>,
}

impl<'r> Suite<'r> {
    fn new(file: &'r FileResult, failing: Option<Level>) -> Self {
        let case = |subject: &'static Subject| {
            let findings = file.findings().filter(|finding| rules::subject(finding.rule) == subject.title);
            let (failed, others) =
                findings.partition(|finding| failing.is_some_and(|level| finding.level >= level));
            Case { subject, failed, others }
        };
        let cases =
            SUBJECTS.iter().map(|subject| (subject.kinds.contains(&file.checked.record.kind), case(subject)));
        let told = |(examined, case): &(bool, Case<'_>)| {
            *examined || !case.failed.is_empty() || !case.others.is_empty()
        };
        Self { file, cases: cases.filter(told).map(|(_, case)| case).collect() }
    }

    fn failures(&self) -> usize {
        self.cases.iter().filter(|case| !case.failed.is_empty()).count()
    }

    fn write(&self, timestamp: &str, out: &mut dyn Write) -> io::Result<()> {
        let path = escaped(self.file.path.as_str());
        let (tests, failures) = (self.cases.len(), self.failures());
        let counts = format!(r#"tests="{tests}" failures="{failures}" errors="0" skipped="0""#);
        writeln!(out, r#"  <testsuite name="{path}" file="{path}" timestamp="{timestamp}" {counts}>"#)?;
        self.cases.iter().try_for_each(|case| case.write(&path, self.file, out))?;
        writeln!(out, "  </testsuite>")
    }
}

impl Case<'_> {
    fn write(&self, path: &str, file: &FileResult, out: &mut dyn Write) -> io::Result<()> {
        write!(out, r#"    <testcase name="{}" classname="{path}""#, escaped(self.subject.title))?;
        let Some(first) = self.failed.first().or(self.others.first()) else { return writeln!(out, "/>") };
        writeln!(out, ">")?;
        if !self.failed.is_empty() {
            // Most readers show the first failure of a case only, so there is one that lists all.
            let more = match self.failed.len() {
                1 => String::new(),
                count => format!(" (and {} more)", count - 1),
            };
            let message = escaped(&format!("{}{more}", first.draft.message));
            writeln!(out, r#"      <failure type="{}" message="{message}">"#, first.rule.name)?;
            lines(&self.failed, file, out)?;
            writeln!(out, "</failure>")?;
        }
        if !self.others.is_empty() {
            writeln!(out, "      <system-out>")?;
            lines(&self.others, file, out)?;
            writeln!(out, "</system-out>")?;
        }
        writeln!(out, "    </testcase>")
    }
}

fn lines(findings: &[&Finding], file: &FileResult, out: &mut dyn Write) -> io::Result<()> {
    let path = escaped(&file.path.one_line());
    for finding in findings {
        let (draft, level, rule) = (&finding.draft, finding.level, finding.rule.name);
        let message = escaped(&one_line(&draft.message));
        writeln!(out, "{path}:{}: {level}[{rule}] {message}", finding.start)?;
        if !draft.help.is_empty() {
            writeln!(out, "  {}", escaped(&one_line(&draft.help)))?;
        }
    }
    Ok(())
}

fn error_case(failure: &Failure, out: &mut dyn Write) -> io::Result<()> {
    let path = failure.path.as_ref().map_or_else(|| String::from("aemcred"), |path| escaped(path.as_str()));
    writeln!(out, r#"    <testcase name="could be checked" classname="{path}">"#)?;
    let message = escaped(&failure.message);
    writeln!(out, r#"      <error type="failure" message="{message}"/>"#)?;
    writeln!(out, "    </testcase>")
}
