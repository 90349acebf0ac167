//! Compressed files, archives and binary data with texts in it, opened in memory. Nothing is ever written to disk, and the
//! names of files in archives are only names.
//!
//! Owns: the list of containers, reading each file of one once, one after the other. Does not own: the formats' own
//! structure (see the files of this folder), what the files hold.

mod binary;
mod bzip2;
mod gzip;
mod page;
mod sqlite;
mod streams;
mod tar;
mod xz;
mod zip;
mod zstandard;

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::iter;
use std::ops::Range;

use crate::secret::Secret;
use crate::source::FileKind;
use crate::unwrap::find::candidate::is_candidate;
use crate::unwrap::limits::{Budget, Limit};
use crate::unwrap::place::Step;
use crate::unwrap::shared::{Careful, Counted, End, read};
#[cfg(feature = "cli")]
pub(crate) use tar::BLOCK as TAR_BLOCK;
pub(crate) use tar::Tar;

/// What comes out of a container, in order.
pub(crate) type Entries<'b> = Box<dyn Iterator<Item = Entry> + 'b>;

/// A decoder of some bytes, with a window of as many bytes at most.
type Decompress = for<'b> fn(&'b [u8], u64) -> Box<dyn Read + 'b>;

/// How a container is opened.
enum Format {
    /// By the decoder of a compressed file: its name, what a damaged one is said to be.
    Stream(&'static str, Decompress, &'static str),
    /// File by file.
    Archive(for<'b> fn(&'b [u8], &'b Budget<'b>) -> Entries<'b>),
    /// Not at all, for this reason.
    Closed(&'static str),
}

/// All containers. Another one is a file and a line here, and its signature in the table of signatures.
const CONTAINERS: [(FileKind, Format); 11] = [
    (FileKind::Gzip, Format::Stream("gzip", gzip::open, "is a damaged gzip file")),
    (FileKind::Bzip2, Format::Stream("bzip2", bzip2::open, "is a damaged bzip2 file")),
    (FileKind::Xz, Format::Stream("xz", xz::open, "is a damaged xz file")),
    (FileKind::Zstandard, Format::Stream("zstd", zstandard::open, "is a damaged Zstandard file")),
    (FileKind::Tar, Format::Archive(|bytes, budget| tar_entries(bytes, Vec::new(), budget))),
    (FileKind::Zip, Format::Archive(zip_entries)),
    (FileKind::Pdf, Format::Archive(pdf_entries)),
    (
        FileKind::PostgresDump,
        Format::Archive(|bytes, budget| {
            Box::new(texts_in(bytes, 0..bytes.len()).chain(inflated(streams::of_dump(bytes), budget)))
        }),
    ),
    (FileKind::Sqlite, Format::Archive(|bytes, budget| database_entries(bytes, budget))),
    (FileKind::SevenZip, Format::Closed("is a 7z archive, which aemcred can't open")),
    (FileKind::Rar, Format::Closed("is a RAR archive, which aemcred can't open")),
];

/// Something that comes out of a container.
pub(crate) struct Entry {
    /// What leads to it.
    pub(crate) steps: Vec<Step>,
    /// As much of it as could be read.
    pub(crate) bytes: Secret<Vec<u8>>,
    /// Why that isn't all.
    pub(crate) problem: Option<Problem>,
}

/// Why something can't be read, or not to its end.
pub(crate) enum Problem {
    Limit(Limit),
    /// What is wrong with it.
    Unreadable(&'static str),
}

impl Entry {
    /// What was read of something for which there was `room`.
    fn read(
        steps: Vec<Step>,
        (bytes, end): (Secret<Vec<u8>>, End),
        damage: &'static str,
        (room, budget): (u64, &Budget<'_>),
    ) -> Self {
        let limit = end.limit(budget, room).map(Problem::Limit);
        let damage = (end == End::Damaged).then_some(Problem::Unreadable(damage));
        Self { steps, bytes, problem: limit.or(damage) }
    }

    fn failed(steps: Vec<Step>, problem: Problem) -> Self {
        Self { steps, bytes: Secret::default(), problem: Some(problem) }
    }
}

/// Opens `bytes`; `None` if they are no container.
pub(crate) fn open<'b>(bytes: &'b [u8], budget: &'b Budget<'b>) -> Option<Entries<'b>> {
    let kind = FileKind::of(bytes)?;
    let (_, format) = CONTAINERS.iter().find(|(one, _)| *one == kind)?;
    Some(match format {
        Format::Stream(name, open, damage) => {
            let decoder = open(bytes, budget.stream_window());
            decompressed(decoder, vec![Step::Decoding(name)], damage, budget)
        }
        Format::Archive(entries) => entries(bytes, budget),
        Format::Closed(reason) => {
            Box::new(iter::once(Entry::failed(Vec::new(), Problem::Unreadable(reason))))
        }
    })
}

/// The texts in the middle of binary data.
pub(crate) fn texts(bytes: &[u8]) -> Entries<'_> {
    texts_in(bytes, 0..bytes.len())
}

