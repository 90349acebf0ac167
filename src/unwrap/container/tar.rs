//! tar archives (POSIX.1-2001 pax and GNU), read as a stream.
//!
//! Owns: headers, long names, sizes, the holes of sparse files. Does not own: limits on the whole, what the files hold.
//! Links, folders and devices are passed over: they have no contents.

use std::collections::VecDeque;
use std::io::{self, Read};

/// Headers and contents come in blocks of so many bytes.
pub(crate) const BLOCK: usize = 512;

/// Names and extended headers longer than this are damage.
const MOST_HEADER: u64 = 64 * 1024;

/// A sparse file has no more parts than these.
const MOST_PARTS: usize = 100_000;

/// So many zeros are read of holes in one archive, in bytes, and beyond holes are left out: a block of the archive may claim a
/// hole of any length.
const MOST_ZEROS: u64 = 256 << 20;

/// A regular file of the archive.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// Its name. It is only a name.
    pub(crate) name: String,
    /// How many bytes it has.
    pub(crate) size: u64,
}

/// The archive is damaged here, and what follows can't be found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Damaged;

/// A part of a file: the hole before it, and how many bytes of it are stored.
#[derive(Debug)]
struct Part {
    hole: u64,
    data: u64,
}

/// An archive that is being read.
pub(crate) struct Tar<R> {
    reader: R,
    /// What of the present file's contents has not been read.
    left: u64,
    /// What comes between these and the next header.
    padding: u64,
    /// What the present file consists of.
    parts: VecDeque<Part>,
    /// How many zeros may still be read of holes.
    zeros: u64,
    /// Whether the blocks were met that end an archive.
    has_end: bool,
}

impl<R: Read> Tar<R> {
    pub(crate) const fn new(reader: R) -> Self {
        Self { reader, left: 0, padding: 0, parts: VecDeque::new(), zeros: MOST_ZEROS, has_end: false }
    }

    /// The next regular file.
    pub(crate) fn next(&mut self) -> Result<Option<Header>, Damaged> {
        let (mut long_name, mut long_size) = (None, None);
        loop {
            self.skip(self.left)?;
            // Some programs leave out what comes after the last file, as `umoci insert` does. Nothing is lost by that.
            let is_last = self.padding > 0 && self.skip(self.padding).is_err();
            (self.left, self.padding) = (0, 0);
            if is_last {
                return Ok(None);
            }
            let Some(header) = self.header()? else { return Ok(None) };
            let size = number(&header[124..136]).ok_or(Damaged)?;
            let kind = header[156];
            // The size in an extended header is for the file after it.
            let is_extension = matches!(kind, b'L' | b'K' | b'x' | b'g' | b'X');
            let size = if is_extension { size } else { long_size.take().unwrap_or(size) };
            self.left = size;
            self.padding = size.wrapping_neg() % BLOCK as u64;
            self.parts = VecDeque::from([Part { hole: 0, data: size }]);
            match kind {
                b'L' => long_name = Some(text(&self.extension()?)),
                b'x' => {
                    for (key, value) in records(&self.extension()?) {
                        match key {
                            b"path" => long_name = Some(text(value)),
                            b"size" => {
                                long_size =
                                    std::str::from_utf8(value).ok().and_then(|size| size.parse().ok());
                            }
                            _ => {}
                        }
                    }
                }
                _ if is_extension => {}
                // Links, devices, folders, names and the label of a volume. Whatever else comes is to be read as a file.
                b'1'..=b'6' | b'D' | b'N' | b'V' => (long_name, long_size) = (None, None),
                _ => {
                    let size = if kind == b'S' { self.sparse(&header)? } else { size };
                    let name = long_name.take().unwrap_or_else(|| name(&header));
                    return Ok(Some(Header { name, size }));
                }
            }
        }
    }

    /// Reads where the parts of a sparse file are, as GNU's header and the blocks behind it have it. Returns its size with all
    /// holes.
    fn sparse(&mut self, header: &[u8; BLOCK]) -> Result<u64, Damaged> {
        const EXTENDED: usize = 504;
        let size = number(&header[483..495]).ok_or(Damaged)?;
        let (mut places, mut is_extended) = (places(&header[386..482])?, header[482] != 0);
        while is_extended && places.len() < MOST_PARTS {
            let mut block = [0; BLOCK];
            self.reader.read_exact(&mut block).map_err(|_| Damaged)?;
            places.extend(self::places(&block[..EXTENDED])?);
            is_extended = block[EXTENDED] != 0;
        }
        let (mut at, mut stored) = (0_u64, 0_u64);
        self.parts.clear();
        // Behind the last part may be a hole.
        for (offset, data) in places.into_iter().chain([(size, 0)]) {
            let hole = offset.checked_sub(at).ok_or(Damaged)?;
            at = offset.checked_add(data).ok_or(Damaged)?;
            stored = stored.checked_add(data).ok_or(Damaged)?;
            self.parts.push_back(Part { hole, data });
        }
        if is_extended || stored > self.left || at != size { Err(Damaged) } else { Ok(size) }
    }

    /// Where its bytes come from.
    pub(crate) const fn reader(&self) -> &R {
        &self.reader
    }

