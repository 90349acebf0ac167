//! Which inputs exist: files that are named, and what a walk through folders meets.
//!
//! Owns: opening files (regular ones only), size limits, the walk. Does not own: what a document means; it knows no
//! rule.

pub mod prefilter;
pub mod unwrap;

use std::fs::{self, File, FileType, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder, WalkState};
use rayon::prelude::*;

use crate::secret::Secret;

/// Something that discovery met.
#[derive(Debug)]
pub enum Found {
    /// A file's contents.
    Contents {
        /// The file.
        path: PathBuf,
        /// Whether it was named; otherwise a walk met it.
        named: bool,
        /// What is in it.
        bytes: Secret<Vec<u8>>,
    },
    /// A file larger than the limit, which was not read.
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Whether it was named; otherwise a walk met it.
        named: bool,
        /// Its size in bytes.
        size: u64,
    },
    /// A link, pipe, socket or device that a walk passed over.
    NotRegular(PathBuf),
    /// A file or folder that the caller excludes.
    Excluded(PathBuf),
    /// Something that was asked for and can't be read.
    Unreadable {
        /// The path.
        path: PathBuf,
        /// Why not, in plain words.
        reason: String,
    },
}

/// Named files fewer than this are read one after the other: threads cost more than they save.
const FEW: usize = 8;

/// How a walk goes.
#[derive(Clone, Copy)]
pub struct WalkSettings<'w> {
    /// No file larger than this is read, in bytes.
    pub max_size: u64,
    /// Whether what `.gitignore` says is passed over.
    pub respect_gitignore: bool,
    /// Whether the walk stays on the file systems of the named folders.
    pub one_file_system: bool,
    /// Asked before each file: whether the run is to end.
    pub stopped: &'w (dyn Fn() -> bool + Sync),
}

impl WalkSettings<'_> {
    /// Everything is looked at, to the end.
    #[must_use]
    pub fn new(max_size: u64) -> Self {
        Self { max_size, respect_gitignore: false, one_file_system: false, stopped: &|| false }
    }
}

/// Visits every file that `paths` name and every regular file below the folders among them, in no particular order and
/// on several threads.
///
/// Hidden files are included, and links are not followed below a folder. What `excluded` says yes to is not looked at:
/// it is asked about every path, and whether that was named.
pub fn discover(
    paths: &[PathBuf],
    settings: &WalkSettings<'_>,
    excluded: &(dyn Fn(&Path, bool) -> bool + Sync),
    visit: &(dyn Fn(Found) + Sync),
) {
    let mut folders: Option<WalkBuilder> = None;
    let mut files = Vec::new();
    for path in paths {
        match fs::metadata(path) {
            Ok(_) if excluded(path, true) => visit(Found::Excluded(path.clone())),
            Ok(metadata) if metadata.is_dir() => {
                // A trailing separator makes the walk enter a folder that is named through a link.
                let folder = path.join("");
                match &mut folders {
                    Some(builder) => drop(builder.add(folder)),
                    None => folders = Some(WalkBuilder::new(folder)),
                }
            }
            Ok(_) => files.push(path),
            Err(error) => visit(Found::Unreadable { path: path.clone(), reason: reason(&error) }),
        }
    }
    let named = |path: &&PathBuf| {
        if !(settings.stopped)() {
            visit(read(path, true, settings.max_size));
        }
    };
    if files.len() < FEW {
        files.iter().for_each(named);
    } else {
        files.par_iter().for_each(named);
    }
    if let Some(mut builder) = folders {
        let ignores = settings.respect_gitignore;
        builder.standard_filters(false).follow_links(false).same_file_system(settings.one_file_system);
        builder.git_ignore(ignores).git_global(ignores).git_exclude(ignores).parents(ignores);
        builder.build_parallel().run(|| {
            Box::new(|entry| {
                if (settings.stopped)() {
                    return WalkState::Quit;
                }
                match entry {
                    Ok(entry) if entry.depth() > 0 && excluded(entry.path(), false) => {
                        visit(Found::Excluded(entry.into_path()));
                        return WalkState::Skip;
                    }
                    Ok(entry) => met(&entry, settings.max_size, visit),
                    Err(error) => {
                        visit(Found::Unreadable { path: error_path(&error), reason: walk_reason(&error) });
                    }
                }
                WalkState::Continue
            })
        });
    }
}

