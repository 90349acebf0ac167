//! Arrays that hold a line of a text in each element, as notebooks and collections of requests keep scripts.
//!
//! Owns: telling such an array from one of whole values, joining its lines. Does not own: what is in the text.

use crate::credential::SERVICE_NAMES;
use crate::source::Span;
use crate::unwrap::place::{Builder, Extract};
use crate::unwrap::shared::{Node, Scalar, object_length};

/// The text whose lines `items` are, if each ends in a line break, or if a field of a document stands in one of them and its
/// object does not.
pub(crate) fn joined(items: &[Node<'_>]) -> Option<Extract> {
    let is_line = |scalar: &&Scalar<'_>| {
        let text = &*scalar.text();
        !scalar.is_vault() && !text.strip_suffix('\n').unwrap_or(text).contains('\n')
    };
    let lines: Vec<&Scalar<'_>> =
        items.iter().map(|item| item.scalar().filter(is_line)).collect::<Option<_>>()?;
    let texts = || lines.iter().map(|line| line.text());
    // Notebooks keep the line breaks in the lines.
    let is_script = || lines.len() > 1 && texts().rev().skip(1).all(|line| line.ends_with('\n'));
    let is_object = || texts().any(|line| is_split(&line)) && texts().any(|line| line.contains('{'));
    if !is_script() && !is_object() {
        return None;
    }
    let mut builder = Builder::new(texts().map(|line| line.len() + 1).sum());
    for line in lines {
        let text = line.text();
        builder.part(&text, &line.origin(), Span::new(0, text.len()));
        if !text.ends_with('\n') {
            builder.whole("\n", Span::at(line.all().end));
        }
    }
    Some(builder.finish())
}

/// Whether one field of a document stands in `line`, and the object around it goes beyond it. Where there are several, all
/// of the document may be there in some spelling.
pub(crate) fn is_split(line: &str) -> bool {
    names(line).count() == 1 && line.find('{').is_none_or(|at| object_length(&line[at..]).is_none())
}

/// Whether `text` has the name of a field of documents.
pub(crate) fn names_field(text: &str) -> bool {
    names(text).next().is_some()
}

fn names(text: &str) -> impl Iterator<Item = &'static str> {
    SERVICE_NAMES.into_iter().filter(|name| memchr::memmem::find(text.as_bytes(), name.as_bytes()).is_some())
}
