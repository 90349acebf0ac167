//! `text`: sections for people, as wide as the terminal.

use std::collections::HashSet;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use chrono::{DateTime, Utc};
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width};

use super::bar::{Bar, MARK};
use super::{InspectResult, Verdict};
use crate::check::hex;
use crate::credential::DocumentKind;
use crate::finding::{Finding, Level};
use crate::inspect::{
    Assertion, CertificateSection, Claim, ClaimValue, ClientSecret, EndpointSection, Fact, Identity,
    Inspection, MetascopeSection, Operator, PrivateKeySection, Signature, Stage, Unread,
};
use crate::report::text::wrapped;
use crate::report::{FileResult, Summary, one_line};
use crate::rules::words::{counted, distance, instant};

/// How the report is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// With colours.
    pub color: bool,
    /// The width of the terminal, in columns.
    pub width: usize,
}

/// Narrower than this nothing can be read, and wider than [`WIDEST`] the eye gets lost.
const NARROWEST: usize = 40;
const WIDEST: usize = 120;

/// The columns of the labels, with the space around them.
const LABELS: usize = 22;

/// Writes the report.
///
/// # Errors
///
/// When `out` can't be written.
pub fn write(result: &InspectResult, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let width = options.width.clamp(NARROWEST, WIDEST);
    let mut page = Page { out, width, color: options.color, told: HashSet::new() };
    page.heading(&result.file)?;
    match &result.credential {
        Ok(inspection) => sections(inspection, result.now, &mut page)?,
        Err(unread) => page.section("Credential", &[Row::unread("Not read", unread)])?,
    }
    findings(&result.file, &mut page)?;
    page.verdict(result)
}

fn sections(inspection: &Inspection, now: DateTime<Utc>, page: &mut Page<'_>) -> io::Result<()> {
    page.section("Identity", &identity(&inspection.identity))?;
    let mut rows = fact("Host", &inspection.endpoint, endpoint);
    rows.extend(fact("Metascope", &inspection.metascopes, |scopes| scopes.iter().map(metascope).collect()));
    page.section("Token service", &rows)?;
    page.section(
        "Certificate",
        &fact("Not read", &inspection.certificate, |section| certificate(section, now)),
    )?;
    if let Ok(section) = &inspection.certificate {
        page.bar(section, now)?;
    }
    page.section("Private key", &fact("Not read", &inspection.private_key, private_key))?;
    page.section("JWT assertion that the client sends", &assertion(&inspection.assertion, now))
}

/// A label and what it stands for.
struct Row {
    label: String,
    value: String,
    tone: Tone,
    /// The rule whose finding the value repeats, because there is nothing else to say.
    rule: Option<&'static str>,
}

/// How a value is coloured. The words always say the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tone {
    Plain,
    Good,
    Doubtful,
    Bad,
}

impl Row {
    fn new(label: &str, value: impl Into<String>) -> Self {
        Self { label: label.to_owned(), value: value.into(), tone: Tone::Plain, rule: None }
    }

    fn toned(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }

    fn unread(label: &str, unread: &Unread) -> Self {
        let rule = unread.rule.map(|rule| format!(" [{rule}]")).unwrap_or_default();
        let row = Self::new(label, format!("– {}{rule}", unread.reason)).toned(Tone::Doubtful);
        Self { rule: unread.rule, ..row }
    }

    fn text(label: &str, fact: &Fact<String>) -> Self {
        match fact {
            Ok(text) => Self::new(label, text.as_str()),
            Err(unread) => Self::unread(label, unread),
        }
    }
}

/// The rows of a section that may not have been read.
fn fact<T>(label: &str, fact: &Fact<T>, rows: impl Fn(&T) -> Vec<Row>) -> Vec<Row> {
    match fact {
        Ok(section) => rows(section),
        Err(unread) => vec![Row::unread(label, unread)],
    }
}

