//! The catalogue of rules as text, JSON and Markdown: what `aemcred rules` prints and `docs/rules/` is made of.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::Drawing;
use super::drawing::level_color;
use super::escape::markdown_cell;
use super::escape::plain;
use super::lines::{behind, hang, indented};
use super::sentence;
use super::wire::{pretty, wire};
use crate::rule::{Basis, Rule};
use crate::rules::words::list;
use crate::rules::{self, SUBJECTS};

/// Writes the list of all rules, or all of one rule, for a terminal.
pub fn text(rule: Option<&Rule>, drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
    let Some(rule) = rule else { return text_list(drawing, out) };
    let (bold, level) = (drawing.bold(), drawing.bright(level_color(rule.level)));
    writeln!(out, "{bold}{}{bold:#} ({level}{}{level:#}{})", rule.name, rule.level, fix(rule))?;
    let mut paragraph = |indent: usize, text: &str| {
        indented(indent, text, drawing.width).iter().try_for_each(|line| writeln!(out, "{}", line.trim_end()))
    };
    paragraph(0, &sentence(rule.summary))?;
    paragraph(0, "")?;
    paragraph(0, &format!("Basis: {} ({})", rule.basis.name(), rule.basis.meaning()))?;
    if let Some(forms) = forms(rule) {
        paragraph(0, &format!("Applies to: {forms}"))?;
    }
    let mut section = |title: &str, indent: usize, text: &str| {
        paragraph(0, "")?;
        if !title.is_empty() {
            paragraph(0, &format!("{bold}{title}{bold:#}"))?;
            paragraph(0, "")?;
        }
        text.lines().try_for_each(|line| paragraph(indent, line))
    };
    section("", 0, &plain(rule.explanation))?;
    section("Example:", 4, rule.example)?;
    section("What to do:", 0, &plain(rule.remedy))?;
    section("", 0, &format!("Reference: {}", rule.reference))
}

/// That a rule can be fixed, behind its level.
const fn fix(rule: &Rule) -> &'static str {
    if rule.fixable { ", aemcred check --fix repairs it" } else { "" }
}

/// The forms that `rule` applies to, if it is about credentials.
fn forms(rule: &Rule) -> Option<String> {
    let forms: Vec<&str> = rule.forms.iter().map(|form| form.plural()).collect();
    (!forms.is_empty()).then(|| list(&forms))
}

/// From this width on, what a rule is about is beside its name.
const WIDE: usize = 120;

fn text_list(drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
    let width = rules::all().map(|rule| rule.name.len()).max().unwrap_or_default();
    let bold = drawing.bold();
    for subject in SUBJECTS {
        writeln!(out, "{bold}{}{bold:#}", subject.title)?;
        for rule in subject.rules {
            let level = drawing.bright(level_color(rule.level));
            let lead = format!("  {:width$}  ", rule.name);
            let fix = if rule.fixable { "fix" } else { "" };
            let rest = format!("{level}{:7}{level:#}  {:8}  {fix:3}", rule.level, rule.basis.name());
            let columns = lead.len() + 7 + 2 + 8 + 2 + 3 + 2;
            let summary = plain(rule.summary);
            if drawing.width >= WIDE {
                let summary = hang(columns, &summary, drawing.width).text(str::to_owned);
                writeln!(out, "{lead}{rest}  {summary}")?;
            } else {
                writeln!(out, "{}", format!("{lead}{rest}").trim_end())?;
                indented(6, &summary, drawing.width).iter().try_for_each(|line| writeln!(out, "{line}"))?;
            }
        }
        writeln!(out)?;
    }
    writeln!(out, "{bold}Why they are reported, in the worst case{bold:#}")?;
    for basis in Basis::ALL {
        writeln!(out, "{}", behind(&format!("  {:8}  ", basis.name()), basis.meaning(), drawing.width))?;
    }
    let end = "fix: `aemcred check --fix` can repair it. `aemcred rules NAME` explains one of them.";
    writeln!(out)?;
    indented(0, end, drawing.width).iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// Writes all rules, or one, as JSON.
pub fn json(rule: Option<&Rule>, out: &mut dyn Write) -> io::Result<()> {
    match rule {
        Some(rule) => pretty(&RuleReport::new(rule), out),
        None => pretty(&rules::all().map(RuleReport::new).collect::<Vec<_>>(), out),
    }
}

wire! {
    struct RuleReport(rule: &Rule) {
        name: &'static str = rule.name,
        subject: &'static str = rules::subject(rule),
        level: &'static str = rule.level.name(),
        basis: &'static str = rule.basis.name(),
        fixable: bool = rule.fixable,
        forms: Vec<&'static str> = rule.forms.iter().map(|form| form.name()).collect(),
        summary: &'static str = rule.summary,
        explanation: &'static str = rule.explanation,
        example: &'static str = rule.example,
        remedy: &'static str = rule.remedy,
        reference: &'static str = rule.reference,
    }
}

/// Writes the list of all rules, or all of one rule, as Markdown.
pub fn markdown(rule: Option<&Rule>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(rule.map_or_else(index, page).as_bytes())
}

/// The page of one rule in `docs/rules/`.
pub fn page(rule: &Rule) -> String {
    let forms = forms(rule).map_or_else(String::new, |forms| format!("Applies to: {forms}.\n\n"));
    let fix = if rule.fixable { " · can be fixed mechanically" } else { "" };
    format!(
        "# {}\n\n**{}** · {}{fix} · [{}](README.md): {}\n\n{forms}{}\n\n{}\n\n## Example\n\n```\n{}\n```\n\n## What to do\n\n{}\n\n## Reference\n\n{}\n",
        rule.name,
        rule.level,
        rules::subject(rule),
        rule.basis.name(),
        rule.basis.meaning(),
        sentence(rule.summary),
        rule.explanation,
        rule.example,
        rule.remedy,
        rule.reference,
    )
}

/// The index page of `docs/rules/`.
pub fn index() -> String {
    let mut page = String::from(
        "# Rules\n\nMade by `aemcred rules --format markdown`; the words are in `src/rules/`.\n\n\
         Each rule has the level and the basis of its worst case; each finding has its own. The basis says why a finding is \
         reported:\n\n",
    );
    for basis in Basis::ALL {
        let _ = writeln!(page, "- **{}**: {}", basis.name(), basis.meaning());
    }
    page.push_str(
        "\nAdobe's client is [adobe/aemcs-api-client-lib](https://github.com/adobe/aemcs-api-client-lib). Findings of the basis \
         policy are warnings and notes, except certificate-expiry-imminent; all others are errors.\n",
    );
    for subject in SUBJECTS {
        // Writing to a string can't fail.
        let _ = write!(
            page,
            "\n## {}\n\n| rule | level | basis | reported when |\n|---|---|---|---|\n",
            subject.title
        );
        for rule in subject.rules {
            let fix = if rule.fixable { ", fix" } else { "" };
            let summary = markdown_cell(rule.summary);
            let _ = writeln!(
                page,
                "| [{0}]({0}.md) | {1}{fix} | {2} | {summary} |",
                rule.name,
                rule.level,
                rule.basis.name()
            );
        }
    }
    page
}