/// The texts in the part `range` of a file. The signature that it begins with is of none: it would make a container of it
/// again.
fn texts_in(bytes: &[u8], range: Range<usize>) -> Entries<'_> {
    let signature = FileKind::of(bytes).filter(|kind| kind.is_container()).map_or(0, |_| SIGNATURE);
    let start = range.start.max(signature);
    let part = bytes.get(start..range.end).unwrap_or_default();
    let texts =
        binary::texts(part).map(move |span| (start + span.start, part.get(span.range()).unwrap_or_default()));
    Box::new(texts.filter(|(_, text)| is_candidate(text)).map(|(start, text)| Entry {
        steps: vec![Step::Offset(start)],
        bytes: Secret::new(text.to_vec()),
        problem: None,
    }))
}

/// The signatures of files in which only parts are compressed have as many bytes.
const SIGNATURE: usize = 5;

/// What a compressed file holds. An archive in it is never in memory as a whole.
fn decompressed<'b>(
    decoder: Box<dyn Read + 'b>,
    steps: Vec<Step>,
    damage: &'static str,
    budget: &'b Budget<'b>,
) -> Entries<'b> {
    let mut decoder = Careful::new(decoder);
    let block = tar::BLOCK as u64;
    let (head, end) = read(&mut decoder.by_ref().take(block), block, budget);
    if FileKind::of(head.expose()) == Some(FileKind::Tar) {
        // It begins with a header, in which there is no secret.
        return tar_entries(io::Cursor::new(head.into_inner()).chain(decoder), steps, budget);
    }
    let room = budget.room();
    let is_all = end != End::Complete || head.expose().len() < tar::BLOCK;
    let outcome = if is_all { (head, end) } else { read(&mut head.expose().chain(decoder), room, budget) };
    Box::new(iter::once(Entry::read(steps, outcome, damage, (room, budget))))
}

const DAMAGED: &str = "is damaged in the archive";

fn tar_entries<'b>(reader: impl Read + 'b, steps: Vec<Step>, budget: &'b Budget<'b>) -> Entries<'b> {
    // What is skipped must come out of the decompression all the same.
    let mut archive = Tar::new(Counted::new(reader, budget.left()));
    let (mut number, mut ended) = (0, false);
    Box::new(iter::from_fn(move || {
        if ended {
            return None;
        }
        let header = match archive.next() {
            Ok(Some(header)) => header,
            end => {
                ended = true;
                let damage = end.err().map(|_| Problem::Unreadable("is a damaged tar archive"));
                let limit = (archive.reader().left == 0).then(|| Problem::Limit(budget.too_much()));
                return Some(Entry::failed(steps.clone(), limit.or(damage)?));
            }
        };
        number += 1;
        if let Err(limit) = budget.member(number) {
            ended = true;
            return Some(Entry::failed(steps.clone(), Problem::Limit(limit)));
        }
        let steps = [steps.as_slice(), &[Step::member("tar", &header.name)]].concat();
        let room = budget.room();
        if header.size > room {
            return Some(Entry::failed(steps, Problem::Limit(budget.too_long(room))));
        }
        let outcome = read(&mut archive.contents(), room, budget);
        Some(Entry::read(steps, outcome, DAMAGED, (room, budget)))
    }))
}

/// What is on the pages of a PDF file, and what else is in it.
fn pdf_entries<'b>(bytes: &'b [u8], budget: &'b Budget<'b>) -> Entries<'b> {
    let mut rest = 0;
    let pages: Vec<Entry> = streams::plain(bytes)
        .flat_map(|page| {
            let Some(text) = page::text(bytes.get(page.clone()).unwrap_or_default()) else {
                return Vec::new();
            };
            let before = texts_in(bytes, rest..page.start);
            rest = page.end;
            let steps = vec![Step::Offset(page.start)];
            before.chain(iter::once(Entry { steps, bytes: text, problem: None })).collect()
        })
        .collect();
    let streams = inflated(streams::of_pdf(bytes), budget).map(|mut entry| {
        if let Some(text) = page::text(entry.bytes.expose()) {
            entry.bytes = text;
        }
        entry
    });
    Box::new(pages.into_iter().chain(texts_in(bytes, rest..bytes.len())).chain(streams))
}

/// What the `streams` of a file inflate to. What begins like a stream by chance and is none is nothing to report.
fn inflated<'b>(
    streams: impl Iterator<Item = streams::Stream<'b>> + 'b,
    budget: &'b Budget<'b>,
) -> Entries<'b> {
    let (mut number, mut ended) = (0, false);
    Box::new(streams.map_while(move |(start, stream)| {
        if ended {
            return None;
        }
        let steps = vec![Step::Offset(start), Step::Decoding("zlib")];
        number += 1;
        if let Err(limit) = budget.member(number) {
            ended = true;
            return Some(Entry::failed(Vec::new(), Problem::Limit(limit)));
        }
        let room = budget.room();
        let (bytes, end) = read(&mut Careful::new(stream), room, budget);
        let problem = end.limit(budget, room).map(Problem::Limit);
        Some(Entry { steps, bytes, problem })
    }))
}

