//! `html`: one file that needs nothing else: no script to be read, no request to anywhere. With scripts it can be
//! filtered and sorted; on paper everything is open.
//!
//! Owns: the page, and that nothing from a file becomes markup. Does not own: the cells of a credential (`row`), its bar
//! (`timeline`), words of findings.

mod row;
mod timeline;

use std::collections::BTreeMap;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::super::counted;
use super::super::escape::html as escaped;
use super::AuditResults;
use crate::finding::Level;
use crate::record::State;
use crate::report::timestamp;
use timeline::Period;

const STYLE: &str = include_str!("html/audit.css");
const SCRIPT: &str = include_str!("html/audit.js");

/// So many audited paths are named in the head.
const PATHS: usize = 10;

/// Columns by which the table sorts, in the order of the cells.
const COLUMNS: [&str; 5] = ["State", "Client", "Until", "Places", "Findings"];

/// Writes the report.
pub fn write(results: &AuditResults, out: &mut dyn Write) -> io::Result<()> {
    let sentence = escaped(&results.summary().sentence());
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
         <title>aemcred audit: {sentence}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header>\n\
         <h1>AEM credentials</h1>\n<p class=\"sum\">{sentence}.</p>",
    )?;
    about(results, out)?;
    writeln!(out, "</header>\n<main>")?;
    if results.credentials.is_empty() {
        writeln!(out, "<p>Nothing was found.</p>")?;
    } else {
        totals(results, out)?;
        inventory(results, out)?;
    }
    failures(results, out)?;
    writeln!(out, "</main>\n<script>{SCRIPT}</script>\n</body>\n</html>")
}

/// What was audited, when and by which version.
fn about(results: &AuditResults, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<dl>")?;
    if !results.paths.is_empty() {
        let named = results.paths.iter().take(PATHS);
        let mut paths: Vec<String> =
            named.map(|path| format!("<code>{}</code>", escaped(path.as_str()))).collect();
        let more = results.paths.len().checked_sub(PATHS).filter(|more| *more > 0);
        paths.extend(more.map(|more| format!("and {more} more")));
        writeln!(out, "<div><dt>Audited</dt><dd>{}</dd></div>", paths.join(", "))?;
    }
    writeln!(
        out,
        "<div><dt>As of</dt><dd><time datetime=\"{0}\">{0}</time></dd></div>\n<div><dt>Extent</dt><dd>{1}</dd></div>\n\
         <div><dt>By</dt><dd>aemcred {2}</dd></div>\n</dl>",
        timestamp(results.now),
        results.extent.sentence(),
        env!("CARGO_PKG_VERSION"),
    )?;
    if !results.complete {
        writeln!(out, "<p class=\"alarm\">The run was interrupted: this is what was found until then.</p>")?;
    }
    Ok(())
}

/// How many credentials are in each state, and how many of them have a finding of each rule. The script makes buttons of
/// them, which filter.
fn totals(results: &AuditResults, out: &mut dyn Write) -> io::Result<()> {
    let states = State::ALL.into_iter().zip(results.summary().states);
    let states = states.filter(|(_, count)| *count > 0);
    writeln!(out, "<section aria-labelledby=\"totals\">\n<h2 id=\"totals\">Totals</h2>")?;
    writeln!(out, "<h3>By state</h3>\n<ul class=\"totals\" data-filter=\"state\">")?;
    for (state, count) in states {
        writeln!(
            out,
            "<li class=\"{0}\" data-value=\"{0}\"><b>{count}</b> <span>{0}</span></li>",
            state.name()
        )?;
    }
    writeln!(out, "</ul>")?;
    let mut rules: BTreeMap<(std::cmp::Reverse<Level>, &str), usize> = BTreeMap::new();
    for audited in &results.credentials {
        for (rule, level) in row::rules(audited) {
            *rules.entry((std::cmp::Reverse(level), rule)).or_default() += 1;
        }
    }
    if !rules.is_empty() {
        writeln!(
            out,
            "<h3>By rule <span class=\"quiet\">credentials with such a finding</span></h3>\n\
             <ul class=\"totals\" data-filter=\"rules\">"
        )?;
        for ((std::cmp::Reverse(level), rule), count) in rules {
            writeln!(
                out,
                "<li class=\"level-{level}\" data-value=\"{rule}\"><b>{count}</b> <span>{rule}</span></li>"
            )?;
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(out, "</section>")
}

fn inventory(results: &AuditResults, out: &mut dyn Write) -> io::Result<()> {
    let period = Period::of(results);
    let axis = period.as_ref().map(|period| period.ticks(results.now)).unwrap_or_default();
    writeln!(
        out,
        "<section aria-labelledby=\"credentials\">\n<h2 id=\"credentials\">Credentials</h2>\n\
         <div id=\"controls\" hidden><label for=\"filter\">Filter by text</label> <input id=\"filter\" type=\"search\" \
         autocomplete=\"off\" placeholder=\"client, organization, file\"> \
         <button type=\"button\" id=\"all\">Show all</button> <span id=\"shown\" role=\"status\"></span></div>"
    )?;
    // The roles are those that the elements have anyway, and lose where the style stacks their cells.
    writeln!(
        out,
        "<table role=\"table\" aria-labelledby=\"credentials\">\n<thead role=\"rowgroup\">\n<tr role=\"row\">{}</tr>\n\
         </thead>\n<tbody role=\"rowgroup\">",
        COLUMNS
            .map(|column| {
                let axis = if column == "Until" { axis.as_str() } else { "" };
                format!(
                    "<th scope=\"col\" role=\"columnheader\"><span class=\"label\">{column}</span>{axis}</th>"
                )
            })
            .concat()
    )?;
    for audited in &results.credentials {
        row::write(audited, period.as_ref(), results.now, out)?;
    }
    writeln!(out, "</tbody>\n</table>\n</section>")
}

fn failures(results: &AuditResults, out: &mut dyn Write) -> io::Result<()> {
    if results.failures.is_empty() {
        return Ok(());
    }
    let count = counted(results.failures.len(), "failure");
    writeln!(
        out,
        "<section aria-labelledby=\"failures\">\n<h2 id=\"failures\">Could not be done: {count}</h2>\n<ul>"
    )?;
    for failure in &results.failures {
        let path = failure.path.as_ref().map(|path| format!("<b>{}</b>: ", escaped(path.as_str())));
        writeln!(out, "<li>{}{}</li>", path.unwrap_or_default(), escaped(&failure.message))?;
    }
    writeln!(out, "</ul>\n</section>")
}

/// The hash by which a policy allows `text`.
fn allowed_hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text.as_bytes()))
}
