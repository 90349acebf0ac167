//! Keys that everybody has: documentation and test keys, and lists of leaked ones.
//!
//! Owns: the built-in list and the look-up in a sorted list in badkeys' format. Does not own: opening files, which the
//! caller does.

use std::fmt;
use std::io;

use sha2::{Digest, Sha256};

/// Something in which published keys can be looked up.
pub trait PublishedKeys: fmt::Debug + Send + Sync {
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
    #[error("its length of {0} bytes is not a multiple of 16, so it is not a list in badkeys' format")]
    Length(u64),
    /// The records are not in ascending order.
    #[error("its records are not in ascending order, so it is not a list in badkeys' format")]
    Order,
}

/// Where a list's records come from: a file, or bytes in a test.
pub trait Records: fmt::Debug + Send + Sync {
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
///
/// To add one, make sure that the private half is truly public and that the modulus has 2048 bits or more (smaller keys
/// are reported anyway), and compute the hash from the key itself:
/// `openssl rsa -noout -modulus < KEY | cut -d= -f2 | xxd -r -p | sha256sum | cut -c1-30`
const KNOWN: &[KnownKey] = &[
    KnownKey::new("e12d243c88d262adda230863d23091", "aemcred's own documentation and tests"),
    KnownKey::new("d5246bc377541fb76508de53d527eb", "RFC 9500, which offers keys for tests"),
    KnownKey::new("73cc3db46dd36894434b9b56888194", "RFC 9421, as an example"),
    KnownKey::new("2da8a492573f9cd453d9a68d7a24c6", "jwt.io, as its example of RS256"),
    KnownKey::new("4fd9973c9cc206ef5f736fb578800d", "every image of Vagrant, as its insecure key"),
    KnownKey::new("544fdd519498def7b9c1778c026df9", "the test suite of Go's net/http"),
    KnownKey::new("d0ea4e8c67dfa7dec7813e9fe24209", "the test suite of Node"),
    KnownKey::new("83bc4cea6428eb9b4b2bbf88f33f33", "the test suites of the RustCrypto project"),
    KnownKey::new("bd83a1319f89b7e19dd2a7c6e91d85", "the test suites of the RustCrypto project"),
    KnownKey::new("25c8b3d5990706a52b429f763b6c18", "the test suites of the RustCrypto project"),
    KnownKey::new("5b3362f513f8002df807167fcfeced", "the test suites of the RustCrypto project"),
    KnownKey::new("ebeba98ef666cf584dfebad1922952", "the test suites of the RustCrypto project"),
    KnownKey::new("9e4258e6455854c48c3b15db96a3df", "the test suites of the RustCrypto project"),
    KnownKey::new("46b801d91ab0482c9c151533a3ff66", "the test suites of the RustCrypto project"),
    KnownKey::new("b144558b880f490b762caaef257c4c", "the test suites of the RustCrypto project"),
    KnownKey::new("2b1c097bf21d5b51ec7608c3657d8a", "the examples of the Rust crate ring"),
    KnownKey::new("7a6c7f376cb986e5c9bdbea985cdc7", "the test suite of the Rust crate jsonwebtoken"),
    KnownKey::new("bc36b242df011f1bee2b193f00bbc1", "the test suite of the Rust crate jsonwebtoken"),
];

impl KnownKey {
    const fn new(hash: &str, published_in: &'static str) -> Self {
        const fn digit(byte: u8) -> u8 {
            match byte {
                b'0'..=b'9' => byte - b'0',
                _ => byte - b'a' + 10,
            }
        }
        let digits = hash.as_bytes();
        assert!(digits.len() == 2 * HASH, "a hash has 30 hexadecimal digits");
        let mut bytes = [0; HASH];
        let mut index = 0;
        while index < HASH {
            bytes[index] = digit(digits[2 * index]) << 4 | digit(digits[2 * index + 1]);
            index += 1;
        }
        Self { hash: bytes, published_in }
    }
}

/// The entry of the built-in list for this modulus (big-endian bytes, no leading zeros).
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

    #[test]
    fn each_known_key_is_listed_once() {
        let mut hashes: Vec<_> = KNOWN.iter().map(|key| key.hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), KNOWN.len(), "each once");
        assert_eq!(known(&[0xC5; 256]), None);
    }

    #[cfg(feature = "generate")]
    #[test]
    fn the_generator_s_published_key_is_known() {
        use crate::generate::{KeyPair, PUBLISHED_SEED, Seed};
        let key = KeyPair::generate(&Seed::from(PUBLISHED_SEED), 2048).unwrap();
        assert_eq!(known(&key.modulus()), Some(&KNOWN[0]));
    }
}
