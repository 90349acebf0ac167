//! Objects in files of their own.
//!
//! Owns: where such a file is, its header, its size before its contents. Does not own: whether the contents match the
//! name.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::read::ZlibDecoder;

use super::file::{self, At};
use super::id::{ObjectFormat, ObjectId};
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
        .ok_or(ObjectError::Corrupt("its header is not an object's header"))?;
    if size > limit {
        return Err(ObjectError::TooLarge { size });
    }
    let bytes = file::exactly(&mut stream, size)
        .map_err(|error| ObjectError::from_reading(&error))?
        .ok_or(ObjectError::Corrupt("it is longer or shorter than its header says"))?;
    Ok(Some(Object { kind, bytes }))
}

/// Returns the kind and size of an object in `objects`.
pub(super) fn kind(objects: &Path, id: ObjectId) -> Result<(Kind, u64), ObjectError> {
    let hex = id.to_string();
    let (folder, name) = hex.split_at_checked(2).ok_or(ObjectError::Missing)?;
    let opened =
        file::open(&objects.join(folder).join(name)).map_err(|error| ObjectError::Read(error.kind()))?;
    let (file, _) = opened.ok_or(ObjectError::Missing)?;
    header(&mut inflate(&file, 0, 0))
        .map_err(|error| ObjectError::from_reading(&error))?
        .ok_or(ObjectError::Corrupt("its header is not an object's header"))
}

/// Returns the objects in files of their own, by name, each with the folder of objects that has it; with `prefix` only those
/// whose names begin with these two digits. A folder that can't be read is told to `failed`.
pub(super) fn list<'f>(
    format: ObjectFormat,
    folders: &'f [PathBuf],
    prefix: Option<&str>,
    failed: &mut dyn FnMut(&Path, &io::Error),
) -> Vec<(ObjectId, &'f Path)> {
    let mut found: BTreeMap<ObjectId, &Path> = BTreeMap::new();
    for folder in folders {
        for first in (0..=u8::MAX).map(|first| format!("{first:02x}")) {
            if prefix.is_some_and(|prefix| prefix != first) {
                continue;
            }
            let path = folder.join(&first);
            let files = match fs::read_dir(&path) {
                Ok(files) => files,
                Err(error) => {
                    if error.kind() != io::ErrorKind::NotFound {
                        failed(&path, &error);
                    }
                    continue;
                }
            };
            for file in files.filter_map(Result::ok) {
                let hex = [first.as_bytes(), file.file_name().as_encoded_bytes()].concat();
                if let Some(id) = ObjectId::from_hex(format, &hex) {
                    found.entry(id).or_insert(folder);
                }
            }
        }
    }
    found.into_iter().collect()
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
