//! `html`: one file that needs nothing else: no script to be read, no request to anywhere. With scripts it can be
//! filtered and sorted.
//!
//! Owns: the page, its timeline, and that nothing from a file becomes markup. Does not own: words of findings.

use std::fmt::Write as _;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Datelike as _, TimeDelta, TimeZone as _, Utc};
use sha2::{Digest as _, Sha256};

use super::super::days;
use super::super::escape::html as escaped;
use super::super::inventory::{client, client_name, place};
use super::AuditResults;
use crate::examine::short;
use crate::inventory::{AuditFinding, Audited};
use crate::record::{Location, Record, State};
use crate::report::timestamp;

const STYLE: &str = include_str!("html/audit.css");
const SCRIPT: &str = include_str!("html/audit.js");

/// Writes the report.
pub fn write(results: &AuditResults, out: &mut dyn Write) -> io::Result<()> {
    let summary = results.summary();
    // Only this very script runs, and nothing is loaded, whatever a file's content might smuggle in.
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        allowed_hash(SCRIPT),
    );
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>aemcred audit: {}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
        escaped(&summary.sentence())
    )?;
    writeln!(
        out,
        "<header>\n<h1>AEM credentials</h1>\n<p>{}.</p>\n<p class=\"quiet\">State of {}, aemcred {}, {}.</p>",
        escaped(&summary.sentence()),
        timestamp(results.now),
        env!("CARGO_PKG_VERSION"),
        results.extent.sentence(),
    )?;
    if !results.complete {
        writeln!(out, "<p class=\"alarm\">The run was interrupted: this is what was found until then.</p>")?;
    }
    writeln!(out, "<ul class=\"counts\">")?;
    for (state, count) in State::ALL.into_iter().zip(summary.states).filter(|(_, count)| *count > 0) {
        writeln!(out, "<li class=\"{0}\"><b>{count}</b> {0}</li>", state.name())?;
    }
    writeln!(out, "</ul>\n</header>\n<main>")?;
    if results.credentials.is_empty() {
        writeln!(out, "<p>Nothing was found.</p>")?;
    } else {
        inventory(results, out)?;
    }
    failures(results, out)?;
    writeln!(out, "</main>\n<script>{SCRIPT}</script>\n</body>\n</html>")
}

fn inventory(results: &AuditResults, out: &mut dyn Write) -> io::Result<()> {
    let period = Period::of(results);
    writeln!(
        out,
        "<p id=\"controls\" hidden><label>Filter <input id=\"filter\" type=\"search\" \
         placeholder=\"client, organization, file, rule\"></label> <span id=\"shown\" role=\"status\"></span></p>\n\
         <table>\n<thead>\n<tr><th scope=\"col\">State</th><th scope=\"col\">Client</th><th scope=\"col\">Until</th>\
         <th scope=\"col\" class=\"timeline\">{}</th><th scope=\"col\">Places</th></tr>\n</thead>\n<tbody>",
        period.as_ref().map(|period| period.ticks(results.now)).unwrap_or_default()
    )?;
    for audited in &results.credentials {
        row(audited, period.as_ref(), results.now, out)?;
    }
    writeln!(out, "</tbody>\n</table>")
}

fn row(
    audited: &Audited,
    period: Option<&Period>,
    now: DateTime<Utc>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let record = &audited.record;
    let state = record.state.name();
    let (order, until) = record.validity().map_or_else(
        || (String::from("9999"), String::from("<span class=\"quiet\">unknown</span>")),
        |validity| {
            let date = validity.not_after.format("%Y-%m-%d");
            (
                timestamp(validity.not_after),
                format!(
                    "<time datetime=\"{}\">{date}</time><br><span class=\"quiet\">{}</span>",
                    timestamp(validity.not_after),
                    days(validity.days_left(now))
                ),
            )
        },
    );
    let rank = State::ALL.iter().position(|candidate| *candidate == record.state).unwrap_or_default();
    writeln!(out, "<tr class=\"{state}\">")?;
    writeln!(out, "<td data-order=\"{rank}\"><span class=\"state\">{state}</span></td>")?;
    writeln!(out, "<td>{}</td>", identity(audited))?;
    writeln!(out, "<td data-order=\"{order}\">{until}</td>")?;
    let bar = period.map(|period| period.bar(record, now)).unwrap_or_default();
    writeln!(out, "<td class=\"timeline\">{bar}</td>")?;
    writeln!(
        out,
        "<td data-order=\"{:06}\">{}{}</td>",
        record.locations.len(),
        places(record),
        findings(audited)
    )?;
    writeln!(out, "</tr>")
}

fn identity(audited: &Audited) -> String {
    let record = &audited.record;
    let mut lines = vec![format!("<b>{}</b>", escaped(client_name(record)))];
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
    let (first, rest) =
        lines.split_first().map_or_else(Default::default, |(first, rest)| (first.clone(), rest.join("<br>")));
    format!("{first}<br><span class=\"quiet\">{rest}</span>")
}

