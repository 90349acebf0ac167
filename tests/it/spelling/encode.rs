//! The document as a string of this and that language.

use super::DOCUMENT;

/// The document with a line for each member.
pub(super) fn pretty() -> String {
    serde_json::to_string_pretty(&super::document()).unwrap()
}

/// `text` between two `quote`s, as most languages have it.
pub(super) fn quoted(text: &str, quote: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('\n', "\\n");
    let text = quote.chars().next().map_or(text.clone(), |one| text.replace(one, &format!("\\{one}")));
    format!("{quote}{text}{quote}")
}

/// The document in pieces of some forty characters, each as a literal.
pub(super) fn pieces(quote: &str) -> Vec<String> {
    let characters: Vec<char> = DOCUMENT.chars().collect();
    characters.chunks(40).map(|piece| quoted(&piece.iter().collect::<String>(), quote)).collect()
}

/// The lines of the document, each as a literal.
pub(super) fn lines(quote: &str) -> Vec<String> {
    pretty().lines().map(|line| quoted(line, quote)).collect()
}

/// `text` with each line further in.
pub(super) fn indented(text: &str, by: &str) -> String {
    text.lines().map(|line| format!("{by}{line}\n")).collect::<Vec<_>>().concat()
}

/// The first `count` characters of `text`.
pub(super) fn beginning(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).map_or(text, |(end, _)| &text[..end])
}

/// As many bytes of `word` as a hostile text has.
pub(super) fn many(word: &str) -> String {
    word.repeat(120_000 / word.len())
}
