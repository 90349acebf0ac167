//! The engine: runs every rule that applies to one document, sorts what they report, and says what the document is.
//!
//! Owns: levels, order, places in the text around a document. Does not own: which rule looks at what (see `catalogue`),
//! rules, files, reports.

use super::catalogue::RuleRun;
use super::describe::{loose_secrets, other_secrets};
use super::guard::guarded;
use super::variables;
use crate::credential::{
    Credential, Document, DocumentKind, Exposure, Field, Form, Token, named_client, named_secrets,
    names_document, presentable, recognise_in,
};
use crate::finding::{Change, Draft, Finding, Fix, Suggestion};
use crate::gate;
use crate::json::{self, SyntaxError, Value};
use crate::record::{InClear, Location, Record};
use crate::rule::{Check, File, Settings, SuppressionUse};
use crate::secret::Secret;
use crate::source::{Encoding, Masked, PathName, Position, Source, Span, Surroundings, size as bytes};

/// What was found out about one document.
#[derive(Debug)]
pub struct Checked {
    /// What is known of it.
    pub record: Record,
    /// Whether it is a credential, or a broken text that was meant to be one.
    pub is_credential: bool,
    /// The findings, in the order of the text.
    pub findings: Vec<Finding>,
    /// Checks that could not be carried out, for reasons outside the document.
    pub failures: Vec<String>,
    /// The masked copy for excerpts; only made when there is a finding.
    pub masked: Option<Masked>,
}

impl Checked {
    /// Whether anything found can be put right mechanically.
    pub fn is_fixable(&self) -> bool {
        self.findings.iter().any(|finding| finding.draft.fix.is_some())
    }
}

/// An input apart from its contents.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// Its name.
    pub name: PathName,
    /// Its permission bits, where the system has such.
    pub mode: Option<u32>,
}

impl Input {
    /// An input of that name.
    pub const fn new(name: PathName) -> Self {
        Self { name, mode: None }
    }

    /// Returns true if something in its name may be a secret of the document `text`: it doesn't look public, and eight bytes of
    /// it are in the text, or could be there in another spelling. Folders with random names are ordinary.
    fn may_hold_secret_of(&self, text: &str) -> bool {
        let parts = self.name.as_str().split(['/', '\\']);
        parts.filter(|part| !presentable(part)).any(|part| {
            // Of escapes, only those of code points spell what a name usually has.
            let is_special = |byte: u8| byte.is_ascii_control() || byte == b'"';
            part.bytes().any(is_special)
                || memchr::memmem::find(text.as_bytes(), b"\\u").is_some()
                || part.as_bytes().windows(8).any(|run| memchr::memmem::find(text.as_bytes(), run).is_some())
        })
    }

    /// Its name without the folders and files in whose names eight characters of a secret of its own are.
    fn display_name(&self, exposure: &Exposure<'_>) -> PathName {
        let name = self.name.as_str();
        let hides = |part: &&str| exposure.leaks(part);
        let hidden = name.split(['/', '\\']).filter(hides);
        let shown = hidden.fold(None, |shown: Option<String>, part| {
            Some(shown.unwrap_or_else(|| name.to_owned()).replace(part, gate::SIGN))
        });
        shown.map_or_else(|| self.name.clone(), PathName::new)
    }

    /// A place in it.
    pub(super) fn location(&self, steps: Vec<String>, position: Position) -> Location {
        let (path, mode) = (self.name.clone(), self.mode);
        // What lies inside an archive or is encoded is as easy to read as the file.
        Location {
            path,
            steps: steps.into(),
            position,
            pointer: json::Pointer::root(),
            usable: true,
            in_clear: InClear::default(),
            mode,
            keeping: None,
            past: None,
        }
    }
}

/// Where a document lies.
#[derive(Clone, Copy)]
pub struct Context<'c> {
    /// The input.
    pub input: &'c Input,
    /// How its text came about.
    pub form: &'c Form,
    /// The text around it, if it isn't all of the outermost one.
    pub surroundings: Option<&'c dyn Surroundings>,
    /// The way from the outermost text to it.
    pub steps: &'c [String],
    /// Whether a document that is no credential is of no interest, so that nothing needs to be said about it.
    pub skips_unrelated: bool,
}

