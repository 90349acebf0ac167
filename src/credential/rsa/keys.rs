//! Keys that share a prime, among any number of them.
//!
//! Owns: what of a key is kept to compare it, and where; which keys are one. Does not own: the arithmetic (see `shared`).
//!
//! Where private keys are at hand, their primes are compared by their digests. Of the others only the product of the primes
//! is known, the modulus, and what two moduli have in common tells.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use dashu_int::UBig;
use sha2::{Digest as _, Sha256};

use super::shared::{Meeting, Number, Partners, among, among_themselves, blocks};

/// What of a key pair only a comparison with others needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyNumbers {
    /// The RSA modulus n, the least significant byte first, without zeros at its end.
    pub modulus: Box<[u8]>,
    /// SHA-256 of the private key's two primes, where it is at hand and sound. By them, keys are told that share a prime.
    pub prime_digests: Option<[[u8; 32]; 2]>,
}

/// Keys that are to be compared with each other. A million of them are held in a hundred bytes each.
#[derive(Debug, Default)]
pub struct Keys {
    entries: Vec<Entry>,
    moduli: Moduli,
}

/// Half a SHA-256, which is enough to tell things apart: 2⁶⁴ of them are needed to find two that are alike.
type Half = [u8; 16];

#[derive(Debug)]
struct Entry {
    /// Of the `SubjectPublicKeyInfo`.
    key: Half,
    /// Of the modulus, which two of the former may have in common.
    modulus: Half,
    primes: Option<[Half; 2]>,
    place: Extent,
    /// The first record that has it.
    first: u32,
    /// Whether another one stands for all that have this modulus.
    is_copy: bool,
}

/// Where a modulus stands among the bytes of all.
#[derive(Clone, Copy, Debug)]
struct Extent {
    start: u64,
    length: u32,
}

impl Keys {
    /// Keys whose moduli go into `file`, an empty one, when there are many. They are public.
    pub const fn kept_in(file: File) -> Self {
        let moduli = Moduli { recent: Vec::new(), filed: 0, file: Some(file), is_full: false };
        Self { entries: Vec::new(), moduli }
    }

    /// Takes in a key, known by the SHA-256 of its `SubjectPublicKeyInfo`. That 2 divides a modulus, everybody sees without another
    /// key; what is left of it is compared.
    pub fn add(&mut self, sha256: &[u8; 32], numbers: &KeyNumbers) {
        let odd = odd_part(&numbers.modulus);
        if matches!(&*odd, [] | [1]) {
            return;
        }
        let Some(place) = self.moduli.push(&odd) else { return };
        self.entries.push(Entry {
            key: half(sha256),
            modulus: half(&Sha256::digest(&numbers.modulus).into()),
            primes: numbers.prime_digests.map(|primes| primes.map(|prime| half(&prime))),
            place,
            first: NONE,
            is_copy: false,
        });
    }

    /// Compares all with each other, and forgets those that share no prime with another, which are nearly all.
    ///
    /// # Errors
    ///
    /// Beside what is known by digests alone, if what went into the file can't be read again.
    pub fn compared(self) -> (SharedPrimes, io::Result<()>) {
        let Self { mut entries, mut moduli } = self;
        entries.sort_unstable_by_key(|entry| (entry.key, entry.primes.is_none(), entry.place.start));
        entries.dedup_by_key(|entry| entry.key);
        for (index, entry) in (0..).zip(&mut entries) {
            entry.first = index;
        }
        unite(&mut entries);
        let mut partners = Partners::default();
        by_digest(&entries, &mut partners);
        let compared = by_modulus(&entries, &mut moduli, &mut partners);
        entries.retain(|entry| partners.first.contains_key(&(entry.first as usize)));
        let mut kept = Moduli::default();
        let moved = entries.iter_mut().try_for_each(|entry| {
            let mut modulus = Vec::new();
            moduli.read(entry.place, &mut modulus)?;
            entry.place = kept.push(&modulus).unwrap_or(entry.place);
            Ok(())
        });
        entries.sort_unstable_by_key(|entry| entry.key);
        (SharedPrimes { keys: Self { entries, moduli: kept } }, compared.and(moved))
    }
}

