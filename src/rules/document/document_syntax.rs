use crate::credential::{FormKind, character_name};
use crate::finding::{Draft, Findings, Level, Place};
use crate::json::{Pointer, SyntaxError, SyntaxErrorKind};
use crate::rule::{Basis, Check, File, Rule};
use crate::source::{FileKind, Span};

pub(super) const RULE: Rule = Rule {
    name: "document-syntax",
    level: Level::Error,
    basis: Basis::Client,
    fixable: false,
    summary: "the file is not one JSON value: it is empty, cut off, or has a syntax error",
    explanation: "\
Adobe's client passes the file to `JSON.parse`, which accepts exactly the syntax of RFC 8259: no comments, no commas \
before a closing bracket, only double quotation marks, no line breaks inside strings, and nothing after the value. One \
wrong character makes the whole credential unreadable.

aemcred reads up to 128 levels of nesting. Issued documents have three.",
    example: "\
{\"ok\": true,
 \"statusCode\": 200,   // a comment, and a comma before the bracket
}",
    remedy: "\
Correct the marked place. If the file was cut off, or a tool changed it in several places, download the service \
credentials again from the AEM Developer Console and store that file unchanged.",
    reference: "RFC 8259 sections 2 to 7",
    forms: FormKind::AS_ISSUED,
    check: Check::File(check),
};

fn check(file: &File<'_>, findings: &mut Findings) {
    let File::Unparsed { source, error: Some(error) } = file else { return };
    let text = source.text();
    // Too many values are document-size's to report.
    let Some((message, label, help)) = words(error, text) else { return };
    let place = |span| Place::new(Pointer::root(), span);
    let mut draft = Draft::new(place(error.span), message).label(label).help(help);
    if error.kind == SyntaxErrorKind::TooDeep {
        // JSON.parse has no limit.
        draft = draft.claim(Basis::Damage, Level::Error);
    }
    if let SyntaxErrorKind::Truncated { inside, opened } = error.kind
        && inside != "value"
    {
        let bracket = text[opened..].chars().next().map_or(0, char::len_utf8);
        let related = place(Span::new(opened, opened + bracket));
        draft = draft.related(related, format!("the {inside} starts here and is never closed"));
    }
    findings.push(draft);
}

type Words = (String, &'static str, &'static str);

/// Message, label and help. Nothing of the text is quoted unless it stands in a list here: any of it may be secret.
fn words(error: &SyntaxError, text: &str) -> Option<Words> {
    use SyntaxErrorKind as Kind;
    let at_the_beginning = text[..error.span.start].trim().is_empty();
    let here = &text[error.span.start..];
    if matches!(error.kind, Kind::TooMany) {
        return None;
    }
    // What went wrong is what the file is, or the other way round: say what helps.
    if !matches!(error.kind, Kind::Empty | Kind::Truncated { .. } | Kind::TooDeep)
        && let Some((what, help)) = another_format(text, at_the_beginning)
    {
        return Some((format!("the file is {what}, not JSON"), "not JSON", help));
    }
    if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|marker| here.starts_with(marker)) {
        return Some((
            "a merge conflict was left in the file".to_owned(),
            "a git conflict marker",
            "git writes these markers where two versions of a file differ. Keep one complete version. Never combine \
             the key of one with the rest of the other.",
        ));
    }
    Some(match error.kind {
        Kind::Truncated { inside, .. } => (
            format!("the file is cut off inside {}", article(inside)),
            "the file ends here",
            "Perhaps only a part was copied, the disk was full, or a secret or variable has a length limit. Store the \
             downloaded file again and compare the sizes.",
        ),
        Kind::TrailingData if here.starts_with(['{', '[']) => (
            "a second JSON document follows the first".to_owned(),
            "a second document",
            "JSON.parse accepts exactly one. Store each credential in a separate file.",
        ),
        Kind::ControlCharacter => {
            let name = here.chars().next().map(character_name).unwrap_or_default();
            (
                format!("there is {name} inside a string, which must be escaped"),
                "an invisible character",
                "JSON allows no control characters inside strings (RFC 8259 section 7). If it was copied by accident, \
                 remove it.",
            )
        }
        Kind::Literal => literal(&text[error.span.range()]),
        Kind::Unexpected if here.starts_with('\\') => (
            "there is a backslash outside of a string".to_owned(),
            "a backslash",
            "The document seems to come from inside another string (a shell variable, another JSON document) and still \
             has its escapes. Decode that string first, for example with jq -r.",
        ),
        Kind::Unexpected => {
            let character = here.chars().next().unwrap_or(' ');
            let name = if character.is_ascii_graphic() {
                format!("the character {character}")
            } else {
                character_name(character)
            };
            (
                format!("there is {name} where JSON doesn't allow it"),
                "unexpected",
                "JSON.parse refuses the whole file. Remove the character. If there may be more of them, use the \
                 downloaded file.",
            )
        }
        kind => {
            let (message, label, help) = fixed(kind);
            (message.to_owned(), label, help)
        }
    })
}

