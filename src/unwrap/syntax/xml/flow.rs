//! Text that markup cuts into elements: the paragraphs and spans of web pages and of what word processors write.
//!
//! Owns: which elements only set off text, and where lines end. Does not own: reading elements.

/// The outermost elements of such texts, without what stands before a colon.
const ROOTS: [&str; 18] = [
    "html",
    "body",
    "p",
    "div",
    "span",
    "pre",
    "code",
    "table",
    "ul",
    "ol",
    "h1",
    "h2",
    "h3",
    "section",
    "article",
    "main",
    "sld",
    "document-content",
];

/// Elements that are a part of a line.
const SPANS: [&str; 24] = [
    "span", "code", "a", "b", "i", "u", "em", "strong", "font", "mark", "small", "kbd", "samp", "tt", "var",
    "sub", "sup", "label", "abbr", "ins", "del", "r", "t", "article",
];

/// Elements that are lines of their own, or several.
const BLOCKS: [&str; 28] = [
    "html",
    "body",
    "p",
    "div",
    "pre",
    "table",
    "tbody",
    "thead",
    "tr",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "h",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "blockquote",
    "section",
    "main",
    "table-row",
    "br",
    "cr",
    "line-break",
];

/// Elements of web pages that hold nothing and are never closed.
const VOID: [&str; 8] = ["br", "hr", "img", "input", "meta", "link", "wbr", "col"];

/// Whether a text whose outermost element is `name` is made of paragraphs.
pub(super) fn begins(name: &str) -> bool {
    name.starts_with("w:") || ROOTS.contains(&local(name))
}

/// What stands after the text of the element `name`, if that is part of the text around it.
pub(super) fn end(name: &str) -> Option<&'static str> {
    match local(name) {
        "td" | "th" | "tc" | "tab" | "table-cell" => Some("\t"),
        "s" if name.contains(':') => Some(" "),
        name if BLOCKS.contains(&name) => Some("\n"),
        name => SPANS.contains(&name).then_some(""),
    }
}

/// How much of what `text` begins with only sets off the next line from the one that has just ended.
pub(super) fn between(text: &str) -> usize {
    let trimmed = text.trim_ascii_start();
    let blanks = &text[..text.len() - trimmed.len()];
    let newline = blanks.find('\n').filter(|at| matches!(&blanks[..*at], "" | "\r")).map_or(0, |at| at + 1);
    if trimmed.starts_with('<') { blanks.len() } else { newline }
}

/// The element `name`, if it is one that web pages never close.
pub(super) fn void(name: &str) -> Option<&'static str> {
    VOID.into_iter().find(|void| *void == name)
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}
