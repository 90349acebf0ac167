use super::claim;
use crate::credential::{Document, FieldState, FormKind, character_name, trimmed};
use crate::finding::{Draft, Findings, Fix, Level, Place};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "field-whitespace",
    level: Level::Error,
    basis: Basis::Service,
    fixable: true,
    summary: "a value starts or ends with whitespace or an invisible character",
    explanation: "\
Adobe's client doesn't trim values: a line break at the end of a client secret is sent, and a space before the \
endpoint becomes part of the URL. Adobe then refuses a value that looks correct, or the client can't make a URL from \
it. In fields that it never reads, such as `email`, this is a warning.

Common causes are `echo` (use `printf '%s'`), secret stores that keep the last line break of a file, and copying from \
web pages and chats, which adds no-break spaces (U+00A0) and zero-width characters (U+200B, U+FEFF).

Line breaks at the end of `privateKey` and `publicKey` are normal. Those fields have their own rules.",
    example: "\"clientId\": \"cm-p7603-e12614-integration\\n\"",
    remedy: "\
Remove the characters (`aemcred check --fix` does this), and correct the tool that adds them.",
    reference: "https://github.com/adobe/aemcs-api-client-lib (src/exchange: values are used as they are)",
    forms: FormKind::AS_ISSUED,
    check: Check::Document(check),
};

fn check(document: &Document<'_, '_>, _: &Settings, findings: &mut Findings) {
    for entry in document.fields().filter(|entry| !entry.field.pem()) {
        let FieldState::Text(_, text) = entry.state else { continue };
        let value = text.as_str();
        let visible = trimmed(value);
        if visible == (0..value.len()) {
            continue;
        }
        let place = |range| Place::new(entry.pointer.clone(), text.place(range));
        let name = entry.field.name();
        // Only what is around the value is named, and that is never part of a secret.
        let first = value[..visible.start].chars().next().map(character_name);
        let last = value[visible.end..].chars().next().map(character_name);
        let before = place(0..visible.start);
        let after = place(visible.end..value.len());
        let spans = [before.span, after.span];
        let where_it_goes = match (&first, &last) {
            (Some(_), None) => "before",
            (None, _) => "after",
            (Some(_), Some(_)) => "before and after",
        };
        let fix = Fix::remove(
            format!("remove the invisible characters {where_it_goes} the value of {name}"),
            spans,
        );
        let draft = match (first, last) {
            (None, None) => continue,
            (Some(first), None) => Draft::new(before, format!("{name} starts with {first}")),
            (None, Some(last)) => Draft::new(after, format!("{name} ends with {last}")),
            (Some(first), Some(last)) => {
                Draft::new(before, format!("{name} starts with {first} and ends with {last}"))
                    .related(after, "also here")
            }
        };
        let (basis, level) = claim(entry);
        let consequence = match basis {
            Basis::Client => "With these characters the URL is invalid, so Adobe's client throws an error.",
            Basis::Policy => {
                "Adobe's client never reads this field, but other programs use it with these characters."
            }
            _ => "Adobe's client uses the value with these characters, and Adobe refuses it.",
        };
        let draft = draft.claim(basis, level.max(Level::Warning)).label("not part of the value");
        findings.push(
            draft
                .help(format!(
                    "{consequence} Remove them, and correct the tool that adds them (echo adds a line break, printf '%s' \
                     doesn't)."
                ))
                .fix(fix),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Sample, findings, fixed, places};

    #[test]
    fn what_is_around_a_value_is_named() {
        for (key, value, expected) in [
            ("clientId", "cm-p1-e2-integration\\n", "7:40 clientId ends with a line break (U+000A)"),
            ("clientSecret", " p8e-SampleSample", "8:24 clientSecret starts with a space (U+0020)"),
            (
                "imsEndpoint",
                "\u{FEFF}ims-na1.adobelogin.com",
                "4:21 imsEndpoint starts with a byte-order mark (U+FEFF)",
            ),
            (
                "org",
                "\u{200B}5EED@AdobeOrg\u{A0}",
                "12:13 org starts with a zero-width space (U+200B) and ends with a no-break space (U+00A0)",
            ),
            ("id", "5EED@techacct.adobe.com\u{AD}", "11:35 id ends with a soft hyphen (U+00AD)"),
            (
                "certificateExpirationDate",
                "\\t2027",
                "15:35 certificateExpirationDate starts with a tab (U+0009)",
            ),
        ] {
            assert_eq!(findings(&RULE, Sample::new().with(key, &format!("\"{value}\""))), [expected]);
        }
        let both = Sample::new().with("org", "\" \\u00a0x\\r\\n\"").text();
        assert_eq!(places(&RULE, &both), [[" \\u00a0", "\\r\\n"]]);
    }

    #[test]
    fn only_what_is_around_a_value_goes() {
        for (value, expected) in [
            (" x y\\u00A0", "x y"),
            ("\\u0020\\tx\\u00e9\\r\\n", "x\\u00e9"),
            ("\u{FEFF}x", "x"),
            ("\\uDB40\\uDC01x\\/y\\u200b", "x\\/y"),
        ] {
            let sample = |value: &str| Sample::new().with("org", &format!("\"{value}\""));
            assert_eq!(fixed(&RULE, sample(value)), Some(sample(expected).text()), "{value}");
        }
    }

    #[test]
    fn other_values_are_right() {
        let sample = Sample::new;
        for text in [
            sample().text(),
            sample().with("privateKey", "\"\\n -----BEGIN\\n\"").text(),
            sample().with("org", "\" \"").text(),
            sample().with("org", "\" <org> \"").text(),
            sample().with("metascopes", "\"a b\"").text(),
        ] {
            assert_eq!(findings(&RULE, text), [""; 0]);
        }
    }
}
