//! `gitlab`: GitLab's code quality report, shown in merge requests.
//!
//! Owns: its fields and severities. Failures have no place in it; they stand on standard error and in the exit code.
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Results;
use super::wire::pretty;
use crate::examine::fingerprint;
use crate::finding::Level;
use crate::source::hex;

/// Writes the report.
pub fn write(results: &Results, out: &mut dyn Write) -> io::Result<()> {
    let mut seen = BTreeMap::new();
    let mut issues = Vec::new();
    for file in &results.files {
        for finding in file.findings() {
            let fingerprint = fingerprint(finding, file.path.as_str(), &file.checked.record);
            let count = seen.entry(fingerprint.clone()).or_insert(0_usize);
            *count += 1;
            issues.push(Issue {
                description: &finding.draft.message,
                check_name: finding.rule.name,
                fingerprint: numbered(fingerprint, *count),
                severity: severity(finding.level),
                location: Location {
                    path: file.path.in_repository(),
                    lines: Lines { begin: finding.start.line.number() },
                },
            });
        }
    }
    pretty(&issues, out)
}

/// GitLab wants each fingerprint only once in a report: from the second on, the number is hashed in.
fn numbered(fingerprint: String, count: usize) -> String {
    match count {
        1 => fingerprint,
        _ => hex(&Sha256::digest(format!("{fingerprint}#{count}"))),
    }
}

const fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "critical",
        Level::Warning => "major",
        Level::Note => "info",
    }
}

#[derive(Serialize)]
struct Issue<'r> {
    description: &'r str,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'r>,
}

#[derive(Serialize)]
struct Location<'r> {
    path: &'r str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}
