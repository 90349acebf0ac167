//! ZIP archives (PKWARE's APPNOTE 6.3), read through their central directory.
//!
//! Owns: finding each file's data. Does not own: decompressing, limits, what the files hold.

use std::ops::Range;

/// A file of the archive.
#[derive(Debug)]
pub(crate) struct Header<'b> {
    /// Its name. It is only a name.
    pub(crate) name: String,
    pub(crate) method: Method,
    /// Its data as they are stored.
    pub(crate) data: &'b [u8],
    /// Where in the archive they are.
    pub(crate) place: Range<usize>,
}

/// How a file is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Stored,
    Deflated,
    Zstandard,
    /// Locked with a password.
    Encrypted,
    Other,
}

/// The files of the archive, folders left out; a file that can't be found is nothing, and the last. Nothing at all if
/// there is no directory.
pub(crate) fn headers(bytes: &[u8]) -> Option<impl Iterator<Item = Option<Header<'_>>>> {
    let end = end_of_directory(bytes)?;
    let mut at = end.start;
    let mut broken = false;
    Some(std::iter::from_fn(move || {
        loop {
            if broken || at + 4 > end.end {
                return None;
            }
            let Some((entry, next)) = entry(bytes, at, end.shift) else {
                broken = true;
                return Some(None);
            };
            at = next;
            if !entry.name.ends_with('/') {
                return Some(Some(entry));
            }
        }
    }))
}

struct Directory {
    start: usize,
    end: usize,
    /// How far all offsets are off because something stands before the archive.
    shift: usize,
}

fn end_of_directory(bytes: &[u8]) -> Option<Directory> {
    // A comment of up to 65,535 bytes may follow the record of 22.
    let from = bytes.len().saturating_sub(22 + 0xFFFF);
    let record = from + memchr::memmem::rfind(bytes.get(from..)?, b"PK\x05\x06")?;
    let small = u64::from(u32_at(bytes, record + 12)?)..u64::from(u32_at(bytes, record + 16)?);
    // Whoever writes to a stream, or more than 65,535 files, adds the larger record even where all numbers fit into this one.
    let (end, numbers) = large_record(bytes, record).unwrap_or((record, small));
    let (size, offset) = (usize::try_from(numbers.start).ok()?, usize::try_from(numbers.end).ok()?);
    let start = end.checked_sub(size)?;
    let shift = start.checked_sub(offset)?;
    Some(Directory { start, end, shift })
}

/// Where the ZIP64 record begins that belongs to the `record` behind it, and the size and offset of the directory in it.
fn large_record(bytes: &[u8], record: usize) -> Option<(usize, Range<u64>)> {
    const LOCATOR: usize = 20;
    const SHORTEST: usize = 56;
    let begins = |at: usize, mark: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(mark));
    let locator = record.checked_sub(LOCATOR).filter(|at| begins(*at, b"PK\x06\x07"))?;
    // The locator's offset is off where something stands before the archive.
    let told = u64_at(bytes, locator + 8).and_then(|at| usize::try_from(at).ok());
    let at = [locator.checked_sub(SHORTEST), told].into_iter().flatten();
    let at = at.filter(|at| *at < locator).find(|at| begins(*at, b"PK\x06\x06"))?;
    Some((at, u64_at(bytes, at + 40)?..u64_at(bytes, at + 48)?))
}

/// The entry at `at` of the directory, and the offset of the next.
fn entry(bytes: &[u8], at: usize, shift: usize) -> Option<(Header<'_>, usize)> {
    let header = bytes.get(at..)?;
    if !header.starts_with(b"PK\x01\x02") {
        return None;
    }
    let length = |offset| u16_at(header, offset).map(usize::from);
    let (name_length, extra_length, comment_length) = (length(28)?, length(30)?, length(32)?);
    let name = header.get(46..46 + name_length)?;
    let extra = header.get(46 + name_length..46 + name_length + extra_length)?;
    let mut large = large_numbers(extra);
    let mut number = |offset| {
        let small = u32_at(header, offset)?;
        if small == u32::MAX { large.next() } else { Some(u64::from(small)) }
    };
    // In this order they stand in the extra field, each only if it is too large for the header.
    let (_, stored, local) = (number(24)?, number(20)?, number(42)?);
    let method = match (u16_at(header, 8)? & 1, u16_at(header, 10)?) {
        (1, _) | (_, 99) => Method::Encrypted,
        (_, 0) => Method::Stored,
        (_, 8) => Method::Deflated,
        (_, 93) => Method::Zstandard,
        _ => Method::Other,
    };
    let local = usize::try_from(local).ok()?.checked_add(shift)?;
    let local_header = bytes.get(local..)?;
    if !local_header.starts_with(b"PK\x03\x04") {
        return None;
    }
    let length = |offset| u16_at(local_header, offset).map(usize::from);
    let start = 30 + length(26)? + length(28)?;
    let data = local_header.get(start..start.checked_add(usize::try_from(stored).ok()?)?)?;
    let place = local..local + start + data.len();
    let name = String::from_utf8_lossy(name).into_owned();
    Some((Header { name, method, data, place }, at + 46 + name_length + extra_length + comment_length))
}

/// The numbers of a ZIP64 extra field.
fn large_numbers(extra: &[u8]) -> impl Iterator<Item = u64> {
    let mut rest = extra;
    let mut field: &[u8] = &[];
    while let [kind_low, kind_high, low, high, after @ ..] = rest {
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        let Some(data) = after.get(..length) else { break };
        if [*kind_low, *kind_high] == [1, 0] {
            field = data;
            break;
        }
        rest = &after[length..];
    }
    field.as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}
