//! The lines of many runs, put together to the inventory that one run over everything would have given.
//!
//! Owns: which lines belong to which run, what of them is missing, what is there twice, and what doesn't fit together. Does
//! not own: reading one line (see `line`), what is the same credential (see `inventory`), files.

mod line;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, BufRead, Read as _};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::run::{Accompanying, VERSION, settings_digest, shown_id};
use super::{Audited, InventoryBuilder, Occurrence};
use crate::gate;
use crate::rule::Settings;
use crate::rules::words::instant;
use crate::source::{PathName, counted};
use line::{Line, RunLine, Sighting, Versioned};

/// No line is longer, in bytes: ten thousand findings about one credential don't fill it.
const LONGEST_LINE: u64 = 16 << 20;

/// After so many lines of a file that are none, no more of it is read.
const MOST_WRONG: usize = 20;

/// Why lines can't be merged at all.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// What lines of another version mean is not known.
    #[error(
        "line {line} is of another version of aemcred ({version}), and this is {VERSION}: merge lines of one version, with \
         that version"
    )]
    Version {
        /// The line, from 1.
        line: u64,
        /// The version that it names.
        version: String,
    },
    /// What one key ties, the other doesn't.
    #[error(
        "line {line} is of a run with another --link-key (ID {id}) than {file} (ID {first}): give all runs the same key, and \
         run these again"
    )]
    Key {
        /// The line, from 1.
        line: u64,
        /// The ID of its key.
        id: String,
        /// The ID of the key that came first.
        first: String,
        /// Where it came first.
        file: String,
    },
    /// It can't be read.
    #[error("can't be read: {0}")]
    Read(io::Error),
    /// An occurrence could not be handed on.
    #[error("{0}")]
    Output(io::Error),
    /// The merge is to end.
    #[error("the merge was interrupted")]
    Interrupted,
}

/// What lines say together.
#[derive(Debug)]
pub struct Merged {
    /// All credentials, the most urgent first.
    pub credentials: Vec<Audited>,
    /// The clock that counts.
    pub now: DateTime<Utc>,
    /// Whether all runs looked at everything, and none of their lines is missing.
    pub complete: bool,
    /// How many files were read.
    pub files: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// Files and folders that were met and not read.
    pub skipped: u64,
    /// What could not be done, by the runs and by the merge, in no particular order.
    pub failures: Vec<(Option<PathName>, String)>,
    /// What is to be said and is no failure.
    pub notes: Vec<String>,
}

/// Lines that are being put together.
#[derive(Debug, Default)]
pub struct Merge {
    builder: InventoryBuilder,
    runs: Vec<RunSoFar>,
    /// The runs' indices by their IDs.
    ids: HashMap<String, u32>,
    /// The ID of the key, and the file that named it first.
    key: Option<(String, String)>,
    /// For each line of a run, by the run's number and its own, a digest of it: a line that comes twice counts once.
    seen: HashMap<(u32, u32), u64>,
    hasher: RandomState,
    /// A digest of the path of a file in which something was found, the run, and the file's size.
    read: Vec<(u64, u32, u64)>,
    /// Organizations, which many credentials have in common.
    organizations: HashSet<Arc<str>>,
    failures: Vec<(Option<PathName>, String)>,
    said: HashSet<u64>,
    unlinked: u64,
}

/// What is known of a run.
#[derive(Debug)]
struct RunSoFar {
    id: String,
    /// The file that has its first line.
    file: PathName,
    now: DateTime<Utc>,
    settings: String,
    sightings: u32,
    ending: Option<Ending>,
}

/// What the last line of a run says.
#[derive(Clone, Copy, Debug)]
struct Ending {
    complete: bool,
    sightings: u32,
    files: u64,
    bytes: u64,
    skipped: u64,
}

/// Whoever is told of occurrences.
pub type Met<'m> = &'m mut dyn FnMut(&Occurrence, &Accompanying) -> io::Result<()>;

