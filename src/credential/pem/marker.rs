//! BEGIN and END lines as people recognise them, exact or not.
//!
//! Owns: finding them, and what is wrong with the spelling of one. Does not own: what stands around them.

use std::ops::Range;

use super::kinds::DefectKind;
use super::label::is_public_in_any_case;

/// Something that is meant as a BEGIN or END line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marker {
    pub(super) word: Word,
    /// From the first hyphen to the last.
    pub(super) range: Range<usize>,
    /// The label between the hyphens.
    pub(super) label: Range<usize>,
    /// What is wrong with it.
    pub(super) fault: Option<DefectKind>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Begin,
    End,
}

/// Longer than any label, shorter than a line of base64.
const LONGEST_LABEL: usize = 48;

/// All markers of `text`, in order. Lazily, because most callers want the first or second.
pub(super) fn markers(text: &str) -> impl Iterator<Item = Marker> {
    let mut offset = 0;
    std::iter::from_fn(move || {
        while let Some(dashes) = next_dashes(text, offset) {
            if let Some(marker) = marker_at(text, &dashes) {
                offset = marker.range.end;
                return Some(marker);
            }
            offset = dashes.range.end;
        }
        None
    })
}

/// Where `text` has markers, exact or not, that say nothing secret: apart from hyphens and blanks there are only words that
/// labels are made of in them, in capitals or not.
pub(crate) fn public_markers(text: &str) -> impl Iterator<Item = Range<usize>> {
    markers(text)
        .filter(|marker| is_public_in_any_case(&text[marker.label.clone()]))
        .map(|marker| marker.range)
}

struct Dashes {
    range: Range<usize>,
    /// Hyphens and other dashes.
    count: usize,
    typographic: bool,
}

fn is_typographic_dash(character: char) -> bool {
    matches!(
        character,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' | '\u{ad}'
    )
}

fn next_dashes(text: &str, from: usize) -> Option<Dashes> {
    let mut start = from;
    loop {
        let rest = text.as_bytes().get(start..)?;
        start += rest.iter().position(|byte| *byte == b'-' || !byte.is_ascii())?;
        let character = text.get(start..)?.chars().next()?;
        if character == '-' || is_typographic_dash(character) {
            return Some(dashes_at(text, start));
        }
        start += character.len_utf8();
    }
}

fn dashes_at(text: &str, start: usize) -> Dashes {
    let mut dashes = Dashes { range: start..start, count: 0, typographic: false };
    for character in text[start..].chars() {
        if is_typographic_dash(character) {
            dashes.typographic = true;
        } else if character != '-' {
            break;
        }
        dashes.count += 1;
        dashes.range.end += character.len_utf8();
    }
    dashes
}

fn marker_at(text: &str, left: &Dashes) -> Option<Marker> {
    let after = &text[left.range.end..];
    let blanks = after.len() - after.trim_start_matches([' ', '\t']).len();
    let word_start = left.range.end + blanks;
    let (word, word_length, mut fault) = word_at(&text[word_start..])?;
    let label_start = word_start + word_length;
    let label_end = label_start
        + text[label_start..]
            .char_indices()
            .find(|(_, c)| !is_of_label(*c))
            .map_or(text.len() - label_start, |(index, _)| index);
    let right = dashes_at(text, label_end);
    let raw = &text[label_start..label_end];
    // Without hyphens behind it the label ends with its line, or where a lost line break was.
    let raw = if right.count == 0 && raw.len() > LONGEST_LABEL { "" } else { raw };
    if raw.len() > LONGEST_LABEL || (left.count < 2 && right.count < 2) {
        return None;
    }
    let label = raw.trim();
    let start = label_start + (raw.len() - raw.trim_start().len());
    if blanks > 0
        || (!raw.starts_with(' ') && !raw.is_empty())
        || raw.len() != label.len() + usize::from(!raw.is_empty())
    {
        fault = fault.or(Some(DefectKind::Misspelt));
    }
    if label.bytes().any(|byte| byte.is_ascii_lowercase()) {
        fault = fault.or(Some(DefectKind::LowerCase));
    }
    if !label.is_ascii() || !raw.is_ascii() {
        fault = Some(DefectKind::ForbiddenCharacter);
    }
    if left.count != 5 || right.count != 5 {
        fault = Some(DefectKind::DashCount);
    }
    if left.typographic || right.typographic {
        fault = Some(DefectKind::TypographicDash);
    }
    let end = if right.count > 0 { right.range.end } else { start + label.len() };
    Some(Marker { word, range: left.range.start..end, label: start..start + label.len(), fault })
}

