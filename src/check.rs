//! The engine: reads one document, runs every rule that applies, sorts what they report.
//!
//! Owns: which rule runs on what, levels, order, the last guard against leaks. Does not own: rules, files, reports.

mod facts;
mod trace;

use sha2::{Digest, Sha256};

pub use facts::{CertificateFacts, Facts, ListedCredential, TokenFacts, days_left, minutes_left};
pub use trace::Trace;

use crate::credential::{Credential, Document, DocumentKind, Exposure, Field, Form, Token, recognise};
use crate::finding::{Change, Draft, Finding, Findings, Fix, Level, Replacement, Suggestion};
use crate::json::{self, Value};
use crate::rule::{Basis, Check, File, Rule, Settings, SuppressionUse};
use crate::rules;
use crate::secret::Secret;
use crate::source::{Encoding, Masked, Source, Span, Surroundings};

/// What was found out about one document.
#[derive(Debug)]
pub struct Checked {
    /// What it is.
    pub kind: DocumentKind,
    /// Whether it is a credential, or a broken text that was meant to be one.
    pub looks_like_credential: bool,
    /// Its public facts, as far as they could be read.
    pub facts: Facts,
    /// What tells it from other credentials, if it is one.
    pub trace: Option<Trace>,
    /// The findings, in the order of the text.
    pub findings: Vec<Finding>,
    /// Whether anything keeps the credential from being used, whatever the settings say of levels and rules.
    pub broken: bool,
    /// Checks that could not be carried out, for reasons outside the document.
    pub failures: Vec<String>,
    /// The masked copy for excerpts; only made when there is a finding.
    pub masked: Option<Masked>,
}

/// Checks the document in `bytes`.
#[must_use]
pub fn check(bytes: Secret<Vec<u8>>, settings: &Settings<'_>) -> Checked {
    check_within(bytes, &Form::Document, None, settings)
}

/// Checks the document in `bytes`, whose text came about as `form` says and lies in `surroundings`: all places are
/// places there.
#[must_use]
pub fn check_within(
    bytes: Secret<Vec<u8>>,
    form: &Form,
    surroundings: Option<&dyn Surroundings>,
    settings: &Settings<'_>,
) -> Checked {
    let size = bytes.expose().len() as u64;
    if size > settings.max_size {
        return too_large(Some(size), settings);
    }
    let source = Source::new(bytes);
    if let Encoding::Binary(_) = source.encoding() {
        return unparsed(&source, None, surroundings, settings);
    }
    match json::parse(source.text(), settings.limits) {
        Ok(root) => parsed(&source, &root, form, surroundings, settings),
        Err(error) => match Token::bare(source.text()) {
            Some(token) => bare_token(&source, &token, surroundings, settings),
            None => unparsed(&source, Some(&error), surroundings, settings),
        },
    }
}

/// Reports a file that is larger than the limit and so was not read. `size` is in bytes, where it is known.
#[must_use]
pub fn too_large(size: Option<u64>, settings: &Settings<'_>) -> Checked {
    let mut run = Run::new(settings);
    run.file(&File::TooLarge { size, limit: settings.max_size });
    run.finish(&Source::new(Secret::default()), &Exposure::default(), About::default())
}

/// Reports on aemcred's own configuration or baseline in `source`: what its entries did in this run.
#[must_use]
pub fn configuration(source: &Source, uses: &[SuppressionUse<'_>], settings: &Settings<'_>) -> Checked {
    let mut run = Run::new(settings);
    run.each(|check, findings| {
        if let Check::Configuration(check) = check {
            for used in uses {
                check(used, settings, findings);
            }
        }
    });
    let about = About { kind: DocumentKind::Configuration, ..About::default() };
    run.finish(source, &Exposure::of_settings(source.text()), about)
}

fn unparsed(
    source: &Source,
    error: Option<&json::SyntaxError>,
    surroundings: Option<&dyn Surroundings>,
    settings: &Settings<'_>,
) -> Checked {
    let mut run = Run { surroundings, ..Run::new(settings) };
    run.file(&File::Unparsed { source, error });
    let about = About { looks_like_credential: mentions_credential(source.text()), ..About::default() };
    run.finish(source, &Exposure::of_unparsed(source.text()), about)
}

fn bare_token(
    source: &Source,
    token: &Token<'_, '_>,
    surroundings: Option<&dyn Surroundings>,
    settings: &Settings<'_>,
) -> Checked {
    let mut run = Run { surroundings, ..Run::new(settings) };
    run.file(&File::Token { source });
    run.token(token);
    let about = About {
        kind: token.kind(),
        looks_like_credential: token.is_adobes(),
        facts: Facts::of_token(token, settings.now),
        trace: token.is_adobes().then(|| Trace::of_token(token, source, surroundings)),
    };
    run.finish(source, &Exposure::of_bare_token(source.text(), token), about)
}

fn parsed<'s>(
    source: &'s Source,
    root: &Value<'s>,
    form: &Form,
    surroundings: Option<&dyn Surroundings>,
    settings: &Settings<'_>,
) -> Checked {
    let mut document = recognise(source.text(), root);
    if let Some(credential) = &mut document.credential {
        credential.form.clone_from(form);
    }
    let mut run = Run { surroundings, ..Run::new(settings) };
    run.file(&File::Parsed { source, root });
    run.document(&document);
    // Masking is for showing, and often there is nothing to show.
    let shows = !run.drafts.is_empty() || document.project.is_some();
    let exposure = if shows { Exposure::of(source.text(), &document) } else { Exposure::default() };
    let about = About {
        kind: document.kind(),
        looks_like_credential: document.holds_credential(),
        facts: Facts::of(&document, &exposure, settings.now),
        trace: Trace::of(&document, source, surroundings),
    };
    run.finish(source, &exposure, about)
}

