//! What all lines of a block of PEM begin with that is not of it: a logger's time and names, a number, a mark.
//!
//! Owns: telling that from the lines themselves, and where it ends in a line. Does not own: which lines belong to a text.

use crate::source::Span;
use crate::unwrap::place::{Builder, Extract};
use crate::unwrap::shared::end_of_line;

/// Longer beginnings of lines are no margin.
const LONGEST: usize = 240;

/// Words that say how much a line of a log matters, of which each line may have another.
const LEVELS: [&str; 14] = [
    "TRACE",
    "DEBUG",
    "INFO",
    "INFORMATION",
    "NOTICE",
    "WARN",
    "WARNING",
    "ERROR",
    "SEVERE",
    "FATAL",
    "CRITICAL",
    "ERR",
    "stdout",
    "stderr",
];

/// A part of a margin.
#[derive(Clone, Copy, Debug)]
enum Token<'t> {
    /// Blanks, as many as there may be.
    Blank,
    /// A word with these letters and any digits; any word, if the block's own lines differ in it.
    Word(Option<&'t str>),
    Sign(char),
}

/// What lines begin with: the same signs and words, and any number where there is one.
#[derive(Clone, Debug)]
pub(crate) struct Margin<'t> {
    tokens: Vec<Token<'t>>,
    /// How many blanks after it are of it: as few as any of the lines has.
    blanks: usize,
}

impl<'t> Margin<'t> {
    /// The margin of the block of PEM at `span` of `text`, told by its last line, on which nothing else can be before it.
    /// Nothing if it has none but blanks, or if one of its lines has another.
    pub(crate) fn of_block(text: &'t str, span: Span) -> Option<Self> {
        let first = line_start(text, span.start);
        let end = span.start + text.get(span.range())?.rfind("-----END ")?;
        let last = line_start(text, end);
        let before = text.get(last..end).filter(|before| before.len() <= LONGEST && last > span.start)?;
        let core = before.trim_matches([' ', '\t']);
        if core.is_empty()
            || core.ends_with(['"', '\'', '`', '\\'])
            || core.ends_with(char::is_alphanumeric) && before.ends_with(core)
        {
            return None;
        }
        let mut margin = Self { tokens: tokens(core), blanks: usize::MAX };
        // What all have in common is known only when all were seen.
        for line in text.get(first..last)?.split_inclusive('\n').chain([before]) {
            margin.generalize(line)?;
        }
        let lines = text.get(first..last)?.split_inclusive('\n').chain([text.get(last..span.end)?]);
        for (index, line) in lines.enumerate() {
            let rest = margin.behind(line)?;
            let is_begin = index == 0;
            let is_body = !is_begin && !rest.contains("-----END ");
            let begins =
                text.get(first..span.start).is_some_and(|head| line.len() - rest.len() <= head.len());
            if is_begin && !begins || is_body && rest.contains(['"', '\'', '`', '\\']) {
                return None;
            }
            margin.narrow(rest);
        }
        Some(margin)
    }

    /// Whether the margin is a mark, as comments and quotations have it, and not a word of a log.
    pub(crate) fn is_mark(&self, mark: &str) -> bool {
        self.tokens.iter().all(|token| matches!(token, Token::Sign(_)))
            && self
                .tokens
                .iter()
                .zip(mark.chars())
                .all(|(token, one)| matches!(token, Token::Sign(sign) if *sign == one))
            && self.tokens.len() == mark.chars().count()
    }

    /// Whether there is a word or a number in it.
    pub(crate) fn has_words(&self) -> bool {
        self.tokens.iter().any(|token| matches!(token, Token::Word(_)))
    }

    /// Whether `line` has the margin, too.
    pub(crate) fn takes(&mut self, line: &str) -> bool {
        let Some(rest) = self.behind(line) else { return false };
        let takes = self.blanks == 0 || rest.trim_ascii().is_empty() || rest.starts_with([' ', '\t']);
        if takes {
            self.narrow(rest);
        }
        takes
    }

    /// The lines at `span` of `text` without the margin, which a line that begins before the span hasn't there.
    pub(crate) fn stripped(&self, text: &str, span: Span) -> Extract {
        let lines = text.get(span.range()).unwrap_or_default();
        let mut builder = Builder::new(lines.len());
        let mut start = span.start;
        for line in lines.split_inclusive('\n') {
            let inner = if line_start(text, start) == start { self.inner(line) } else { line };
            let inner_start = start + line.len() - inner.len();
            let shown = inner.trim_end_matches(['\r', '\n']);
            builder.exact(shown, inner_start);
            builder.exact(inner.get(shown.len()..).unwrap_or_default(), inner_start + shown.len());
            start += line.len();
        }
        builder.finish()
    }

    /// `line` without the margin.
    fn inner<'l>(&self, line: &'l str) -> &'l str {
        let rest = self.behind(line).unwrap_or(line);
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        rest.get(blanks.min(self.blanks)..).unwrap_or_default()
    }

    /// Takes any word in the place of one that `line` has another for.
    fn generalize(&mut self, line: &str) -> Option<()> {
        let mut rest = line.trim_start_matches([' ', '\t']);
        for token in &mut self.tokens {
            rest = match token.after(rest) {
                Some(after) => after,
                None if matches!(token, Token::Word(Some(_))) => {
                    *token = Token::Word(None);
                    token.after(rest)?
                }
                None => return None,
            };
        }
        Some(())
    }

    /// What is behind the margin in `line`.
    fn behind<'l>(&self, line: &'l str) -> Option<&'l str> {
        let mut rest = line.trim_start_matches([' ', '\t']);
        for token in &self.tokens {
            rest = token.after(rest)?;
        }
        Some(rest)
    }

    fn narrow(&mut self, rest: &str) {
        if !rest.trim_ascii().is_empty() {
            self.blanks = self.blanks.min(rest.len() - rest.trim_start_matches([' ', '\t']).len());
        }
    }
}

