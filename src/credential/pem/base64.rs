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
    // Nothing below makes it grow: growing would leave an unwiped copy behind.
    let mut characters = Zeroizing::new(Vec::with_capacity(capacity));
    for (_, line) in lines.clone() {
        characters.extend_from_slice(line);
    }
    if let Some(contents) = decode_clean(&characters) {
        return Ok(Decoded { contents, spaced: false, stopped_at: None });
    }

    characters.clear();
    let (spaced, stopped_at) = clean(lines, &mut characters)?;
    let contents = decode_clean(&characters).ok_or(Problem::Incomplete(0))?;
    Ok(Decoded { contents, spaced, stopped_at })
}

fn decode_clean(characters: &[u8]) -> Option<Secret<Vec<u8>>> {
    let mut contents = Zeroizing::new(vec![0; characters.len().div_ceil(4) * 3]);
    // The error is dropped because it carries a byte of the key.
    let length = ENGINE.decode_slice(characters, &mut contents).ok()?;
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
