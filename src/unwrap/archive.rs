//! Opening compressed files and archives in memory, within limits. Nothing is ever written to disk, and the names of
//! files in archives are only names.
//!
//! Owns: what is an archive, reading each of its files once. Does not own: the formats' own structure (see `tar` and
//! `zip`), what the files hold.

use std::io::{self, Read};

use bzip2::bufread::BzDecoder;
use flate2::read::MultiGzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use super::glance::is_promising;
use super::limits::Limit;
use super::step::Step;
use super::tar::{self, Entry, Tar};
use super::worklist::{Outside, Run};
use super::zip::{self, Method};
use crate::secret::Secret;
use crate::source::FileKind;

/// How many bytes of decompressed data are held at a time while they are collected.
const CHUNK: usize = 64 * 1024;

/// How much memory opening an xz file may take, in KiB: what one of the highest preset needs, and a little more.
const XZ_MEMORY: u32 = 72 << 10;

/// Something that must be opened to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    Gzip,
    Bzip2,
    Xz,
    Zstandard,
    Zip,
    Tar,
    /// Compressed in another way, said in plain words.
    Unknown(&'static str),
}

impl Container {
    /// What `bytes` are, if they must be opened.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        Some(match FileKind::of(bytes)? {
            FileKind::Gzip => Self::Gzip,
            FileKind::Bzip2 => Self::Bzip2,
            FileKind::Xz => Self::Xz,
            FileKind::Zstandard => Self::Zstandard,
            FileKind::Zip => Self::Zip,
            FileKind::Tar => Self::Tar,
            FileKind::SevenZip => Self::Unknown("is a 7z archive, which aemcred doesn't open"),
            FileKind::Rar => Self::Unknown("is a RAR archive, which aemcred doesn't open"),
            FileKind::GitCrypt
            | FileKind::Age
            | FileKind::AnsibleVault
            | FileKind::Der
            | FileKind::JavaKeyStore => return None,
        })
    }
}

/// What is being opened, and where it lies.
struct Opened<'o> {
    outside: &'o Outside,
    /// How many bytes it has.
    length: usize,
    /// What has been taken off already.
    steps: Vec<Step>,
}

impl Opened<'_> {
    /// Where something lies that comes out of it.
    fn inside(&self, step: Option<Step>, length: usize) -> Outside {
        let steps: Vec<Step> = self.steps.iter().cloned().chain(step).collect();
        self.outside.opened(steps, length, self.length)
    }
}

/// How reading ended.
#[derive(Clone, Copy)]
enum End {
    Complete,
    TooLong,
    Damaged,
    /// The run is to end.
    Stopped,
}

