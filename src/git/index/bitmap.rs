//! Compressed bitmaps, by which a split index says what it changes in its shared half (EWAH).
//!
//! Owns: the positions of the bits that are set. Does not own: what they mean.

use crate::git::bytes::Cursor;

/// No index has as many entries, so that nothing says more with fewer bytes.
const MOST: u64 = 1 << 25;

/// Returns the positions of all bits that are set, in ascending order; `None` if it is damaged.
pub(super) fn positions(cursor: &mut Cursor<'_>) -> Option<Vec<usize>> {
    let bits = cursor.u32().map(u64::from).filter(|bits| *bits <= MOST)?;
    let words = usize::try_from(cursor.u32()?).ok()?;
    let mut words = Cursor::new(cursor.take(words.checked_mul(8)?)?);
    // Where the last run begins, which only a writer needs.
    cursor.u32()?;
    let (mut positions, mut at) = (Vec::new(), 0_u64);
    while !words.rest().is_empty() {
        let run = words.u64()?;
        let (set, length, literals) = (run & 1 == 1, run >> 1 & 0xFFFF_FFFF, run >> 33);
        let end = length.checked_mul(64)?.checked_add(at)?;
        if set {
            // The last word may go beyond the end, and no further.
            let last = end.min(bits);
            positions.extend((at..last).filter_map(|position| usize::try_from(position).ok()));
        }
        at = end;
        for _ in 0..literals {
            let word = words.u64()?;
            let of_word =
                (0..64_u32).filter(|bit| word >> bit & 1 == 1).map(|bit| at.saturating_add(bit.into()));
            positions.extend(
                of_word.filter(|at| *at < bits).filter_map(|position| usize::try_from(position).ok()),
            );
            at = at.checked_add(64)?;
        }
    }
    Some(positions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bitmap(bits: u32, words: &[u64]) -> Option<Vec<usize>> {
        let mut bytes = bits.to_be_bytes().to_vec();
        bytes.extend(u32::try_from(words.len()).unwrap().to_be_bytes());
        bytes.extend(words.iter().flat_map(|word| word.to_be_bytes()));
        bytes.extend([0; 4]);
        positions(&mut Cursor::new(&bytes))
    }

    #[test]
    fn runs_and_literals_give_positions() {
        assert_eq!(bitmap(70, &[1 << 33, 0b101]), Some(vec![0, 2]));
        assert_eq!(bitmap(70, &[1 << 1 | 1 << 33, 0b10]), Some(vec![65]));
        assert_eq!(bitmap(66, &[1 | 2 << 1]).unwrap().len(), 66);
        assert_eq!(bitmap(0, &[]), Some(vec![]));
    }

    #[test]
    fn lies_about_lengths_are_refused_or_bounded() {
        assert_eq!(bitmap(70, &[2 << 33, 0]), None);
        assert_eq!(bitmap(u32::MAX, &[]), None);
        assert_eq!(bitmap(3, &[1 | 0xFFFF_FFFF << 1]), Some(vec![0, 1, 2]));
    }
}