/// The keys that share a prime with another, in memory.
#[derive(Debug)]
pub struct SharedPrimes {
    keys: Keys,
}

impl SharedPrimes {
    /// Those records that have a prime in common with another one, and the first such other: two indices each, in the order of
    /// the first. `records` have these keys. Equal moduli are one key, kept twice, and share nothing with each other.
    pub fn among<'k>(
        self,
        records: impl Iterator<Item = Option<&'k [u8; 32]>> + Clone,
    ) -> Vec<(usize, usize)> {
        let Keys { mut entries, mut moduli } = self.keys;
        by_record(&mut entries, records.clone());
        unite(&mut entries);
        let mut partners = Partners::default();
        by_digest(&entries, &mut partners);
        // What could not be read was said when all were compared.
        let _ = by_modulus(&entries, &mut moduli, &mut partners);
        entries.sort_unstable_by_key(|entry| entry.key);
        let pairs = records.enumerate().filter_map(|(index, key)| {
            let at = entries.binary_search_by_key(&half(key?), |entry| entry.key).ok()?;
            let partner = partners.first.get(&(entries.get(at)?.first as usize))?;
            Some((index, *partner))
        });
        pairs.collect()
    }
}

/// No record.
const NONE: u32 = u32::MAX;

/// Leaves the entries that a record has, with the first such record.
fn by_record<'k>(entries: &mut Vec<Entry>, records: impl Iterator<Item = Option<&'k [u8; 32]>>) {
    for entry in &mut *entries {
        entry.first = NONE;
    }
    for (index, key) in records.enumerate() {
        let Some(key) = key.map(half) else { continue };
        let entry = entries.binary_search_by_key(&key, |entry| entry.key).ok();
        if let Some(entry) = entry.and_then(|at| entries.get_mut(at)) {
            entry.first = entry.first.min(u32::try_from(index).unwrap_or(NONE));
        }
    }
    entries.retain(|entry| entry.first != NONE);
}

/// Has entries of one modulus say the same: the first record that has it, and whatever is known of the primes. They are in the
/// order of these records then.
fn unite(entries: &mut [Entry]) {
    entries.sort_unstable_by_key(|entry| (entry.modulus, entry.first));
    for equal in entries.chunk_by_mut(|one, other| one.modulus == other.modulus) {
        let first = equal.first().map_or(NONE, |entry| entry.first);
        let primes = equal.iter().find_map(|entry| entry.primes);
        for (number, entry) in equal.iter_mut().enumerate() {
            (entry.first, entry.primes, entry.is_copy) = (first, primes, number > 0);
        }
    }
    entries.sort_unstable_by_key(|entry| entry.first);
}

/// Those that have digests of primes in common.
fn by_digest(entries: &[Entry], partners: &mut Partners) {
    let of = |entry: &Entry| entry.primes.map(|primes| primes.map(|prime| (prime, entry.first)));
    let mut owners: Vec<(Half, u32)> =
        entries.iter().filter(|entry| !entry.is_copy).filter_map(of).flatten().collect();
    owners.sort_unstable();
    owners.dedup();
    for owners in owners.chunk_by(|one, other| one.0 == other.0) {
        let mut owners = owners.iter().map(|(_, record)| *record as usize);
        let (Some(first), Some(second)) = (owners.next(), owners.next()) else { continue };
        partners.extend([(first, second), (second, first)]);
        partners.extend(owners.map(|owner| (owner, first)));
    }
}

