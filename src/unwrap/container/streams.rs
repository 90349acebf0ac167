//! Deflate streams in the middle of files that are no archives: PDF (ISO 32000-1 section 7.4.4), and `PostgreSQL`'s dumps in
//! its own format (`pg_dump -Fc`).
//!
//! Owns: where one begins, and putting together what a dump has cut into blocks. Does not own: limits, what is in them.

use std::io::{self, Read};
use std::ops::Range;

use flate2::read::ZlibDecoder;

/// How a dump begins, before its version.
const DUMP: usize = 5;

/// A block of a dump has a few thousand bytes.
const LONGEST_BLOCK: usize = 1 << 20;

/// A deflate stream: where it begins, and what it inflates to.
pub(crate) type Stream<'b> = (usize, Box<dyn Read + 'b>);

/// The deflate streams of a PDF file.
pub(crate) fn of_pdf(bytes: &[u8]) -> impl Iterator<Item = Stream<'_>> {
    all(bytes).filter_map(|place| {
        let data = bytes.get(place.clone())?;
        let stream: Box<dyn Read> = if is_zlib(data) {
            Box::new(ZlibDecoder::new(data))
        } else if is_ascii85(data) {
            Box::new(ZlibDecoder::new(Ascii85 { rest: data, ready: [0; 4], left: 0 }))
        } else {
            return None;
        };
        Some((place.start, stream))
    })
}

/// Whether `data` are five digits for each four bytes (ISO 32000-1 section 7.4.3), and these begin a deflate stream.
fn is_ascii85(data: &[u8]) -> bool {
    let mut beginning = [0; 2];
    let mut decoder = Ascii85 { rest: data, ready: [0; 4], left: 0 };
    data.trim_ascii_end().ends_with(b"~>")
        && decoder.read_exact(&mut beginning).is_ok()
        && is_zlib(&beginning)
}

/// The bytes that such digits stand for.
struct Ascii85<'b> {
    rest: &'b [u8],
    /// The last bytes of these four haven't been read.
    ready: [u8; 4],
    left: usize,
}

impl Ascii85<'_> {
    /// Decodes the next digits: one byte fewer than there are at the end. Nothing after that, and for what are no digits.
    fn step(&mut self) -> Option<()> {
        let (mut digits, mut code) = (0_usize, 0_u32);
        while digits < 5 {
            let Some((digit, rest)) = self.rest.split_first() else { break };
            match digit {
                b'~' => break,
                b'z' if digits == 0 => digits = 5,
                b'!'..=b'u' => {
                    code = code.checked_mul(85)?.checked_add(u32::from(digit - b'!'))?;
                    digits += 1;
                }
                digit if digit.is_ascii_whitespace() => {}
                _ => return None,
            }
            self.rest = rest;
        }
        for _ in digits..5 {
            code = code.checked_mul(85)?.checked_add(84)?;
        }
        let length = digits.saturating_sub(1);
        let bytes = code.to_be_bytes();
        self.left = length;
        self.ready.get_mut(4 - length..)?.copy_from_slice(bytes.get(..length)?);
        (length > 0).then_some(())
    }
}

impl Read for Ascii85<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && self.step().is_none() {
            return Ok(0);
        }
        let length = self.ready.get(4 - self.left..).unwrap_or_default().read(buffer)?;
        self.left -= length;
        Ok(length)
    }
}

/// Where those are that aren't compressed.
pub(crate) fn plain(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let is_packed = |data: &[u8]| is_zlib(data) || is_ascii85(data);
    all(bytes).filter(move |place| !bytes.get(place.clone()).is_some_and(is_packed))
}

/// Where the streams of a PDF file are.
fn all(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    memchr::memmem::find_iter(bytes, b"stream").filter_map(move |at| {
        let after = bytes.get(at + 6..).filter(|_| at >= from)?;
        let line_break = [&b"\r\n"[..], b"\n", b"\r"].into_iter().find(|mark| after.starts_with(mark))?;
        let start = at + 6 + line_break.len();
        // Of what is inside one, nothing is another.
        let data = bytes.get(start..)?;
        from = memchr::memmem::find(data, b"endstream")
            .map_or(bytes.len(), |end| start + end + "endstream".len());
        let end = if from == bytes.len() && !data.ends_with(b"endstream") {
            from
        } else {
            from - "endstream".len()
        };
        Some(start..end)
    })
}

/// The streams of a dump: each is cut into blocks, before each of which its length is, and after the last a length of none.
pub(crate) fn of_dump(bytes: &[u8]) -> impl Iterator<Item = Stream<'_>> {
    // After the version: how many bytes a number has, beside its sign.
    let width = bytes.get(DUMP + 3).map_or(4, |width| usize::from(*width)).clamp(1, 8);
    let mut from = 0;
    memchr::memchr_iter(ZLIB, bytes).filter_map(move |at| {
        let first = at.checked_sub(width + 1).filter(|first| *first >= from)?;
        let (length, start) =
            number(bytes, first, width).filter(|(length, _)| (1..=LONGEST_BLOCK).contains(length))?;
        let data = bytes.get(start..start.checked_add(length)?).filter(|data| is_zlib(data))?;
        let blocks = Blocks { bytes, rest: data, next: start + length, width };
        from = blocks.end();
        Some((start, Box::new(ZlibDecoder::new(blocks)) as Box<dyn Read>))
    })
}

/// How a deflate stream begins that was not made for a small window (RFC 1950 section 2.2).
const ZLIB: u8 = 0x78;

fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [ZLIB, flags, ..] if (u16::from(ZLIB) << 8 | u16::from(*flags)) % 31 == 0)
}

