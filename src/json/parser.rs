//! The parser: RFC 8259 to the letter, and words for the ways in which people miss it.

use super::{Build, Other, SyntaxError, SyntaxErrorKind, Value};
use crate::source::Span;

/// How much a document may hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How deep arrays and objects may nest.
    pub depth: usize,
    /// How many values there may be in all.
    pub values: usize,
}

impl Default for Limits {
    /// An issued credential is 3 deep and has 14 values.
    fn default() -> Self {
        Self { depth: 128, values: 100_000 }
    }
}

/// Parses `text` as exactly one JSON value.
///
/// # Errors
///
/// The first place at which the text leaves the grammar or a limit is passed.
pub fn parse(text: &str, limits: Limits) -> Result<Value<'_>, SyntaxError> {
    build(text, Span::new(0, text.len()), limits)
}

/// Parses the part `span` of `text` as exactly one JSON value, of which `V` is made.
///
/// # Errors
///
/// Those of [`parse`].
pub fn build<'s, V: Build<'s>>(text: &'s str, span: Span, limits: Limits) -> Result<V, SyntaxError> {
    let text = text.get(..span.end).unwrap_or_default();
    let mut parser = Parser { text, bytes: text.as_bytes(), offset: span.start, values: 0, limits };
    parser.skip_space();
    if parser.peek().is_none() {
        return Err(SyntaxError { kind: SyntaxErrorKind::Empty, span: Span::at(span.start) });
    }
    let value = parser.value(0)?;
    parser.skip_space();
    match parser.peek() {
        None => Ok(value),
        Some(_) => Err(parser.unexpected(SyntaxErrorKind::TrailingData)),
    }
}

struct Parser<'s> {
    text: &'s str,
    bytes: &'s [u8],
    offset: usize,
    values: usize,
    limits: Limits,
}

