//! `--blocklist`: a list of published keys in a file.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Mutex;

use super::CliError;
use super::paths::name;
use crate::published::{Blocklist, RECORD, Records};

/// A list of published keys in a file, read record by record.
#[derive(Debug)]
pub(super) struct FileRecords(Mutex<File>);

impl Records for FileRecords {
    fn length(&self) -> io::Result<u64> {
        Ok(self.lock().metadata()?.len())
    }

    fn read(&self, offset: u64, record: &mut [u8; RECORD]) -> io::Result<()> {
        use std::io::{Seek as _, SeekFrom};
        let mut file = self.lock();
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(record)
    }
}

impl FileRecords {
    fn lock(&self) -> std::sync::MutexGuard<'_, File> {
        // Every use seeks first, so a position left behind by a thread that panicked does no harm.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Opens the list in `path`, reading no more than is needed to see that it is one.
pub(super) fn open_blocklist(path: &Path) -> Result<Blocklist<FileRecords>, CliError> {
    let refuse = |reason: String| CliError::File {
        path: name(path).one_line(),
        reason: format!("the list of published keys can't be used: {reason}"),
    };
    let file = match std::fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => return Err(refuse(String::from("it is not a regular file"))),
        Ok(_) => File::open(path),
        Err(error) => Err(error),
    };
    let file = file.map_err(|error| refuse(error.to_string()))?;
    Blocklist::new(FileRecords(Mutex::new(file))).map_err(|error| refuse(error.to_string()))
}
