//! The lines about credentials without a finding that matters: one each, or one for all that are alike.
//!
//! Owns: which are told one by one, the words. Does not own: findings, counts.

use std::io::{self, Write};

use anstyle::AnsiColor;
use chrono::{DateTime, Utc};

use super::Verdicts;
use crate::credential::{DocumentKind, ProjectCredentialKind};
use crate::record::{ListedCredential, Record, State};
use crate::report::lines::{hang, whole_place};
use crate::report::{Drawing, FileResult, Results, counted, date, days, one_line};

/// What credentials have in common that one line can tell of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    State(State),
    /// A project of the Adobe Developer Console, which isn't judged.
    Listed,
}

/// Writes a line for each kind of them, or for each of them where there is only one or all are asked for.
pub(super) fn write(
    results: &Results,
    drawing: Drawing,
    verdicts: Verdicts,
    out: &mut dyn Write,
) -> io::Result<()> {
    let is_asked = |file: &&FileResult| match verdicts {
        Verdicts::Off => false,
        Verdicts::Credentials => !file.is_template(),
        Verdicts::All => true,
    };
    let told = results.files.iter().filter(is_asked);
    let told: Vec<(&FileResult, Kind, String)> =
        told.filter_map(|file| facts(file, results.now).map(|(kind, facts)| (file, kind, facts))).collect();
    let kinds = [
        Kind::Listed,
        Kind::State(State::Redacted),
        Kind::State(State::Partial),
        Kind::State(State::Expiring),
        Kind::State(State::Sound),
    ];
    for kind in kinds {
        let alike: Vec<_> = told.iter().filter(|(_, other, _)| *other == kind).collect();
        let name = kind.name();
        if alike.len() > 1 && verdicts != Verdicts::All {
            let files = alike.iter().map(|(file, ..)| *file);
            let line = format!("{} {name}: {}", alike.len(), together(kind, files, results.now));
            kind.line(&line, &format!("{} {name}", alike.len()), drawing, out)?;
            continue;
        }
        for (file, _, facts) in alike {
            kind.line(&format!("{name} {}: {facts}", whole_place(&file.place())), name, drawing, out)?;
        }
    }
    Ok(())
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::State(state) => state.name(),
            Self::Listed => "listed",
        }
    }

    /// Writes `text`, of which `lead` stands out.
    fn line(self, text: &str, lead: &str, drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
        let (sign, style) = match self {
            Self::State(State::Sound | State::Expiring) => ('✓', drawing.bright(AnsiColor::Green)),
            _ => ('–', drawing.bold()),
        };
        let text = hang(2, text, drawing.width).text(str::to_owned);
        let rest = text.trim_start().strip_prefix(lead).unwrap_or_default();
        writeln!(out, "{style}{sign} {lead}{style:#}{rest}")
    }
}

/// What is said of several credentials of one kind.
fn together<'f>(kind: Kind, files: impl Iterator<Item = &'f FileResult>, now: DateTime<Utc>) -> String {
    const MORE: &str = "--verbose lists them";
    match kind {
        Kind::State(State::Sound | State::Expiring) => {
            let dated = files.filter_map(|file| Some((file.checked.record.validity()?, file)));
            let first = dated.min_by_key(|(validity, _)| validity.not_after);
            let first = first.map(|(validity, file)| {
                let (date, left) = (date(validity.not_after), days(validity.days_left(now)));
                format!("the first expires on {date} ({left}), {}; ", whole_place(&file.place()))
            });
            format!("{}{MORE}", first.unwrap_or_default())
        }
        Kind::State(State::Redacted) => format!("every secret in them is a placeholder; {MORE}"),
        Kind::State(_) => {
            format!("nothing is wrong with what is there, but the expiry date is unknown; {MORE}")
        }
        Kind::Listed => format!("projects of the Adobe Developer Console; {MORE}"),
    }
}

/// What is said of a credential that nothing keeps from being used: its state and until when, or what else there is to it.
/// Nothing where the findings say it all.
fn facts(file: &FileResult, now: DateTime<Utc>) -> Option<(Kind, String)> {
    let record = &file.checked.record;
    if !record.listed.is_empty() || record.kind == DocumentKind::DeveloperConsoleProject {
        return Some((Kind::Listed, listed(&record.listed)));
    }
    let client = record.client_id.as_deref().unwrap_or("client ID not shown");
    let state = file.state()?;
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
        State::Sound | State::Expiring | State::Partial => Some((Kind::State(state), facts)),
        State::Redacted => {
            Some((Kind::State(state), format!("{client}; every secret in it is a placeholder")))
        }
        State::Expired | State::Broken | State::Encrypted => None,
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
}
