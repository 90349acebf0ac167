//! What each flaw of a token is called, and what it means.

use crate::credential::{JwsDefectKind, Part, TimeDefect, character_name};
use crate::rules::words::grouped;

const COPY: &str = "AEM refuses it with status 401. Copy the token again, whole and as it was issued; a terminal or an \
                    e-mail may have changed it.";

pub(super) fn words(kind: JwsDefectKind) -> (String, &'static str) {
    use JwsDefectKind as Kind;
    match kind {
        Kind::Scheme => (
            "the token begins with Bearer, which belongs to the HTTP header and not to the token".to_owned(),
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
            "this is no JSON Web Token: it has no points, which separate header, claims and signature".to_owned(),
            "one part",
        ),
        Kind::Parts(count) => {
            (format!("the token has {count} parts with points between them instead of three"), "not three parts")
        }
        Kind::Encrypted => (
            "the token has five parts: it is encrypted (JWE), which Adobe's tokens are not".to_owned(),
            "five parts",
        ),
        Kind::Empty(part) => (format!("{} empty", of(part, "is")), "nothing between the points"),
        Kind::Padding(part) => (
            format!("{} with =, which base64url leaves out in tokens", of(part, "ends")),
            "padding",
        ),
        Kind::StandardAlphabet(part) => (
            format!("{} + or /, where base64url has - and _", of(part, "has")),
            "base64, not base64url",
        ),
        Kind::Character(part) => (
            format!("{} a character that base64url doesn't have", of(part, "has")),
            "not base64url",
        ),
        Kind::Incomplete(part) => (
            format!("{} not complete: base64url can't end like this", of(part, "is")),
            "something is missing here",
        ),
        Kind::NotText(part) => (format!("{} bytes that are no UTF-8", of(part, "holds")), "no text"),
        Kind::NotJson(part) => (format!("{} not JSON", of(part, "is")), "no JSON"),
        Kind::TooMuch(part) => {
            (format!("{} more nesting or values than aemcred reads", of(part, "has")), "too much")
        }
        Kind::NotObject(part, found) => {
            (format!("{} {found}, but must be an object", of(part, "is")), "not an object")
        }
        Kind::Duplicate(part) => {
            (format!("a name appears twice in {} of the token", part.name()), "here for the second time")
        }
        Kind::AlgorithmMissing => {
            ("the header of the token names no algorithm (alg)".to_owned(), "no alg in here")
        }
        Kind::Unsigned => {
            ("the header says that the token is not signed (alg is none)".to_owned(), "no signature")
        }
        Kind::Algorithm(name) => (
            format!("the header says that the token is signed with {name}; Adobe signs with RS256"),
            "not RS256",
        ),
        Kind::Parameter(name) => (
            format!("the header of the token has {name}, which Adobe's tokens don't have"),
            "not from Adobe",
        ),
        Kind::SignatureLength(length) if length < 256 => (
            format!("the token was cut off: its signature has {length} of 256 bytes or more"),
            "something is missing here",
        ),
        Kind::SignatureLength(length) => (
            format!("the signature of the token has {} bytes, which no whole one has", grouped(length as u64)),
            "cut off, or something was added",
        ),
        Kind::Refused(Part::Header) => (
            "the header of the token names an algorithm that nobody knows, or a value in it has another type than \
             it must have"
                .to_owned(),
            "in here",
        ),
        Kind::Refused(part) => {
            (format!("{} a value that JSON parsers refuse", of(part, "has")), "in here")
        }
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
            "Programs put Bearer before the token themselves, so AEM would read it twice and answer 401. Remove the \
             word and the space after it."
        }
        Kind::TooLong(_) => {
            "Issued tokens have fewer than 3,000, and no web server takes a header of this size. Look at what was \
             stored here."
        }
        Kind::Parts(1) => {
            "It may be a name or a key of something else, or a token of another service. Adobe's access tokens begin \
             with eyJ and have two points."
        }
        Kind::Parts(2) => {
            "The signature was cut off, or the header. AEM refuses the token with status 401: copy it again, whole."
        }
        Kind::Parts(_) => {
            "Two tokens may have been joined. AEM refuses it with status 401: copy one token, whole and alone."
        }
        Kind::Encrypted => {
            "It is another service's. Look for the token that the AEM Developer Console or Adobe's token service gave."
        }
        Kind::Unsigned
        | Kind::AlgorithmMissing
        | Kind::Algorithm(_)
        | Kind::Parameter(_)
        | Kind::Duplicate(_)
        | Kind::Refused(_) => {
            "Adobe issues no such token, and AEM refuses it with status 401. It was made or changed by something else: \
             get a new one."
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
        TimeDefect::TooLarge => "is too large: it leads beyond the year 9999",
    }
}
