//! `text`: for people at a terminal. Excerpts from the masked source with carets, help, one line for a sound file.

use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Level as Title, Origin, Renderer, Snippet};
use anstyle::AnsiColor;
use chrono::{DateTime, Utc};

use super::{Drawing, FileResult, Results, Summary, counted, date, days, one_line};
use crate::credential::{DocumentKind, ProjectCredentialKind};
use crate::finding::{Finding, Level};
use crate::record::{ListedCredential, Record, State};
use crate::rule::Check;
use crate::source::{Masked, Span};

/// Of which credentials a line says in what state they are, besides their findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdicts {
    /// Of none.
    Off,
    /// Of those that something can be done with.
    Credentials,
    /// Of templates too.
    All,
}

/// Writes the report.
pub fn write(results: &Results, drawing: Drawing, verdicts: Verdicts, out: &mut dyn Write) -> io::Result<()> {
    let renderer = if drawing.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Unicode).term_width(drawing.width);
    for file in &results.files {
        for finding in file.findings() {
            writeln!(out, "{}\n", excerpt(&renderer, finding, file, drawing.width))?;
        }
        let is_shown = match verdicts {
            Verdicts::Off => false,
            Verdicts::Credentials => !file.is_template(),
            Verdicts::All => true,
        };
        if is_shown {
            verdict(file, drawing, results.now, out)?;
        }
    }
    if drawing.quiet {
        return Ok(());
    }
    summary(&results.summary(), drawing, out)
}

fn excerpt(renderer: &Renderer, finding: &Finding, file: &FileResult, width: usize) -> String {
    let path = file.path.one_line();
    let path = path.as_str();
    let draft = &finding.draft;
    let title = match finding.level {
        Level::Error => Title::ERROR,
        Level::Warning => Title::WARNING,
        Level::Note => Title::NOTE,
    };
    let message = one_line(&draft.message);
    let wrap = |text: &str| wrapped(&one_line(text), width.saturating_sub(14).clamp(40, 100));
    let help = wrap(&draft.help);
    let title = title.primary_title(message.as_str()).id(finding.rule.name);
    // What is said of a place as a whole marks nothing in it.
    let is_about_place = matches!(finding.rule.check, Check::Place(_));
    let mut group = match &file.checked.masked {
        Some(masked) if !is_about_place => title.elements(snippets(masked, finding, path)),
        _ => title.element(
            Origin::path(path).line(finding.start.line.number()).char_column(finding.start.column.number()),
        ),
    };
    if !help.is_empty() {
        group = group.element(Title::HELP.message(help));
    }
    if let Some(fix) = &draft.fix {
        let how = if file.is_file { "; aemcred check --fix writes it" } else { "" };
        let offer = wrap(&format!("{}{how}", fix.label));
        group = group.element(Title::HELP.with_name("fix").message(offer));
    }
    renderer.render(&[group])
}

/// A mark under the text: where in the masked copy, the words beside it, and whether it is the finding's own place.
struct Mark {
    range: Range<usize>,
    line: usize,
    label: String,
    kind: AnnotationKind,
}

/// The lines that a finding is about with their neighbors; lines far apart stand in snippets of their own.
fn snippets<'m>(masked: &'m Masked, finding: &Finding, path: &'m str) -> Vec<Snippet<'m, Annotation<'m>>> {
    let draft = &finding.draft;
    let mark = |span, label: &str, kind| {
        let range = on_one_line(masked, span);
        let line = masked.text()[..range.start].matches('\n').count();
        Mark { range, line, label: one_line(label), kind }
    };
    let related = draft.related.iter();
    let mut marks: Vec<Mark> =
        related.map(|related| mark(related.place.span, &related.message, AnnotationKind::Context)).collect();
    marks.push(mark(draft.place.span, &draft.label, AnnotationKind::Primary));
    marks.sort_by_key(|mark| mark.range.start);
    marks
        .chunk_by(|left, right| right.line - left.line <= NEAR)
        .filter_map(|marks| {
            let (first, last) = (marks.first()?.line.saturating_sub(1), marks.last()?.line + 1);
            let lines = lines(masked.text(), first, last);
            let annotations = marks.iter().map(|mark| {
                let range = mark.range.start - lines.start..mark.range.end - lines.start;
                mark.kind.span(range).label(mark.label.clone())
            });
            let snippet = Snippet::source(&masked.text()[lines.clone()])
                .path(path)
                .line_start(masked.lines_before() + first + 1)
                .fold(false);
            Some(snippet.annotations(annotations.collect::<Vec<_>>()))
        })
        .collect()
}