/// Those with the private key at hand, .
fn by_modulus(entries: &[Entry], moduli: &mut Moduli, partners: &mut Partners) -> io::Result<()> {
    let distinct = || entries.iter().filter(|entry| !entry.is_copy);
    let unknown: Vec<&Entry> = distinct().filter(|entry| entry.primes.is_none()).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let unknown = Loaded::new(&unknown, moduli)?;
    let unknown = unknown.numbers();
    among_themselves(&unknown, partners);
    let known: Vec<&Entry> = distinct().filter(|entry| entry.primes.is_some()).collect();
    let blocks = || blocks(&known, |entry| entry.place.length as usize);
    let mut meeting = Meeting::new(&unknown, known.iter().map(|entry| entry.place.length as usize).sum());
    for block in blocks() {
        meeting.with(&Loaded::new(block, moduli)?.numbers());
    }
    let touching = meeting.touched(&unknown);
    if touching.is_empty() {
        return Ok(());
    }
    for block in blocks() {
        let block = Loaded::new(block, moduli)?;
        let block = block.numbers();
        let touched = among(&touching, &block);
        partners.extend(among(&block, &touching));
        partners.extend(touched);
    }
    Ok(())
}

/// Moduli in memory.
struct Loaded {
    bytes: Vec<u8>,
    /// The record and the length of each.
    lengths: Vec<(usize, usize)>,
}

impl Loaded {
    fn new(entries: &[&Entry], moduli: &mut Moduli) -> io::Result<Self> {
        let (mut bytes, mut lengths) = (Vec::new(), Vec::with_capacity(entries.len()));
        for entry in entries {
            moduli.read(entry.place, &mut bytes)?;
            lengths.push((entry.first as usize, entry.place.length as usize));
        }
        Ok(Self { bytes, lengths })
    }

    fn numbers(&self) -> Vec<Number<'_>> {
        let mut rest = &*self.bytes;
        let numbers = self.lengths.iter().map(|(position, length)| {
            let (bytes, after) = rest.split_at_checked(*length).unwrap_or_default();
            rest = after;
            Number { position: *position, bytes }
        });
        numbers.collect()
    }
}

/// The bytes of all moduli, one behind the other: the last ones in memory, those before them in a file, if there is one.
#[derive(Debug, Default)]
struct Moduli {
    recent: Vec<u8>,
    /// How many bytes the file has.
    filed: u64,
    file: Option<File>,
    /// Whether the file takes no more.
    is_full: bool,
}

impl Moduli {
    /// So many bytes are kept in memory.
    const MOST: usize = if cfg!(test) { 8 } else { 8 << 20 };

    /// Returns `None` for more than any number has.
    fn push(&mut self, modulus: &[u8]) -> Option<Extent> {
        let start = self.filed + self.recent.len() as u64;
        let length = u32::try_from(modulus.len()).ok()?;
        self.recent.extend_from_slice(modulus);
        if self.recent.len() >= Self::MOST
            && !self.is_full
            && let Some(file) = &mut self.file
        {
            // What can't be written stays in memory.
            match file.write_all(&self.recent) {
                Ok(()) => {
                    self.filed += self.recent.len() as u64;
                    self.recent.clear();
                }
                Err(_) => self.is_full = true,
            }
        }
        Some(Extent { start, length })
    }

    fn read(&mut self, Extent { start, length }: Extent, into: &mut Vec<u8>) -> io::Result<()> {
        let missing = || io::Error::from(io::ErrorKind::UnexpectedEof);
        if let Some(start) = start.checked_sub(self.filed) {
            let recent = usize::try_from(start).ok().and_then(|start| self.recent.get(start..));
            into.extend_from_slice(
                recent.and_then(|recent| recent.get(..length as usize)).ok_or_else(missing)?,
            );
            return Ok(());
        }
        let file = self.file.as_mut().ok_or_else(missing)?;
        file.seek(SeekFrom::Start(start))?;
        let read = file.take(u64::from(length)).read_to_end(into)?;
        if read == length as usize { Ok(()) } else { Err(missing()) }
    }
}

fn odd_part(number: &[u8]) -> Cow<'_, [u8]> {
    if number.first().is_some_and(|last| last % 2 == 1) {
        return Cow::Borrowed(number);
    }
    let number = UBig::from_le_bytes(number);
    let zeros = number.trailing_zeros().unwrap_or_default();
    Cow::Owned((number >> zeros).to_le_bytes().into())
}

