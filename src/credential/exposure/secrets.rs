//! Whether eight characters of a document's secrets stand in another text.
//!
//! Owns: finding them fast, without a copy of a secret. Does not own: which strings are secret (see `exposure`).

use std::cell::OnceCell;
use std::fmt;

use super::WINDOW;

/// The secret strings of one document, as they stand in it.
#[derive(Default)]
pub(super) struct Secrets<'t> {
    parts: Vec<&'t str>,
    /// Made when it is first asked for.
    filter: OnceCell<Filter>,
}

impl<'t> Secrets<'t> {
    pub(super) fn add(&mut self, part: &'t str) {
        if part.len() >= WINDOW {
            self.parts.push(part);
            self.filter.take();
        }
    }

    /// Whether `text` holds eight bytes of one of them.
    pub(super) fn are_in(&self, text: &str) -> bool {
        /// More of them is no credential of anybody's. Looking through it again and again would take the square of its length,
        /// so that what may be in it counts as if it were.
        const LONGEST: usize = 64 * 1024;
        if self.parts.is_empty() || text.len() < WINDOW {
            return false;
        }
        let filter = self.filter.get_or_init(|| Filter::of(&self.parts));
        windows(text).enumerate().any(|(start, window)| {
            let is_in = |part: &&str| {
                let run = text.as_bytes().get(start..start + WINDOW).unwrap_or_default();
                memchr::memmem::find(part.as_bytes(), run).is_some()
            };
            filter.may_have(window) && (filter.length > LONGEST || self.parts.iter().any(is_in))
        })
    }
}

impl fmt::Debug for Secrets<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secrets")
    }
}

/// A Bloom filter with two hashes over all runs of eight bytes: what it doesn't have is nowhere, and that is nearly always the
/// answer. Sorting the runs takes ten times as long.
struct Filter {
    bits: Vec<u64>,
    /// What leaves as many bits of a hash as tell one of the filter.
    shift: u32,
    /// Of the secrets, in bytes.
    length: usize,
}

impl Filter {
    fn of(parts: &[&str]) -> Self {
        /// With which one run of seventy that isn't there seems to be.
        const BITS_PER_BYTE: usize = 16;
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let bits = (length * BITS_PER_BYTE).next_power_of_two();
        let mut filter = Self { bits: vec![0; bits / 64], shift: 64 - bits.trailing_zeros(), length };
        for window in parts.iter().flat_map(|part| windows(part)) {
            for (word, bit) in filter.places(window) {
                if let Some(word) = filter.bits.get_mut(word) {
                    *word |= bit;
                }
            }
        }
        filter
    }

    fn may_have(&self, window: u64) -> bool {
        self.places(window).iter().all(|(word, bit)| self.bits.get(*word).is_some_and(|word| word & bit != 0))
    }

    /// The words, and the bits in them, that stand for `window`.
    fn places(&self, window: u64) -> [(usize, u64); 2] {
        // Knuth's multiplicative hashing (The Art of Computer Programming, 6.4).
        let product = window.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        [product, product.rotate_left(17)].map(|hash| {
            let place = hash >> self.shift;
            (usize::try_from(place / 64).unwrap_or_default(), 1 << (place % 64))
        })
    }
}

/// Every run of eight bytes of `text`.
fn windows(text: &str) -> impl Iterator<Item = u64> {
    let window = |bytes: &[u8]| <[u8; WINDOW]>::try_from(bytes).ok().map(u64::from_le_bytes);
    text.as_bytes().windows(WINDOW).filter_map(window)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_bytes_in_a_row_are_found_wherever_they_are() {
        let mut secrets = Secrets::default();
        assert!(!secrets.are_in("p8e-abcdefgh"));
        secrets.add("p8e-abc");
        assert!(!secrets.are_in("p8e-abc"));
        secrets.add("p8e-abcdefghij");
        secrets.add("é0123456789");
        for text in ["p8e-abcd", "x p8e-abcd", "cdefghij", "…é012345", "\u{0A}12345678 y"] {
            assert!(secrets.are_in(text), "{text}");
        }
        for text in ["", "p8e-abc", "8e-abc defghij", "ghij01234", "p8e-abcc", "ijé01234"] {
            assert!(!secrets.are_in(text), "{text}");
        }
        assert_eq!(format!("{secrets:?}"), "Secrets");
    }

    #[test]
    fn what_is_long_has_at_least_what_is_in_it() {
        let words: Vec<String> = (0..20_000).map(|number| format!("{:x}", number * 48_271)).collect();
        let text = words.concat();
        let mut secrets = Secrets::default();
        secrets.add(&text);
        assert!((0..text.len() - 8).step_by(997).all(|start| secrets.are_in(&text[start..start + 8])));
        let others = (0..10_000).filter(|number| secrets.are_in(&format!("{number:08}"))).count();
        assert!(others < 1_000, "{others}");
    }
}
