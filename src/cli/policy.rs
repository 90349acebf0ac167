//! What flags and configuration decide together: flags win over the file, the file over defaults.
//!
//! Owns: reading the configuration, precedence, `--show-settings`. Does not own: what can be set (see `config`).

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::arguments::PolicyOptions;
use super::blocklist::open_blocklist;
use super::paths::{Locator, folder_of, name};
use super::{CliError, Environment};
use crate::config::{self, Config, FailOn, Pattern, Placed, Threshold, duration_text, threshold_text};
use crate::discover::read_regular;
use crate::finding::Level;
use crate::gate;
use crate::published::PublishedKeys;
use crate::report::{Drawing, one_line, problems, settings};
use crate::rule::Settings;
use crate::source::{Encoding, Source, Span};

/// A configuration that was read.
#[derive(Debug)]
pub(super) struct Loaded {
    /// As reports name it.
    pub(super) path: PathBuf,
    /// What its paths are relative to: absolute and without links.
    pub(super) folder: PathBuf,
    pub(super) source: Source,
    pub(super) config: Config,
}

/// A value and who decided on it.
#[derive(Debug)]
pub(super) struct Setting<T> {
    pub(super) value: T,
    origin: DecidedBy,
}

/// Who decided on a value.
#[derive(Clone, Copy, Debug)]
enum DecidedBy {
    Default,
    /// A line of the configuration.
    File(usize),
    Flag(&'static str),
}

/// Everything that can be set in the configuration, decided.
#[derive(Debug)]
pub(super) struct Policy {
    /// The clock of the run.
    pub(super) now: DateTime<Utc>,
    pub(super) locator: Locator,
    pub(super) loaded: Option<Loaded>,
    pub(super) expiring: Setting<Threshold>,
    pub(super) imminent: Setting<TimeDelta>,
    pub(super) fail_on: Setting<FailOn>,
    pub(super) trusted_ims_hosts: Setting<Vec<String>>,
    pub(super) exclude: Setting<Vec<Pattern>>,
    pub(super) blocklist: Setting<Option<PathBuf>>,
    levels: BTreeMap<&'static str, Option<Level>>,
    level_origins: Vec<DecidedBy>,
}

impl Policy {
    /// Reads the configuration, if there is one, and decides; `paths` are what is looked at.
    pub(super) fn new(
        options: &PolicyOptions,
        fail_on: Option<FailOn>,
        paths: &[PathBuf],
        drawing: Drawing,
        environment: &Environment,
        err: &mut dyn Write,
    ) -> Result<Self, CliError> {
        let locator = Locator::new(paths).map_err(|error| CliError::here(&error))?;
        let path =
            if options.no_config { None } else { options.config.clone().or_else(|| locator.configuration()) };
        let loaded = path.map(|path| load(path, drawing, err)).transpose()?;
        let empty = Config::default();
        let config = loaded.as_ref().map_or(&empty, |loaded| &loaded.config);
        let file =
            |span: Span| DecidedBy::File(loaded.as_ref().map_or(1, |loaded| line(&loaded.source, span)));
        let mut levels: BTreeMap<_, _> =
            config.levels.iter().map(|(rule, level)| (rule.name, (level.value, file(level.span)))).collect();
        let flag = DecidedBy::Flag("--severity");
        levels.extend(options.severity.iter().map(|severity| (severity.rule.name, (severity.level, flag))));
        let blocklist = config.blocklist.as_ref().map(|path| Placed {
            // As seen from here, so that a message about it names a path that can be opened.
            value: loaded
                .as_ref()
                .and_then(|loaded| loaded.path.parent())
                .unwrap_or(Path::new(""))
                .join(&path.value),
            span: path.span,
        });
        Ok(Self {
            expiring: decide(
                options.expiring,
                "--expiring",
                config.expiring.as_ref(),
                file,
                config::EXPIRING,
            ),
            imminent: decide(
                options.imminent,
                "--imminent",
                config.imminent.as_ref(),
                file,
                config::IMMINENT,
            ),
            fail_on: decide(fail_on, "--fail-on", config.fail_on.as_ref(), file, FailOn::Error),
            trusted_ims_hosts: decide(None, "", config.trusted_ims_hosts.as_ref(), file, Vec::new()),
            exclude: decide(None, "", config.exclude.as_ref(), file, Vec::new()),
            blocklist: match (options.blocklist.clone(), blocklist) {
                (Some(path), _) => Setting { value: Some(path), origin: DecidedBy::Flag("--blocklist") },
                (None, Some(path)) => Setting { value: Some(path.value), origin: file(path.span) },
                (None, None) => Setting { value: None, origin: DecidedBy::Default },
            },
            level_origins: levels.values().map(|(_, origin)| *origin).collect(),
            levels: levels.into_iter().map(|(rule, (level, _))| (rule, level)).collect(),
            now: options.now.unwrap_or(environment.now),
            locator,
            loaded,
        })
    }

    /// Whether `path` is not to be looked at. Paths that are named are looked at unless excludes are forced on them.
    pub(super) fn excludes(&self, path: &Path, named: bool, force: bool) -> bool {
        let Some(loaded) =
            self.loaded.as_ref().filter(|_| !self.exclude.value.is_empty() && (force || !named))
        else {
            return false;
        };
        let path = self.locator.relative(path, &loaded.folder);
        // A walk has asked about the folders above already, and does not enter what is excluded.
        let matches = if named { Pattern::matches } else { Pattern::matches_exactly };
        self.exclude.value.iter().any(|pattern| matches(pattern, &path))
    }

