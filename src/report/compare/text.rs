//! `text`: a line for everything that was compared, with a mark and message.
//!
//! Owns: the layout. Does not own: the message.

use std::io::{self, Write};

use anstyle::AnsiColor;
use chrono::{DateTime, Utc};

use super::super::escape::plain;
use super::super::lines::{behind, whole};
use super::super::{Drawing, date, days};
use super::{CompareResult, Side, search};
use crate::compare::{Aspect, Outcome};
use crate::report::one_line;

/// Writes the report.
pub fn write(result: &CompareResult, drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
    for (name, side) in [("OLD", &result.old), ("NEW", &result.new)] {
        writeln!(out, "{}", behind(&format!("{name}  "), &side_words(side, result.now), drawing.width))?;
    }
    writeln!(out)?;
    for check in &result.comparison.checks {
        let (mark, color) = match check.outcome {
            Outcome::Yes => ('✓', AnsiColor::Green),
            Outcome::Caution => ('!', AnsiColor::Yellow),
            Outcome::No => ('✗', AnsiColor::Red),
            Outcome::Unknown => ('?', AnsiColor::Yellow),
        };
        let style = drawing.bright(color);
        let message = one_line(&plain(&check.message));
        let line = behind(&format!("{mark} {:<18} ", label(check.aspect)), &message, drawing.width);
        writeln!(out, "{style}{mark}{style:#}{}", line.strip_prefix(mark).unwrap_or_default())?;
    }
    let bold = drawing.bold();
    let sentence = behind("", result.comparison.conclusion.sentence(), drawing.width);
    writeln!(out, "\n{bold}{sentence}{bold:#}")?;
    result.search.as_ref().map_or(Ok(()), |search| search::write(search, drawing, out))
}

/// `old.json: cm-p1-e2-integration-0, 2025-12-20 to 2026-12-20, 27 days left`
fn side_words(side: &Side, now: DateTime<Utc>) -> String {
    let mut parts = Vec::new();
    if let Ok(inspection) = side.inspected.credential() {
        parts.extend(inspection.identity.client_id.as_deref().ok().map(one_line));
        if let Ok(certificate) = &inspection.certificate {
            let validity = certificate.facts.validity;
            parts.push(format!("{} to {}", date(validity.not_before), date(validity.not_after)));
            parts.push(days(validity.days_left(now)));
        }
    }
    let path = whole(side.path.as_str());
    if parts.is_empty() { path } else { format!("{path}: {}", parts.join(", ")) }
}

const fn label(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Document => "documents",
        Aspect::Organization => "organization",
        Aspect::Client => "client",
        Aspect::TechnicalAccount => "technical account",
        Aspect::Endpoint => "endpoint",
        Aspect::Metascopes => "metascopes",
        Aspect::Key => "key",
        Aspect::Expiry => "expiry",
        Aspect::Overlap => "overlap",
        Aspect::Usable => "usable",
    }
}