    /// Reads on to the end of what the archive is read from. Archives end with blocks of zeros, and nothing comes after them:
    /// else some of it was not read.
    #[cfg(feature = "cli")]
    pub(crate) fn behind_end(&mut self) -> Result<(), &'static str> {
        if !self.has_end {
            return Err("is a tar archive without its end: it was cut off");
        }
        let mut block = [0; BLOCK];
        loop {
            match self.reader.read(&mut block) {
                Ok(0) => return Ok(()),
                Ok(length) if block.iter().take(length).all(|byte| *byte == 0) => {}
                Ok(_) => {
                    return Err("has more behind the end of the tar archive, which was not read, and ended");
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Err("can't be read behind the end of the tar archive, which came"),
            }
        }
    }

    /// The contents of the present file.
    pub(crate) fn contents(&mut self) -> Contents<'_, R> {
        Contents(self)
    }

    fn header(&mut self) -> Result<Option<[u8; BLOCK]>, Damaged> {
        let mut block = Vec::with_capacity(BLOCK);
        self.reader.by_ref().take(BLOCK as u64).read_to_end(&mut block).map_err(|_| Damaged)?;
        // Two blocks of zeros end an archive; one, or the end of the file, is enough to know.
        if block.iter().all(|byte| *byte == 0) {
            self.has_end = block.len() == BLOCK;
            return Ok(None);
        }
        let block: [u8; BLOCK] = block.try_into().map_err(|_| Damaged)?;
        let expected = number(&block[148..156]).ok_or(Damaged)?;
        let blank = 8 * u64::from(b' ');
        let sum = |bytes: &[u8]| bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
        let actual = sum(&block[..148]) + blank + sum(&block[156..]);
        if expected == actual { Ok(Some(block)) } else { Err(Damaged) }
    }

    fn extension(&mut self) -> Result<Vec<u8>, Damaged> {
        if self.left > MOST_HEADER {
            return Err(Damaged);
        }
        let mut bytes = Vec::new();
        self.contents().read_to_end(&mut bytes).map_err(|_| Damaged)?;
        Ok(bytes)
    }

    fn skip(&mut self, length: u64) -> Result<(), Damaged> {
        let skipped =
            io::copy(&mut self.reader.by_ref().take(length), &mut io::sink()).map_err(|_| Damaged)?;
        if skipped == length { Ok(()) } else { Err(Damaged) }
    }
}

/// The contents of one file.
pub(crate) struct Contents<'t, R>(&'t mut Tar<R>);

impl<R: Read> Read for Contents<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Tar { reader, left, parts, zeros, .. } = &mut *self.0;
        while let Some(Part { hole, data }) = parts.front_mut() {
            *hole = (*hole).min(*zeros);
            let next = if *hole > 0 { *hole } else { *data };
            if next == 0 {
                parts.pop_front();
                continue;
            }
            let most = buffer.len().min(usize::try_from(next).unwrap_or(usize::MAX));
            let buffer = buffer.get_mut(..most).unwrap_or_default();
            if *hole > 0 {
                buffer.fill(0);
                *hole -= most as u64;
                *zeros -= most as u64;
                return Ok(most);
            }
            let got = reader.read(buffer)?;
            if got == 0 && !buffer.is_empty() {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
            }
            *data -= got as u64;
            *left = left.saturating_sub(got as u64);
            return Ok(got);
        }
        Ok(0)
    }
}

/// The parts of a sparse file in a header: where each is and how long. One without a length ends them.
fn places(field: &[u8]) -> Result<Vec<(u64, u64)>, Damaged> {
    let mut places = Vec::new();
    for pair in field.chunks_exact(24).take_while(|pair| pair[12] != 0) {
        let (offset, length) = pair.split_at(12);
        places.push((number(offset).ok_or(Damaged)?, number(length).ok_or(Damaged)?));
    }
    Ok(places)
}

/// A number in octal digits, or in binary with the highest bit set, as GNU writes large ones.
fn number(field: &[u8]) -> Option<u64> {
    if let [0x80, rest @ ..] = field {
        let (high, low) = rest.split_last_chunk::<8>()?;
        let size = high.iter().all(|byte| *byte == 0).then(|| u64::from_be_bytes(*low));
        return size.filter(|size| *size < 1 << 62);
    }
    let digits = field.trim_ascii_start();
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let digits = std::str::from_utf8(digits.get(..length)?).ok()?;
    if digits.is_empty() { Some(0) } else { u64::from_str_radix(digits, 8).ok() }
}

fn name(header: &[u8; BLOCK]) -> String {
    let name = text(&header[..100]);
    let is_posix = &header[257..263] == b"ustar\0";
    let prefix = if is_posix { text(&header[345..500]) } else { String::new() };
    if prefix.is_empty() { name } else { format!("{prefix}/{name}") }
}

/// Characters up to the first zero byte.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

/// The records of a pax header: `LENGTH KEY=VALUE\n`.
fn records(mut bytes: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut records = Vec::new();
    while let Some(space) = bytes.iter().position(|byte| *byte == b' ') {
        let length =
            std::str::from_utf8(&bytes[..space]).ok().and_then(|digits| digits.parse::<usize>().ok());
        let Some(record) = length.and_then(|length| bytes.get(space + 1..length)) else { break };
        if let Some(sign) = record.iter().position(|byte| *byte == b'=') {
            let value = &record[sign + 1..];
            records.push((&record[..sign], value.strip_suffix(b"\n").unwrap_or(value)));
        }
        bytes = &bytes[space + 1 + record.len()..];
    }
    records
}
