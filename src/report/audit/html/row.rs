//! One credential of the page: a row of the table, with its places and its findings.
//!
//! Owns: the cells. Does not own: the words in them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use chrono::{DateTime, Utc};

use super::super::super::days;
use super::super::super::escape::html as escaped;
use super::super::super::inventory::{client, client_name, no_end, place};
use super::timeline::Period;
use crate::examine::short;
use crate::finding::Level;
use crate::inventory::{AuditFinding, Audited};
use crate::record::{Location, Record, State};
use crate::report::timestamp;

/// So many places and findings are seen at once; the rest is in a list that opens.
const SEEN: usize = 5;

/// The rules that a credential has findings of, each with its worst level.
pub(super) fn rules(audited: &Audited) -> BTreeMap<&'static str, Level> {
    let mut rules: BTreeMap<&'static str, Level> = BTreeMap::new();
    for finding in &audited.findings {
        let level = rules.entry(finding.rule.name).or_insert(finding.level);
        *level = (*level).max(finding.level);
    }
    rules
}

/// Writes the row.
pub(super) fn write(
    audited: &Audited,
    period: Option<&Period>,
    now: DateTime<Utc>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let record = &audited.record;
    let state = record.state.name();
    let rank = State::ALL.iter().position(|candidate| *candidate == record.state).unwrap_or_default();
    let (end, until) = until(record, period, now);
    let names = rules(audited).into_keys().collect::<Vec<_>>().join(" ");
    let worst = |level: Level| audited.findings.iter().filter(|finding| finding.level == level).count();
    let [errors, warnings, notes] = [Level::Error, Level::Warning, Level::Note].map(worst);
    writeln!(out, "<tr class=\"{state}\" role=\"row\" data-state=\"{state}\" data-rules=\"{names}\">")?;
    for (label, order, content) in [
        ("State", format!("{rank}"), format!("<span class=\"state\">{state}</span>")),
        ("Client", escaped(client_name(record)), identity(audited)),
        ("Until", end, until),
        ("Places", format!("{:06}", record.locations.len()), places(record)),
        ("Findings", format!("{errors:06}.{warnings:06}.{notes:06}"), findings(audited)),
    ] {
        writeln!(out, "<td role=\"cell\" data-label=\"{label}\" data-order=\"{order}\">{content}</td>")?;
    }
    writeln!(out, "</tr>")
}

/// What the end is sorted by, and the end with its bar.
fn until(record: &Record, period: Option<&Period>, now: DateTime<Utc>) -> (String, String) {
    let Some(validity) = record.validity() else {
        let unknown = match no_end(record) {
            "" => "–",
            words => words,
        };
        return (String::from("9999"), format!("<span class=\"quiet\">{unknown}</span>"));
    };
    let bar = period.map(|period| period.bar(record, now)).unwrap_or_default();
    let end = timestamp(validity.not_after);
    let cell = format!(
        "<time datetime=\"{end}\">{}</time> <span class=\"quiet nowrap\">{}</span>{bar}",
        validity.not_after.format("%Y-%m-%d"),
        days(validity.days_left(now))
    );
    (end, cell)
}

fn identity(audited: &Audited) -> String {
    let record = &audited.record;
    let mut lines = Vec::new();
    if let Some(client) = client(record) {
        lines.push(format!(
            "program {}, environment {}",
            escaped(client.program),
            escaped(client.environment)
        ));
    }
    lines.extend(record.organization.as_deref().map(escaped));
    lines.push(record.kind.name().replace('-', " "));
    lines.extend(record.public_key.as_ref().map(|key| format!("public key {}…", short(&key.sha256))));
    lines.extend(audited.superseded.then(|| String::from("a newer one is here")));
    format!("<b>{}</b><br><span class=\"quiet\">{}</span>", escaped(client_name(record)), lines.join("<br>"))
}

/// A list of which the first few items are seen at once.
fn list<T>(class: &str, all: &[T], item: impl Fn(&T) -> String) -> String {
    let (seen, rest) = all.split_at(all.len().min(SEEN));
    let seen: String = seen.iter().map(&item).collect();
    let more = match rest.len() {
        0 => String::new(),
        more => {
            let rest: String = rest.iter().map(item).collect();
            format!("<details><summary>{more} more</summary><ul class=\"{class}\">{rest}</ul></details>")
        }
    };
    format!("<ul class=\"{class}\">{seen}</ul>{more}")
}

fn places(record: &Record) -> String {
    list("places", &record.locations, |location: &Location| {
        let past = location.past.as_deref().map_or_else(String::new, |past| {
            let commits = [&past.commit, &past.removed_by].into_iter().flatten().map(String::as_str);
            let commits = commits.collect::<Vec<_>>().join(", ");
            format!("<br><span class=\"quiet\" title=\"{commits}\">{}</span>", escaped(&past.sentence()))
        });
        format!("<li>{}{past}</li>", escaped(&place(location)))
    })
}

/// The findings: each message is seen at once, and opens to say where and what to do.
fn findings(audited: &Audited) -> String {
    if audited.findings.is_empty() {
        return String::from("<span class=\"quiet\">none</span>");
    }
    list("findings", &audited.findings, |finding: &AuditFinding| {
        let times = match finding.times {
            0 | 1 => String::new(),
            times => format!(" <span class=\"quiet\">(at {times} places)</span>"),
        };
        let mut item = format!(
            "<li><details><summary><span class=\"level level-{0}\">{0}</span> {1}{times} <code>{2}</code></summary>\
             <p class=\"places\">{3}</p>",
            finding.level,
            escaped(&finding.message),
            finding.rule.name,
            escaped(&place(&finding.location)),
        );
        for (location, what) in &finding.related {
            // Writing to a string can't fail.
            let _ = write!(item, "<p class=\"places\">{}: {}</p>", escaped(&place(location)), escaped(what));
        }
        let _ = write!(
            item,
            "<p>{}</p><p class=\"quiet\">Basis {}: {}.</p></details></li>",
            escaped(&finding.help),
            finding.basis.name(),
            escaped(finding.basis.meaning()),
        );
        item
    })
}