impl Merge {
    /// A merge that keeps the numbers of many keys in `file`, an empty one that nobody else has, or in memory.
    pub fn new(file: Option<File>) -> Self {
        Self {
            builder: file.map_or_else(InventoryBuilder::default, InventoryBuilder::with_keys_in),
            ..Self::default()
        }
    }

    /// Takes in the lines of a file. `met` is told of each occurrence, and `stopped` is asked whether that is to end.
    ///
    /// # Errors
    ///
    /// Where lines don't fit together, and where reading fails. What is wrong with single lines is a failure of the merge.
    pub fn read(
        &mut self,
        file: &PathName,
        lines: &mut dyn BufRead,
        stopped: &dyn Fn() -> bool,
        met: Met<'_>,
    ) -> Result<(), MergeError> {
        let (mut buffer, mut number, mut wrong, mut right) = (Vec::new(), 0_u64, 0, 0_u64);
        loop {
            buffer.clear();
            let length =
                (&mut *lines).take(LONGEST_LINE).read_until(b'\n', &mut buffer).map_err(MergeError::Read)?
                    as u64;
            if length == 0 {
                break;
            }
            if stopped() {
                return Err(MergeError::Interrupted);
            }
            number += 1;
            let ends = buffer.last() == Some(&b'\n');
            let problem = if ends || length < LONGEST_LINE {
                let text = buffer.trim_ascii();
                match Line::read(text) {
                    Some(line) => self.take(line, text, (file, number), met)?,
                    None if text.is_empty() => continue,
                    None => Some(unreadable(text, number, ends)?),
                }
            } else {
                skip_line(lines).map_err(MergeError::Read)?;
                Some("is longer than 16 MiB, and was passed over")
            };
            let Some(problem) = problem else {
                right += 1;
                continue;
            };
            self.failures.push((Some(file.clone()), format!("line {number} {problem}")));
            wrong += 1;
            if wrong == MOST_WRONG {
                self.failures.push((Some(file.clone()), String::from("no more lines of it were read")));
                return Ok(());
            }
        }
        if right == 0 && wrong == 0 {
            let message = "has no lines: its run was ended before it wrote any";
            self.failures.push((Some(file.clone()), String::from(message)));
        }
        Ok(())
    }