fn half(digest: &[u8; 32]) -> Half {
    let mut half = Half::default();
    half.iter_mut().zip(digest).for_each(|(half, byte)| *half = *byte);
    half
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is shared by keys of which nothing is known but the modulus.
    fn pairs(numbers: &[u64]) -> Vec<(usize, usize)> {
        pairs_of(&numbers.iter().map(|number| (*number, None)).collect::<Vec<_>>())
    }

    /// As [`pairs`], with the primes of some. All is kept in memory, or in a file.
    fn pairs_of(keys: &[(u64, Option<[u64; 2]>)]) -> Vec<(usize, usize)> {
        let digest = |number: u64| -> [u8; 32] { Sha256::digest(number.to_be_bytes()).into() };
        let ids: Vec<[u8; 32]> = (0..keys.len() as u64).map(digest).collect();
        let [in_memory, in_a_file] =
            [Keys::default(), Keys::kept_in(tempfile::tempfile().unwrap())].map(|mut all| {
                for (id, (modulus, primes)) in ids.iter().zip(keys) {
                    let modulus = UBig::from(*modulus).to_le_bytes();
                    all.add(
                        id,
                        &KeyNumbers { modulus, prime_digests: primes.map(|primes| primes.map(digest)) },
                    );
                }
                let (shared, compared) = all.compared();
                compared.unwrap();
                shared.among(ids.iter().map(Some))
            });
        assert_eq!(in_memory, in_a_file);
        in_memory
    }

    #[test]
    fn common_primes_are_found_and_equal_numbers_are_one_key() {
        for (numbers, expected) in [
            (&[][..], &[][..]),
            (&[15], &[]),
            (&[0, 1, 1, 15], &[]),
            (&[15, 15], &[]),
            (&[15, 77, 221], &[]),
            (&[15, 77, 21], &[(0, 2), (1, 2), (2, 0)]),
            // 2 is no secret, and what is beside it is shared all the same.
            (&[6, 10, 8], &[]),
            (&[14, 77, 28], &[(0, 1), (1, 0), (2, 0)]),
            // Both primes of the first stand in others: its divisor is the modulus itself.
            (&[15, 21, 35, 221], &[(0, 1), (1, 0), (2, 0)]),
            // Every copy of such a key is known to be one.
            (&[15, 21, 15, 21], &[(0, 1), (1, 0), (2, 1), (3, 0)]),
        ] {
            assert_eq!(pairs(numbers), expected, "{numbers:?}");
        }
    }

    const PRIMES: [u64; 12] = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41];

    proptest! {
        #[test]
        fn the_tree_finds_what_comparing_each_with_each_finds(
            numbers in prop::collection::vec(2_u64..5000, 0..40),
        ) {
            let common = |mut a: u64, mut b: u64| {
                while b != 0 {
                    (a, b) = (b, a % b);
                }
                a >> a.trailing_zeros() > 1
            };
            let other = |one: u64| numbers.iter().position(|other| *other != one && common(one, *other));
            let expected: Vec<(usize, usize)> =
                numbers.iter().enumerate().filter_map(|(at, number)| Some((at, other(*number)?))).collect();
            prop_assert_eq!(pairs(&numbers), expected);
        }

        #[test]
        fn it_is_the_same_whatever_is_known_of_the_primes(
            keys in prop::collection::vec((0_usize..12, 1_usize..12, any::<bool>()), 0..12),
        ) {
            let keys: Vec<(u64, Option<[u64; 2]>)> = keys
                .into_iter()
                .map(|(first, step, known)| {
                    let primes = [PRIMES[first], PRIMES[(first + step) % 12]];
                    (primes[0] * primes[1], known.then_some(primes))
                })
                .collect();
            let numbers: Vec<u64> = keys.iter().map(|(modulus, _)| *modulus).collect();
            prop_assert_eq!(pairs_of(&keys), pairs(&numbers));
        }
    }
}
