//! Inputs in which anything may lie.
//!
//! Owns: which of the things that unwrapping finds are documents of their own, and when the input itself is judged instead.

use super::examined::{Examined, Part};
use super::judge::{Checked, Context, Input, Parsed, View, judge};
use super::{parts, whole};
use crate::credential::{DocumentKind, Form, KeyFile, Variables};
use crate::record::{InClear, Location, Record, State};
use crate::rule::Settings;
use crate::secret::Secret;
use crate::source::{PathName, Position, Source, Span};
use crate::unwrap::{
    self, Document, Encrypted, Files, Json, Limit, Limits, Rest, Step, Trail, Unwrapped, has_extension,
    said_of,
};

/// How an input is examined.
#[derive(Clone, Copy)]
pub struct Request<'r> {
    /// What rules are given.
    pub settings: &'r Settings,
    /// Whether somebody asked for just this input, and so is told what it is if there is no credential in it.
    pub named: bool,
    /// Whether what lies inside the input is looked for.
    pub unwraps: bool,
    /// Whether the run is to end.
    pub stopped: &'r (dyn Fn() -> bool + Sync),
    /// Reads private keys to which the input has the paths.
    pub files: Files<'r>,
}

impl<'r> Request<'r> {
    /// To look at everything, to the end.
    pub fn new(settings: &'r Settings) -> Self {
        Self { settings, named: true, unwraps: true, stopped: &|| false, files: &|_| None }
    }
}

/// What one input holds.
#[derive(Debug)]
pub struct Examination<T = ()> {
    /// The documents in the input, or the input itself if it is one, in the order of the text.
    pub documents: Vec<Examined<T>>,
    /// Keys, certificates and client secrets that are in no document.
    pub parts: Vec<Part>,
    /// What is kept encrypted and names a credential.
    pub encrypted: Vec<Record>,
    /// What could not be looked at.
    pub unread: Vec<Unread>,
}

/// Something in an input that could not be looked at.
#[derive(Debug)]
pub struct Unread {
    /// What and why, to be said of the input.
    pub reason: String,
    /// Of what kind the reason is.
    pub cause: Cause,
}

/// Why something could not be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A limit was hit.
    Limit,
    /// It is damaged.
    Damage,
    /// It is a bomb: it decompresses to a thousand times its size and more, as nothing does that somebody wants to keep.
    Bomb,
}

impl Cause {
    /// That of `limit`, hit by an input of `size` bytes.
    const fn of(limit: Limit, size: u64) -> Self {
        match limit {
            Limit::LayerSize(most) | Limit::Expansion(most) if most / 1000 > size => Self::Bomb,
            _ => Self::Limit,
        }
    }
}

/// Examines an input with the contents `bytes`.
pub fn examine(input: &Input, bytes: Secret<Vec<u8>>, settings: &Settings) -> Examination {
    examine_with(input, bytes, &Request::new(settings), &mut |_, _| ())
}