    /// Takes in one line, and says what is wrong with it.
    fn take(
        &mut self,
        line: Line,
        text: &[u8],
        place: (&PathName, u64),
        met: Met<'_>,
    ) -> Result<Option<&'static str>, MergeError> {
        match line {
            Line::Finding {} => Ok(None),
            Line::Failure { path, message } => {
                let failure = (path.map(|path| gate::shown_path(&path)), gate::said(&message));
                // The same is said of a file by each run that meets it.
                if self.said.insert(self.hasher.hash_one(&failure)) {
                    self.failures.push(failure);
                }
                Ok(None)
            }
            Line::Summary { complete, summary, merge } => {
                let Some(run) = self.run(&merge.run, place)?.and_then(|run| self.runs.get_mut(run as usize))
                else {
                    return Ok(Some(UNREADABLE));
                };
                run.ending = Some(Ending {
                    complete,
                    sightings: merge.sightings,
                    files: summary.files,
                    bytes: summary.bytes,
                    skipped: summary.skipped,
                });
                Ok(None)
            }
            Line::Sighting(sighting) => self.sighting(*sighting, text, place, met),
        }
    }

    fn sighting(
        &mut self,
        sighting: Sighting,
        text: &[u8],
        place: (&PathName, u64),
        met: Met<'_>,
    ) -> Result<Option<&'static str>, MergeError> {
        let (own, file_bytes, unlinked) =
            (sighting.merge.number, sighting.merge.file_bytes, sighting.merge.unlinked);
        let link_key = sighting.merge.run.link_key.clone();
        let digest = self.hasher.hash_one(text);
        let Some(run) = self.run(&sighting.merge.run, place)? else { return Ok(Some(UNREADABLE)) };
        match self.seen.get(&(run, own)) {
            Some(known) if *known == digest => return Ok(None),
            Some(_) => return Ok(Some("contradicts another line of the same run, and was passed over")),
            None => {}
        }
        let Some(mut occurrence) = sighting.occurrence() else { return Ok(Some(UNREADABLE)) };
        self.seen.insert((run, own), digest);
        let mut from = None;
        if let Some(run) = self.runs.get_mut(run as usize) {
            run.sightings += 1;
            from = Some((run.now, link_key));
        }
        self.unlinked += u64::from(unlinked);
        if let (Some(location), Some(bytes)) = (occurrence.record.locations.first(), file_bytes) {
            self.read.push((self.hasher.hash_one(&location.path), run, bytes));
        }
        if let Some(organization) = &mut occurrence.record.organization {
            match self.organizations.get(organization) {
                Some(known) => *organization = Arc::clone(known),
                None => drop(self.organizations.insert(Arc::clone(organization))),
            }
        }
        met(&occurrence, &Accompanying { file_bytes, unlinked, from }).map_err(MergeError::Output)?;
        self.builder.add(occurrence);
        Ok(None)
    }

    /// The index of the run that a line is of. Returns `None` if the line can't be of any.
    fn run(&mut self, line: &RunLine, (file, number): (&PathName, u64)) -> Result<Option<u32>, MergeError> {
        if line.version != VERSION {
            return Err(MergeError::Version { line: number, version: gate::word(&line.version).to_owned() });
        }
        if let Some(id) = &line.link_key {
            let (first, named) = self.key.get_or_insert_with(|| (id.clone(), file.one_line()));
            if first != id {
                let (id, first, file) = (shown_id(id).to_owned(), shown_id(first).to_owned(), named.clone());
                return Err(MergeError::Key { line: number, id, first, file });
            }
        }
        let Ok(now) = line.now.parse() else { return Ok(None) };
        if let Some(index) = self.ids.get(&line.id).copied() {
            if let Some(run) = self.runs.get_mut(index as usize) {
                // A run that merges others has lines of all their clocks.
                run.now = run.now.max(now);
            }
            return Ok(Some(index));
        }
        let Ok(index) = u32::try_from(self.runs.len()) else { return Ok(None) };
        self.ids.insert(line.id.clone(), index);
        self.runs.push(RunSoFar {
            id: line.id.clone(),
            file: file.clone(),
            now,
            settings: line.settings.clone(),
            sightings: 0,
            ending: None,
        });
        Ok(Some(index))
    }

    /// The inventory, judged by `now` or else by the latest clock of the runs. `settings` must be those of the runs.
    pub fn finish(self, now: Option<DateTime<Utc>>, settings: &Settings) -> Merged {
        let clocks: Vec<DateTime<Utc>> = self.runs.iter().map(|run| run.now).collect();
        let (first, last) = (clocks.iter().min().copied(), clocks.iter().max().copied());
        let clock = now.or(last).unwrap_or(settings.now);
        let settings = Settings { now: clock, ..settings.clone() };
        let mut notes = self.notes(&settings);
        if let (Some(first), Some(last)) = (first, last)
            && (first, last) != (clock, clock)
        {
            notes.push(format!(
                "the clocks of the runs are from {} to {}: states and days are those of {}, findings those of each run's \
                 clock; give all runs the same --now, and none of this differs",
                instant(first),
                instant(last),
                instant(clock)
            ));
        }
        let Self { builder, runs, read, mut failures, .. } = self.without_what_was_seen();
        let mut complete = true;
        let (mut files, mut bytes, mut skipped) = (0, 0, 0);
        for run in &runs {
            let of = format!("the run {}", shown_id(&run.id));
            let file = || Some(run.file.clone());
            let Some(ending) = run.ending else {
                complete = false;
                let message = "has no summary: it was killed, or its lines were cut off; what it found until then counts";
                failures.push((file(), format!("{of} {message}")));
                continue;
            };
            if !ending.complete {
                complete = false;
                failures.push((file(), format!("{of} was interrupted: what it found until then counts")));
            }
            if run.sightings < ending.sightings {
                complete = false;
                let lines = counted(ending.sightings - run.sightings, "line");
                failures.push((file(), format!("{lines} of {of} missing, of {}", ending.sightings)));
            }
            // The lines are not trusted.
            files = ending.files.saturating_add(files);
            bytes = ending.bytes.saturating_add(bytes);
            skipped = ending.skipped.saturating_add(skipped);
        }
        let ended = |run: u32| runs.get(run as usize).is_some_and(|run| run.ending.is_some());
        let (again, again_bytes) = read_again(read, ended);
        let (credentials, compared) = builder.finish(&settings);
        if let Err(error) = compared {
            complete = false;
            let message = format!(
                "not all keys were compared, because the temporary file with them can't be read: {error}"
            );
            failures.push((None, message));
        }
        Merged {
            credentials,
            now: clock,
            complete,
            files: files.saturating_sub(again),
            bytes: bytes.saturating_sub(again_bytes),
            skipped,
            failures,
            notes,
        }
    }

    /// Frees what was only needed while lines came, before the inventory takes memory of its own.
    fn without_what_was_seen(self) -> Self {
        Self { seen: HashMap::new(), said: HashSet::new(), ..self }
    }

    fn notes(&self, settings: &Settings) -> Vec<String> {
        let mut notes = Vec::new();
        if self.unlinked > 0 {
            let count = counted(self.unlinked, "secret");
            notes.push(format!(
                "{count} could not be compared with others, because the runs had no --link-key: a client secret or token that \
                 is in several places may be listed more than once, and one that is alone is not tied to its credential"
            ));
        }
        let own = settings_digest(settings);
        let other: BTreeSet<&PathName> =
            self.runs.iter().filter(|run| run.settings != own).map(|run| &run.file).collect();
        if let Some(file) = other.first() {
            let more = if other.len() > 1 { format!(" and {} more", other.len() - 1) } else { String::new() };
            notes.push(format!(
                "the runs of {}{more} judged by other settings than this merge: give it the same --expiring, --imminent, \
                 --severity and configuration, since states and findings about storage are decided here",
                file.one_line()
            ));
        }
        notes
    }
}

