//! Texts that stand for bytes: base64, hexadecimal, percent encoding, backslash escapes, quoted-printable.
//!
//! Owns: the list of decoders, in the order in which they are tried. Does not own: any encoding, nor what the bytes are.

pub(crate) mod base64;
pub(crate) mod escapes;
mod hex;
mod percent;
pub(crate) mod quoted_printable;

use crate::unwrap::place::{Extract, Step};

/// Decodes a text if all of it is in some encoding.
type Decode = fn(&str) -> Option<(Step, Extract)>;

/// The encodings that people wrap documents in. Another one is a file and a line here.
const DECODERS: [Decode; 5] =
    [hex::decode, base64::decode, percent::decode, escapes::decode, quoted_printable::decode];

/// Decodes `text` if all of it is in one of the encodings that people wrap documents in.
pub(crate) fn decode(text: &str) -> Option<(Step, Extract)> {
    DECODERS.iter().find_map(|decode| decode(text))
}