impl<'s> Parser<'s> {
    fn value<V: Build<'s>>(&mut self, depth: usize) -> Result<V, SyntaxError> {
        let start = self.offset;
        self.values += 1;
        if self.values > self.limits.values {
            return Err(self.error_here(SyntaxErrorKind::TooMany));
        }
        let other = match self.peek() {
            Some(b'{') => {
                let members = self.object::<V>(depth + 1)?;
                return Ok(V::object(Span::new(start, self.offset), members));
            }
            Some(b'[') => {
                let items = self.array::<V>(depth + 1)?;
                return Ok(V::array(Span::new(start, self.offset), items));
            }
            Some(b'"') => {
                let (span, raw, escaped) = self.string()?;
                return Ok(V::string(span, raw, escaped));
            }
            Some(b'-' | b'+' | b'.' | b'0'..=b'9') => Other::Number(self.number()?),
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$') => self.literal()?,
            Some(b',' | b'}' | b']' | b':') => return Err(self.error_here(SyntaxErrorKind::MissingValue)),
            Some(_) => return Err(self.unexpected(SyntaxErrorKind::Unexpected)),
            None => return Err(self.truncated("value", start)),
        };
        Ok(V::other(Span::new(start, self.offset), other))
    }

    fn object<V: Build<'s>>(&mut self, depth: usize) -> Result<Vec<V::Member>, SyntaxError> {
        let opened = self.open(depth)?;
        let mut members = Vec::new();
        let mut comma = None;
        loop {
            self.skip_space();
            let (key, raw, escaped) = match self.peek() {
                Some(b'}') => {
                    self.close(comma)?;
                    return Ok(members);
                }
                Some(b'"') => self.string()?,
                Some(b',' | b':') => return Err(self.error_here(SyntaxErrorKind::MissingValue)),
                Some(b']') => return Err(self.error_here(SyntaxErrorKind::WrongBracket)),
                Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$') => {
                    return Err(self.word_error(SyntaxErrorKind::UnquotedKey));
                }
                Some(_) => return Err(self.unexpected(SyntaxErrorKind::Unexpected)),
                None => return Err(self.truncated("object", opened)),
            };
            self.skip_space();
            match self.peek() {
                Some(b':') => self.offset += 1,
                Some(_) => return Err(self.unexpected(SyntaxErrorKind::MissingColon)),
                None => return Err(self.truncated("object", opened)),
            }
            self.skip_space();
            if self.peek().is_none() {
                return Err(self.truncated("object", opened));
            }
            let value: V = self.value(depth)?;
            members.push(V::member(key, raw, escaped, value));
            comma = self.separator(b'}', "object", opened)?;
        }
    }

    fn array<V: Build<'s>>(&mut self, depth: usize) -> Result<Vec<V>, SyntaxError> {
        let opened = self.open(depth)?;
        let mut items = Vec::new();
        let mut comma = None;
        loop {
            self.skip_space();
            match self.peek() {
                Some(b']') => {
                    self.close(comma)?;
                    return Ok(items);
                }
                Some(b'}') => return Err(self.error_here(SyntaxErrorKind::WrongBracket)),
                Some(_) => items.push(self.value(depth)?),
                None => return Err(self.truncated("array", opened)),
            }
            comma = self.separator(b']', "array", opened)?;
        }
    }

    fn open(&mut self, depth: usize) -> Result<usize, SyntaxError> {
        if depth > self.limits.depth {
            return Err(self.error_here(SyntaxErrorKind::TooDeep));
        }
        self.offset += 1;
        Ok(self.offset - 1)
    }

    /// Takes the closing bracket, which must not follow a comma.
    fn close(&mut self, comma: Option<usize>) -> Result<(), SyntaxError> {
        if let Some(comma) = comma {
            let span = Span::new(comma, comma + 1);
            return Err(SyntaxError { kind: SyntaxErrorKind::TrailingComma, span });
        }
        self.offset += 1;
        Ok(())
    }

    /// After a value: takes a comma and says where it stood, or leaves the closing bracket to the caller.
    fn separator(
        &mut self,
        close: u8,
        inside: &'static str,
        opened: usize,
    ) -> Result<Option<usize>, SyntaxError> {
        self.skip_space();
        match self.peek() {
            Some(b',') => {
                self.offset += 1;
                Ok(Some(self.offset - 1))
            }
            Some(byte) if byte == close => Ok(None),
            Some(b']' | b'}') => Err(self.error_here(SyntaxErrorKind::WrongBracket)),
            Some(_) => Err(self.unexpected(SyntaxErrorKind::MissingComma)),
            None => Err(self.truncated(inside, opened)),
        }
    }

    /// A string, what is between its quotation marks, and whether there are escapes in it.
    fn string(&mut self) -> Result<(Span, &'s str, bool), SyntaxError> {
        let start = self.offset;
        self.offset += 1;
        let mut escaped = false;
        loop {
            let rest = &self.bytes[self.offset..];
            // Escapes often come in pairs, as those of CR and LF do.
            let length = match rest {
                [b'"' | b'\\', ..] => 0,
                _ => memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len()),
            };
            let plain = &rest[..length];
            // Without a branch for each byte, this is done many bytes at a time.
            let lowest = plain.iter().fold(u8::MAX, |lowest, byte| lowest.min(*byte));
            let control = (lowest < 0x20).then(|| plain.iter().position(|byte| *byte < 0x20)).flatten();
            self.offset += control.unwrap_or(plain.len());
            match self.peek() {
                Some(b'"') => {
                    let raw = &self.text[start + 1..self.offset];
                    self.offset += 1;
                    return Ok((Span::new(start, self.offset), raw, escaped));
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape(start)?;
                }
                Some(b'\n' | b'\r') => return Err(self.error_here(SyntaxErrorKind::LineBreakInString)),
                Some(_) => return Err(self.error_here(SyntaxErrorKind::ControlCharacter)),
                None => return Err(self.truncated("string", start)),
            }
        }
    }

    fn escape(&mut self, string: usize) -> Result<(), SyntaxError> {
        let length = match self.bytes.get(self.offset + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u') => {
                let digits = &self.bytes[self.offset + 2..];
                let hex = digits.iter().take(4).take_while(|byte| byte.is_ascii_hexdigit()).count();
                if hex < 4 && hex == digits.len() {
                    return Err(self.truncated("string", string));
                }
                if hex < 4 {
                    let span = Span::new(self.offset, self.offset + 2 + hex);
                    return Err(SyntaxError { kind: SyntaxErrorKind::Escape, span });
                }
                6
            }
            Some(_) => {
                let length = self.text[self.offset + 1..].chars().next().map_or(1, char::len_utf8);
                let span = Span::new(self.offset, self.offset + 1 + length);
                return Err(SyntaxError { kind: SyntaxErrorKind::Escape, span });
            }
            None => return Err(self.truncated("string", string)),
        };
        self.offset += length;
        Ok(())
    }

    fn number(&mut self) -> Result<&'s str, SyntaxError> {
        let start = self.offset;
        let written = &self.bytes[start..];
        let length = written
            .iter()
            .position(
                |byte| !matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'+' | b'-' | b'.' | b'_'),
            )
            .unwrap_or(written.len());
        self.offset += length;
        if is_number(&written[..length]) {
            Ok(&self.text[start..self.offset])
        } else {
            let span = Span::new(start, self.offset);
            Err(SyntaxError { kind: SyntaxErrorKind::Number, span })
        }
    }

    fn literal(&mut self) -> Result<Other<'s>, SyntaxError> {
        let word = self.word();
        let other = match &self.text[word.range()] {
            "null" => Other::Null,
            "true" => Other::Bool(true),
            "false" => Other::Bool(false),
            _ => return Err(SyntaxError { kind: SyntaxErrorKind::Literal, span: word }),
        };
        self.offset = word.end;
        Ok(other)
    }

    fn word(&self) -> Span {
        let rest = &self.bytes[self.offset..];
        let length = rest
            .iter()
            .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')))
            .unwrap_or(rest.len());
        Span::new(self.offset, self.offset + length)
    }

    fn word_error(&self, kind: SyntaxErrorKind) -> SyntaxError {
        SyntaxError { kind, span: self.word() }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.offset).copied()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.offset += 1;
        }
    }

    /// The error for the character here: its own kind where people often write it, else `otherwise`.
    fn unexpected(&self, otherwise: SyntaxErrorKind) -> SyntaxError {
        let rest = &self.text[self.offset..];
        let kind = match rest.chars().next() {
            Some('#') => SyntaxErrorKind::Comment,
            Some('/') if rest.starts_with("//") || rest.starts_with("/*") => SyntaxErrorKind::Comment,
            Some('\'') => SyntaxErrorKind::SingleQuotes,
            Some('“' | '”' | '„' | '‘' | '’' | '«' | '»') => SyntaxErrorKind::CurlyQuotes,
            _ => otherwise,
        };
        self.error_here(kind)
    }

    fn error_here(&self, kind: SyntaxErrorKind) -> SyntaxError {
        let length = self.text[self.offset..].chars().next().map_or(0, char::len_utf8);
        SyntaxError { kind, span: Span::new(self.offset, self.offset + length) }
    }

    fn truncated(&self, inside: &'static str, opened: usize) -> SyntaxError {
        let kind = SyntaxErrorKind::Truncated { inside, opened };
        SyntaxError { kind, span: Span::at(self.text.len()) }
    }
}

