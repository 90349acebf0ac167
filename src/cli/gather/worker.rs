//! What the threads do that look: from a file or a stream to what is sent to the one thread that collects.
//!
//! Owns: how an input is examined, by how the run came to it. Does not own: finding inputs (see `discover`), collecting.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use super::AuditContext;
use crate::cli::history::Finds;
use crate::cli::key_files;
use crate::cli::paths::name;
use crate::cli::progress::Counters;
use crate::discover::{Found, StreamSettings, Streamed, read_stream_files};
use crate::examine::{Cause, Files, Input, Request as Examining, beyond_limit, examine_with};
use crate::inventory::{Accompanying, Occurrence};
use crate::record::Past;
use crate::report::Failure;
use crate::secret::Secret;
use crate::source::PathName;

/// What the threads that look send to the one that collects.
pub(super) enum Message {
    Occurrence(Box<Occurrence>, Accompanying),
    Failure(Failure),
    Note(String),
}

/// How a run came to an input.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Stream,
    /// A file of an archive on standard input.
    Member,
    Named,
    Walk,
    /// The history of a repository, in which no path leads to a file.
    Past,
}

/// One run, as the threads that look see it.
pub(super) struct Worker<'r> {
    pub(super) context: &'r AuditContext<'r>,
    pub(super) stopped: &'r (dyn Fn() -> bool + Sync),
    pub(super) counters: &'r Counters,
    pub(super) sender: SyncSender<Message>,
}

impl Worker<'_> {
    /// Looks into standard input: into the files of an archive one by one, else into all of it.
    pub(super) fn stream(
        &self,
        input: &mut (dyn Read + Send),
        excluded: &(dyn Fn(&Path, bool) -> bool + Sync),
    ) {
        let AuditContext { walk, .. } = self.context;
        let settings = StreamSettings {
            name: Path::new(&walk.stdin_filename),
            max_size: walk.max_size,
            is_archive: !walk.no_unwrap,
            stopped: self.stopped,
        };
        read_stream_files(input, &settings, &|path| excluded(path, false), &|found| match found {
            Streamed::Whole(bytes) => self.look(settings.name, None, bytes, Origin::Stream),
            Streamed::TooLarge => self.fail(name(settings.name), beyond_limit(None, walk.max_size)),
            Streamed::Member(Found::Contents { path, bytes, .. }) => {
                self.look(&path, None, bytes, Origin::Member);
            }
            Streamed::Member(found) => self.meet(found),
        });
    }

    pub(super) fn meet(&self, found: Found) {
        match found {
            Found::Contents { path, named, mode, bytes } => {
                self.look(&path, mode, bytes, if named { Origin::Named } else { Origin::Walk });
            }
            Found::Unrelated { size } => self.count(size),
            Found::TooLarge { path, named: true, size } => {
                self.fail(name(&path), beyond_limit(Some(size), self.context.walk.max_size));
            }
            Found::TooLarge { .. } | Found::NotRegular(_) | Found::Excluded(_) => {
                Counters::add(&self.counters.skipped, 1);
            }
            Found::Unreadable { path, reason } => self.fail(name(&path), reason),
        }
    }

    fn count(&self, size: u64) {
        Counters::add(&self.counters.files, 1);
        Counters::add(&self.counters.bytes, size);
    }

    fn look(&self, path: &Path, mode: Option<u32>, bytes: Secret<Vec<u8>>, origin: Origin) {
        let size = bytes.expose().len() as u64;
        self.count(size);
        if (self.stopped)() {
            return;
        }
        let mut occurrences = self.occurrences(path, mode, bytes, origin);
        if !matches!(origin, Origin::Stream | Origin::Member) {
            self.ask_git(path, &mut occurrences);
        }
        self.send_all(occurrences, Some(size));
    }

    fn occurrences(
        &self,
        path: &Path,
        mode: Option<u32>,
        bytes: Secret<Vec<u8>>,
        origin: Origin,
    ) -> Vec<Occurrence> {
        let input = Input { name: name(path), mode };
        let AuditContext { settings, walk, .. } = *self.context;
        let files = |named: &str| key_files::beside(path, named, settings.max_size);
        let files: Files<'_> =
            if matches!(origin, Origin::Stream | Origin::Member | Origin::Past) { &|_| None } else { &files };
        let unwraps = !walk.no_unwrap;
        let request = Examining { settings, named: false, unwraps, stopped: self.stopped, files };
        let examination = examine_with(&input, bytes, &request, &mut |_, _| ());
        // A bomb among somebody's test data is passed over, and told only of a file that was asked for.
        let is_met = matches!(origin, Origin::Walk | Origin::Member | Origin::Past);
        let excused: &[Cause] = if is_met { &[Cause::Bomb] } else { &[] };
        for reason in examination.failures(excused) {
            self.fail(input.name.clone(), reason);
        }
        if examination.unread.iter().any(|unread| excused.contains(&unread.cause)) {
            Counters::add(&self.counters.skipped, 1);
        }
        Occurrence::all(examination).collect()
    }

    /// Says of everything that was found in a file how git keeps it.
    fn ask_git(&self, path: &Path, occurrences: &mut [Occurrence]) {
        let locations = || occurrences.iter().flat_map(|occurrence| &occurrence.record.locations);
        let Some(repositories) = &self.context.repositories else { return };
        if !locations().any(|location| location.usable) {
            return;
        }
        match repositories.keeping(path) {
            Ok(keeping) => {
                for occurrence in occurrences {
                    // A key in a file of its own is kept as that is.
                    let own = occurrence.record.locations.first().map(|location| location.path.clone());
                    let locations = occurrence.record.locations.iter_mut();
                    let here = locations.filter(|location| Some(&location.path) == own.as_ref());
                    here.for_each(|location| location.keeping = keeping);
                }
            }
            Err(error) => self.send(Message::Failure(Failure { path: None, message: error.to_string() })),
        }
    }

    fn send_all(&self, occurrences: Vec<Occurrence>, file_bytes: Option<u64>) {
        Counters::add(&self.counters.credentials, occurrences.len() as u64);
        for occurrence in occurrences {
            let accompanying = Accompanying { file_bytes, ..Accompanying::default() };
            self.send(Message::Occurrence(Box::new(occurrence), accompanying));
        }
    }

    fn fail(&self, path: PathName, message: String) {
        self.send(Message::Failure(Failure { path: Some(path), message }));
    }

    fn send(&self, message: Message) {
        // Nobody listens any more when standard output is closed, and then the run is over anyway.
        let _ = self.sender.send(message);
    }
}

impl Finds for Worker<'_> {
    fn read(&self, size: u64) {
        self.count(size);
    }

    fn skipped(&self) {
        Counters::add(&self.counters.skipped, 1);
    }

    fn found(&self, path: &Path, bytes: Secret<Vec<u8>>, past: Past) {
        let mut occurrences = self.occurrences(path, None, bytes, Origin::Past);
        let past = Arc::new(past);
        for location in occurrences.iter_mut().flat_map(|occurrence| &mut occurrence.record.locations) {
            location.past = Some(Arc::clone(&past));
        }
        self.send_all(occurrences, None);
    }

    fn failed(&self, failure: Failure) {
        self.send(Message::Failure(failure));
    }

    fn noted(&self, note: String) {
        self.send(Message::Note(note));
    }
}
