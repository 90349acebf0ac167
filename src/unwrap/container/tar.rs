//! tar archives (POSIX.1-2001 pax and GNU), read as a stream.
//!
//! Owns: headers, long names, sizes. Does not own: limits on the whole, what the files hold. Links, folders and devices
//! are passed over: only regular files have contents.

use std::io::{self, Read};

/// Headers and contents come in blocks of so many bytes.
pub(crate) const BLOCK: usize = 512;

/// Names and extended headers longer than this are damage.
const MOST_HEADER: u64 = 64 * 1024;

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

/// An archive that is being read.
pub(crate) struct Tar<R> {
    reader: R,
    /// What of the present file's contents has not been read.
    left: u64,
    /// What comes between these and the next header.
    padding: u64,
    /// Whether the blocks were met that end an archive.
    has_end: bool,
}

impl<R: Read> Tar<R> {
    pub(crate) const fn new(reader: R) -> Self {
        Self { reader, left: 0, padding: 0, has_end: false }
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
                b'0' | b'7' | 0 => {
                    let name = long_name.take().unwrap_or_else(|| name(&header));
                    return Ok(Some(Header { name, size }));
                }
                _ if is_extension => {}
                _ => (long_name, long_size) = (None, None),
            }
        }
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
        let most = buffer.len().min(usize::try_from(self.0.left).unwrap_or(usize::MAX));
        let buffer = buffer.get_mut(..most).unwrap_or_default();
        let got = self.0.reader.read(buffer)?;
        if got == 0 && !buffer.is_empty() {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        self.0.left -= got as u64;
        Ok(got)
    }
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
