//! What each flaw of a token is called, and what it means.

use crate::credential::{JwsDefectKind, Part, TimeDefect, character_name};
use crate::rules::words::grouped;

const COPY: &str = "AEM refuses it with status 401. Copy the complete token again; a terminal or an email program may \
                    have changed it.";

pub(super) fn words(kind: JwsDefectKind) -> (String, &'static str) {
    use JwsDefectKind as Kind;
    match kind {
        Kind::Scheme => (
            "the token starts with Bearer, which belongs to the HTTP header and not to the token".to_owned(),
            "not part of the token",
        ),
        Kind::TooLong(length) => (
            format!("the token has {} bytes; aemcred reads up to 65,536", grouped(length as u64)),
            "longer than any token",
        ),
        Kind::Invisible(character) => {
            (format!("there is {} inside the token", character_name(character)), "not part of the token")
        }
        Kind::Parts(1) => (
            "this is not a JSON Web Token: it has no periods, which separate header, claims and signature"
                .to_owned(),
            "one part",
        ),
        Kind::Parts(count) => {
            (format!("the token has {count} parts separated by periods instead of three"), "not three parts")
        }
        Kind::Encrypted => (
            "the token has five parts: it is encrypted (JWE), which Adobe's tokens are not".to_owned(),
            "five parts",
        ),
        Kind::Empty(part) => (format!("{} empty", of(part, "is")), "nothing between the periods"),
        Kind::Padding(part) => {
            (format!("{} with =, which tokens in base64url don't have", of(part, "ends")), "padding")
        }
        Kind::StandardAlphabet(part) => {
            (format!("{} + or /, where base64url has - and _", of(part, "has")), "base64, not base64url")
        }
        Kind::Character(part) => {
            (format!("{} a character that base64url doesn't have", of(part, "has")), "not base64url")
        }
        Kind::Incomplete(part) => (
            format!("{} incomplete: base64url can't end like this", of(part, "is")),
            "something is missing here",
        ),
        Kind::NotText(part) => (format!("{} bytes that are not UTF-8", of(part, "has")), "not text"),
        Kind::NotJson(part) => (format!("{} not JSON", of(part, "is")), "not JSON"),
        Kind::TooMuch(part) => {
            (format!("{} more nesting or values than aemcred reads", of(part, "has")), "too much")
        }
        Kind::NotObject(part, found) => {
            (format!("{} {found}, but must be an object", of(part, "is")), "not an object")
        }
        Kind::Duplicate(part) => {
            (format!("a name appears twice in {} of the token", part.name()), "duplicate name")
        }
        Kind::AlgorithmMissing => {
            ("the header of the token has no algorithm (alg)".to_owned(), "no alg here")
        }
        Kind::Unsigned => {
            ("the header says that the token is not signed (alg is none)".to_owned(), "no signature")
        }
        Kind::Algorithm(name) => (
            format!("the header says that the token is signed with {name}; Adobe signs with RS256"),
            "not RS256",
        ),
        Kind::Parameter(name) => {
            (format!("the header of the token has {name}, which Adobe's tokens don't have"), "not from Adobe")
        }
        Kind::SignatureLength(length) if length < 256 => (
            format!("the token was cut off: its signature has {length} bytes instead of at least 256"),
            "something is missing here",
        ),
        Kind::SignatureLength(length) => (
            format!(
                "the signature of the token has {} bytes, which is not a valid length",
                grouped(length as u64)
            ),
            "cut off or extended",
        ),
        Kind::Refused(Part::Header) => (
            "the header of the token has an unknown algorithm, or a value of the wrong type".to_owned(),
            "here",
        ),
        Kind::Refused(part) => (format!("{} a value that JSON parsers refuse", of(part, "has")), "here"),
    }
}

/// A part as the subject of a sentence, with its verb: claims are many.
fn of(part: Part, verb: &str) -> String {
    let verb = match (part, verb) {
        (Part::Claims, "is") => "are",
        (Part::Claims, "has") => "have",
        (Part::Claims, verb) => verb.trim_end_matches('s'),
        (_, verb) => verb,
    };
    format!("{} of the token {verb}", part.name())
}

pub(super) const fn help(kind: JwsDefectKind) -> &'static str {
    use JwsDefectKind as Kind;
    match kind {
        Kind::Scheme => {
            "Programs add Bearer themselves, so AEM would get it twice and respond with 401. Remove the word and the \
             space after it."
        }
        Kind::TooLong(_) => {
            "Adobe's tokens have fewer than 3,000 bytes, and no web server accepts a header of this size. Check what \
             is stored here."
        }
        Kind::Parts(1) => {
            "It may be a name or a key of something else, or a token of another service. Adobe's access tokens start \
             with eyJ and have two periods."
        }
        Kind::Parts(2) => {
            "The signature or the header was cut off. AEM refuses the token with status 401: copy the complete token \
             again."
        }
        Kind::Parts(_) => {
            "Perhaps two tokens were joined. AEM refuses it with status 401: copy one complete token."
        }
        Kind::Encrypted => {
            "It is from another service. Use the token from the AEM Developer Console or from Adobe's token service."
        }
        Kind::Unsigned
        | Kind::AlgorithmMissing
        | Kind::Algorithm(_)
        | Kind::Parameter(_)
        | Kind::Duplicate(_)
        | Kind::Refused(_) => {
            "Adobe doesn't issue such tokens, and AEM refuses it with status 401. Another program made or changed it: \
             get a new token."
        }
        _ => COPY,
    }
}

pub(super) const fn time_words(defect: TimeDefect) -> &'static str {
    match defect {
        TimeDefect::Missing => "is missing",
        TimeDefect::Type => "is neither a string nor a number",
        TimeDefect::NotWhole => "is not a whole number of milliseconds",
        TimeDefect::Negative => "is less than zero",
        TimeDefect::TooLarge => "is too large: it means a date after the year 9999",
    }
}
