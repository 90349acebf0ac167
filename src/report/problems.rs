//! Mistakes in a configuration, for people: each line with a caret, from a masked copy.
//!
//! Whoever passes a credential as a configuration by mistake must not find it on the screen: what looks random is masked.

use std::io::{self, Write};

use super::excerpt::{Excerpt, Mark};
use super::notice::Notice;
use super::{Drawing, counted, one_line};
use crate::config::Problem;
use crate::credential::Exposure;
use crate::finding::Level;
use crate::source::Source;

/// Writes all mistakes of the configuration `path` with the contents `source`.
pub fn write(
    problems: &[Problem],
    path: &str,
    source: &Source,
    drawing: Drawing,
    out: &mut dyn Write,
) -> io::Result<()> {
    let text = source.text();
    let masked = Exposure::of_settings(text).mask(text);
    let path = one_line(path);
    for problem in problems {
        let mark = Mark { span: problem.span, label: one_line(&problem.label), is_primary: true };
        let help = (!problem.help.is_empty()).then(|| ("help", one_line(&problem.help)));
        Notice {
            level: Level::Error,
            rule: None,
            message: &one_line(&problem.message),
            place: &format!("{path}:{}", source.position(problem.span.start)),
            excerpt: Some(Excerpt { masked: &masked, marks: vec![mark], certificate: None }),
            notes: help.into_iter().collect(),
        }
        .write(drawing, out)?;
    }
    writeln!(out, "error: {path}: {}; nothing was checked", counted(problems.len(), "mistake"))
}
