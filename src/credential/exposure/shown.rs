//! Whether a value that should be public may be shown.
//!
//! Owns: telling what reads like a name, a number or an address from what may be a secret that somebody pasted into the wrong
//! field. Does not own: which spans of a document are public (see `exposure`).

use super::super::invisible::is_hidden;
use super::super::shape::{is_console_client, is_uuid};
use super::super::{CLIENT_SECRET, TOKEN};
use super::{WINDOW, is_known_name};

/// Whether a value that should be public looks so: printable, short, and without a run that may be a secret which
/// somebody pasted into the wrong field.
pub fn presentable(value: &str) -> bool {
    // Of all blanks only the plain one is what it seems to be.
    let invisible = |character: char| {
        is_hidden(character)
            || character.is_whitespace() && character != ' '
            || matches!(character, '\u{FFFC}' | '\u{FFFD}')
    };
    let is_unclear = if value.is_ascii() {
        value.len() > LONGEST_SHOWN || value.bytes().any(|byte| byte.is_ascii_control())
    } else {
        value.chars().count() > LONGEST_SHOWN || value.chars().any(invisible)
    };
    if is_unclear {
        return false;
    }
    if is_known_name(value) {
        return true;
    }
    // An account's or organization's ID is 24 upper-case hexadecimal digits or a UUID before a known domain.
    let domains = ["@techacct.adobe.com", "@AdobeOrg", "@AdobeID"];
    let issued = domains.into_iter().find_map(|domain| value.strip_suffix(domain));
    if issued
        .is_some_and(|id| id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') && id.len() <= 40)
    {
        return true;
    }
    !is_telling(value)
        && !is_uuid(value)
        && !is_cut_up(value)
        && value
            .split(|character: char| !(character.is_alphanumeric() || "+/=_".contains(character)))
            .all(tame)
}

/// A value of more characters than this is not shown.
const LONGEST_SHOWN: usize = 120;

/// Returns true if `value` has, in capitals or not, what secrets and their surroundings begin with.
fn is_telling(value: &str) -> bool {
    const MARKS: [&str; 5] = [CLIENT_SECRET, TOKEN, "-----", "private key", "bearer "];
    let bytes = value.as_bytes();
    let begins = |start: usize, mark: &str| {
        bytes.get(start..start + mark.len()).is_some_and(|found| found.eq_ignore_ascii_case(mark.as_bytes()))
    };
    let mut candidates = bytes.iter().enumerate().filter(|(_, byte)| b"pPeE-bB".contains(byte));
    candidates.any(|(start, _)| MARKS.iter().any(|mark| begins(start, mark)))
}

/// Whether a client ID looks public: besides what [`presentable`] takes for that, the client IDs of the Adobe Developer
/// Console are 32 hexadecimal digits. Only for values that stand where a client ID belongs.
pub fn presentable_id(value: &str) -> bool {
    is_console_client(value) || presentable(value)
}

/// Whether a run of letters and digits reads like a word or a number and not like something random.
fn tame(run: &str) -> bool {
    if run.len() < WINDOW {
        return true;
    }
    if run.contains('_') && !run.starts_with('_') && run.split('_').all(|part| part.len() < 20 && tame(part))
    {
        return run.len() <= 40;
    }
    if run.bytes().all(|byte| byte.is_ascii_digit()) {
        return run.len() <= 12;
    }
    // Words are in one case, or each capital begins a lower-case part: `technicalAccount`, `AdobeOrg`.
    let letters: Vec<char> = run.chars().collect();
    let capitals = letters.iter().filter(|letter| letter.is_uppercase()).count();
    let neighbors = letters.windows(2).any(|pair| pair[0].is_uppercase() && pair[1].is_uppercase());
    letters.iter().all(|letter| letter.is_alphabetic())
        && letters.len() <= 30
        && (capitals == letters.len() && capitals <= 12 || !neighbors && capitals * 4 <= letters.len())
}

/// Returns true if `value` has so many short runs one after the other that they are something random in pieces: letters, numbers
/// and pairs of digits by themselves, or runs in which one kind of character often follows another. Times, addresses and client IDs
/// have fewer of both.
fn is_cut_up(value: &str) -> bool {
    const MOST_TINY: usize = 9;
    const MOST_CHANGES: usize = 8;
    let kind = |byte: u8| (byte.is_ascii_digit(), byte.is_ascii_uppercase());
    let (mut tiny, mut changes) = (0, 0);
    value.split(|character: char| !character.is_alphanumeric()).filter(|run| !run.is_empty()).any(|run| {
        if run.len() >= WINDOW {
            (tiny, changes) = (0, 0);
        } else {
            // A capital letter may begin a word.
            let word = run.strip_prefix(|first: char| first.is_ascii_uppercase()).unwrap_or(run);
            let pairs = word.as_bytes().windows(2);
            changes += pairs.filter(|pair| kind(pair[0]) != kind(pair[1])).count();
            tiny = if run.chars().count() <= 3 { tiny + 1 } else { 0 };
        }
        tiny > MOST_TINY || changes > MOST_CHANGES
    })
}
