//! The base64 inside a block, read as OpenSSL reads it.
//!
//! Owns: what OpenSSL skips (blanks, CR), where it stops (at a hyphen), what it refuses, and wiping. Does not own:
//! what the bytes mean.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use zeroize::Zeroizing;

use crate::secret::Secret;

/// Bits left over in the last character are ignored, as OpenSSL ignores them.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// The bytes, and how irregularly they were written.
pub(super) struct Decoded {
    pub(super) contents: Secret<Vec<u8>>,
    /// Blanks or CRs stood among the characters.
    pub(super) spaced: bool,
    /// Reading stopped at the hyphen that stands here; what follows it was never looked at.
    pub(super) stopped_at: Option<usize>,
}

/// Why it isn't base64, and where in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// A character that has no place in base64.
    Foreign(usize),
    /// A hyphen inside a group of four.
    Hyphen(usize),
    /// More characters after `=`.
    AfterPadding(usize),
    /// The third `=`.
    Padding(usize),
    /// The number of characters is no multiple of four.
    Incomplete(usize),
}

/// Decodes `lines`, each with its offset in the text. `capacity` is at least their length together.
pub(super) fn decode<'t>(
    lines: impl Iterator<Item = (usize, &'t [u8])> + Clone,
    capacity: usize,
) -> Result<Decoded, Problem> {
    if let Some(contents) = decode_regular(lines.clone(), capacity) {
        return Ok(Decoded { contents, spaced: false, stopped_at: None });
    }
    // Nothing below makes it grow: growing would leave an unwiped copy behind.
    let mut characters = Zeroizing::new(Vec::with_capacity(capacity));
    let (spaced, stopped_at) = clean(lines, &mut characters)?;
    let contents = decode_regular(std::iter::once((0, characters.as_slice())), characters.len())
        .ok_or(Problem::Incomplete(0))?;
    Ok(Decoded { contents, spaced, stopped_at })
}

/// The way nearly all are: lines of whole groups and nothing else, which need no copy.
fn decode_regular<'t>(
    lines: impl Iterator<Item = (usize, &'t [u8])>,
    capacity: usize,
) -> Option<Secret<Vec<u8>>> {
    let mut contents = Zeroizing::new(vec![0; capacity.div_ceil(4) * 3]);
    let mut length = 0;
    let mut padded = false;
    for (_, line) in lines {
        if padded || !line.len().is_multiple_of(4) {
            return None;
        }
        // The error is dropped because it carries a byte of the key.
        let decoded = ENGINE.decode_slice(line, contents.get_mut(length..)?).ok()?;
        length += decoded;
        padded = decoded < line.len() / 4 * 3;
    }
    contents.truncate(length);
    Some(Secret::new(std::mem::take(&mut *contents)))
}

/// Copies the characters that count to `characters`; says whether any were skipped and where reading stopped.
fn clean<'t>(
    lines: impl Iterator<Item = (usize, &'t [u8])>,
    characters: &mut Vec<u8>,
) -> Result<(bool, Option<usize>), Problem> {
    let mut spaced = false;
    let mut padding = 0;
    let mut last = 0;
    for (start, line) in lines {
        for (index, &byte) in line.iter().enumerate() {
            let offset = start + index;
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => {}
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => {
                    return Err(Problem::AfterPadding(offset));
                }
                b'=' if padding < 2 => padding += 1,
                b'=' => return Err(Problem::Padding(offset)),
                b' ' | b'\t' | b'\r' => {
                    spaced = true;
                    continue;
                }
                b'-' if characters.len().is_multiple_of(4) => return Ok((spaced, Some(offset))),
                b'-' => return Err(Problem::Hyphen(offset)),
                _ => return Err(Problem::Foreign(offset)),
            }
            characters.push(byte);
            last = offset;
        }
    }
    if characters.len().is_multiple_of(4) { Ok((spaced, None)) } else { Err(Problem::Incomplete(last)) }
}