/// The same as `request` says. `visit` sees each document while it is at hand, and says what is kept of it.
pub fn examine_with<T>(
    input: &Input,
    bytes: Secret<Vec<u8>>,
    request: &Request<'_>,
    visit: &mut dyn FnMut(&View<'_>, &Checked) -> T,
) -> Examination<T> {
    let name = input.name.as_str();
    let means_json = whole::means_json(name, bytes.expose());
    let size = bytes.expose().len() as u64;
    let mut desk = Desk {
        input,
        size,
        request,
        visit,
        found: Vec::new(),
        tokens: Vec::new(),
        root: Vec::new(),
        out: Examination::new(),
    };
    if request.unwraps {
        let (limits, Request { stopped, files, .. }) = (Limits::default(), *request);
        let rest = unwrap::unwrap_beside(name, bytes, &limits, stopped, files, &mut |found, value| {
            desk.take(found, value.map_or(Parsed::NotYet, Parsed::Value));
        });
        desk.decide(rest.as_ref(), means_json);
    } else {
        let rest = Rest { source: Source::new(bytes).into(), json: Json::NotTried };
        desk.whole(&rest, true, Vec::new());
    }
    let mut examination = desk.out;
    // A template has nothing to steal and nothing to repair, unless somebody asks for just this document.
    for examined in &mut examination.documents {
        let is_template = examined.checked.record.state == State::Redacted;
        if is_template && !(request.named && examined.is_whole) {
            examined.checked.findings.clear();
        }
    }
    // In the order of the text, however they were found.
    let beginning = |record: &Record| record.locations.first().map(|location| location.position);
    examination.documents.sort_by_key(|examined| beginning(&examined.checked.record));
    examination.parts.sort_by_key(|part| beginning(&part.record));
    examination
}

impl<T> Examination<T> {
    /// What could not be looked at, as failures of the run, but for what is `excused` because nobody asked about it by name.
    pub fn failures(&self, excused: &[Cause]) -> Vec<String> {
        let unread = self.unread.iter().filter(|unread| !excused.contains(&unread.cause));
        unread.map(|unread| unread.reason.clone()).collect()
    }

    /// The input's `name` without secrets that were found in the input.
    pub fn display_name<'n>(&'n self, name: &'n PathName) -> &'n PathName {
        let locations = self.documents.iter().flat_map(|examined| &examined.checked.record.locations);
        locations.map(|location| &location.path).find(|path| *path != name).unwrap_or(name)
    }

    const fn new() -> Self {
        Self { documents: Vec::new(), parts: Vec::new(), encrypted: Vec::new(), unread: Vec::new() }
    }
}

/// What has been found in an input so far.
struct Desk<'d, T> {
    input: &'d Input,
    /// How many bytes the input has.
    size: u64,
    request: &'d Request<'d>,
    visit: &'d mut dyn FnMut(&View<'_>, &Checked) -> T,
    found: Vec<Found<T>>,
    /// Tokens that stand in no document.
    tokens: Vec<Found<T>>,
    /// Limits that the input's own text has hit, about which rules have something to say, too.
    root: Vec<Unread>,
    out: Examination<T>,
}

/// A document that was found in an input.
struct Found<T> {
    examined: Examined<T>,
    /// Whether it is what remains of the input when something around it is taken away.
    is_remainder: bool,
    /// Whether that is nothing but brackets.
    is_enclosed: bool,
    /// Whether it was put together from fields of a program.
    is_fields: bool,
}