    /// The settings of a run. Opens the list of published keys, if there is one.
    pub(super) fn settings(&self, max_size: u64) -> Result<Settings, CliError> {
        let published = self.blocklist.value.as_deref().map(open_blocklist).transpose()?;
        Ok(Settings {
            expiring: self.expiring.value,
            imminent: self.imminent.value,
            levels: self.levels.clone(),
            trusted_ims_hosts: self.trusted_ims_hosts.value.clone(),
            published: published.map(|list| Arc::new(list) as Arc<dyn PublishedKeys>),
            max_size,
            ..Settings::new(self.now)
        })
    }

    /// `--show-settings`: a value a line, and where it comes from.
    pub(super) fn show(&self, drawing: Drawing, out: &mut dyn Write) -> io::Result<()> {
        let path = self.loaded.as_ref().map(|loaded| name(&loaded.path).one_line());
        let quoted = |texts: &mut dyn Iterator<Item = &str>| {
            let texts: Vec<_> = texts.map(|text| format!("\"{}\"", one_line(&gate::path(text)))).collect();
            format!("[{}]", texts.join(", "))
        };
        let blocklist = self
            .blocklist
            .value
            .as_deref()
            .map_or_else(|| String::from("none"), |path| name(path).one_line());
        let mut rows = vec![
            (String::from("expiring"), threshold_text(self.expiring.value), self.expiring.origin),
            (String::from("imminent"), duration_text(self.imminent.value), self.imminent.origin),
            (String::from("fail-on"), self.fail_on.value.name().to_owned(), self.fail_on.origin),
            (
                String::from("trusted-ims-hosts"),
                quoted(&mut self.trusted_ims_hosts.value.iter().map(String::as_str)),
                self.trusted_ims_hosts.origin,
            ),
            (
                String::from("exclude"),
                quoted(&mut self.exclude.value.iter().map(Pattern::as_str)),
                self.exclude.origin,
            ),
            (String::from("blocklist"), blocklist, self.blocklist.origin),
        ];
        rows.extend(self.levels.iter().zip(&self.level_origins).map(|((rule, level), origin)| {
            (format!("levels.{rule}"), level.map_or("off", Level::name).to_owned(), *origin)
        }));
        if let Some(loaded) = &self.loaded {
            rows.extend(loaded.config.ignores.iter().map(|entry| {
                let until =
                    entry.until.as_ref().map_or(String::new(), |until| format!(" until {}", until.value));
                let value = format!("{}{until}: {}", entry.rule.value.name, one_line(&entry.reason));
                (String::from("ignore"), value, DecidedBy::File(line(&loaded.source, entry.rule.span)))
            }));
        }
        let configuration = path.as_deref().unwrap_or("none");
        let rows: Vec<settings::Row> = rows
            .into_iter()
            .map(|(key, value, origin)| {
                let origin = DecidedByText { origin, path: path.as_deref().unwrap_or_default() };
                settings::Row { key, value, origin: origin.to_string() }
            })
            .collect();
        settings::write(configuration, &rows, drawing, out)?;
        Ok(())
    }
}

struct DecidedByText<'p> {
    origin: DecidedBy,
    path: &'p str,
}

impl fmt::Display for DecidedByText<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.origin {
            DecidedBy::Default => formatter.write_str("default"),
            DecidedBy::File(line) => write!(formatter, "{}:{line}", self.path),
            DecidedBy::Flag(flag) => formatter.write_str(flag),
        }
    }
}

fn decide<T: Clone>(
    flag: Option<T>,
    flag_name: &'static str,
    placed: Option<&Placed<T>>,
    file: impl Fn(Span) -> DecidedBy,
    default: T,
) -> Setting<T> {
    match (flag, placed) {
        (Some(value), _) => Setting { value, origin: DecidedBy::Flag(flag_name) },
        (None, Some(placed)) => Setting { value: placed.value.clone(), origin: file(placed.span) },
        (None, None) => Setting { value: default, origin: DecidedBy::Default },
    }
}

fn line(source: &Source, span: Span) -> usize {
    source.position(span.start).line.number()
}

fn load(path: PathBuf, drawing: Drawing, err: &mut dyn Write) -> Result<Loaded, CliError> {
    let refuse = |reason: String| CliError::File {
        path: name(&path).one_line(),
        reason: format!("the configuration can't be used: it {reason}"),
    };
    let bytes = read_regular(&path, config::MAX_SIZE).map_err(refuse)?;
    let folder = folder_of(&path).map_err(|error| refuse(format!("has no folder: {error}")))?;
    let source = Source::new(bytes);
    if !matches!(source.encoding(), Encoding::Utf8 | Encoding::Utf8WithMark) {
        return Err(refuse(String::from("is not UTF-8 text")));
    }
    match config::parse(source.text()) {
        Ok(config) => Ok(Loaded { path, folder, source, config }),
        Err(problems) => {
            let shown = name(&path);
            // If standard error can't be written either, the exit code has to say it all.
            let _ = problems::write(&problems, shown.as_str(), &source, drawing, err);
            Err(CliError::Reported)
        }
    }
}