fn identity(identity: &Identity) -> Vec<Row> {
    let mut rows = vec![Row::text("Client ID", &identity.client_id)];
    if let Some(parts) = &identity.parts {
        rows.push(Row::new("Program", parts.program.as_str()));
        rows.push(Row::new("Environment", parts.environment.as_str()));
        rows.extend(parts.index.as_deref().map(|index| Row::new("Index", index)));
    }
    rows.push(Row::text("Organisation", &identity.organization));
    rows.push(Row::text("Technical account", &identity.technical_account));
    rows.push(Row::text("User in AEM", &identity.user));
    rows.push(match &identity.client_secret {
        Ok(ClientSecret::AsIssued) => Row::new("Client secret", "present, shaped as issued"),
        Ok(ClientSecret::OtherShape) => {
            Row::new("Client secret", "present, of another shape than those issued now").toned(Tone::Doubtful)
        }
        Err(unread) => Row::unread("Client secret", unread),
    });
    rows
}

fn endpoint(endpoint: &EndpointSection) -> Vec<Row> {
    let (operator, tone) = match endpoint.operator {
        Operator::Adobe => ("Adobe's token service", Tone::Plain),
        Operator::AdobeStage => ("Adobe's token service for tests (stage)", Tone::Doubtful),
        Operator::Trusted => ("not Adobe's, but trusted by the configuration", Tone::Plain),
        Operator::Unknown => ("not Adobe's: the secrets would go there", Tone::Bad),
    };
    vec![
        Row::text("Host", &endpoint.host),
        Row::new("Operator", operator).toned(tone),
        Row::text("Token request", &endpoint.exchange_url.clone().map(|url| format!("POST {url}"))),
    ]
}

fn metascope(scope: &MetascopeSection) -> Row {
    match (&scope.name, scope.meaning) {
        (Ok(name), Some(meaning)) => Row::new("Metascope", format!("{name} ({meaning})")),
        (Ok(name), None) => Row::new("Metascope", format!("{name} (not one of AEM's that aemcred knows)")),
        (Err(unread), _) => Row::unread("Metascope", unread),
    }
}

fn certificate(section: &CertificateSection, now: DateTime<Utc>) -> Vec<Row> {
    let facts = &section.facts;
    let (stage, tone) = match section.stage {
        Stage::Valid => (format!("yes, {} left", counted(facts.days_left.unsigned_abs(), "day")), Tone::Good),
        Stage::NotYetValid => (format!("not yet: it begins {}", distance(now, facts.not_before)), Tone::Bad),
        Stage::Expired => (format!("no: it expired {}", distance(now, facts.not_after)), Tone::Bad),
        Stage::Inverted => (String::from("never: its end lies before its beginning"), Tone::Bad),
    };
    let without_end = if section.is_without_end { " (stands for no end)" } else { "" };
    let (signed, signed_tone) = match (section.is_self_issued, section.self_signature) {
        (true, Some(true)) => ("made by its own key, verifies", Tone::Plain),
        (true, Some(false)) => ("does not verify with its own key", Tone::Bad),
        (true, None) => ("not tried", Tone::Doubtful),
        (false, _) => ("made by another issuer, not tried", Tone::Doubtful),
    };
    let mut rows = vec![Row::text("Subject", &section.subject)];
    if section.is_self_issued {
        rows.push(Row::new("Issuer", "the subject itself"));
    } else {
        rows.push(Row::text("Issuer", &section.issuer));
    }
    rows.extend([
        Row::new("Serial number", section.serial.as_str()),
        Row::new("Key", section.public_key.as_str()),
        Row::new("Signature", format!("{}, {signed}", section.signature_algorithm)).toned(signed_tone),
        Row::new("SHA-256", hex(&facts.sha256)),
        Row::new("Public key SHA-256", hex(&facts.public_key_sha256)),
        Row::new("Valid from", instant(facts.not_before)),
        Row::new("Valid until", format!("{}{without_end}", instant(facts.not_after))),
        Row::new("Valid now", stage).toned(tone),
    ]);
    rows
}