/// Letters, digits, and what can stand in place of a blank.
fn is_of_label(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(character, ' ' | '_' | '.')
        || !(character.is_ascii() || is_typographic_dash(character))
}

/// BEGIN or END at the start of `text`, its length, and what is wrong with it.
fn word_at(text: &str) -> Option<(Word, usize, Option<DefectKind>)> {
    const EXACT: [(&str, Word); 2] = [("BEGIN", Word::Begin), ("END", Word::End)];
    const MISSPELT: [(&str, Word); 9] = [
        ("BEGGIN", Word::Begin),
        ("BEGINN", Word::Begin),
        ("BEGING", Word::Begin),
        ("BEGAN", Word::Begin),
        ("BEGN", Word::Begin),
        ("BGIN", Word::Begin),
        ("BEIGN", Word::Begin),
        ("EDN", Word::End),
        ("ENND", Word::End),
    ];
    let starts = |word: &str| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    if let Some((name, word)) = MISSPELT.into_iter().find(|(name, _)| starts(name)) {
        return Some((word, name.len(), Some(DefectKind::Misspelt)));
    }
    let (name, word) = EXACT.into_iter().find(|(name, _)| starts(name))?;
    let fault = (!text.starts_with(name)).then_some(DefectKind::LowerCase);
    Some((word, name.len(), fault))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_and_their_faults() {
        use DefectKind::{DashCount, LowerCase, Misspelt, TypographicDash};
        for (text, fault) in [
            ("-----BEGIN RSA PRIVATE KEY-----", None),
            ("-----BEGIN -----", None),
            ("----BEGIN RSA PRIVATE KEY-----", Some(DashCount)),
            ("-----BEGIN RSA PRIVATE KEY------", Some(DashCount)),
            ("-----BEGIN RSA PRIVATE KEY", Some(DashCount)),
            ("-----begin RSA PRIVATE KEY-----", Some(LowerCase)),
            ("-----BEGIN RSA private KEY-----", Some(LowerCase)),
            ("-----BEGINRSA PRIVATE KEY-----", Some(Misspelt)),
            ("-----BEGIN  RSA PRIVATE KEY-----", Some(Misspelt)),
            ("----- BEGIN RSA PRIVATE KEY -----", Some(Misspelt)),
            ("-----BEGN RSA PRIVATE KEY-----", Some(Misspelt)),
            ("\u{2014}-BEGIN RSA PRIVATE KEY\u{2014}-", Some(TypographicDash)),
        ] {
            let all: Vec<Marker> = markers(text).collect();
            assert_eq!(all.len(), 1, "{text}");
            assert_eq!((all[0].word, all[0].fault), (Word::Begin, fault), "{text}");
            assert_eq!(all[0].range, 0..text.len(), "{text}");
        }
    }

    #[test]
    fn markers_are_public_by_what_they_are_made_of() {
        for (text, is_public) in [
            ("-----BEGIN RSA PRIVATE KEY-----", true),
            ("----BEGIN RSA PRIVATE KEY-----", true),
            ("-----begin rsa private key", true),
            ("-----BEGN CERTIFICATE-----", true),
            ("\u{2014}-END  CERTIFICATE \u{2014}-", true),
            ("-----BEGIN RSA PRIVATE KEYMIIEowIBAAK-----", false),
            ("-----BEGIN MIIEowIBAAK-----", false),
            ("-----BEGIN RSA PRIVATE_KEY-----", false),
        ] {
            let found: Vec<_> = public_markers(text).collect();
            let whole = 0..text.len();
            assert_eq!(found.as_slice() == std::slice::from_ref(&whole), is_public, "{text}");
        }
    }

    #[test]
    fn base64_for_urls_holds_no_markers() {
        assert_eq!(markers("AAA-BEGIN_AAAA-END").count(), 0);
        assert_eq!(markers("-").count(), 0);
    }
}
