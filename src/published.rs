//! Keys that everybody has: documentation and test keys, and lists of leaked ones.
//!
//! Owns: the built-in list and the look-up in a sorted list in badkeys' format. Does not own: opening files, which the
//! caller does.

use std::fmt;
use std::io;

use sha2::{Digest, Sha256};

/// Something in which published keys can be looked up.
pub trait PublishedKeys: fmt::Debug + Sync {
    /// The list that has the key with this modulus (big-endian bytes, no leading zeros), if one has.
    ///
    /// # Errors
    ///
    /// When the list can't be read, or turns out not to be one.
    fn look_up(&self, modulus: &[u8]) -> Result<Option<ListId>, BlocklistError>;
}

/// The number that badkeys gives to the list that a key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListId(pub u8);

/// Why a list can't be used.
#[derive(Debug, thiserror::Error)]
pub enum BlocklistError {
    /// Reading failed.
    #[error("it can't be read: {0}")]
    Read(#[from] io::Error),
    /// The length is no multiple of a record's.
    #[error("its length, {0} bytes, is no multiple of 16, so it is not a list in badkeys' format")]
    Length(u64),
    /// The records are not in ascending order.
    #[error("its records are not in ascending order, so it is not a list in badkeys' format")]
    Order,
}

/// Where a list's records come from: a file, or bytes in a test.
pub trait Records: fmt::Debug + Sync {
    /// The length in bytes.
    ///
    /// # Errors
    ///
    /// When it can't be found out.
    fn length(&self) -> io::Result<u64>;

    /// Fills `record` with the bytes at `offset`.
    ///
    /// # Errors
    ///
    /// When they can't be read.
    fn read(&self, offset: u64, record: &mut [u8; RECORD]) -> io::Result<()>;
}

/// The length of a record: 15 bytes of a hash, one byte that names the list.
pub const RECORD: usize = 16;
const HASH: usize = 15;

/// A list in badkeys' format: sorted records of 15 bytes of SHA-256 over the modulus, and one byte that names the list
/// which the key comes from. Only the records on the way of a binary search are read.
#[derive(Debug)]
pub struct Blocklist<R> {
    records: R,
    count: u64,
}

impl<R: Records> Blocklist<R> {
    /// Takes the list in `records`.
    ///
    /// # Errors
    ///
    /// When its length shows that it is no such list, or its first and last records are out of order.
    pub fn new(records: R) -> Result<Self, BlocklistError> {
        let length = records.length()?;
        let size = RECORD as u64;
        if length % size != 0 {
            return Err(BlocklistError::Length(length));
        }
        let list = Self { records, count: length / size };
        if list.count > 1 && list.record(0)?[..HASH] > list.record(list.count - 1)?[..HASH] {
            return Err(BlocklistError::Order);
        }
        Ok(list)
    }

    fn record(&self, index: u64) -> io::Result<[u8; RECORD]> {
        let mut record = [0; RECORD];
        self.records.read(index * RECORD as u64, &mut record)?;
        Ok(record)
    }
}

impl<R: Records> PublishedKeys for Blocklist<R> {
    fn look_up(&self, modulus: &[u8]) -> Result<Option<ListId>, BlocklistError> {
        let wanted = hash(modulus);
        // The records at `low - 1` and `high`, which frame what is left; the list is unsorted if one steps outside.
        let (mut low, mut high) = (0, self.count);
        let (mut floor, mut ceiling) = ([0; HASH], [0xFF; HASH]);
        while low < high {
            let middle = low + (high - low) / 2;
            let record = self.record(middle)?;
            let (found, list) = record.split_at(HASH);
            if found < &floor[..] || found > &ceiling[..] {
                return Err(BlocklistError::Order);
            }
            match found.cmp(&wanted) {
                std::cmp::Ordering::Equal => return Ok(list.first().copied().map(ListId)),
                std::cmp::Ordering::Less => {
                    low = middle + 1;
                    floor.copy_from_slice(found);
                }
                std::cmp::Ordering::Greater => {
                    high = middle;
                    ceiling.copy_from_slice(found);
                }
            }
        }
        Ok(None)
    }
}

fn hash(modulus: &[u8]) -> [u8; HASH] {
    let digest = Sha256::digest(modulus);
    let mut hash = [0; HASH];
    hash.copy_from_slice(&digest[..HASH]);
    hash
}

/// A key on the built-in list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownKey {
    /// The first 15 bytes of SHA-256 over the modulus.
    hash: [u8; HASH],
    /// Where the private key can be read by anyone.
    pub published_in: &'static str,
}

/// The built-in list: keys that stand in documentation and test suites, private half included.
const KNOWN: &[KnownKey] = &[];

/// The entry of the built-in list for this modulus (big-endian bytes, no leading zeros).
#[must_use]
pub fn known(modulus: &[u8]) -> Option<&'static KnownKey> {
    let wanted = hash(modulus);
    KNOWN.iter().find(|key| key.hash == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Bytes(Vec<u8>);

    impl Records for Bytes {
        fn length(&self) -> io::Result<u64> {
            Ok(self.0.len() as u64)
        }

        fn read(&self, offset: u64, record: &mut [u8; RECORD]) -> io::Result<()> {
            let start = usize::try_from(offset).unwrap();
            let bytes = self.0.get(start..start + RECORD).ok_or(io::ErrorKind::UnexpectedEof)?;
            record.copy_from_slice(bytes);
            Ok(())
        }
    }

    fn list(moduli: impl Iterator<Item = u32>) -> Vec<[u8; RECORD]> {
        let mut records: Vec<[u8; RECORD]> = moduli
            .map(|modulus| {
                let mut record = [7; RECORD];
                record[..HASH].copy_from_slice(&hash(&modulus.to_be_bytes()));
                record
            })
            .collect();
        records.sort_unstable();
        records
    }

    #[test]
    fn finds_what_is_listed_and_nothing_else() {
        for count in [0_u32, 1, 2, 3, 100, 1000] {
            let blocklist = Blocklist::new(Bytes(list(0..count).concat())).unwrap();
            for modulus in 0..count + 10 {
                let found = blocklist.look_up(&modulus.to_be_bytes()).unwrap();
                assert_eq!(found, (modulus < count).then_some(ListId(7)), "{modulus} of {count}");
            }
        }
    }

    #[test]
    fn what_is_no_list_is_refused() {
        assert!(matches!(Blocklist::new(Bytes(vec![0; 17])), Err(BlocklistError::Length(17))));
        let mut reversed = list(0..100);
        reversed.reverse();
        assert!(matches!(Blocklist::new(Bytes(reversed.concat())), Err(BlocklistError::Order)));
        let mut shuffled = list(0..100);
        shuffled[1..99].reverse();
        let shuffled = Blocklist::new(Bytes(shuffled.concat())).unwrap();
        let outcomes: Vec<_> = (0_u32..100).map(|modulus| shuffled.look_up(&modulus.to_be_bytes())).collect();
        assert!(outcomes.iter().any(|outcome| matches!(outcome, Err(BlocklistError::Order))));
    }
}