fn private_key(section: &PrivateKeySection) -> Vec<Row> {
    let (numbers, numbers_tone) = if section.is_consistent {
        ("agree with each other", Tone::Plain)
    } else {
        ("contradict each other", Tone::Bad)
    };
    let (same, same_tone) = match section.is_the_certificates {
        Some(true) => ("yes, both have the same public key", Tone::Good),
        Some(false) => ("no: their public keys differ", Tone::Bad),
        None => ("– no key could be read from the certificate's field", Tone::Doubtful),
    };
    vec![
        Row::new("Format", section.format),
        Row::new("Size", format!("RSA, {}", counted(section.bits as u64, "bit"))),
        Row::new("Public exponent", section.exponent.as_str()),
        Row::new("Numbers", numbers).toned(numbers_tone),
        Row::new("Public key SHA-256", hex(&section.public_key_sha256)),
        Row::new("Fits certificate", same).toned(same_tone),
    ]
}

fn assertion(assertion: &Assertion, now: DateTime<Utc>) -> Vec<Row> {
    let mut rows = vec![Row::new("Header", format!("alg {}, typ {}", Assertion::ALGORITHM, Assertion::TYPE))];
    rows.extend(assertion.claims.iter().map(|claim| claim_row(claim, now)));
    rows.push(match &assertion.signature {
        Signature::Verified => {
            Row::new("Signature", "made with the private key, verifies with the certificate")
                .toned(Tone::Good)
        }
        Signature::NotVerified => {
            Row::new("Signature", "made with the private key, does not verify with the certificate")
                .toned(Tone::Bad)
        }
        Signature::NotTried(unread) => Row::unread("Signature", unread),
    });
    rows
}

fn claim_row(claim: &Claim, now: DateTime<Utc>) -> Row {
    match (&claim.name, &claim.value) {
        (Ok(name), Ok(ClaimValue::Text(text))) => Row::new(name, text.as_str()),
        (Ok(name), Ok(ClaimValue::Instant(time))) => {
            Row::new(name, format!("{} ({}, {})", time.timestamp(), instant(*time), distance(now, *time)))
        }
        // The names of these are long, so they stand where values do.
        (Ok(name), Ok(ClaimValue::True)) => Row::new("metascope", format!("{name}: true")),
        (Ok(name), Err(unread)) => Row::unread(name, unread),
        (Err(unread), _) => Row::unread("metascope", unread),
    }
}

fn findings(file: &FileResult, page: &mut Page<'_>) -> io::Result<()> {
    let row = |finding: &Finding| {
        let tone = match finding.level {
            Level::Error => Tone::Bad,
            Level::Warning => Tone::Doubtful,
            Level::Note => Tone::Plain,
        };
        let label = format!("{} {}", finding.start, finding.level);
        Row::new(&label, format!("{}: {}", finding.rule.name, finding.draft.message)).toned(tone)
    };
    let mut rows: Vec<Row> = file.checked.findings.iter().map(row).collect();
    if rows.is_empty() {
        rows.push(Row::new("None", "nothing to report"));
    }
    page.section("Findings", &rows)
}

/// What is written to, and how wide and colourful that is.
struct Page<'o> {
    out: &'o mut dyn Write,
    width: usize,
    color: bool,
    /// Reasons that were given already.
    told: HashSet<String>,
}