impl Token<'_> {
    /// What is behind it in `text`.
    fn after<'l>(&self, text: &'l str) -> Option<&'l str> {
        match self {
            Self::Blank => {
                Some(text.trim_start_matches([' ', '\t'])).filter(|after| after.len() < text.len())
            }
            Self::Word(expected) => {
                let (word, after) = word(text);
                (!word.is_empty() && expected.is_none_or(|expected| is_alike(expected, word)))
                    .then_some(after)
            }
            Self::Sign(sign) => text.strip_prefix(*sign),
        }
    }
}

fn tokens(core: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = core;
    while let Some(first) = rest.chars().next() {
        if matches!(first, ' ' | '\t') {
            tokens.push(Token::Blank);
            rest = rest.trim_start_matches([' ', '\t']);
        } else if first.is_alphanumeric() {
            let (word, after) = word(rest);
            tokens.push(Token::Word(Some(word)));
            rest = after;
        } else {
            tokens.push(Token::Sign(first));
            rest = &rest[first.len_utf8()..];
        }
    }
    tokens
}

/// The word that `text` begins with, and what is behind it.
fn word(text: &str) -> (&str, &str) {
    let end = text.find(|one: char| !one.is_alphanumeric()).unwrap_or(text.len());
    text.split_at(end)
}

/// Whether two words differ in digits alone, or in how much their lines matter.
fn is_alike(one: &str, other: &str) -> bool {
    fn letters(word: &str) -> impl Iterator<Item = &str> {
        word.split(|one: char| one.is_ascii_digit()).filter(|part| !part.is_empty())
    }
    let is_level = |word: &str| LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word));
    letters(one).eq(letters(other)) || is_level(one) && is_level(other)
}

/// Where the line begins that `offset` of `text` is in.
fn line_start(text: &str, offset: usize) -> usize {
    memchr::memrchr(b'\n', text.as_bytes().get(..offset).unwrap_or_default()).map_or(0, |newline| newline + 1)
}

/// The lines around the block at `span` of `text` that have its margin, from `from` on.
pub(crate) fn region(text: &str, span: Span, from: usize, margin: &mut Margin<'_>) -> Span {
    let mut start = line_start(text, span.start);
    while start > from {
        let before = line_start(text, start - 1);
        if before < from || !margin.takes(text.get(before..start).unwrap_or_default()) {
            break;
        }
        start = before;
    }
    let mut end = text.len().min(end_of_line(text, span.end) + 1);
    while end < text.len() {
        let after = text.len().min(end_of_line(text, end) + 1);
        if !margin.takes(text.get(end..after).unwrap_or_default()) {
            break;
        }
        end = after;
    }
    Span::new(start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "-----BEGIN PRIVATE KEY-----\nAAAA\nBB==\n-----END PRIVATE KEY-----";

    /// The lines around the key in `text` that have its margin, without it.
    fn stripped(text: &str) -> Option<String> {
        let (begin, end) =
            (text.find("-----BEGIN")?, text.find("-----END")? + "-----END PRIVATE KEY-----".len());
        let block = Span::new(begin, end);
        let mut margin = Margin::of_block(text, block)?;
        let lines = region(text, block, 0, &mut margin);
        Some(margin.stripped(text, lines).text().to_owned())
    }

    #[test]
    fn lines_are_without_what_they_have_in_common() {
        let named = KEY.replace("-----BEGIN", "KEY=\"-----BEGIN") + "\"";
        for key in [KEY, named.as_str()] {
            for before in [
                |_| String::from("# "),
                |_| String::from("+"),
                |line| format!("{line}:"),
                |line| format!("{:3}\t", line + 998),
                |line| format!("a.b/c.env-{line}- "),
                |line| {
                    format!(
                        "[{}T0{line}:00] {} x - ",
                        line + 8,
                        ["INFO", "WARN ", "error", "DEBUG"][line % 4]
                    )
                },
                |line| format!("{} a: ", ["1f", "f1", "2", "ff1f"][line % 4]),
                |_| String::from("\u{1b}[1mé\u{1b}[0m "),
            ] as [fn(usize) -> String; 8]
            {
                let text = format!("A=1\n{key}\nB=2");
                let lines = text.lines().enumerate().map(|(line, text)| format!("{}{text}\n", before(line)));
                let behind: String = lines.collect();
                assert_eq!(stripped(&behind), Some(format!("{text}\n")), "{behind}");
                let among = format!("other\n{behind}other\n");
                assert_eq!(stripped(&among), Some(format!("{text}\n")), "{among}");
            }
        }
        for (text, expected) in [
            (format!("> {}", KEY.replace('\n', "\n> ")), KEY.to_owned()),
            // What is further in stays so, and what is trimmed off has nothing behind it.
            (
                format!("1| a:\n2|\n3|   {}\n", KEY.replace('\n', "\n3|   ")),
                format!("a:\n\n  {}\n", KEY.replace('\n', "\n  ")),
            ),
        ] {
            assert_eq!(stripped(&text), Some(expected), "{text}");
        }
        for text in [
            KEY.to_owned(),
            format!("  {}", KEY.replace('\n', "\n  ")),
            format!("a: {KEY}"),
            format!("\"{}\"", KEY.replace('\n', "\",\n\"")),
            format!("> {}", KEY.replacen('\n', "\n> ", 2)),
            format!("a = \"{}\"", KEY.replace('\n', "\\n\" +\n  b \"")),
            format!("{}{KEY}", "x".repeat(300)),
        ] {
            assert_eq!(stripped(&text), None, "{text}");
        }
    }
}
