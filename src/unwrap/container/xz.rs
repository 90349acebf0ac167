//! xz, of one stream or several.
//!
//! Owns: how much memory its decoder may take. Does not own: other limits.

use std::io::Read;

use lzma_rust2::XzReader;

/// How much memory opening a file may take, in KiB: what one of the highest preset needs, and a little more.
const MEMORY: u32 = 72 << 10;

/// What `bytes` decompress to.
pub(crate) fn open(bytes: &[u8], _window: u64) -> Box<dyn Read + '_> {
    Box::new(XzReader::new_mem_limit(bytes, true, MEMORY))
}
