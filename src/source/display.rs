//! Text that is shown on a line of its own, whatever it holds: names of files, and messages.

use std::sync::Arc;

/// A file's name as reports show it. Bytes that are not UTF-8 stand as `\xNN`.
///
/// Copies share one text: each place and each finding of a file has one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathName(Arc<str>);

impl PathName {
    /// A name that is text already.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// A name from bytes in any encoding.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        use std::fmt::Write as _;
        let mut name = String::new();
        for chunk in bytes.utf8_chunks() {
            name.push_str(chunk.valid());
            for byte in chunk.invalid() {
                // Writing to a string can't fail.
                let _ = write!(name, "\\x{byte:02X}");
            }
        }
        Self(name.into())
    }

    /// The name, line breaks and all: for formats that escape strings themselves.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without a leading `./`, as services want it that compare it with the paths of a repository.
    pub fn in_repository(&self) -> &str {
        let mut name = self.as_str();
        while let Some(rest) = name.strip_prefix("./").filter(|rest| !rest.is_empty()) {
            name = rest.trim_start_matches('/');
        }
        name
    }

    /// The name on one line, with control characters and invisible ones escaped: for people.
    pub fn one_line(&self) -> String {
        one_line(&self.0)
    }
}

/// `text` with everything escaped that could break a line or fool a terminal.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if harmless(character) {
            line.push(character);
        } else {
            line.extend(character.escape_default());
        }
    }
    line
}

/// Whether a character can neither break a line nor fool a terminal.
pub(crate) fn harmless(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_bytes_are_shown_on_one_line() {
        let name = PathName::from_bytes(b"a\xFFb\n\x1B[31m\xE2\x80\xAEc");
        assert_eq!(name.as_str(), "a\\xFFb\n\u{1B}[31m\u{202E}c");
        assert_eq!(name.one_line(), "a\\xFFb\\n\\u{1b}[31m\\u{202e}c");
        for (name, expected) in
            [("./a/b", "a/b"), (".//./a", "a"), ("../a", "../a"), (".a", ".a"), ("./", "./")]
        {
            assert_eq!(PathName::new(name).in_repository(), expected);
        }
    }
}
