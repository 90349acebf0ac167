//! The end of a run that somebody asks for, with Ctrl-C or another signal.
//!
//! Owns: who was asked and who listens, and standard input that is given up then: a read that waits for a program or a
//! person would hold up the end. Does not own: what a command says when it is interrupted, nor the signals (see `signals`).

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use crate::secret::Secret;

/// Whether a run is to end, and whether its command listens to that.
#[derive(Debug, Default)]
pub struct Interruption {
    /// The number of the signal that asked for it, or 0.
    requested: AtomicU8,
    heeded: AtomicBool,
}

impl Interruption {
    /// Asks the run to end, because of the signal of this number. The answer is whether it will do so by itself: the
    /// command listens, and is asked for the first time. Otherwise there is nothing to wait for.
    pub fn request(&self, signal: u8) -> bool {
        let again = self.requested.swap(signal, Ordering::Relaxed) != 0;
        !again && self.heeded.load(Ordering::Relaxed)
    }

    /// Whether the run is to end.
    pub fn is_requested(&self) -> bool {
        self.requested.load(Ordering::Relaxed) != 0
    }

    /// How the run ends then, as a shell reports it: 128 and the signal's number.
    pub fn exit_code(&self) -> u8 {
        128 + self.requested.load(Ordering::Relaxed)
    }

    /// From here on somebody looks at [`Interruption::is_requested`].
    pub(super) fn heed(&self) {
        self.heeded.store(true, Ordering::Relaxed);
    }
}

/// How often one looks whether the run is to end.
const INTERVAL: Duration = Duration::from_millis(50);

/// How many bytes are read at a time.
const CHUNK: usize = 64 * 1024;

/// The run was interrupted while it waited for input.
#[derive(Debug, thiserror::Error)]
#[error("the run was interrupted")]
pub(crate) struct Interrupted;

/// Whether a stream can't be read because the run is to end.
pub(super) fn is_interruption(error: &io::Error) -> bool {
    error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<Interrupted>)
}

/// A file that is opened by the first read: a pipe without a writer holds up whoever opens it.
pub(super) enum Opened {
    Not(PathBuf),
    File(File),
}

impl Opened {
    pub(super) fn new(path: &Path) -> Self {
        Self::Not(path.to_path_buf())
    }
}

impl Read for Opened {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Not(path) => {
                let mut file = File::open(path)?;
                let read = file.read(buffer);
                *self = Self::File(file);
                read
            }
        }
    }
}

/// A stream whose end nobody waits for when the run is to end. It is read on a thread of its own, which begins with the
/// first read.
pub struct Interruptible<R> {
    stream: Option<R>,
    interruption: Arc<Interruption>,
    chunks: Option<Receiver<io::Result<Secret<Vec<u8>>>>>,
    chunk: Secret<Vec<u8>>,
    /// How many bytes of `chunk` were handed on.
    taken: usize,
}

impl<R: Read + Send + 'static> Interruptible<R> {
    /// Reads from `stream` until the run is to end.
    pub fn new(stream: R, interruption: Arc<Interruption>) -> Self {
        Self { stream: Some(stream), interruption, chunks: None, chunk: Secret::default(), taken: 0 }
    }

    /// The next bytes, none at the end.
    fn next_chunk(&mut self) -> io::Result<Secret<Vec<u8>>> {
        if let Some(stream) = self.stream.take() {
            self.chunks = Some(read_apart(stream)?);
        }
        let Some(chunks) = &self.chunks else { return Ok(Secret::default()) };
        loop {
            if self.interruption.is_requested() {
                return Err(io::Error::other(Interrupted));
            }
            match chunks.recv_timeout(INTERVAL) {
                Ok(chunk) => return chunk,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(Secret::default()),
            }
        }
    }
}

/// Reads `stream` on a thread of its own, until its end, an error, or until nobody takes what was read.
fn read_apart(mut stream: impl Read + Send + 'static) -> io::Result<Receiver<io::Result<Secret<Vec<u8>>>>> {
    let (sender, receiver) = sync_channel(1);
    let read = move || {
        loop {
            let mut chunk = Secret::new(vec![0; CHUNK]);
            let read = chunk.fill(|buffer| {
                let length = stream.read(buffer)?;
                // What is behind it holds nothing but zeros.
                buffer.truncate(length);
                Ok::<usize, io::Error>(length)
            });
            let message = match read {
                Ok(0) => return,
                Ok(_) => Ok(chunk),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let is_last = message.is_err();
            if sender.send(message).is_err() || is_last {
                return;
            }
        }
    };
    thread::Builder::new().name(String::from("input")).spawn(read)?;
    Ok(receiver)
}

impl<R: Read + Send + 'static> Read for Interruptible<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.chunk.expose().len() {
            self.chunk = self.next_chunk()?;
            self.taken = 0;
        }
        let rest = self.chunk.expose().get(self.taken..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        if let (Some(target), Some(source)) = (buffer.get_mut(..length), rest.get(..length)) {
            target.copy_from_slice(source);
        }
        self.taken += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_comes_through_in_pieces_of_any_size() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        let mut stream = Interruptible::new(io::Cursor::new(bytes.clone()), Arc::default());
        let mut first = [0; 10];
        stream.read_exact(&mut first).unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap();
        assert!(bytes == [&first[..], &rest].concat());
        assert_eq!(stream.read(&mut first).unwrap(), 0, "the end stays the end");
    }

    #[test]
    fn a_stream_that_says_nothing_is_given_up() {
        let (reader, writer) = io::pipe().unwrap();
        let interruption = Arc::<Interruption>::default();
        let mut stream = Interruptible::new(reader, Arc::clone(&interruption));
        let user = thread::spawn(move || {
            thread::sleep(Duration::from_millis(20));
            interruption.request(2)
        });
        let error = stream.read_to_end(&mut Vec::new()).unwrap_err();
        assert!(is_interruption(&error));
        assert!(!user.join().unwrap(), "nobody listens");
        drop(writer);
    }

    #[test]
    fn only_who_listens_is_waited_for_and_only_once() {
        let deaf = Interruption::default();
        assert!(!deaf.is_requested() && !deaf.request(15) && deaf.is_requested());
        let listening = Interruption::default();
        listening.heed();
        assert!(listening.request(1) && listening.is_requested() && !listening.request(1));
        assert_eq!((deaf.exit_code(), listening.exit_code()), (143, 129));
    }

    #[test]
    fn errors_are_passed_on() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::PermissionDenied.into())
            }
        }
        let mut stream = Interruptible::new(Broken, Arc::default());
        let error = stream.read(&mut [0]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    }
}