/// What is wrong with a line that can't be used.
const UNREADABLE: &str =
    "is no line of `aemcred audit --format jsonl` that can be merged, and was passed over";

/// What is said of a line that can't be read.
fn unreadable(text: &[u8], line: u64, ends: bool) -> Result<&'static str, MergeError> {
    match Versioned::read(text).map(Versioned::version) {
        Some(Some(version)) if version != VERSION => {
            Err(MergeError::Version { line, version: gate::word(&version).to_owned() })
        }
        None if !ends => Ok("is cut off: what it said is lost"),
        _ => Ok(UNREADABLE),
    }
}

fn skip_line(lines: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let available = lines.fill_buf()?;
        if available.is_empty() {
            return Ok(());
        }
        let (length, ends) =
            memchr::memchr(b'\n', available).map_or((available.len(), false), |at| (at + 1, true));
        lines.consume(length);
        if ends {
            return Ok(());
        }
    }
}

/// How many files were read by another run as well, and their size: each counts once. That is known of files in which
/// something was found.
fn read_again(mut read: Vec<(u64, u32, u64)>, ended: impl Fn(u32) -> bool) -> (u64, u64) {
    read.retain(|(_, run, _)| ended(*run));
    read.sort_unstable();
    read.dedup_by_key(|(file, run, _)| (*file, *run));
    let again = read.windows(2).filter(|pair| matches!(pair, [one, other] if one.0 == other.0));
    let sizes = again.filter_map(|pair| pair.last()).map(|(_, _, bytes)| *bytes);
    sizes.fold((0, 0_u64), |(files, all), bytes| (files + 1, bytes.saturating_add(all)))
}
