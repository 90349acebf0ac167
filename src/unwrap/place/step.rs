//! The way to a credential through what it lies in, in words: `data."service-credentials.json" → base64`.
//!
//! Owns: the steps, and how they read. Does not own: line and column.

use std::fmt;

use crate::credential::presentable;

/// One step from an outer text to one that lies in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// The value of a key, an element's or attribute's name, a variable.
    Key(String),
    /// The element of an array, from 0.
    Index(usize),
    /// A document of a stream of several, from 1.
    DocumentNumber(usize),
    /// A file in an archive: the archive's kind and the file's name.
    Member(&'static str, String),
    /// A decoding, by name: `base64`, `gzip`.
    Decoding(&'static str),
    /// Put together from the variables whose names begin so.
    Variables(String),
    /// A text that begins so many bytes into binary data.
    Offset(usize),
    /// Cut out of a text around it.
    Embedded(&'static str),
}

impl Step {
    /// The value of `key`, which is hidden if it doesn't look public.
    pub(crate) fn key(key: &str) -> Self {
        Self::Key(shown(key))
    }

    /// The file `name` of an archive. It is only a name: nothing is written anywhere.
    pub(crate) fn member(archive: &'static str, name: &str) -> Self {
        let parts: Vec<String> = name.split('/').map(shown).collect();
        Self::Member(archive, parts.join("/"))
    }
}

/// Long words in one case that look random to a machine.
const KNOWN_WORDS: [&str; 4] =
    ["SERVICECREDENTIALS", "TECHNICALACCOUNT", "ORGANIZATION", "CERTIFICATEEXPIRATIONDATE"];

/// `name` if it may be shown, else a sign that something is left out.
pub(crate) fn shown(name: &str) -> String {
    let rest = KNOWN_WORDS.iter().fold(name.to_owned(), |rest, word| rest.replace(word, "_"));
    if presentable(&rest) && !name.contains(char::is_control) { name.to_owned() } else { String::from("…") }
}

/// `steps` as people read them: keys and indices with points and brackets in one group, everything else alone.
pub(crate) fn groups(steps: &[Step]) -> Vec<String> {
    let mut groups: Vec<String> = Vec::new();
    let mut after_key = false;
    for step in steps {
        match (step, groups.last_mut().filter(|_| after_key)) {
            (Step::Key(_), Some(group)) => {
                group.push('.');
                group.push_str(&step.to_string());
            }
            (Step::Index(_), Some(group)) => group.push_str(&step.to_string()),
            _ => groups.push(step.to_string()),
        }
        after_key = matches!(step, Step::Key(_) | Step::Index(_));
    }
    groups
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => {
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'$');
                if !key.is_empty() && (key.bytes().all(plain) || key == "…") {
                    formatter.write_str(key)
                } else {
                    write!(formatter, "\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\""))
                }
            }
            Self::Index(index) => write!(formatter, "[{index}]"),
            Self::DocumentNumber(number) => write!(formatter, "document {number}"),
            Self::Member(archive, name) => write!(formatter, "{archive} → {name}"),
            Self::Decoding(name) | Self::Embedded(name) => formatter.write_str(name),
            Self::Offset(offset) => write!(formatter, "byte {offset}"),
            Self::Variables(prefix) => write!(formatter, "{prefix}*"),
        }
    }
}
