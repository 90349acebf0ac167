//! gzip, of one member or several.
//!
//! Owns: which decoder reads it. Does not own: limits.

use std::io::Read;

use flate2::read::MultiGzDecoder;

/// What `bytes` decompress to.
pub(crate) fn open(bytes: &[u8], _window: u64) -> Box<dyn Read + '_> {
    Box::new(MultiGzDecoder::new(bytes))
}