fn met(entry: &DirEntry, max_size: u64, visit: &(dyn Fn(Found) + Sync)) {
    if entry.file_type().is_some_and(|kind| kind.is_file()) {
        visit(read(entry.path(), false, max_size));
    } else if entry.file_type().is_some_and(|kind| !kind.is_dir()) {
        visit(Found::NotRegular(entry.path().to_path_buf()));
    }
}

/// Reads standard input or another stream; nothing if it is longer than `max_size` bytes.
///
/// # Errors
///
/// When reading fails.
pub fn read_stream(stream: &mut dyn Read, max_size: u64) -> io::Result<Option<Secret<Vec<u8>>>> {
    read_up_to(stream, max_size, 64 * 1024)
}

/// Reads one regular file.
///
/// # Errors
///
/// In plain words, to be said of the file: `is a folder, not a file`.
pub fn read_regular(path: &Path, max_size: u64) -> Result<Secret<Vec<u8>>, String> {
    match read(path, true, max_size) {
        Found::Contents { bytes, .. } => Ok(bytes),
        Found::TooLarge { size, .. } => Err(format!("has {size} bytes, and the limit is {max_size}")),
        Found::Unreadable { reason, .. } => Err(reason),
        Found::NotRegular(_) | Found::Excluded(_) => Err(String::from("is not a regular file")),
    }
}

/// Reads one file that was named: its contents, or why there are none.
#[must_use]
pub fn read_named(path: &Path, max_size: u64) -> Found {
    read(path, true, max_size)
}

fn read(path: &Path, named: bool, max_size: u64) -> Found {
    let path_buf = path.to_path_buf();
    let outcome = open(path).and_then(|(mut file, metadata)| {
        if metadata.len() > max_size {
            return Ok(Err(metadata.len()));
        }
        // A file may grow while it is read, and files under /proc have contents without having a length.
        let expected = usize::try_from(metadata.len()).unwrap_or(0);
        Ok(read_up_to(&mut file, max_size, expected)?.ok_or(max_size + 1))
    });
    match outcome {
        Ok(Ok(bytes)) => Found::Contents { path: path_buf, named, bytes },
        Ok(Err(size)) => Found::TooLarge { path: path_buf, named, size },
        Err(error) => Found::Unreadable { path: path_buf, reason: reason(&error) },
    }
}

/// Opens a regular file and nothing else: opening a pipe would wait for a writer.
fn open(path: &Path) -> io::Result<(File, Metadata)> {
    let refuse = |kind: FileType| io::Error::new(io::ErrorKind::InvalidInput, special(kind));
    let before = fs::metadata(path)?;
    if !before.is_file() {
        return Err(refuse(before.file_type()));
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_file() { Ok((file, metadata)) } else { Err(refuse(metadata.file_type())) }
}

/// Reads to the end, or gives nothing if that is more than `max_size` bytes away. The buffer is reserved at once, so
/// that growing leaves no unwiped copies behind.
fn read_up_to(stream: &mut dyn Read, max_size: u64, expected: usize) -> io::Result<Option<Secret<Vec<u8>>>> {
    let mut bytes = Secret::new(Vec::with_capacity(expected + 1));
    let length = bytes.fill(|buffer| stream.take(max_size.saturating_add(1)).read_to_end(buffer))?;
    Ok((length as u64 <= max_size).then_some(bytes))
}

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_dir() {
        "is a folder, not a file"
    } else if kind.is_fifo() {
        "is a pipe, not a regular file; to check what comes out of it, use `-` and standard input"
    } else if kind.is_socket() {
        "is a socket, not a regular file"
    } else if kind.is_char_device() || kind.is_block_device() {
        "is a device, not a regular file"
    } else {
        "is not a regular file"
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> &'static str {
    "is not a regular file"
}

/// The reason in plain words.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => String::from("does not exist (or is a link to something that doesn't)"),
        io::ErrorKind::PermissionDenied => String::from("may not be read by this user"),
        io::ErrorKind::InvalidInput => error.to_string(),
        _ => format!("can't be read: {error}"),
    }
}

fn walk_reason(error: &ignore::Error) -> String {
    error.io_error().map_or_else(|| String::from("can't be walked through"), reason)
}

fn error_path(error: &ignore::Error) -> PathBuf {
    match error {
        ignore::Error::WithPath { path, .. } => path.clone(),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error_path(err),
        ignore::Error::Partial(errors) => errors.first().map(error_path).unwrap_or_default(),
        ignore::Error::Loop { child, .. } => child.clone(),
        _ => PathBuf::new(),
    }
}
