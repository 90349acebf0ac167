//! String literals of source code: which marks begin one, where it ends, and what a text block has before each line.
//!
//! Owns: that, for every reader of such literals. Does not own: escapes (see `escape`), what joins two of them.

use crate::source::Span;
use crate::unwrap::place::{Builder, Extract};
use crate::unwrap::shared::is_bare;

/// Quotation marks; of two that fit, the former.
pub(crate) const QUOTES: [&str; 5] = ["\"\"\"", "'''", "\"", "'", "`"];

/// The quotation mark that `text` begins with.
pub(crate) fn quote_at(text: &str) -> Option<&'static str> {
    QUOTES.into_iter().find(|quote| text.starts_with(quote))
}

/// Where the literal begins that begins with what is at `at` of `text`, and with which mark: blanks, line breaks and a margin
/// may be between. Nothing before `from` is looked at.
pub(crate) fn opening(text: &str, from: usize, at: usize) -> Option<(usize, &'static str)> {
    let mut before = text.get(from..at)?;
    loop {
        let trimmed = before.trim_ascii_end();
        let trimmed = trimmed.strip_suffix("\\n").or(trimmed.strip_suffix("`n")).unwrap_or(trimmed);
        let trimmed = trimmed.strip_suffix(['|', '\\']).unwrap_or(trimmed);
        if trimmed.len() == before.len() {
            break;
        }
        before = trimmed;
    }
    let quote = QUOTES.into_iter().find(|quote| before.ends_with(quote))?;
    let start = from + before.len() - quote.len();
    // A quotation mark that is escaped is in a string itself, which is read first.
    is_bare(text.as_bytes(), start, b'\\').then_some((start, quote))
}

/// Where the string ends that `text` is the rest of: at the first `quote` that no `escape` is before.
pub(crate) fn closing_quote(text: &str, quote: &str, escape: u8) -> Option<usize> {
    memchr::memmem::find_iter(text.as_bytes(), quote).find(|end| is_bare(text.as_bytes(), *end, escape))
}

/// A text block without what stands before each line: blanks, and the margin that Kotlin's `trimMargin` takes away.
pub(crate) fn unindented(block: &Extract) -> Extract {
    let text = block.text();
    let mut builder = Builder::new(text.len());
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_start_matches([' ', '\t']);
        let trimmed = trimmed.strip_prefix('|').unwrap_or(trimmed);
        let end = start + line.len();
        // The first line stands behind the quotation mark, unless its line break was taken away.
        let begin = if start == 0 && !trimmed.starts_with("-----BEGIN ") { 0 } else { end - trimmed.len() };
        builder.part(text.get(begin..end).unwrap_or_default(), &block.origin, Span::new(begin, end));
        start = end;
    }
    builder.finish()
}
