//! Mistakes in a configuration, for people: each line with a caret, from a masked copy.
//!
//! Whoever passes a credential as a configuration by mistake must not find it on the screen: what looks random is masked.

use std::io::{self, Write};

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::text::{lines, on_one_line};
use super::{Drawing, counted, one_line};
use crate::config::Problem;
use crate::credential::Exposure;

/// Writes all mistakes of the configuration `path` with the contents `text`.
pub fn write(
    problems: &[Problem],
    path: &str,
    text: &str,
    drawing: Drawing,
    out: &mut dyn Write,
) -> io::Result<()> {
    let renderer = if drawing.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Unicode).term_width(drawing.width);
    let masked = Exposure::of_settings(text).mask(text);
    let path = one_line(path);
    for problem in problems {
        let range = on_one_line(&masked, problem.span);
        let line = masked.text()[..range.start].matches('\n').count();
        let shown = lines(masked.text(), line, line);
        let caret = AnnotationKind::Primary
            .span(range.start - shown.start..range.end - shown.start)
            .label(problem.label.as_str());
        let snippet = Snippet::source(&masked.text()[shown])
            .path(&path)
            .line_start(line + 1)
            .fold(false)
            .annotation(caret);
        let message = one_line(&problem.message);
        let mut group = Level::ERROR.primary_title(message.as_str()).element(snippet);
        if !problem.help.is_empty() {
            group = group.element(Level::HELP.message(problem.help.as_str()));
        }
        writeln!(out, "{}\n", renderer.render(&[group]))?;
    }
    writeln!(out, "error: {path}: {}; nothing was checked", counted(problems.len(), "mistake"))
}
