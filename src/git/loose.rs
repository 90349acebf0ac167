//! Objects in files of their own.
//!
//! Owns: where such a file is, its header, its size before its contents. Does not own: whether the contents match the
//! name.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::ZlibDecoder;

use super::file::{self, At};
use super::id::ObjectId;
use super::object::{Kind, Object, ObjectError};

/// No header is longer: a kind, a space, twenty digits and a zero.
const LONGEST_HEADER: usize = 32;

/// Reads an object in `objects`; gives `None` if it isn't there.
pub(super) fn read(objects: &Path, id: ObjectId, limit: u64) -> Result<Option<Object>, ObjectError> {
    let hex = id.to_string();
    let (folder, name) = hex.split_at_checked(2).ok_or(ObjectError::Missing)?;
    let path = objects.join(folder).join(name);
    let Some((file, _)) = file::open(&path).map_err(|error| ObjectError::Read(error.kind()))? else {
        return Ok(None);
    };
    let mut stream = inflate(&file, 0, u64::MAX);
    let (kind, size) = header(&mut stream)
        .map_err(|error| ObjectError::from_reading(&error))?
        .ok_or(ObjectError::Corrupt("its header is no object's"))?;
    if size > limit {
        return Err(ObjectError::TooLarge { size });
    }
    let bytes = file::exactly(&mut stream, size)
        .map_err(|error| ObjectError::from_reading(&error))?
        .ok_or(ObjectError::Corrupt("it is longer or shorter than its header says"))?;
    Ok(Some(Object { kind, bytes }))
}

/// Returns what the compressed bytes from a place on stand for.
pub(super) fn inflate(file: &File, offset: u64, expected: u64) -> ZlibDecoder<At<'_>> {
    let buffer = if expected < 16 * 1024 { 4 * 1024 } else { 32 * 1024 };
    ZlibDecoder::new_with_buf(At { file, offset }, vec![0; buffer])
}

fn header(stream: &mut dyn Read) -> io::Result<Option<(Kind, u64)>> {
    let mut header = Vec::new();
    let mut byte = [0];
    // Inflating has a buffer, so that single bytes cost little.
    while header.len() < LONGEST_HEADER {
        stream.read_exact(&mut byte)?;
        if byte == [0] {
            return Ok(parse(&header));
        }
        header.extend(byte);
    }
    Ok(None)
}

fn parse(header: &[u8]) -> Option<(Kind, u64)> {
    let (kind, size) = str::from_utf8(header).ok()?.split_once(' ')?;
    let digits = size.bytes().all(|byte| byte.is_ascii_digit());
    Some((Kind::from_name(kind.as_bytes())?, size.parse().ok().filter(|_| digits)?))
}
