//! Lines of a text that stand behind something else on each line: comments, quotations, logs, patches.
//!
//! Owns: which lines belong together, and taking off what is before them. Does not own: what is in the text behind.

use crate::source::Span;
use crate::unwrap::find::line_array::{is_split, names_field};
use crate::unwrap::find::margin::{self, Margin};
use crate::unwrap::find::parts;
use crate::unwrap::place::{Builder, Extract};
use crate::unwrap::shared::object_length;

/// What comments and quotations begin with, and lines that a patch adds or takes away.
const MARKS: [&str; 10] = ["//", "#", ">", "*", "--", ";", "%", "|", "+", "-"];

/// How far into a line a time may stand: the names of a job and its step come first.
const BEFORE_TIME: usize = 160;

/// What is before the text of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prefix {
    /// One of [`MARKS`].
    Mark(&'static str),
    /// A time, perhaps with names before it, and with a stream's name behind it as container runtimes write.
    Time,
    /// `name | `, as Docker Compose writes.
    Name,
    /// What the lines of a block of PEM have in common, with a word or a number in it.
    Words,
    /// The same without.
    Signs,
}

/// The texts behind lines of `text` in each of which a block of PEM is, or an object with a field of a document, over several
/// lines.
pub(crate) fn texts(text: &str) -> Vec<(Prefix, Extract)> {
    let mut found = blocks(text);
    let known: Vec<Span> = found.iter().map(|(_, block)| block.all()).collect();
    let is_known = |span: Span| {
        let next = known.partition_point(|block| block.end <= span.start);
        known.get(next).is_some_and(|block| block.start < span.end)
    };
    found.extend(documents_behind(text).into_iter().filter(|(_, lines)| !is_known(lines.all())));
    found
}

/// The texts with a block of PEM in them, each line of which begins as those of the block do.
pub(crate) fn blocks(text: &str) -> Vec<(Prefix, Extract)> {
    let mut found = Vec::new();
    let mut from = 0;
    for (_, block) in parts::pem(text) {
        if block.start < from {
            continue;
        }
        let Some(mut margin) = Margin::of_block(text, block) else { continue };
        let lines = margin::region(text, block, from, &mut margin);
        let mark = MARKS.into_iter().find(|mark| margin.is_mark(mark));
        let other = if margin.has_words() { Prefix::Words } else { Prefix::Signs };
        found.push((mark.map_or(other, Prefix::Mark), margin.stripped(text, lines)));
        from = lines.end;
    }
    found
}

/// The texts in each of which an object with a field of a document is, over several lines.
fn documents_behind(text: &str) -> Vec<(Prefix, Extract)> {
    if !names_field(text) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut run: Option<Block> = None;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let prefix = prefix(line);
        if run.as_ref().map(|run| run.prefix) != prefix.map(|(prefix, _)| prefix) {
            found.extend(run.take().into_iter().flat_map(|run| run.texts(text)));
        }
        if let Some((prefix, length)) = prefix {
            let run = run.get_or_insert_with(|| Block { prefix, all: Span::at(offset), is_split: false });
            run.is_split |= is_split(&line[length..]);
            run.all.end = offset + line.len();
        }
        offset += line.len();
    }
    found.extend(run.into_iter().flat_map(|run| run.texts(text)));
    found
}

/// Lines that begin alike. Where each begins is told again when it is asked for: a text may have as many as four bytes allow.
struct Block {
    prefix: Prefix,
    all: Span,
    is_split: bool,
}

impl Block {
    fn texts(self, text: &str) -> Vec<(Prefix, Extract)> {
        if !self.is_split {
            return Vec::new();
        }
        let mut builder = Builder::new(self.all.end - self.all.start);
        let mut offset = self.all.start;
        for line in text.get(self.all.range()).unwrap_or_default().split_inclusive('\n') {
            // What is behind the prefix, with the line's end.
            let length = prefix(line).map_or(0, |(_, length)| length);
            builder.exact(&line[length..], offset + length);
            offset += line.len();
        }
        let prefix = self.prefix;
        documents(&builder.finish()).into_iter().map(|text| (prefix, text)).collect()
    }
}