impl<'c> Context<'c> {
    /// The whole of `input`.
    pub const fn whole(input: &'c Input) -> Self {
        Self { input, form: &Form::Document, surroundings: None, steps: &[], skips_unrelated: false }
    }
}

/// How far a text has been parsed already.
#[derive(Clone, Copy, Debug)]
pub enum Parsed<'p> {
    /// Not at all.
    NotYet,
    /// It is this value.
    Value(&'p Value<'p>),
}

/// A document as it was judged, for those who want to know more of it while it is at hand.
pub struct View<'d> {
    /// Its text.
    pub source: &'d Source,
    /// Where it lies.
    pub context: Context<'d>,
    /// What it was recognized as, if it is JSON.
    pub document: Option<&'d Document<'d, 'd>>,
    /// The token, if it is nothing else.
    pub token: Option<&'d Token<'d, 'd>>,
}

/// Checks the document in `bytes`, which is all that there is.
pub fn check(bytes: Secret<Vec<u8>>, settings: &Settings) -> Checked {
    let size = bytes.expose().len() as u64;
    if size > settings.max_size {
        return too_large(Some(size), &Input::default(), settings);
    }
    let (source, input) = (Source::new(bytes), Input::default());
    judge(&source, Parsed::NotYet, Context::whole(&input), settings, &mut |_, _| ()).0
}