/// Marks no further apart than this many lines share a snippet.
const NEAR: usize = 4;

/// Where the lines from `first` to `last`, counted from 0, stand in `text`.
pub(super) fn lines(text: &str, first: usize, last: usize) -> Range<usize> {
    let mut starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1));
    let start = starts.by_ref().nth(first).unwrap_or(text.len());
    let end = starts.nth(last - first).map_or(text.len(), |after| after - 1);
    start..end.max(start)
}

/// The span's place in the masked copy, cut at the end of its first line and after [`WIDEST_MARK`] characters:
/// brackets around many lines, or a mark longer than the screen, hide more than they show.
pub(super) fn on_one_line(masked: &Masked, span: Span) -> Range<usize> {
    let range = masked.range(span);
    let text = &masked.text()[range.clone()];
    let cut = text
        .char_indices()
        .enumerate()
        .find(|(count, (_, character))| *count >= WIDEST_MARK || matches!(character, '\n' | '\r'));
    range.start..cut.map_or(range.end, |(_, (offset, _))| range.start + offset)
}

/// The longest mark under a text, in characters.
const WIDEST_MARK: usize = 28;

/// A line for a credential that nothing keeps from being used: its state, and until when.
fn verdict(file: &FileResult, drawing: Drawing, now: DateTime<Utc>, out: &mut dyn Write) -> io::Result<()> {
    let (path, record) = (file.place(), &file.checked.record);
    let bold = drawing.bold();
    if !record.listed.is_empty() || record.kind == DocumentKind::DeveloperConsoleProject {
        return writeln!(out, "{bold}– listed{bold:#} {path}: {}", listed(&record.listed));
    }
    let client = record.client_id.as_deref().unwrap_or("client ID not shown");
    let Some(state) = file.state() else { return Ok(()) };
    let facts = match (&record.certificate, record.kind) {
        (Some(certificate), _) => {
            let date = date(certificate.validity.not_after);
            let left = days(certificate.validity.days_left(now));
            format!("{client}, certificate valid until {date} ({left})")
        }
        (None, DocumentKind::DevelopmentToken) => token("local development token", record, now),
        (None, DocumentKind::AccessToken) => token("access token", record, now),
        (None, kind) if kind.is_part() => format!("a {} by itself", kind.name().replace('-', " ")),
        (None, _) => {
            let so_far = if file.checked.findings.is_empty() {
                "nothing is wrong with"
            } else {
                "there is no error in"
            };
            format!(
                "{client}; {so_far} what is there, but without the certificate its expiry date is unknown"
            )
        }
    };
    match state {
        State::Sound | State::Expiring => {
            let green = drawing.bright(AnsiColor::Green);
            writeln!(out, "{green}✓ {}{green:#} {path}: {facts}", state.name())
        }
        State::Partial => writeln!(out, "{bold}– partial{bold:#} {path}: {facts}"),
        State::Redacted => {
            writeln!(out, "{bold}– redacted{bold:#} {path}: {client}; every secret in it is a placeholder")
        }
        // The findings say it all.
        State::Expired | State::Broken | State::Encrypted => Ok(()),
    }
}

/// `local development token of cm-p1-e2-integration-0, valid until 2026-11-23 11:00Z (23 h left)`
fn token(what: &str, record: &Record, now: DateTime<Utc>) -> String {
    let client = record
        .client_id
        .as_ref()
        .map_or_else(|| String::from(", client ID not shown"), |id| format!(" of {id}"));
    let validity = record.token.as_ref().map_or_else(
        || String::from("validity not read"),
        |token| {
            let until = token.validity.not_after.format("%Y-%m-%d %H:%MZ");
            format!("valid until {until} ({} left)", minutes(token.validity.minutes_left(now)))
        },
    );
    format!("{what}{client}, {validity}")
}

/// A number of minutes in the largest unit that it has at least two of, rounded down.
fn minutes(minutes: i64) -> String {
    match minutes {
        2880.. => counted(minutes / 1440, "day"),
        120.. => format!("{} h", minutes / 60),
        _ => format!("{minutes} min"),
    }
}

