//! Zstandard.
//!
//! Owns: going from frame to frame. Does not own: limits.

use std::io::{self, Read};

use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

/// What `bytes` decompress to, with a window of `window` bytes at most.
pub(crate) fn open(bytes: &[u8], window: u64) -> Box<dyn Read + '_> {
    Box::new(Frames { rest: Some(bytes), frame: None, window })
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