/// What of `lines`, which were put together, is to be looked at, if an object is in them: each that comes first, since with
/// something after it, it would be a broken document, and what remains.
pub(crate) fn documents(lines: &Extract) -> Vec<Extract> {
    let text = lines.text();
    let (mut found, mut at) = (Vec::new(), 0);
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let blank = rest.len() - rest.trim_ascii_start().len();
        let object = object_length(&rest[blank..]).filter(|_| rest[blank..].starts_with('{'));
        let Some(length) = object.filter(|length| names_field(&rest[blank..blank + length])) else { break };
        found.push(Span::new(at + blank, at + blank + length));
        at += blank + length;
    }
    let rest = text.get(at..).unwrap_or_default();
    let has_object = || rest.find('{').is_some_and(|start| object_length(&rest[start..]).is_some());
    if names_field(rest) && (!found.is_empty() || has_object()) {
        found.push(Span::new(at, text.len()));
    }
    found.into_iter().map(|span| Extract::slice(text, span).through(&lines.origin)).collect()
}

/// What `line`, the first of a text, begins with, and how long that is.
fn prefix(line: &str) -> Option<(Prefix, usize)> {
    let trimmed = line.trim_start_matches([' ', '\t']);
    // The end of a comment of several lines, and the interpreter of a script.
    let is_other = trimmed.starts_with("*/") || trimmed.starts_with("#!");
    if let Some(mark) = MARKS.iter().find(|mark| trimmed.starts_with(**mark) && !is_other) {
        return Some((Prefix::Mark(mark), blank_after(line, line.len() - trimmed.len() + mark.len())));
    }
    if let Some(end) = time(line) {
        let rest = &line[end..];
        let stream = [" stdout F ", " stderr F "].iter().find(|stream| rest.starts_with(**stream));
        return Some((
            Prefix::Time,
            stream.map_or_else(|| blank_after(line, end), |stream| end + stream.len()),
        ));
    }
    let name = trimmed.find(|character: char| !is_of_name(character)).filter(|length| *length > 0)?;
    let rest = trimmed.get(name..)?.trim_start_matches(' ').strip_prefix('|')?;
    Some((Prefix::Name, blank_after(line, line.len() - rest.len())))
}

/// The offset after the first time in `line` (RFC 3339 section 5.6) that is a word of its own, brackets aside.
fn time(line: &str) -> Option<usize> {
    let mut at = 0;
    for word in line.split_inclusive([' ', '\t']) {
        let digits = word.trim_start_matches('[').as_bytes();
        let is_date = digits.len() >= 20
            && digits.iter().take(4).all(u8::is_ascii_digit)
            && digits.get(4) == Some(&b'-')
            && digits.get(7) == Some(&b'-')
            && matches!(digits.get(10), Some(b'T'))
            && digits.get(13) == Some(&b':');
        if is_date {
            return Some(at + word.trim_end_matches([' ', '\t', '\r', '\n']).len());
        }
        at += word.len();
        if at > BEFORE_TIME {
            break;
        }
    }
    None
}

const fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.' | '/')
}

/// `offset`, or the next one if there is a blank.
fn blank_after(line: &str, offset: usize) -> usize {
    offset + usize::from(line.get(offset..).is_some_and(|rest| rest.starts_with([' ', '\t'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_a_text_is_known() {
        for (line, expected) in [
            ("// a\n", Some((Prefix::Mark("//"), 3))),
            ("  * a\n", Some((Prefix::Mark("*"), 4))),
            ("#\n", Some((Prefix::Mark("#"), 1))),
            (">a\n", Some((Prefix::Mark(">"), 1))),
            ("+  a\n", Some((Prefix::Mark("+"), 2))),
            ("--a\n", Some((Prefix::Mark("--"), 2))),
            ("2026-01-02T03:04:05.1234567Z a", Some((Prefix::Time, 29))),
            ("2026-01-02T03:04:05.1+02:00 stdout F   a", Some((Prefix::Time, 37))),
            ("[2026-01-02T03:04:05Z]\n", Some((Prefix::Time, 22))),
            ("job\ta step\t2026-01-02T03:04:05Z a", Some((Prefix::Time, 32))),
            ("web-1  | a", Some((Prefix::Name, 9))),
            (" */", None),
            ("#!/bin/sh", None),
            ("2026-01-02 a", None),
            ("é", None),
            ("", None),
        ] {
            assert_eq!(prefix(line), expected, "{line}");
        }
    }
}