/// The number at `at`: a sign, and bytes of which the first counts least; and where it ends.
fn number(bytes: &[u8], at: usize, width: usize) -> Option<(usize, usize)> {
    let (sign, digits) = bytes.get(at..=at + width)?.split_first()?;
    let number = digits
        .iter()
        .rev()
        .try_fold(0_usize, |number, digit| Some(number.checked_mul(256)? + usize::from(*digit)))?;
    (*sign == 0).then_some((number, at + 1 + width))
}

/// The contents of blocks one after the other.
struct Blocks<'b> {
    bytes: &'b [u8],
    /// What is left of the present block.
    rest: &'b [u8],
    /// Where the next one's length is.
    next: usize,
    width: usize,
}

impl Blocks<'_> {
    /// Begins the next block. Returns false if there is none.
    fn step(&mut self) -> bool {
        let block = number(self.bytes, self.next, self.width)
            .filter(|(length, _)| (1..=LONGEST_BLOCK).contains(length))
            .and_then(|(length, start)| {
                Some((self.bytes.get(start..start.checked_add(length)?)?, start + length))
            });
        (self.rest, self.next) = block.unwrap_or((&[], usize::MAX - 16));
        block.is_some()
    }

    /// Where the last one ends.
    fn end(&self) -> usize {
        let mut blocks = Self { rest: &[], ..*self };
        let mut end = blocks.next;
        while blocks.step() {
            end = blocks.next;
        }
        end
    }
}

impl Read for Blocks<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() && !self.step() {
            return Ok(0);
        }
        self.rest.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;

    fn deflated(text: &str) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    /// As PDF has it, over lines.
    fn ascii85(bytes: &[u8]) -> Vec<u8> {
        let digits = |bytes: &[u8]| {
            let mut four = [0; 4];
            four[..bytes.len()].copy_from_slice(bytes);
            let code = u32::from_be_bytes(four);
            let all = (0..5).rev().map(|place| b'!' + u8::try_from(code / 85_u32.pow(place) % 85).unwrap());
            all.take(bytes.len() + 1).collect::<Vec<u8>>()
        };
        [bytes.chunks(4).map(digits).collect::<Vec<_>>().join(&b'\n'), b"~>".to_vec()].concat()
    }

    fn texts<'b>(streams: impl Iterator<Item = Stream<'b>>) -> Vec<String> {
        streams
            .map(|(_, mut stream)| {
                let mut bytes = Vec::new();
                let _ = stream.read_to_end(&mut bytes);
                String::from_utf8_lossy(&bytes).into_owned()
            })
            .collect()
    }

    #[test]
    fn streams_of_a_pdf_are_inflated() {
        let (one, two) = (deflated("one"), deflated("two"));
        let pdf = |streams: &[&[u8]]| streams.concat();
        for (bytes, expected) in [
            (pdf(&[b"%PDF-1.7 << >>stream\r\n", &one, b"\r\nendstream"]), vec!["one"]),
            (pdf(&[b"stream\n", &one, b"\nendstream stream\r", &two, b"endstream"]), vec!["one", "two"]),
            (pdf(&[b"stream\n", &one]), vec!["one"]),
            (pdf(&[b"stream\n", &one[..3], b"endstream"]), vec![""]),
            (pdf(&[b"stream ", &one, b"endstream"]), vec![]),
            (pdf(&[b"stream\nq 1 0 0 endstream"]), vec![]),
            (pdf(&[b"stream"]), vec![]),
            (pdf(&[b"stream\n", &ascii85(&one), b"\nendstream"]), vec!["one"]),
            (pdf(&[b"stream\n", &ascii85(&one)[..9], b"~>endstream"]), vec!["one"]),
            (pdf(&[b"stream\nabc~>\nendstream"]), vec![]),
            (pdf(&[b"stream\n\xFFabc~>\nendstream"]), vec![]),
            (b"stream\n".repeat(100_000), vec![]),
        ] {
            assert_eq!(texts(of_pdf(&bytes)), expected);
        }
    }

    #[test]
    fn streams_of_a_dump_are_put_together() {
        let text = (0..3_000).map(|number: u32| number.to_string()).collect::<Vec<_>>().join(", ");
        let whole = deflated(&text);
        let number = |number: usize| [&[0][..], &u32::try_from(number).unwrap().to_le_bytes()].concat();
        let block = |data: &[u8]| [number(data.len()), data.to_vec()].concat();
        let head = b"PGDMP\x01\x0e\0\x04\x08\x01xx\x01".to_vec();
        let dump =
            |blocks: &[Vec<u8>]| [&[head.clone(), number(7)][..], blocks, &[number(0)]].concat().concat();
        let cut: Vec<Vec<u8>> = whole.chunks(1_000).map(block).collect();
        let twice = [cut.clone(), vec![number(0), vec![1], number(8), block(&deflated("two"))]].concat();
        for (bytes, expected) in [
            (dump(&cut), vec![text.as_str()]),
            (dump(&twice), vec![text.as_str(), "two"]),
            (dump(&[block(&deflated("one"))]), vec!["one"]),
            // Cut off, of no length, of too much length, no dump.
            (dump(&[block(&deflated("one"))])[..30].to_vec(), vec![]),
            (dump(&[[number(usize::from(u16::MAX)), deflated("one")].concat()]), vec![]),
            (b"PGDMP".to_vec(), vec![]),
            (Vec::new(), vec![]),
        ] {
            assert_eq!(texts(of_dump(&bytes)), expected);
        }
        // Blocks that claim each other.
        let hostile = [&b"PGDMP\x01\x0e\0\x04\x08"[..], &b"\0\x02\0\0\0\x78\x9c".repeat(50_000)].concat();
        assert!(texts(of_dump(&hostile)).iter().all(String::is_empty));
    }
}