impl Run<'_> {
    /// Opens `bytes` and looks at everything in it.
    pub(super) fn open(&mut self, container: Container, bytes: &[u8], outside: &Outside) {
        let opened = |steps| Opened { outside, length: bytes.len(), steps };
        match container {
            Container::Gzip => {
                let steps = vec![Step::Decoding("gzip")];
                self.stream(&mut MultiGzDecoder::new(bytes), "is a damaged gzip file", &opened(steps));
            }
            Container::Bzip2 => {
                let steps = vec![Step::Decoding("bzip2")];
                let mut streams = Streams { decoder: Some(BzDecoder::new(bytes)), empty: 0 };
                self.stream(&mut streams, "is a damaged bzip2 file", &opened(steps));
            }
            Container::Xz => {
                let steps = vec![Step::Decoding("xz")];
                let mut reader = XzReader::new_mem_limit(bytes, true, XZ_MEMORY);
                self.stream(&mut reader, "is a damaged xz file", &opened(steps));
            }
            Container::Zstandard => {
                let steps = vec![Step::Decoding("zstd")];
                let mut frames = Frames { rest: Some(bytes), frame: None, window: self.limits().layer_size };
                self.stream(&mut frames, "is a damaged Zstandard file", &opened(steps));
            }
            Container::Tar => {
                let mut bytes = bytes;
                self.tar(&mut bytes, &opened(Vec::new()));
            }
            Container::Zip => self.zip(bytes, &opened(Vec::new())),
            Container::Unknown(reason) => self.unreadable(&outside.trail, reason),
        }
    }

    /// Looks at a compressed file. An archive in it is never in memory as a whole.
    fn stream(&mut self, reader: &mut dyn Read, damage: &'static str, opened: &Opened<'_>) {
        let reader = &mut Careful { reader: Some(reader) };
        let (head, end) = self.read(reader, tar::BLOCK as u64);
        if FileKind::of(head.expose()) == Some(FileKind::Tar) {
            self.tar(&mut head.expose().as_slice().chain(reader), opened);
            return;
        }
        let room = self.budget.room();
        let (bytes, end) = match end {
            End::TooLong if !head.expose().is_empty() => {
                self.read(&mut head.expose().as_slice().chain(reader), room)
            }
            end => (head, end),
        };
        let outside = opened.inside(None, bytes.expose().len());
        match end {
            End::Complete => {}
            End::TooLong => return self.limit(self.too_long(room), &outside.trail),
            End::Stopped => return self.limit(Limit::Stopped, &outside.trail),
            // What came out until then is looked at all the same.
            End::Damaged => self.unreadable(&outside.trail, damage),
        }
        if is_promising(bytes.expose()) || Container::of(bytes.expose()).is_some() {
            self.inside(bytes, outside);
        }
    }

    fn tar(&mut self, reader: &mut dyn Read, opened: &Opened<'_>) {
        // What is skipped must come out of the decompression all the same.
        let mut counted = Counted { reader, left: self.budget.left() };
        let mut archive = Tar::new(&mut counted);
        let (mut members, mut damaged) = (0, false);
        loop {
            let Entry { name, size } = match archive.next() {
                Ok(Some(entry)) => entry,
                Ok(None) => break,
                Err(tar::Damaged) => {
                    damaged = true;
                    break;
                }
            };
            members += 1;
            let step = Step::member("tar", &name);
            if !self.may_look_at(members, size, &step, opened) {
                if members > self.limits().members || self.budget.is_stopped() {
                    break;
                }
                continue;
            }
            let room = self.budget.room();
            let (bytes, end) = self.read(&mut archive.contents(), room);
            self.member(bytes, end, room, step, "is damaged in the archive", opened);
        }
        if counted.left == 0 {
            self.limit(Limit::Expansion(self.limits().expansion), &opened.inside(None, 0).trail);
        } else if damaged {
            self.unreadable(&opened.inside(None, 0).trail, "is a damaged tar archive");
        }
    }

    fn zip(&mut self, bytes: &[u8], opened: &Opened<'_>) {
        let Some(entries) = zip::entries(bytes) else {
            return self.unreadable(&opened.outside.trail, "is a damaged zip archive");
        };
        for (index, entry) in entries.enumerate() {
            let Some(zip::Entry { name, method, data }) = entry else {
                return self.unreadable(&opened.outside.trail, "is a damaged zip archive");
            };
            let step = Step::member("zip", &name);
            if !self.may_look_at(index + 1, 0, &step, opened) {
                break;
            }
            let room = self.budget.room();
            let mut stored = data;
            let mut reader: Box<dyn Read + '_> = match method {
                Method::Stored => Box::new(&mut stored),
                Method::Deflated => Box::new(flate2::read::DeflateDecoder::new(data)),
                Method::Zstandard => Box::new(Frames { rest: Some(data), frame: None, window: room }),
                Method::Encrypted => {
                    self.unreadable(&opened.inside(Some(step), 0).trail, "is locked with a password");
                    continue;
                }
                Method::Other => {
                    let reason = "is compressed in a way that aemcred doesn't open";
                    self.unreadable(&opened.inside(Some(step), 0).trail, reason);
                    continue;
                }
            };
            let (bytes, end) = self.read(&mut Careful { reader: Some(&mut reader) }, room);
            drop(reader);
            self.member(bytes, end, room, step, "is damaged in the archive", opened);
        }
    }

    /// Whether the limits allow to read one more file of an archive, the `number`th.
    fn may_look_at(&mut self, number: usize, size: u64, step: &Step, opened: &Opened<'_>) -> bool {
        let limits = *self.limits();
        if self.budget.is_stopped() {
            self.limit(Limit::Stopped, &opened.inside(None, 0).trail);
            return false;
        }
        if number > limits.members {
            self.limit(Limit::Members(limits.members), &opened.inside(None, 0).trail);
            return false;
        }
        if size > self.budget.room() {
            self.limit(self.too_long(self.budget.room()), &opened.inside(Some(step.clone()), 0).trail);
            return false;
        }
        true
    }

    fn member(
        &mut self,
        bytes: Secret<Vec<u8>>,
        end: End,
        room: u64,
        step: Step,
        damage: &'static str,
        opened: &Opened<'_>,
    ) {
        let outside = opened.inside(Some(step), bytes.expose().len());
        match end {
            End::Complete => {}
            End::TooLong => return self.limit(self.too_long(room), &outside.trail),
            End::Stopped => return self.limit(Limit::Stopped, &outside.trail),
            End::Damaged => self.unreadable(&outside.trail, damage),
        }
        if is_promising(bytes.expose()) {
            self.inside(bytes, outside);
        } else if let Err(limit) = self.budget.expand(bytes.expose().len()) {
            self.limit(limit, &outside.trail);
        }
    }

    /// Which limit it was that left only so much `room`.
    fn too_long(&self, room: u64) -> Limit {
        let limits = self.limits();
        if room < limits.layer_size {
            Limit::Expansion(limits.expansion)
        } else {
            Limit::LayerSize(limits.layer_size)
        }
    }

    /// Reads to the end, but no more than `room` bytes.
    fn read(&self, reader: &mut dyn Read, room: u64) -> (Secret<Vec<u8>>, End) {
        let mut bytes = Secret::new(Vec::new());
        let mut chunk = Secret::new(vec![0; CHUNK.min(usize::try_from(room).unwrap_or(CHUNK) + 1)]);
        loop {
            if self.budget.is_stopped() {
                return (bytes, End::Stopped);
            }
            let mut got = 0;
            let read = chunk.fill(|chunk| {
                got = reader.read(chunk)?;
                Ok::<(), io::Error>(())
            });
            match read {
                Ok(()) if got == 0 => return (bytes, End::Complete),
                Ok(()) => bytes.append(chunk.expose().get(..got).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::OutOfMemory => return (bytes, End::TooLong),
                Err(_) => return (bytes, End::Damaged),
            }
            if bytes.expose().len() as u64 > room {
                return (bytes, End::TooLong);
            }
        }
    }
}