/// What is in a project of the Adobe Developer Console.
fn listed(all: &[ListedCredential]) -> String {
    const SHOWN: usize = 5;
    let of = |kind: ProjectCredentialKind| all.iter().filter(move |item| item.kind == kind);
    let mut kinds: Vec<_> = all.iter().map(|credential| credential.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let parts = kinds.into_iter().map(|kind| {
        let names: Vec<String> = of(kind).take(SHOWN).filter_map(name_of).collect();
        let names = if names.is_empty() { names.concat() } else { format!(" ({})", names.join("; ")) };
        let words = kind.words();
        match of(kind).count() {
            1 => format!("1 {words}{names}"),
            // The plural of what may have words behind it.
            count => format!(
                "{count} {}{names}",
                words.replacen("credential", "credentials", 1).replace("key", "keys")
            ),
        }
    });
    let mut parts: Vec<String> = parts.collect();
    if parts.is_empty() {
        parts.push(String::from("no credentials"));
    }
    let judged = match of(ProjectCredentialKind::Jwt).count() {
        0 => "aemcred has no rules for it",
        _ => "aemcred looks only at the form of a JWT credential's fields",
    };
    format!("Adobe Developer Console project, {}; {judged}", parts.join(", "))
}

fn name_of(credential: &ListedCredential) -> Option<String> {
    let id = credential.client_id.as_ref().map(|id| format!("client ID {id}"));
    let parts: Vec<String> = credential.name.iter().map(|name| one_line(name)).chain(id).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn summary(summary: &Summary, drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
    if summary.files == 0 {
        return Ok(());
    }
    let bold = drawing.bold();
    let mut parts = vec![summary.findings()];
    if summary.templates > 0 {
        parts.push(counted(summary.templates, "template"));
    }
    if summary.suppressed > 0 {
        parts.push(format!("{} suppressed", summary.suppressed));
    }
    if summary.failures > 0 {
        parts.push(counted(summary.failures, "failure"));
    }
    writeln!(out, "{bold}{} checked: {}{bold:#}", counted(summary.files, "file"), parts.join(", "))
}

/// Breaks `text` into lines of at most `width` characters, at spaces.
pub(super) fn wrapped(text: &str, width: usize) -> String {
    let mut wrapped = String::with_capacity(text.len() + 8);
    let mut column = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            wrapped.push('\n');
            column = 0;
        } else if column > 0 {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(word);
        column += length;
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_in_the_unit_that_people_would_use() {
        let written = [0, 1, 59, 119, 120, 1379, 1440, 2879, 2880, -5].map(minutes);
        assert_eq!(
            written,
            ["0 min", "1 min", "59 min", "119 min", "2 h", "22 h", "24 h", "47 h", "2 days", "-5 min"]
        );
    }

    #[test]
    fn a_project_is_listed_and_not_judged() {
        use ProjectCredentialKind::{ApiKey, Jwt, OauthServerToServer};
        let credential = |kind, name: &str, id: &str| ListedCredential {
            kind,
            name: Some(name.to_owned()).filter(|name| !name.is_empty()),
            client_id: Some(id.to_owned()).filter(|id| !id.is_empty()),
        };
        let listed = |all: Vec<ListedCredential>| listed(&all);
        assert_eq!(
            listed(Vec::new()),
            "Adobe Developer Console project, no credentials; aemcred has no rules for it"
        );
        let end = "; aemcred looks only at the form of a JWT credential's fields";
        assert_eq!(
            listed(vec![
                credential(OauthServerToServer, "demo", "abc"),
                credential(Jwt, "", "def"),
                credential(OauthServerToServer, "", ""),
                credential(ApiKey, "key", ""),
                credential(ApiKey, "", ""),
            ]),
            format!(
                "Adobe Developer Console project, 1 JWT credential (client ID def), 2 OAuth server-to-server \
                 credentials (demo, client ID abc), 2 API keys (key){end}"
            )
        );
    }

    #[test]
    fn text_is_wrapped_at_spaces() {
        assert_eq!(wrapped("one two three four", 9), "one two\nthree\nfour");
        assert_eq!(wrapped("incomprehensibilities", 9), "incomprehensibilities");
        assert_eq!(wrapped("", 9), "");
    }
}