/// The rows of a database's tables, and the texts in the rest of it.
fn database_entries<'b>(bytes: &'b [u8], budget: &'b Budget<'b>) -> Entries<'b> {
    let Some((tables, left)) = sqlite::tables(bytes) else { return texts(bytes) };
    let rest: Vec<Entry> = texts(left.expose()).collect();
    let tables = tables.into_iter().enumerate().map(move |(number, rows)| match budget.member(number + 1) {
        Ok(()) => {
            Entry { steps: vec![Step::member("sqlite", &rows.table)], bytes: rows.json(), problem: None }
        }
        Err(limit) => Entry::failed(Vec::new(), Problem::Limit(limit)),
    });
    Box::new(tables.chain(rest))
}

const OVERLAPPING: &str = "is a zip archive whose files overlap; the rest was not checked";

/// Parts of an archive that don't overlap: the end of each by its beginning.
#[derive(Default)]
struct Places(BTreeMap<usize, usize>);

impl Places {
    /// Adds one, unless it overlaps another.
    fn insert(&mut self, place: Range<usize>) -> bool {
        let before = self.0.range(..place.end).next_back().is_some_and(|(_, end)| *end > place.start);
        if !before {
            self.0.insert(place.start, place.end);
        }
        !before
    }
}

fn zip_entries<'b>(bytes: &'b [u8], budget: &'b Budget<'b>) -> Entries<'b> {
    let damaged = || Entry::failed(Vec::new(), Problem::Unreadable("is a damaged zip archive"));
    let Some(headers) = zip::headers(bytes) else { return Box::new(iter::once(damaged())) };
    let mut headers = headers.enumerate();
    let mut ended = false;
    let mut taken = Places::default();
    Box::new(iter::from_fn(move || {
        let (index, header) = headers.next().filter(|_| !ended)?;
        let Some(zip::Header { name, method, data, place }) = header else { return Some(damaged()) };
        if !taken.insert(place) {
            // Only an archive that was made to do harm has its files in each other: the rest would inflate the same again.
            ended = true;
            return Some(Entry::failed(Vec::new(), Problem::Unreadable(OVERLAPPING)));
        }
        if let Err(limit) = budget.member(index + 1) {
            ended = true;
            return Some(Entry::failed(Vec::new(), Problem::Limit(limit)));
        }
        let steps = vec![Step::member("zip", &name)];
        let room = budget.room();
        let unreadable = |reason| Some(Entry::failed(steps.clone(), Problem::Unreadable(reason)));
        let decoder: Box<dyn Read + '_> = match method {
            zip::Method::Stored => Box::new(data),
            zip::Method::Deflated => Box::new(flate2::read::DeflateDecoder::new(data)),
            zip::Method::Zstandard => zstandard::open(data, room),
            zip::Method::Encrypted => return unreadable("is protected with a password"),
            zip::Method::Other => return unreadable("is compressed in a way that aemcred can't open"),
        };
        let outcome = read(&mut Careful::new(decoder), room, budget);
        Some(Entry::read(steps, outcome, DAMAGED, (room, budget)))
    }))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::unwrap::Limits;

    /// An archive of these files, whose directory lists each so many times.
    fn archive(files: &[&str], times: u16) -> Vec<u8> {
        let mut writer = ::zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        for (index, text) in files.iter().enumerate() {
            let options = ::zip::write::SimpleFileOptions::default();
            writer.start_file(format!("{index}.json"), options).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        let bytes = writer.finish().unwrap().into_inner();
        let directory = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
        let end = memchr::memmem::rfind(&bytes, b"PK\x05\x06").unwrap();
        let entries = bytes[directory..end].repeat(times.into());
        let mut record = bytes[end..].to_vec();
        let count = (u16::try_from(files.len()).unwrap() * times).to_le_bytes();
        record[8..10].copy_from_slice(&count);
        record[10..12].copy_from_slice(&count);
        record[12..16].copy_from_slice(&u32::try_from(entries.len()).unwrap().to_le_bytes());
        [&bytes[..directory], &entries, &record].concat()
    }

    #[test]
    fn files_that_overlap_end_an_archive() {
        let budget = Budget::new(Limits::default(), &|| false);
        for (files, times, read, ends_early) in
            [(&["one", "two"][..], 1, 2, false), (&["one"], 2, 1, true), (&["one", "two"], 100, 2, true)]
        {
            let bytes = archive(files, times);
            let entries: Vec<Entry> = open(&bytes, &budget).unwrap().collect();
            let whole = entries.iter().filter(|entry| entry.problem.is_none()).count();
            assert_eq!((whole, entries.len()), (read, read + usize::from(ends_early)), "{times} times");
            let reason = entries.last().and_then(|entry| entry.problem.as_ref());
            assert_eq!(matches!(reason, Some(Problem::Unreadable(OVERLAPPING))), ends_early, "{times} times");
        }
    }
}