/// Places in a list that opens; the first few are seen at once.
fn places(record: &Record) -> String {
    const SEEN: usize = 3;
    let item = |location: &Location| {
        let past = location.past.as_deref().map_or_else(String::new, |past| {
            let commits = [&past.commit, &past.removed_by].into_iter().flatten().map(String::as_str);
            let commits = commits.collect::<Vec<_>>().join(", ");
            format!("<br><span class=\"quiet\" title=\"{commits}\">{}</span>", escaped(&past.sentence()))
        });
        format!("<li>{}{past}</li>", escaped(&place(location)))
    };
    let seen: String = record.locations.iter().take(SEEN).map(item).collect();
    let rest: String = record.locations.iter().skip(SEEN).map(item).collect();
    let more = match record.locations.len().saturating_sub(SEEN) {
        0 => String::new(),
        more => format!("<details><summary>{more} more</summary><ul class=\"places\">{rest}</ul></details>"),
    };
    format!("<ul class=\"places\">{seen}</ul>{more}")
}

fn findings(audited: &Audited) -> String {
    let item = |finding: &AuditFinding| {
        let mut item = format!(
            "<li><span class=\"level {0}\">{0}</span> <code>{1}</code> {2}",
            finding.level,
            finding.rule.name,
            escaped(&finding.message)
        );
        for (location, what) in &finding.related {
            // Writing to a string can't fail.
            let _ = write!(
                item,
                "<br><span class=\"quiet\">{}: {}</span>",
                escaped(&place(location)),
                escaped(what)
            );
        }
        let _ = write!(item, "<p class=\"quiet\">{}</p></li>", escaped(&finding.help));
        item
    };
    match audited.findings.len() {
        0 => String::new(),
        1 => format!(
            "<details><summary>1 finding</summary><ul>{}</ul></details>",
            audited.findings.iter().map(item).collect::<String>()
        ),
        many => format!(
            "<details><summary>{many} findings</summary><ul>{}</ul></details>",
            audited.findings.iter().map(item).collect::<String>()
        ),
    }
}

fn failures(results: &AuditResults, out: &mut dyn Write) -> io::Result<()> {
    if results.failures.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2>Could not be done</h2>\n<ul>")?;
    for failure in &results.failures {
        let path = failure.path.as_ref().map(|path| format!("<b>{}</b>: ", escaped(path.as_str())));
        writeln!(out, "<li>{}{}</li>", path.unwrap_or_default(), escaped(&failure.message))?;
    }
    writeln!(out, "</ul>")
}

/// The time that the timeline shows.
struct Period {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

impl Period {
    /// From the first beginning to the last end, today included, but no more than a few years to either side of it: a
    /// certificate that never expires must not press all others into a line.
    fn of(results: &AuditResults) -> Option<Self> {
        let most = TimeDelta::days(3 * 366);
        let (earliest, latest) =
            (results.now.checked_sub_signed(most)?, results.now.checked_add_signed(most)?);
        let validities = || results.credentials.iter().filter_map(|audited| audited.record.validity());
        validities().next()?;
        let start = validities().map(|validity| validity.not_before).chain([results.now]).min()?;
        let end = validities().map(|validity| validity.not_after).chain([results.now]).max()?;
        let month = TimeDelta::days(31);
        Some(Self {
            start: start.max(earliest).checked_sub_signed(month)?,
            end: end.min(latest).checked_add_signed(month)?,
        })
    }

    /// Where `instant` lies, in hundredths of a per cent of the width.
    fn at(&self, instant: DateTime<Utc>) -> i64 {
        let whole = (self.end - self.start).num_seconds().max(1);
        let clamped = instant.clamp(self.start, self.end);
        (clamped - self.start).num_seconds() * 10_000 / whole
    }

    fn ticks(&self, now: DateTime<Utc>) -> String {
        let mut ticks = String::from("<div class=\"axis\">");
        for year in self.start.year()..=self.end.year() {
            let Some(first) = Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).single() else { continue };
            if first > self.start && first < self.end {
                // Writing to a string can't fail.
                let _ = write!(ticks, "<span style=\"left:{}\">{year}</span>", percent(self.at(first)));
            }
        }
        let _ = write!(
            ticks,
            "<span class=\"today\" style=\"left:{}\" title=\"today, {}\">today</span></div>",
            percent(self.at(now)),
            now.format("%Y-%m-%d")
        );
        ticks
    }

    fn bar(&self, record: &Record, now: DateTime<Utc>) -> String {
        let Some(validity) = record.validity() else { return String::new() };
        let (from, to) = (self.at(validity.not_before), self.at(validity.not_after));
        let words = format!(
            "valid from {} to {}, {}",
            validity.not_before.format("%Y-%m-%d"),
            validity.not_after.format("%Y-%m-%d"),
            days(validity.days_left(now))
        );
        format!(
            "<div class=\"track\" role=\"img\" aria-label=\"{words}\" title=\"{words}\"><i class=\"bar\" \
             style=\"left:{};width:{}\"></i><i class=\"now\" style=\"left:{}\"></i></div>",
            percent(from),
            percent((to - from).max(30)),
            percent(self.at(now)),
        )
    }
}

/// `12.5%` from hundredths.
fn percent(hundredths: i64) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// The hash by which a policy allows `text`.
fn allowed_hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_on_the_timeline_are_within_it() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let period = Period { start: at("2026-01-01T00:00:00Z"), end: at("2027-01-01T00:00:00Z") };
        assert_eq!(percent(period.at(at("2026-07-02T12:00:00Z"))), "50.00%");
        assert_eq!(percent(period.at(at("1900-01-01T00:00:00Z"))), "0.00%");
        assert_eq!(percent(period.at(at("9999-12-31T23:59:59Z"))), "100.00%");
    }
}