/// Fields whose names occur in hardly any other document.
const TELLING: [Field; 4] =
    [Field::ImsEndpoint, Field::Metascopes, Field::TechnicalAccount, Field::PrivateKey];

/// How most tokens begin: `{"` in base64.
const TOKEN: &str = "eyJ";

/// Whether a text that is not JSON was meant to be a credential: it names two of its fields.
fn mentions_credential(text: &str) -> bool {
    // A key, in the quotation marks of JSON or of those who write it by hand: names alone stand in programs, too.
    let names = |name: &str| {
        memchr::memmem::find_iter(text.as_bytes(), name.as_bytes()).any(|start| {
            let before = text.get(..start).unwrap_or_default();
            let after = text.get(start + name.len()..).unwrap_or_default();
            let quoted = ['"', '\'']
                .into_iter()
                .find_map(|mark| before.strip_suffix(mark).and(after.strip_prefix(mark)));
            quoted.is_some_and(|after| after.trim_start().starts_with(':'))
        })
    };
    let has = |words: &str| memchr::memmem::find(text.as_bytes(), words.as_bytes()).is_some();
    let development_token =
        || names(Field::DevelopmentToken.name()) && names(Field::StatusCode.name()) && has(TOKEN);
    TELLING.iter().filter(|field| names(field.name())).count() >= 2 || development_token()
}

/// What was recognised.
#[derive(Default)]
struct About {
    kind: DocumentKind,
    looks_like_credential: bool,
    facts: Facts,
    trace: Option<Trace>,
}

/// One document's run through the catalogue.
struct Run<'s> {
    settings: &'s Settings<'s>,
    /// Where the document lies, if it isn't a file of its own.
    surroundings: Option<&'s dyn Surroundings>,
    drafts: Vec<(usize, &'static Rule, Draft)>,
    failures: Vec<String>,
    broken: bool,
}

impl<'s> Run<'s> {
    fn new(settings: &'s Settings<'s>) -> Self {
        Self { settings, surroundings: None, drafts: Vec::new(), failures: Vec::new(), broken: false }
    }

    fn file(&mut self, file: &File<'_>) {
        self.each(|check, findings| {
            if let Check::File(check) = check {
                check(file, findings);
            }
        });
    }

    fn document(&mut self, document: &Document<'_, '_>) {
        let settings = self.settings;
        self.each(|check, findings| match check {
            Check::Document(check) => check(document, settings, findings),
            Check::Token(check) => {
                if let Some(token) = &document.token {
                    check(token, settings, findings);
                }
            }
            _ => {
                if let Some(credential) = &document.credential {
                    run_on_credential(check, credential, settings, findings);
                }
            }
        });
    }

    fn token(&mut self, token: &Token<'_, '_>) {
        let settings = self.settings;
        self.each(|check, findings| {
            if let Check::Token(check) = check {
                check(token, settings, findings);
            }
        });
    }

    /// Calls `run` with the check of every rule in force. Those that are turned off or not selected and would say that the
    /// document can't be used are run as well, so that nothing is called sound because nobody looked.
    fn each(&mut self, run: impl Fn(Check, &mut Findings)) {
        for (order, rule) in rules::all().enumerate() {
            let in_force = self.settings.level(rule).is_some();
            if !in_force && (rule.level != Level::Error || self.broken) {
                continue;
            }
            let mut findings = Findings::default();
            run(rule.check, &mut findings);
            self.broken |= findings.drafts.iter().any(|draft| keeps_from_use(draft.own(rule)));
            if !in_force {
                continue;
            }
            if let (1.., Some(last)) = (findings.more, findings.drafts.last_mut()) {
                last.message = format!("{} (and {} more like it, not listed)", last.message, findings.more);
            }
            self.drafts.extend(findings.drafts.into_iter().map(|draft| (order, rule, draft)));
            self.failures.extend(findings.failures);
        }
    }

