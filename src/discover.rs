//! Which inputs exist: files that are named, and what a walk through folders meets.
//!
//! Owns: the walk, and the glance that passes over what holds nothing. Does not own: what a document means; it knows no
//! rule.

mod read;
mod stream;

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder, WalkState};
use rayon::prelude::*;

use crate::secret::Secret;
use crate::source::size;
use read::{FileReader, read_up_to};
pub(crate) use read::{io_words, open as open_regular, reason};
pub use stream::{StreamSettings, Streamed, read_stream_files};

/// Something that discovery met.
#[derive(Debug)]
pub enum Found {
    /// A file's contents.
    Contents {
        /// The file.
        path: PathBuf,
        /// Whether it was named; otherwise a walk met it.
        named: bool,
        /// Its permission bits, where the system has such.
        mode: Option<u32>,
        /// What is in it.
        bytes: Secret<Vec<u8>>,
    },
    /// A file without any trace of a credential, so that nobody needs its contents.
    Unrelated {
        /// How many bytes there are.
        size: u64,
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
    /// Whether named files, too, are passed over if there is no trace of a credential in them.
    pub skim_named: bool,
    /// Whether what `.gitignore` says is passed over.
    pub respect_gitignore: bool,
    /// Whether the walk stays on the file systems of the named folders.
    pub one_file_system: bool,
    /// Asked before each file: whether the run is to end.
    pub stopped: &'w (dyn Fn() -> bool + Sync),
}

impl WalkSettings<'_> {
    /// Everything is looked at, to the end.
    pub fn new(max_size: u64) -> Self {
        Self {
            max_size,
            skim_named: false,
            respect_gitignore: false,
            one_file_system: false,
            stopped: &|| false,
        }
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
            visit(if settings.skim_named {
                FileReader::new(settings.max_size).skim(path, true)
            } else {
                read::read(path, settings.max_size)
            });
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
            let mut reader = FileReader::new(settings.max_size);
            Box::new(move |entry| {
                if (settings.stopped)() {
                    return WalkState::Quit;
                }
                match entry {
                    Ok(entry) if entry.depth() > 0 && excluded(entry.path(), false) => {
                        visit(Found::Excluded(entry.into_path()));
                        return WalkState::Skip;
                    }
                    Ok(entry) => met(&entry, &mut reader, visit),
                    Err(error) => {
                        visit(Found::Unreadable { path: error_path(&error), reason: walk_reason(&error) });
                    }
                }
                WalkState::Continue
            })
        });
    }
}

fn met(entry: &DirEntry, reader: &mut FileReader, visit: &(dyn Fn(Found) + Sync)) {
    if entry.file_type().is_some_and(|kind| kind.is_file()) {
        visit(reader.skim(entry.path(), false));
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
    match read_named(path, max_size) {
        Found::Contents { bytes, .. } => Ok(bytes),
        Found::TooLarge { size: bytes, .. } => {
            Err(format!("has {}, and the limit is {}", size(bytes), size(max_size)))
        }
        Found::Unreadable { reason, .. } => Err(reason),
        Found::Unrelated { .. } | Found::NotRegular(_) | Found::Excluded(_) => {
            Err(String::from("is not a regular file"))
        }
    }
}

/// Reads one file that was named: its contents, or why there are none.
pub fn read_named(path: &Path, max_size: u64) -> Found {
    read::read(path, max_size)
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