impl<T> Desk<'_, T> {
    fn take(&mut self, found: Unwrapped, parsed: Parsed<'_>) {
        match found {
            Unwrapped::Document(document) => {
                let examined = self.document(&document, parsed);
                // Types and labels that were put together.
                if document.form != Form::Document && !examined.checked.is_credential {
                    return;
                }
                // In the middle of other texts, such as source code, what can't be read is an example.
                let is_embedded = document.trail.steps().iter().any(|step| matches!(step, Step::Embedded(_)));
                if !is_embedded || examined.checked.record.kind != DocumentKind::Unknown {
                    let is_remainder = whole::is_remainder(self.input.name.as_str(), &document);
                    let is_service = examined.checked.record.kind == DocumentKind::ServiceCredentials;
                    let is_enclosed = is_service && whole::is_enclosed(&document);
                    let is_fields = document.form != Form::Document;
                    self.found.push(Found { examined, is_remainder, is_enclosed, is_fields });
                }
            }
            Unwrapped::Part(part) => match part.into_document() {
                // Of what is in no document, only a token can be judged alone.
                Ok(document) => {
                    let examined = self.document(&document, parsed);
                    self.tokens.push(Found {
                        examined,
                        is_remainder: true,
                        is_enclosed: false,
                        is_fields: false,
                    });
                }
                Err(part) => {
                    let location = self.location(&part.trail, part.span);
                    self.out.parts.extend(parts::part(&part, location, self.request.settings));
                }
            },
            Unwrapped::Encrypted(Encrypted { names_credential: true, trail, span, .. }) => {
                let location = Location { usable: false, ..self.location(&trail, span) };
                let mut record =
                    Record { kind: DocumentKind::Encrypted, locations: vec![location], ..Record::default() };
                self.settle(&mut record);
                self.out.encrypted.push(record);
            }
            Unwrapped::Encrypted(_) => {}
            Unwrapped::LimitHit { trail, limit } => {
                let reason = said_of(&trail, &limit.to_string());
                let unread = Unread { reason, cause: Cause::of(limit, self.size) };
                // Rules speak of what was too much to be read as JSON, and an interruption is told once for the run.
                let is_told = matches!(limit, Limit::Nesting(_) | Limit::Values(_) | Limit::Stopped);
                let is_root = trail.steps().is_empty() && is_told;
                let list = if is_root { &mut self.root } else { &mut self.out.unread };
                list.push(unread);
            }
            Unwrapped::Unreadable { trail, reason } => {
                self.out.unread.push(Unread { reason: said_of(&trail, reason), cause: Cause::Damage });
            }
        }
    }

    fn location(&self, trail: &Trail, outer: Span) -> Location {
        let position = trail.outermost().map_or(Position::START, |source| source.position(outer.start));
        self.input.location(trail.groups(), position)
    }

    fn settle(&self, record: &mut Record) {
        record.settle(self.request.settings.now, self.request.settings.expiring);
    }

    fn document(&mut self, document: &Document, parsed: Parsed<'_>) -> Examined<T> {
        let Document { source, form, trail } = document;
        let steps = trail.groups();
        let is_whole = steps.is_empty() && *form == Form::Document;
        let context = Context {
            input: self.input,
            form,
            surroundings: trail.surroundings(),
            steps: &steps,
            skips_unrelated: false,
        };
        let mut examined = self.judge(source, parsed, context, is_whole);
        if let Form::Variables(Variables { key_file: Some(file), .. }) = form {
            examined.checked.record.keep_key_at(key_at(file));
        }
        examined
    }

    fn judge(
        &mut self,
        source: &Source,
        parsed: Parsed<'_>,
        context: Context<'_>,
        is_whole: bool,
    ) -> Examined<T> {
        let (checked, seen) = judge(source, parsed, context, self.request.settings, self.visit);
        let mut examined = Examined { members: Vec::new(), checked, seen, is_whole, is_own: true };
        // A template inside something else is nothing to repair.
        if !is_whole && examined.checked.record.state == State::Redacted {
            examined.checked.findings.clear();
        }
        examined.list(self.request.settings);
        examined
    }

    /// Says what of all that was found counts; `rest` is there if the input isn't itself a document.
    fn decide(&mut self, rest: Option<&Rest>, means_json: bool) {
        let mut found = std::mem::take(&mut self.found);
        let mut tokens = std::mem::take(&mut self.tokens);
        let Some(rest) = rest else {
            // What only declares fields looks like a document at a glance.
            let counts = |examined: &Examined<T>| self.request.named || examined.checked.is_credential;
            // A token in a document that is none itself counts for itself.
            found.append(&mut tokens);
            self.out.documents.extend(found.into_iter().map(|found| found.examined).filter(counts));
            return;
        };
        // JSON with a comment before it, or twice the same, is no JSON: the client gets the whole file, not what is found in
        // it.
        let is_stream = whole::is_stream(rest) && found.iter().all(|found| !found.is_remainder);
        // Fields that a program keeps in its settings aren't meant for the documented client, comments or not.
        let is_settings = !found.is_empty()
            && found.iter().all(|found| found.is_fields)
            && unwrap::is_json_with_comments(rest.source.text());
        let is_other = has_extension(self.input.name.as_str(), &["json"])
            && rest.json != Json::Valid
            && !is_stream
            && !is_settings;
        let mut lost = Vec::new();
        let is_enclosed = matches!(found.as_slice(), [only] if only.is_enclosed) && rest.json == Json::Valid;
        if is_other || is_enclosed || means_json && found.iter().all(|found| found.is_remainder) {
            lost.append(&mut found);
        }
        // What was meant to be JSON or one token is judged as that, not by what a token in it may still be good for.
        let is_broken = is_other || found.is_empty() && whole::is_broken(rest, tokens.len());
        if is_broken { &mut lost } else { &mut found }.append(&mut tokens);
        parts::tie(&mut self.out.parts, self.request.settings);
        if found.is_empty() {
            // What an interrupted look has found so far says nothing about the whole.
            if !(self.request.stopped)() {
                self.whole(rest, means_json, lost);
            }
        } else {
            self.out.documents.extend(found.into_iter().map(|found| found.examined));
        }
        self.absorb();
        if !self.out.documents.iter().any(|examined| examined.is_whole) {
            self.out.unread.append(&mut self.root);
        }
    }

    /// Judges the input as the document that it is or should be, around what was found in it.
    fn whole(&mut self, rest: &Rest, means_json: bool, lost: Vec<Found<T>>) {
        // In source code, notes and logs, parts are all that there is.
        let has_parts = !means_json && self.out.parts.iter().any(|part| part.is_aems);
        // What isn't meant to be JSON is told what was found in it, or that nothing was.
        let is_other = !means_json && (!self.request.named || whole::is_no_json(self.input.name.as_str()));
        if lost.is_empty() && (has_parts || is_other) {
            return;
        }
        let has_documents = lost.iter().any(|found| !found.examined.checked.record.is_token());
        let skips_unrelated = lost.is_empty() && !self.request.named;
        let context = Context { skips_unrelated, ..Context::whole(self.input) };
        let mut examined = self.judge(&rest.source, Parsed::NotYet, context, true);
        for Found { examined: inner, .. } in lost {
            for record in inner.records() {
                let mut record = Record { broken: true, ..record.clone() };
                self.settle(&mut record);
                if !examined.members.iter().any(|known| known.identity() == record.identity()) {
                    examined.members.push(record);
                }
            }
        }
        // What is kept encrypted is listed as that.
        let is_encrypted = !self.out.encrypted.is_empty() && examined.members.is_empty();
        examined.checked.is_credential &= !is_encrypted;
        examined.is_own = !has_documents;
        if let ([member], true) =
            (examined.members.as_slice(), has_documents || !examined.checked.is_credential)
        {
            examined.checked.record.stand_for(member);
        }
        examined.is_own &= examined.checked.is_credential;
        examined.checked.is_credential |= !examined.members.is_empty();
        if self.request.named || examined.checked.is_credential {
            self.out.documents.push(examined);
        }
    }

    /// Gives the parts of a document that can't be read to its record: they are not loose.
    fn absorb(&mut self) {
        let settings = self.request.settings;
        let is_around = |examined: &&mut Examined<T>| examined.is_whole && examined.checked.is_credential;
        for examined in self.out.documents.iter_mut().filter(is_around) {
            let record = &mut examined.checked.record;
            let steps = record.locations.first().map(|location| location.steps.clone()).unwrap_or_default();
            let is_in =
                |part: &Part| part.record.locations.first().is_some_and(|location| location.steps == steps);
            // Of two keys or secrets nobody can tell which is its own.
            let is_clear = parts::belong_together(&self.out.parts, is_in);
            let is_unknown = record.kind == DocumentKind::Unknown && examined.is_own && is_clear;
            let belongs = |part: &mut Part| is_in(part) && (is_unknown || record.holds(&part.record));
            let own: Vec<Part> = self.out.parts.extract_if(.., belongs).collect();
            for part in own {
                record.absorb(part.record);
            }
            record.settle(settings.now, settings.expiring);
        }
    }
}

/// The place of a private key in a file of its own.
fn key_at(KeyFile { path, mode, steps, position }: &KeyFile) -> Location {
    let input = Input { name: path.clone(), mode: *mode };
    let in_clear = InClear { private_key: true, ..InClear::default() };
    Location { in_clear, ..input.location(steps.clone(), *position) }
}
