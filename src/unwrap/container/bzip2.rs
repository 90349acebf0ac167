//! bzip2, which has several streams where a parallel compressor wrote it.
//!
//! Owns: going from stream to stream. Does not own: limits.

use std::io::{self, Read};

use bzip2::bufread::BzDecoder;

/// How many streams without anything in them may follow each other: each takes as long as 100 kB of text.
const EMPTY_STREAMS: usize = 1000;

/// What `bytes` decompress to.
pub(crate) fn open(bytes: &[u8], _window: u64) -> Box<dyn Read + '_> {
    Box::new(Streams { decoder: Some(BzDecoder::new(bytes)), empty: 0 })
}

/// The streams of a bzip2 file one after the other, as parallel compressors write them.
struct Streams<'b> {
    decoder: Option<BzDecoder<&'b [u8]>>,
    /// How many streams in a row held nothing.
    empty: usize,
}

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