    fn finish(mut self, source: &Source, exposure: &Exposure, about: About) -> Checked {
        self.drafts.sort_by_key(|(order, _, draft)| (draft.place.span, *order));
        // Edits are edits of a file, and a document inside another one is none.
        if self.surroundings.is_some()
            || !can_write_back(source, self.drafts.iter().filter_map(|(_, _, draft)| draft.fix.as_ref()))
        {
            self.drafts.iter_mut().for_each(|(_, _, draft)| draft.fix = None);
        }
        let shown = self.surroundings.map_or(source, Surroundings::source);
        let findings: Vec<Finding> = self
            .drafts
            .into_iter()
            .filter_map(|(_, rule, draft)| {
                let (basis, own) = draft.own(rule);
                let level = self.settings.level_or(rule, own)?;
                Some((level, basis, rule, guarded(draft, rule, exposure)))
            })
            .map(|(level, basis, rule, mut draft)| {
                if let Some(around) = self.surroundings {
                    carry(&mut draft, around);
                }
                let position = |offset| shown.position(offset);
                let Span { start, end } = draft.place.span;
                let related =
                    draft.related.iter().map(|related| position(related.place.span.start)).collect();
                let suggestions = match (&draft.fix, source.encoding()) {
                    // In any other encoding, places in the text are no places in the file.
                    (Some(fix), Encoding::Utf8) => Suggestion::all(fix, source),
                    _ => Vec::new(),
                };
                Finding {
                    rule,
                    basis,
                    level,
                    start: position(start),
                    end: position(end),
                    related,
                    suggestions,
                    draft,
                    suppression: None,
                }
            })
            .collect();
        let masked = match self.surroundings {
            _ if findings.is_empty() || shown.text().is_empty() || !self.settings.excerpts => None,
            Some(around) => exposure.mask_around(around, findings.iter().flat_map(places)),
            None => Some(exposure.mask(source.text())),
        };
        let About { kind, looks_like_credential, facts, trace } = about;
        let broken = self.broken;
        Checked {
            kind,
            looks_like_credential,
            facts,
            trace,
            findings,
            broken,
            failures: self.failures,
            masked,
        }
    }
}

/// Whether a finding with this basis and level of its own means that the credential can't be used, or that nobody can vouch
/// for it.
fn keeps_from_use((basis, level): (Basis, Level)) -> bool {
    level == Level::Error && basis != Basis::Policy
}

fn run_on_credential(
    check: Check,
    credential: &Credential<'_, '_>,
    settings: &Settings<'_>,
    findings: &mut Findings,
) {
    let (private_key, certificate) = (credential.private_key.as_ref(), credential.certificate.as_ref());
    match check {
        Check::File(_)
        | Check::Document(_)
        | Check::Token(_)
        | Check::Configuration(_)
        | Check::Inventory(_) => {}
        Check::Credential(check) => check(credential, settings, findings),
        Check::Pem(check) => {
            let fields = [private_key.map(|field| &field.pem), certificate.map(|field| &field.pem)];
            fields.into_iter().flatten().for_each(|field| check(field, findings));
        }
        Check::Certificate(check) => {
            if let Some(field) = certificate.filter(|field| field.pem.block().is_some()) {
                check(field, settings, findings);
            }
        }
        Check::PrivateKey(check) => {
            if let Some(field) = private_key.filter(|field| field.pem.block().is_some()) {
                check(credential, field, settings, findings);
            }
        }
        Check::KeyPair(check) => {
            if let Some(pair) = credential.key_pair() {
                check(&pair, findings);
            }
        }
    }
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

/// The last line of defence: a message in which a secret stands after all gives way to the rule's own summary.
fn guarded(mut draft: Draft, rule: &'static Rule, exposure: &Exposure) -> Draft {
    let guard = |text: &mut String, instead: &str| {
        if exposure.leaks(text) {
            instead.clone_into(text);
        }
    };
    guard(&mut draft.message, rule.summary);
    guard(&mut draft.label, "");
    guard(&mut draft.help, rule.remedy);
    if let Some(Fix { label, change }) = &mut draft.fix {
        guard(label, "put it right");
        if let Change::Text(edits) = change {
            for edit in edits {
                if let Replacement::Public(text) = &mut edit.replacement
                    && exposure.leaks(text)
                {
                    edit.replacement = Replacement::Secret(Secret::new(std::mem::take(text)));
                }
            }
        }
    }
    draft.related.iter_mut().for_each(|related| guard(&mut related.message, "see here"));
    if exposure.leaks(draft.place.pointer.as_str()) {
        draft.place.pointer = json::Pointer::root();
    }
    for related in &mut draft.related {
        if exposure.leaks(related.place.pointer.as_str()) {
            related.place.pointer = json::Pointer::root();
        }
    }
    draft
}

/// A finding's identity across runs: no clock, no line and no secret in it.
#[must_use]
pub fn fingerprint(finding: &Finding, path: &str, facts: &Facts) -> String {
    let key =
        facts.certificate.as_ref().map(|certificate| hex(&certificate.public_key_sha256)).unwrap_or_default();
    let parts = [finding.rule.name, path, finding.draft.place.pointer.as_str(), &key, &facts.within];
    // A document that is the whole file counts as it did before others were looked into.
    let parts = if facts.within.is_empty() { &parts[..4] } else { &parts[..] };
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    hex(&digest.finalize())
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