/// The words for kinds that need nothing from the text.
fn fixed(kind: SyntaxErrorKind) -> (&'static str, &'static str, &'static str) {
    use SyntaxErrorKind as Kind;
    match kind {
        Kind::Empty => (
            "the file is empty",
            "empty",
            "The program that should write the credential here didn't. Download the service credentials again from the \
             AEM Developer Console, or check the job that writes this file.",
        ),
        Kind::TrailingData => (
            "there is text after the end of the JSON document",
            "not allowed here",
            "JSON.parse refuses the whole file. Remove everything after the last closing bracket. The cause can also \
             be an extra bracket further up.",
        ),
        Kind::TrailingComma => (
            "there is a comma before a closing bracket",
            "extra comma",
            "JavaScript allows this, JSON doesn't. Remove the comma.",
        ),
        Kind::Comment => (
            "there is a comment, which JSON doesn't allow",
            "a comment",
            "JSON.parse refuses the whole file. Remove the comment.",
        ),
        Kind::SingleQuotes => (
            "there are single quotation marks where JSON needs double ones",
            "must be \"",
            "This is how Python and JavaScript print values. Write the document with a JSON encoder \
             (json.dumps, JSON.stringify).",
        ),
        Kind::CurlyQuotes => (
            "there are typographic quotation marks where JSON needs plain ones",
            "must be \"",
            "A word processor, chat or wiki program changed them, and perhaps dashes and spaces too. Don't correct \
             them by hand: use the downloaded file.",
        ),
        Kind::UnquotedKey => (
            "a key has no quotation marks",
            "must be in quotation marks",
            "This is a JavaScript object or YAML, not JSON. Put every key in double quotation marks.",
        ),
        Kind::MissingComma => (
            "a comma is missing before this",
            "no comma before this",
            "Two members of an object or two elements of an array need a comma between them. The cause can also be a \
             quotation mark inside a value that lost its backslash.",
        ),
        Kind::MissingValue => (
            "a key or value is missing before this",
            "missing before this",
            "Often a variable of a template was empty when the file was made. Check what fills in this value.",
        ),
        Kind::WrongBracket => (
            "a closing bracket doesn't match its opening bracket",
            "the wrong bracket",
            "Objects are closed with } and arrays with ]. Further up, there is a bracket missing or one too many.",
        ),
        Kind::LineBreakInString => (
            "there is a line break inside a string",
            "the line ends inside a string",
            "In JSON a line break inside a string is written \\n. This error happens if a key is pasted into the \
             document without escaping: use the downloaded file, or write the document with a JSON encoder. The cause \
             can also be a missing quotation mark at the end of the line.",
        ),
        Kind::Escape => (
            "there is a backslash before a character that can't be escaped",
            "not a valid escape",
            "JSON has the escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hexadecimal digits. Write a \
             backslash itself as two backslashes.",
        ),
        Kind::Number => (
            "there is a number that is not in JSON's form",
            "not a JSON number",
            "JSON numbers are decimal, without leading zeros or a plus sign, and with digits on both sides of the \
             decimal point. If this is text, put it in quotation marks.",
        ),
        Kind::TooDeep => (
            "arrays and objects are nested too deeply",
            "the limit is reached here",
            "aemcred reads up to 128 levels, and an issued document has three. This is not a service credential, or a \
             program wrapped it many times.",
        ),
        Kind::MissingColon => (
            "a colon is missing after a key",
            "expected a colon",
            "A key and its value need a colon between them.",
        ),
        Kind::Truncated { .. }
        | Kind::ControlCharacter
        | Kind::Literal
        | Kind::Unexpected
        | Kind::TooMany => (RULE.summary, "not JSON", RULE.remedy),
    }
}

fn article(inside: &str) -> &'static str {
    match inside {
        "object" => "an object",
        "array" => "an array",
        "string" => "a string",
        _ => "the document",
    }
}