/// RFC 8259 section 6: `[ "-" ] ( "0" / digit1-9 *digit ) [ "." 1*digit ] [ ("e" / "E") [ "+" / "-" ] 1*digit ]`
fn is_number(written: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut rest = written.strip_prefix(b"-").unwrap_or(written);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest[0] == b'0') {
        return false;
    }
    rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = &fraction[length..];
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent =
            exponent.strip_prefix(b"+").or_else(|| exponent.strip_prefix(b"-")).unwrap_or(exponent);
        let length = digits(exponent);
        return length > 0 && length == exponent.len();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kind_and_place(text: &str) -> (SyntaxErrorKind, &str) {
        let error = parse(text, Limits::default()).unwrap_err();
        (error.kind, &text[error.span.range()])
    }

    #[test]
    fn each_common_mistake_has_its_own_name_and_place() {
        use SyntaxErrorKind as K;
        for (text, kind, place) in [
            ("", K::Empty, ""),
            (" \n\t", K::Empty, ""),
            ("{", K::Truncated { inside: "object", opened: 0 }, ""),
            ("{\"a\"", K::Truncated { inside: "object", opened: 0 }, ""),
            ("{\"a\":", K::Truncated { inside: "object", opened: 0 }, ""),
            ("[[1,", K::Truncated { inside: "array", opened: 1 }, ""),
            ("[\"abc", K::Truncated { inside: "string", opened: 1 }, ""),
            ("\"\\", K::Truncated { inside: "string", opened: 0 }, ""),
            ("\"\\u12", K::Truncated { inside: "string", opened: 0 }, ""),
            ("{} {}", K::TrailingData, "{"),
            ("1 x", K::TrailingData, "x"),
            ("[1,]", K::TrailingComma, ","),
            ("{\"a\": 1 , }", K::TrailingComma, ","),
            ("// hello\n{}", K::Comment, "/"),
            ("{ /* x */ }", K::Comment, "/"),
            ("{\"a\": 1 # x\n}", K::Comment, "#"),
            ("{'a': 1}", K::SingleQuotes, "'"),
            ("{“a”: 1}", K::CurlyQuotes, "“"),
            ("{ok: true}", K::UnquotedKey, "ok"),
            ("[1 2]", K::MissingComma, "2"),
            ("{\"a\": 1 \"b\": 2}", K::MissingComma, "\""),
            ("{\"a\" 1}", K::MissingColon, "1"),
            ("{\"a\": , }", K::MissingValue, ","),
            ("{\"a\": }", K::MissingValue, "}"),
            ("[,1]", K::MissingValue, ","),
            ("[1,,2]", K::MissingValue, ","),
            ("[1}", K::WrongBracket, "}"),
            ("{\"a\": 1]", K::WrongBracket, "]"),
            ("\"a\nb\"", K::LineBreakInString, "\n"),
            ("\"a\u{1}b\"", K::ControlCharacter, "\u{1}"),
            ("\"a\tb\"", K::ControlCharacter, "\t"),
            ("\"\\x41\"", K::Escape, "\\x"),
            ("\"\\é\"", K::Escape, "\\é"),
            ("\"\\u12G4\"", K::Escape, "\\u12"),
            ("[01]", K::Number, "01"),
            ("[1.]", K::Number, "1."),
            ("[.5]", K::Number, ".5"),
            ("[+1]", K::Number, "+1"),
            ("[0x1F]", K::Number, "0x1F"),
            ("[1e]", K::Number, "1e"),
            ("[-]", K::Number, "-"),
            ("[True]", K::Literal, "True"),
            ("[NaN]", K::Literal, "NaN"),
            ("[nul]", K::Literal, "nul"),
            ("\u{FEFF}{}", K::Unexpected, "\u{FEFF}"),
            ("{\u{A0}\"a\": 1}", K::Unexpected, "\u{A0}"),
        ] {
            assert_eq!(kind_and_place(text), (kind, place), "{text:?}");
        }
    }

    #[test]
    fn limits_are_named() {
        let deep = "[".repeat(100_000);
        assert_eq!(kind_and_place(&deep).0, SyntaxErrorKind::TooDeep);
        let at_the_limit = format!("{}{}", "[".repeat(128), "]".repeat(128));
        assert!(parse(&at_the_limit, Limits::default()).is_ok());
        let many = format!("[{}0]", "0,".repeat(100_000));
        assert_eq!(kind_and_place(&many).0, SyntaxErrorKind::TooMany);
    }

    #[test]
    fn spans_and_duplicates_are_kept() {
        let text = "{ \"a\" : [1, {\"b\\u0062\": null}], \"a\": -0.5e+3 }";
        let root = parse(text, Limits::default()).unwrap();
        let mut seen = Vec::new();
        root.walk(&super::super::Pointer::root(), &mut |pointer, value| {
            seen.push(format!("{pointer} = {}", &text[value.span.range()]));
        });
        assert_eq!(
            seen,
            [
                " = { \"a\" : [1, {\"b\\u0062\": null}], \"a\": -0.5e+3 }",
                "/a = [1, {\"b\\u0062\": null}]",
                "/a/0 = 1",
                "/a/1 = {\"b\\u0062\": null}",
                "/a/1/bb = null",
                "/a = -0.5e+3",
            ]
        );
        let object = root.as_object().unwrap();
        assert_eq!(object.members.len(), 2);
        assert_eq!(&text[object.get("a").unwrap().value.span.range()], "-0.5e+3", "the last one counts");
    }

    proptest! {
        /// Accepts exactly what `serde_json` accepts, but for lone surrogates and numbers out of range.
        #[test]
        fn agrees_with_serde_json(text in "[\\[\\]{}:,\"\\\\/ntu01eE+.\\- a\\n]{0,24}") {
            let ours = parse(&text, Limits::default()).is_ok();
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            let excused = theirs.as_ref().is_err_and(|error| {
                let words = error.to_string();
                words.contains("surrogate") || words.contains("out of range") || words.contains("hex escape")
            });
            prop_assert!(excused || ours == theirs.is_ok(), "{text:?}: {ours} {theirs:?}");
        }

        /// Whatever the text, there is an answer, and its place is in the text.
        #[test]
        fn never_panics(text in any::<String>()) {
            if let Err(error) = parse(&text, Limits::default()) {
                prop_assert!(text.get(error.span.range()).is_some());
            }
        }
    }
}
