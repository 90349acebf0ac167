//! How reports for people are drawn.
//!
//! Owns: colors, and whether there are any. Does not own: what is colored.

use anstyle::{AnsiColor, Style};

use crate::finding::Level;
use crate::record::State;

/// How a report for people is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Drawing {
    /// With colors.
    pub color: bool,
    /// The width of the terminal, in columns.
    pub width: usize,
    /// Nothing but what was found: no lines for sound files, no legend, no summary.
    pub quiet: bool,
}

impl Drawing {
    /// `style` where there are colors.
    pub(super) const fn style(self, style: Style) -> Style {
        if self.color { style } else { Style::new() }
    }

    pub(super) const fn bold(self) -> Style {
        self.style(Style::new().bold())
    }

    pub(super) const fn bright(self, color: AnsiColor) -> Style {
        self.style(bright(color))
    }
}

/// Letters of this color that stand out.
pub(super) const fn bright(color: AnsiColor) -> Style {
    Style::new().fg_color(Some(anstyle::Color::Ansi(color))).bold()
}

pub(super) const fn state_color(state: State) -> AnsiColor {
    match state {
        State::Expired | State::Broken => AnsiColor::Red,
        State::Expiring | State::Partial => AnsiColor::Yellow,
        State::Sound => AnsiColor::Green,
        State::Redacted | State::Encrypted => AnsiColor::Cyan,
    }
}

pub(super) const fn level_color(level: Level) -> AnsiColor {
    match level {
        Level::Error => AnsiColor::Red,
        Level::Warning => AnsiColor::Yellow,
        Level::Note => AnsiColor::Cyan,
    }
}