fn literal(word: &str) -> Words {
    let (is, help) = match word {
        "True" | "False" | "None" => (
            "a value of Python, not of JSON",
            "Write the document with json.dumps instead of printing the object. JSON has true, false and null.",
        ),
        "NaN" | "Infinity" | "undefined" => {
            ("a value of JavaScript, not of JSON", "JSON doesn't have it. Check what fills in this value.")
        }
        "TRUE" | "FALSE" | "NULL" | "nil" | "Null" => {
            ("not a value of JSON", "JSON has true, false and null, in lowercase.")
        }
        _ => {
            return (
                "a value has no quotation marks".to_owned(),
                "must be in quotation marks",
                "Text must be in double quotation marks in JSON. Only true, false, null and numbers have none. The \
                 cause can also be a template that inserts a variable without quotation marks.",
            );
        }
    };
    (format!("{word} is {is}"), "not a JSON value", help)
}

/// What a text is that isn't JSON from its first character on, and what to do about it.
fn another_format(text: &str, at_the_beginning: bool) -> Option<(&'static str, &'static str)> {
    let start = text.trim_start();
    let lower: String = start.chars().take(64).collect::<String>().to_ascii_lowercase();
    let first_line = |marks: &'static [&'static str]| {
        let mut lines = start.lines().map(str::trim);
        lines.find(|line| !line.is_empty() && !marks.iter().any(|mark| line.starts_with(mark))).unwrap_or("")
    };
    let line = first_line(&["#", "//", ";", "---"]);
    let known: [(bool, &str, &str); 10] = [
        (
            lower.starts_with("-----begin pgp"),
            "encrypted with PGP",
            "Decrypt it first, and check the result.",
        ),
        (
            lower.starts_with("-----begin "),
            "PEM (a bare key or certificate)",
            "A service credential is the complete JSON document of the AEM Developer Console. Key and certificate are \
             two of its fields. Check that document.",
        ),
        (
            FileKind::of(start.as_bytes()).is_some_and(FileKind::is_encrypted),
            "encrypted",
            "Decrypt it first (ansible-vault, age), and check the result.",
        ),
        (
            lower.starts_with("version https://git-lfs"),
            "a pointer of Git LFS",
            "The document itself was not downloaded. Run git lfs pull. A credential should not be stored in git at \
             all.",
        ),
        (
            lower.starts_with("<!doctype html") || lower.starts_with("<html"),
            "an HTML page",
            "Probably a sign-in page was saved instead of the download. Sign in to the AEM Developer Console in a \
             browser, and download the service credentials there.",
        ),
        (
            lower.starts_with("<?xml") || lower.starts_with('<') && !lower.starts_with("<<<<<<<"),
            "XML or HTML",
            "Probably an error page was saved instead of the download. Download the service credentials again from the \
             AEM Developer Console.",
        ),
        (
            lower.starts_with("http/1") || lower.starts_with("http/2"),
            "an HTTP response with its headers",
            "Save only the body (curl without -i).",
        ),
        (
            is_base64_of_json(start),
            "encoded in base64",
            "Decode it first (base64 -d), and check the JSON document in it.",
        ),
        (
            is_assignment(line),
            "a list of variables (.env or a shell script)",
            "Check the JSON document that the variables were made from. If one variable contains the whole document, \
             write only its value to a file.",
        ),
        (
            is_yaml(line) || start.starts_with("---\n") || start.starts_with("---\r\n"),
            "YAML",
            "JSON.parse can't read YAML. Write the document as JSON, for example with yq -o json, or use the \
             downloaded file.",
        ),
    ];
    let known = known.into_iter().find(|(is, _, _)| *is).map(|(_, what, help)| (what, help));
    known.filter(|_| at_the_beginning || !start.starts_with(['{', '[', '"']))
}

/// `{"`, `{` and a blank or line break, in base64.
fn is_base64_of_json(start: &str) -> bool {
    ["eyJ", "eyAi", "ewog", "ewoJ", "ew0K", "eyAg", "ewoi"].iter().any(|sign| start.starts_with(sign))
        && start.chars().all(|c| c.is_ascii_alphanumeric() || c.is_ascii_whitespace() || "+/=-_".contains(c))
}

fn is_assignment(line: &str) -> bool {
    let line = line.strip_prefix("export ").unwrap_or(line);
    line.split_once('=').is_some_and(|(name, _)| is_name(name.trim_end(), "_.-"))
}

fn is_yaml(line: &str) -> bool {
    let key = line.split_once(':').filter(|(_, rest)| rest.is_empty() || rest.starts_with(' '));
    key.is_some_and(|(name, _)| is_name(name, "_.-"))
}