impl Page<'_> {
    fn heading(&mut self, file: &FileResult) -> io::Result<()> {
        let kind = match file.checked.kind {
            DocumentKind::Unknown => String::from("unknown document"),
            kind => kind.name().replace('-', " "),
        };
        let bold = self.style(Style::new().bold());
        writeln!(self.out, "{bold}{}{bold:#}: {kind}", file.path.one_line())
    }

    fn section(&mut self, title: &str, rows: &[Row]) -> io::Result<()> {
        let rule = "─".repeat(self.width.saturating_sub(title.chars().count() + 4));
        let (bold, dim) = (self.style(Style::new().bold()), self.style(Style::new().dimmed()));
        writeln!(self.out, "\n{dim}──{dim:#} {bold}{title}{bold:#} {dim}{rule}{dim:#}")?;
        rows.iter().try_for_each(|row| self.row(row))
    }

    /// One row, in a table of its own: so it is known which lines are whose when they are coloured.
    fn row(&mut self, row: &Row) -> io::Result<()> {
        let value = match row.rule {
            Some(rule) if !self.told.insert(row.value.clone()) => format!("– see {rule} below"),
            _ => one_line(&row.value),
        };
        let mut table = Table::new();
        let fixed = |columns: usize| {
            ColumnConstraint::Absolute(Width::Fixed(u16::try_from(columns).unwrap_or(u16::MAX)))
        };
        table
            .load_style(comfy_table::presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(u16::try_from(self.width).unwrap_or(u16::MAX))
            .add_row([one_line(&row.label), value])
            .set_constraints([fixed(LABELS), fixed(self.width - LABELS)]);
        if let Some(labels) = table.column_mut(0) {
            labels.set_padding((2, 1));
        }
        if let Some(values) = table.column_mut(1) {
            values.set_padding((0, 0));
        }
        let style = self.style(match row.tone {
            Tone::Plain => Style::new(),
            Tone::Good => Style::new().fg_color(Some(AnsiColor::Green.into())),
            Tone::Doubtful => Style::new().fg_color(Some(AnsiColor::Yellow.into())),
            Tone::Bad => Style::new().fg_color(Some(AnsiColor::Red.into())),
        });
        let name = self.style(Style::new().fg_color(Some(AnsiColor::Cyan.into())));
        for line in table.lines() {
            let at = line.char_indices().nth(LABELS).map_or(line.len(), |(at, _)| at);
            let (label, value) = line.split_at(at);
            let value = value.trim_end();
            writeln!(self.out, "{name}{label}{name:#}{style}{value}{style:#}")?;
        }
        Ok(())
    }

    fn bar(&mut self, section: &CertificateSection, now: DateTime<Utc>) -> io::Result<()> {
        const INDENT: usize = 2;
        let Some(bar) = Bar::new(&section.facts, section.stage, now, self.width - 2 * INDENT) else {
            return Ok(());
        };
        let color = if section.stage == Stage::Valid { AnsiColor::Green } else { AnsiColor::Red };
        let (mark, dim) =
            (self.style(Style::new().fg_color(Some(color.into())).bold()), self.style(Style::new().dimmed()));
        let Bar { dates, before, after, today } = bar;
        writeln!(self.out, "\n{:INDENT$}{dim}{dates}{dim:#}", "")?;
        writeln!(self.out, "{:INDENT$}{dim}{before}{dim:#}{mark}{MARK}{mark:#}{after}", "")?;
        writeln!(self.out, "{:INDENT$}{mark}{today}{mark:#}", "")
    }

    fn verdict(&mut self, result: &InspectResult) -> io::Result<()> {
        let found = Summary::of(result.file.checked.findings.iter()).findings();
        let (color, words) = match result.verdict() {
            Verdict::Sound => (AnsiColor::Green, String::from("✓ sound: the documented client can use it")),
            Verdict::Usable => {
                (AnsiColor::Green, format!("✓ usable: the documented client can use it ({found})"))
            }
            Verdict::Broken => (AnsiColor::Red, format!("✗ not usable: {found}")),
            Verdict::NoCredential => {
                (AnsiColor::Red, format!("✗ no service credential could be read: {found}"))
            }
        };
        let style = self.style(Style::new().fg_color(Some(color.into())).bold());
        writeln!(self.out, "\n{style}{}{style:#}", wrapped(&words, self.width))
    }

    fn style(&self, style: Style) -> Style {
        if self.color { style } else { Style::new() }
    }
}