/// Judges the document that `source` is: all places are places in the outermost text. `visit` sees it with what was found
/// out.
pub fn judge<T>(
    source: &Source,
    parsed: Parsed<'_>,
    context: Context<'_>,
    settings: &Settings,
    visit: &mut dyn FnMut(&View<'_>, &Checked) -> T,
) -> (Checked, T) {
    let size = source.text().len() as u64;
    let view = View { source, context, document: None, token: None };
    let alone = |checked: Checked, visit: &mut dyn FnMut(&View<'_>, &Checked) -> T| {
        let seen = visit(&view, &checked);
        (checked, seen)
    };
    if size > settings.max_size {
        return alone(too_large(Some(size), context.input, settings), visit);
    }
    if let Encoding::Binary(_) = source.encoding() {
        return alone(unparsed(source, None, context, settings), visit);
    }
    let own;
    let root = match parsed {
        Parsed::Value(root) => Ok(root),
        Parsed::NotYet => {
            own = json::parse(source.text(), settings.limits);
            own.as_ref()
        }
    };
    match root {
        Ok(root) => {
            let document = recognise_in(source.text(), root, context.form);
            if context.skips_unrelated && !document.holds_credential() {
                return alone(unrelated(source, context, settings), visit);
            }
            let checked = recognized(&document, source, root, context, settings);
            let seen = visit(&View { document: Some(&document), ..view }, &checked);
            (checked, seen)
        }
        Err(error) => match Token::bare(source.text()) {
            Some(mut token) => {
                token.is_named_refresh =
                    context.steps.iter().any(|step| step.to_ascii_lowercase().contains("refresh"));
                let checked = bare_token(source, &token, context, settings);
                let seen = visit(&View { token: Some(&token), ..view }, &checked);
                (checked, seen)
            }
            None => alone(unparsed(source, Some(error), context, settings), visit),
        },
    }
}

/// Says nothing of a document that is no credential.
fn unrelated(source: &Source, context: Context<'_>, settings: &Settings) -> Checked {
    let about = About::new(Record::default(), Position::START);
    finish(RuleRun::new(settings), source, context, &Exposure::default(), about)
}

/// Reports a file that is larger than the limit and so was not read, which is a failure, too: whoever turns the rule off
/// hasn't looked at the file either. `size` is in bytes, where it is known.
pub fn too_large(size: Option<u64>, input: &Input, settings: &Settings) -> Checked {
    let mut run = RuleRun::new(settings);
    run.file(&File::TooLarge { size, limit: settings.max_size });
    let about = About::new(Record::default(), Position::START);
    run.failures.push(beyond_limit(size, settings.max_size));
    finish(run, &Source::new(Secret::default()), Context::whole(input), &Exposure::default(), about)
}

/// Why a file of `size` bytes was not read.
pub fn beyond_limit(size: Option<u64>, limit: u64) -> String {
    let limit = bytes(limit);
    match size {
        Some(size) => format!("has {}, and the limit is {limit} (--max-size)", bytes(size)),
        None => format!("has more than the limit of {limit} (--max-size)"),
    }
}

/// Reports on aemcred's own configuration or baseline in `source`: what its entries did in this run.
pub fn configuration(source: &Source, uses: &[SuppressionUse<'_>], settings: &Settings) -> Checked {
    let (mut run, input) = (RuleRun::new(settings), Input::default());
    run.each(None, |check, findings| {
        if let Check::Configuration(check) = check {
            for used in uses {
                check(used, settings, findings);
            }
        }
    });
    let record = Record { kind: DocumentKind::Configuration, ..Record::default() };
    let about = About::new(record, Position::START);
    finish(run, source, Context::whole(&input), &Exposure::of_settings(source.text()), about)
}

fn unparsed(
    source: &Source,
    error: Option<&SyntaxError>,
    context: Context<'_>,
    settings: &Settings,
) -> Checked {
    let mut run = RuleRun::new(settings);
    run.file(&File::Unparsed { source, error });
    let is_credential = names_document(source.text());
    // What was cut off, say: nobody can tell whose it is and until when, which is no reason to lose it.
    let secrets: Vec<_> = named_secrets(source.text()).collect();
    let has = |field| is_credential && secrets.contains(&(field, true));
    let mut in_clear = InClear {
        private_key: has(Field::PrivateKey),
        client_secret: has(Field::ClientSecret),
        token: has(Field::DevelopmentToken),
    };
    if is_credential && in_clear == InClear::default() {
        // Without quotation marks, or under another name.
        in_clear = loose_secrets(source.text());
    }
    let usable = in_clear != InClear::default();
    let emptied = secrets.iter().any(|(_, in_clear)| !in_clear);
    let client_id = named_client(source.text()).filter(|_| is_credential).map(str::to_owned);
    let record = Record { client_id, usable, in_clear, emptied, ..Record::default() };
    let about = About { is_credential, ..About::new(record, position(0, source, context)) };
    finish(run, source, context, &Exposure::of_unparsed(source.text()), about)
}

fn bare_token(source: &Source, token: &Token<'_, '_>, context: Context<'_>, settings: &Settings) -> Checked {
    let mut run = RuleRun::new(settings);
    run.file(&File::Token { source });
    run.token(token);
    let record = Record::of_token(token);
    if let Some(jws) = token.jws.as_ref().filter(|_| token.is_adobes() && !record.is_over(settings.now)) {
        run.variables(&variables::around(context.steps, &record, &jws.place()));
    }
    let beginning = token.jws.as_ref().map_or(0, |jws| jws.place().span.start);
    let about = About {
        is_credential: token.is_adobes(),
        ..About::new(record, position(beginning, source, context))
    };
    finish(run, source, context, &Exposure::of_bare_token(source.text(), token), about)
}

fn recognized<'d>(
    document: &Document<'d, 'd>,
    source: &'d Source,
    root: &'d Value<'d>,
    context: Context<'_>,
    settings: &Settings,
) -> Checked {
    let mut run = RuleRun::new(settings);
    run.file(&File::Parsed { source });
    run.document(document);
    // Masking is for showing, and often there is nothing to show.
    let shows = !run.drafts.is_empty()
        || document.project.is_some()
        || context.input.may_hold_secret_of(source.text())
        || variables::may_be_reported(document, context.steps);
    let exposure = if shows { Exposure::of(source.text(), document) } else { Exposure::default() };
    let mut record = Record::of(document, &exposure, settings.ties);
    if record.emptied && !record.usable {
        // Of two values of one key the client takes the last, and whoever reads the document has both.
        record.in_clear = other_secrets(source.text(), root);
        record.usable = record.in_clear != InClear::default();
    }
    if record.usable && !record.is_over(settings.now) {
        run.variables(&variables::of(document, context.steps, &record));
    }
    let beginning = position(document.offset(), source, context);
    let declares = document.credential.as_ref().is_some_and(Credential::is_declaration);
    let is_credential = document.holds_credential() && !declares;
    let about = About { is_credential, ..About::new(record, beginning) };
    finish(run, source, context, &exposure, about)
}

/// What was recognized.
struct About {
    record: Record,
    is_credential: bool,
    /// Where it begins, in the text that people see.
    beginning: Position,
}

impl About {
    const fn new(record: Record, beginning: Position) -> Self {
        Self { record, is_credential: false, beginning }
    }
}

/// The position of `offset`, in the text that people see.
fn position(offset: usize, source: &Source, context: Context<'_>) -> Position {
    match context.surroundings {
        Some(around) => around.source().position(around.outer(Span::at(offset)).start),
        None => source.position(offset),
    }
}

fn finish(
    mut run: RuleRun<'_>,
    source: &Source,
    context: Context<'_>,
    exposure: &Exposure<'_>,
    about: About,
) -> Checked {
    let (settings, surroundings) = (run.settings, context.surroundings);
    run.drafts.sort_by_key(|(order, _, draft)| (draft.place.span, *order));
    // Edits are edits of a file, and a document inside another one is none.
    let is_inside = surroundings.is_some() || !context.steps.is_empty();
    if is_inside || !can_write_back(source, run.drafts.iter().filter_map(|(_, _, draft)| draft.fix.as_ref()))
    {
        run.drafts.iter_mut().for_each(|(_, _, draft)| draft.fix = None);
    }
    let shown = surroundings.map_or(source, Surroundings::source);
    let finding = |(_, rule, draft): (usize, _, Draft)| {
        let (basis, own) = draft.own(rule);
        let level = settings.level_or(rule, own)?;
        let mut draft = guarded(draft, rule, exposure);
        if let Some(around) = surroundings {
            carry(&mut draft, around);
        }
        let position = |offset| shown.position(offset);
        let Span { start, end } = draft.place.span;
        let related = draft.related.iter().map(|related| position(related.place.span.start)).collect();
        let suggestions = match (&draft.fix, source.encoding()) {
            // In any other encoding, places in the text are no places in the file.
            (Some(fix), Encoding::Utf8) => Suggestion::all(fix, source),
            _ => Vec::new(),
        };
        let (start, end) = (position(start), position(end));
        Some(Finding { rule, basis, level, start, end, related, suggestions, draft, suppression: None })
    };
    let findings: Vec<Finding> = run.drafts.into_iter().filter_map(finding).collect();
    let masked = match surroundings {
        _ if findings.is_empty() || shown.text().is_empty() || !settings.excerpts => None,
        Some(around) => exposure.mask_around(around, findings.iter().flat_map(places)),
        None => Some(exposure.mask_near(source.text(), findings.iter().flat_map(places))),
    };
    let About { mut record, is_credential, beginning } = about;
    record.broken = run.broken;
    record.settle(settings.now, settings.expiring);
    let (usable, in_clear) = (record.usable, record.in_clear);
    let path = context.input.display_name(exposure);
    record.locations = vec![Location {
        path,
        usable,
        in_clear,
        ..context.input.location(context.steps.to_vec(), beginning)
    }];
    Checked { record, is_credential, findings, failures: run.failures, masked }
}

/// Whether edits of the text can become bytes again. Bad bytes are lost in it, and for UTF-16 and UTF-32 it can be written
/// as UTF-8 only.
fn can_write_back<'f>(source: &Source, mut fixes: impl Iterator<Item = &'f Fix>) -> bool {
    match source.encoding() {
        Encoding::Utf8 | Encoding::Utf8WithMark => true,
        Encoding::Utf16(_) | Encoding::Utf32(_) => fixes.any(|fix| matches!(fix.change, Change::Encoding)),
        Encoding::Invalid { .. } | Encoding::Binary(_) => false,
    }
}

/// Moves all places of `draft` to the text around its document.
fn carry(draft: &mut Draft, around: &dyn Surroundings) {
    draft.place.span = around.outer(draft.place.span);
    for related in &mut draft.related {
        related.place.span = around.outer(related.place.span);
    }
}

/// All places of a finding.
fn places(finding: &Finding) -> impl Iterator<Item = Span> {
    let related = finding.draft.related.iter().map(|related| related.place.span);
    related.chain([finding.draft.place.span])
}