fn is_name(text: &str, others: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Sample, findings, places, run};

    #[test]
    fn every_kind_of_error_has_its_words() {
        for (text, expected) in [
            ("", "1:1 the file is empty"),
            (" \n\t", "1:1 the file is empty"),
            ("{\"a\": [1,", "1:10 the file is cut off inside an array"),
            ("{\"a", "1:4 the file is cut off inside a string"),
            ("{\"a\"", "1:5 the file is cut off inside an object"),
            ("{} {}", "1:4 a second JSON document follows the first"),
            ("{} x", "1:4 there is text after the end of the JSON document"),
            ("[1,]", "1:3 there is a comma before a closing bracket"),
            ("// hello\n{}", "1:1 there is a comment, which JSON doesn't allow"),
            ("{\"a\": 1 # x\n}", "1:9 there is a comment, which JSON doesn't allow"),
            ("{'a': 1}", "1:2 there are single quotation marks where JSON needs double ones"),
            ("{“a”: 1}", "1:2 there are typographic quotation marks where JSON needs plain ones"),
            ("{ok: true}", "1:2 a key has no quotation marks"),
            ("[1 2]", "1:4 a comma is missing before this"),
            ("{\"a\" 1}", "1:6 a colon is missing after a key"),
            ("{\"a\": }", "1:7 a key or value is missing before this"),
            ("[1}", "1:3 a closing bracket doesn't match its opening bracket"),
            ("\"a\nb\"", "1:3 there is a line break inside a string"),
            ("\"a\tb\"", "1:3 there is a tab (U+0009) inside a string, which must be escaped"),
            ("\"\\x41\"", "1:2 there is a backslash before a character that can't be escaped"),
            ("[01]", "1:2 there is a number that is not in JSON's form"),
            ("[True]", "1:2 True is a value of Python, not of JSON"),
            ("[NaN]", "1:2 NaN is a value of JavaScript, not of JSON"),
            ("[p8eabcdefgh]", "1:2 a value has no quotation marks"),
            ("{\\\"ok\\\": true}", "1:2 there is a backslash outside of a string"),
            ("[%]", "1:2 there is the character % where JSON doesn't allow it"),
            ("{\u{A0}\"a\": 1}", "1:2 there is a no-break space (U+00A0) where JSON doesn't allow it"),
            ("{\n<<<<<<< HEAD\n\"a\": 1}", "2:1 a merge conflict was left in the file"),
            ("{\"a\": 1,\n=======\n}", "2:1 a merge conflict was left in the file"),
        ] {
            assert_eq!(findings(&RULE, text), [expected], "{text:?}");
        }
        let deep = "[".repeat(129);
        assert_eq!(findings(&RULE, deep), ["1:129 arrays and objects are nested too deeply"]);
    }

    #[test]
    fn other_formats_are_named() {
        for (text, expected) in [
            ("-----BEGIN RSA PRIVATE KEY-----\nMIIE", "PEM (a bare key or certificate)"),
            ("-----BEGIN PGP MESSAGE-----\n", "encrypted with PGP"),
            ("$ANSIBLE_VAULT;1.1;AES256\n", "encrypted"),
            ("version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS"),
            ("\n<!DOCTYPE html>\n<html>", "an HTML page"),
            ("<?xml version=\"1.0\"?>", "XML or HTML"),
            ("HTTP/1.1 200 OK\r\n\r\n{}", "an HTTP response with its headers"),
            ("eyJvayI6IHRydWV9\n", "encoded in base64"),
            ("ewogICJvayI6IHRydWUKfQ==", "encoded in base64"),
            ("# the client\nexport AEM_CLIENT_ID=cm-p1\n", "a list of variables (.env or a shell script)"),
            ("AEM_CREDENTIALS={\"ok\": true}", "a list of variables (.env or a shell script)"),
            ("---\nok: true\n", "YAML"),
            ("# comment\nok: true\nintegration:\n", "YAML"),
        ] {
            let found = findings(&RULE, text);
            let expected = format!("the file is {expected}, not JSON");
            assert!(found.len() == 1 && found[0].ends_with(&expected), "{text:?}: {found:?}");
        }
    }

    #[test]
    fn the_opening_bracket_is_shown_and_nothing_secret() {
        assert_eq!(places(&RULE, "{\"a\": [1"), [["", "["]]);
        let secret = "{\"clientSecret\": p8e-SampleSampleSample}";
        let draft = &run(&RULE, secret).findings[0].draft;
        assert!(!format!("{draft:?}").contains("Sample"));
        let many = format!("[{}0]", "0,".repeat(100_000));
        let token = "eyJhbGciOiJSUzI1NiJ9.e30.AAAA";
        let tokens = [format!("{token}\n"), format!("Authorization: Bearer {token}\r\n")];
        for text in [Sample::new().text(), "7".to_owned(), many].into_iter().chain(tokens) {
            assert_eq!(findings(&RULE, text), [""; 0]);
        }
    }
}