/// A decoder that is asked no more once it has failed, nor for nothing: some take an empty buffer for the end, and none
/// promises anything of what comes after an error.
struct Careful<'r> {
    /// Nothing once it has failed.
    reader: Option<&'r mut dyn Read>,
}

impl Read for Careful<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let reader = self.reader.as_mut().ok_or(io::ErrorKind::InvalidData)?;
        let outcome = reader.read(buffer);
        if outcome.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::Interrupted) {
            self.reader = None;
        }
        outcome
    }
}

/// A reader that ends after so many bytes.
struct Counted<'r> {
    reader: &'r mut dyn Read,
    left: u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let got = self.reader.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.left = self.left.saturating_sub(got as u64);
        Ok(got)
    }
}

/// The streams of a bzip2 file one after the other, as parallel compressors write them.
struct Streams<'b> {
    decoder: Option<BzDecoder<&'b [u8]>>,
    /// How many streams in a row held nothing.
    empty: usize,
}

/// How many streams without anything in them may follow each other: each takes as long as 100 kB of text.
const EMPTY_STREAMS: usize = 1000;

impl Read for Streams<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(mut decoder) = self.decoder.take() else { return Ok(0) };
        let got = decoder.read(buffer)?;
        if got > 0 {
            (self.decoder, self.empty) = (Some(decoder), 0);
            return Ok(got);
        }
        let rest = decoder.into_inner();
        self.empty += 1;
        if rest.is_empty() {
            return Ok(0);
        }
        if self.empty > EMPTY_STREAMS {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.decoder = Some(BzDecoder::new(rest));
        // Whoever reads asks again, and may look first whether the run is to end.
        Err(io::ErrorKind::Interrupted.into())
    }
}

/// The frames of a Zstandard file one after the other (RFC 8878 section 3).
struct Frames<'b> {
    rest: Option<&'b [u8]>,
    frame: Option<StreamingDecoder<&'b [u8], FrameDecoder>>,
    /// The largest window that is allowed for.
    window: u64,
}

impl Read for Frames<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(mut frame) = self.frame.take() {
                let got = frame.read(buffer)?;
                if got > 0 {
                    self.frame = Some(frame);
                    return Ok(got);
                }
                self.rest = Some(frame.into_inner());
            }
            let rest = self.rest.take().unwrap_or_default();
            match rest {
                [] => return Ok(0),
                // A frame that holds no data: its length follows the magic number.
                [0x50..=0x5F, 0x2A, 0x4D, 0x18, a, b, c, d, after @ ..] => {
                    let length = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
                    self.rest = Some(after.get(length..).unwrap_or_default());
                }
                _ => {
                    let frame = StreamingDecoder::new_with_max_window_size(rest, self.window);
                    self.frame = Some(frame.map_err(|error| match error {
                        FrameDecoderError::WindowSizeTooBig { .. } => io::ErrorKind::OutOfMemory,
                        _ => io::ErrorKind::InvalidData,
                    })?);
                }
            }
        }
    }
}
