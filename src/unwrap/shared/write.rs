//! Writing a document as JSON whose parts stand elsewhere in other spellings.
//!
//! Owns: JSON text with the way back to what it was written from. Does not own: which fields there are.

use crate::source::Span;
use crate::unwrap::place::{Builder, Extract};
use crate::unwrap::shared::{Node, NodeKind, Scalar};

/// How many values are written for one document: an issued one has 14.
const MOST: usize = 1000;

/// JSON being written.
pub(crate) struct Writer {
    builder: Builder,
    /// Where text is said to stand that was made up.
    nowhere: Span,
    written: usize,
}

impl Writer {
    /// For about `capacity` bytes.
    pub(crate) fn new(capacity: usize, nowhere: Span) -> Self {
        Self { builder: Builder::new(capacity), nowhere, written: 0 }
    }

    pub(crate) fn finish(self) -> Extract {
        self.builder.finish()
    }

    /// Text without a counterpart.
    pub(crate) fn made_up(&mut self, text: &str) {
        self.builder.whole(text, self.nowhere);
    }

    /// `"name":`, which stands at `span` as `written`, in one spelling or another.
    pub(crate) fn name(&mut self, name: &str, span: Span, written: &str) {
        self.builder.whole("\"", Span::at(span.start));
        let is_plain = name.chars().all(|character| escape(character).is_none());
        if is_plain && written == name && span.end - span.start == name.len() {
            self.builder.exact(name, span.start);
        } else {
            for character in name.chars() {
                match escape(character) {
                    Some(escaped) => self.builder.whole(escaped, span),
                    None => self.builder.character(character, span),
                }
            }
        }
        self.builder.whole("\":", Span::at(span.end));
    }

    /// A JSON string. Its quotation marks are said to be at the value's ends, so that they don't widen its place.
    pub(crate) fn string(&mut self, value: &Extract) {
        let text = value.text();
        let all = value.all();
        self.builder.whole("\"", Span::at(all.start));
        let mut plain = 0;
        for (offset, character) in text.char_indices() {
            let Some(escaped) = escape(character) else { continue };
            self.builder.part(&text[plain..offset], &value.origin, Span::new(plain, offset));
            plain = offset + character.len_utf8();
            self.builder.whole(escaped, value.origin.outer(Span::new(offset, plain)));
        }
        self.builder.part(&text[plain..], &value.origin, Span::new(plain, text.len()));
        self.builder.whole("\"", Span::at(all.end));
    }

    /// A string of nothing, which has no place of its own: it stands at `outer`.
    pub(crate) fn empty_string(&mut self, outer: Span) {
        self.builder.whole("\"\"", outer);
    }

    /// A mapping, sequence or scalar of `text`. Beyond a thousand values there is only `null`.
    pub(crate) fn node(&mut self, node: &Node<'_>, text: &str) {
        self.written += 1;
        if self.written > MOST {
            self.made_up("null");
            return;
        }
        let here = Span::at(node.span().start);
        match &node.resolved().kind {
            NodeKind::Map(members) => {
                self.builder.whole("{", here);
                for (index, member) in members.iter().filter(|member| member.name != "<<").enumerate() {
                    self.made_up(if index > 0 { "," } else { "" });
                    let name_span = member.name_span();
                    let written = text.get(name_span.range()).unwrap_or_default();
                    self.name(&member.name, name_span, written);
                    self.node(&member.value, text);
                }
                self.builder.whole("}", Span::at(node.span().end));
            }
            NodeKind::Sequence(items) => {
                self.builder.whole("[", here);
                for (index, item) in items.iter().enumerate() {
                    self.made_up(if index > 0 { "," } else { "" });
                    self.node(item, text);
                }
                self.builder.whole("]", Span::at(node.span().end));
            }
            NodeKind::Text(scalar) if is_literal(scalar) => {
                let text = scalar.text();
                self.builder.part(&text, &scalar.origin(), Span::new(0, text.len()));
            }
            NodeKind::Text(scalar) => self.string(&scalar.value()),
            NodeKind::Other | NodeKind::Shared(_) | NodeKind::Alias(_) => self.builder.whole("null", here),
        }
    }
}

/// Whether a scalar without quotation marks is the same value in JSON: a number that JSON can spell, a boolean, null
/// (YAML 1.2.2 section 10.2).
fn is_literal(scalar: &Scalar<'_>) -> bool {
    let text = &*scalar.text();
    scalar.is_plain()
        && (matches!(text, "true" | "false" | "null")
            || text.len() < 40 && text.parse::<f64>().is_ok_and(f64::is_finite) && is_number(text))
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits.len() == 1 || !digits.starts_with('0'))
}

/// How JSON spells a character that can't stand as it is in a string (RFC 8259 section 7).
fn escape(character: char) -> Option<String> {
    match character {
        '"' => Some(String::from("\\\"")),
        '\\' => Some(String::from("\\\\")),
        '\n' => Some(String::from("\\n")),
        '\r' => Some(String::from("\\r")),
        '\0'..='\u{1F}' => Some(format!("\\u{:04x}", u32::from(character))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folded line break has as many bytes as the blank that it becomes, and other names as many as a field's.
    #[test]
    fn a_name_is_exact_only_where_it_is_written_so() {
        for (name, written, is_exact) in [
            ("clientId", "clientId", true),
            ("clientId", "CLIENTID", false),
            ("a b", "a\nb", false),
            ("a\u{A0}b", "a\\_b", false),
            ("a\"b", "a\"b", false),
            ("ab", "'ab", false),
        ] {
            let mut writer = Writer::new(16, Span::default());
            writer.name(name, Span::new(3, 3 + written.len()), written);
            let extract = writer.finish();
            let end = extract.text().len() - 2;
            assert_eq!(extract.origin.is_exact(Span::new(1, end)), is_exact, "{name:?} as {written:?}");
        }
    }
}
