//! The values of one outermost text that may be parts of credentials, and what they come to together.
//!
//! Owns: keeping them until all are known, with the structure around each. Does not own: what a value is (see `field`), which
//! belong together (see `owners`), what they make up (see `assemble`).

use std::collections::{HashMap, HashSet};

use crate::credential::{Field, KeyFile, is_placeholder, may_be_secret, token_scheme};
use crate::source::Span;
use crate::unwrap::PartKind;
use crate::unwrap::find::assemble::{Assembled, assemble, last};
use crate::unwrap::find::owners::{self, Item};
use crate::unwrap::find::{names, parts};
use crate::unwrap::place::{Extract, Scope, SpanSet, Step, Structure, Trail};

/// So many values are enough to be told what they come to; a file may have a million, and a line, too.
const MANY: usize = 20_000;

/// A value that may be part of a credential.
#[derive(Debug)]
pub(crate) struct FieldValue {
    pub(crate) field: Field,
    /// Its name as written; empty if it has none.
    pub(crate) name: String,
    /// Where that stands in the text that the value is taken from; the value, if it has none.
    pub(crate) name_span: Span,
    pub(crate) value: Extract,
    /// Where the value stands in the outermost text.
    pub(crate) span: Span,
    pub(crate) scope: Scope,
    /// The steps to it from the text that it is taken from.
    pub(crate) steps: Vec<Step>,
    /// From that text to the outermost.
    pub(crate) trail: Trail,
    /// The file that it is in, where only the path to that stands here.
    pub(crate) key_file: Option<KeyFile>,
}

/// What the values of a text came to.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Credentials that were put together.
    pub(crate) credentials: Vec<Assembled>,
    /// Parts that belong to none of them.
    pub(crate) parts: Vec<(PartKind, FieldValue)>,
}

/// The values of one outermost text.
#[derive(Debug)]
pub(crate) struct Values {
    structure: Structure,
    root: Scope,
    waiting: Vec<FieldValue>,
    /// How often values were told apart and forgotten.
    settled: usize,
    /// Where values and documents are.
    explained: SpanSet,
}

impl FieldValue {
    /// All steps from the file to it.
    pub(crate) fn path(&self) -> impl Iterator<Item = &Step> {
        self.trail.steps().iter().chain(&self.steps)
    }

    /// The same as a value that is taken from the outermost text.
    pub(crate) fn outermost(&self) -> Self {
        let value = self.trail.origins().fold(self.value.clone(), Extract::through);
        Self {
            field: self.field,
            name: self.name.clone(),
            name_span: self.trail.outer(self.name_span),
            value,
            span: self.span,
            scope: self.scope,
            steps: self.path().cloned().collect(),
            trail: Trail::default(),
            key_file: self.key_file.clone(),
        }
    }
}

impl Values {
    pub(crate) fn new() -> Self {
        let mut structure = Structure::default();
        let root = structure.root();
        Self { structure, root, waiting: Vec::new(), settled: 0, explained: SpanSet::default() }
    }

    /// The scope of all of the text.
    pub(crate) const fn root(&self) -> Scope {
        self.root
    }

    /// A new scope in `outer`.
    pub(crate) fn inside(&mut self, outer: Scope) -> Scope {
        self.structure.inside(outer)
    }

    /// Notes that something is at `span`.
    pub(crate) fn explain(&mut self, span: Span) {
        self.explained.add(span);
    }

    /// Whether anything is known of a part of `span`.
    pub(crate) fn is_explained(&self, span: Span) -> bool {
        self.explained.touches(span)
    }

    pub(crate) fn add(&mut self, value: FieldValue) {
        self.explain(value.span);
        self.waiting.push(value);
    }

    /// Whether so many are waiting that they should be told apart before `next` comes: with the last line or object, or, where
    /// there is no end of that, where the next client seems to begin.
    pub(crate) fn is_full(&self, next: &FieldValue) -> bool {
        let is_other_scope = self.waiting.last().is_some_and(|last| last.scope != next.scope);
        let begins_again = self.waiting.first().is_some_and(|first| first.field == next.field);
        match self.waiting.len() / MANY {
            0 => false,
            1 => is_other_scope || begins_again,
            _ => true,
        }
    }

    /// Says what the values come to, and forgets them.
    pub(crate) fn settle(&mut self) -> Outcome {
        let mut values = std::mem::take(&mut self.waiting);
        self.settled += 1;
        // A token says itself whose it is.
        let tokens: Vec<FieldValue> =
            values.extract_if(.., |value| value.field == Field::AccessToken).collect();
        values.sort_by_key(|value| value.span);
        let items: Vec<Item<'_>> = values
            .iter()
            .map(|value| Item {
                field: value.field,
                value: value.value.text().trim(),
                name: &value.name,
                scope: value.scope,
                span: value.span,
            })
            .collect();
        let groups = owners::groups(&self.structure, &items);
        let mut used = vec![false; values.len()];
        let mut credentials = Vec::new();
        for group in groups {
            let members: Vec<&FieldValue> =
                group.members.iter().filter_map(|index| values.get(*index)).collect();
            let is_one_text = members.windows(2).all(|pair| pair[0].trail.is_same(&pair[1].trail));
            let outermost: Vec<FieldValue> = if is_one_text {
                Vec::new()
            } else {
                members.iter().map(|value| value.outermost()).collect()
            };
            let members = if is_one_text { members } else { outermost.iter().collect() };
            if let Some(credential) = assemble(&members) {
                credentials.push(credential);
                credentials.extend(earlier(&members).iter().filter_map(|members| assemble(members)));
                group.members.iter().for_each(|index| used[*index] = true);
            }
        }
        let rest = values.into_iter().zip(used).filter(|(_, used)| !used).map(|(value, _)| value);
        let parts = rest.chain(tokens).filter_map(|value| Some((part(&value)?, value))).collect();
        Outcome { credentials, parts }
    }
}

/// The same client once more for each secret that another one of its kind stands after: who reads the file can use all of them.
fn earlier<'v>(members: &[&'v FieldValue]) -> Vec<Vec<&'v FieldValue>> {
    const SECRETS: [Field; 2] = [Field::PrivateKey, Field::ClientSecret];
    let mut seen = HashSet::new();
    let mut secrets = Vec::new();
    for field in SECRETS {
        let Some(chosen) = last(members, field) else { continue };
        let chosen_text = chosen.value.text().trim();
        let is_template = is_placeholder(field, chosen_text) || !may_be_secret(field, chosen_text);
        seen.insert(chosen_text);
        secrets.extend(members.iter().copied().rev().filter(|value| {
            let text = value.value.text().trim();
            // What is called otherwise may be another program's: `tlsKey`.
            let named = || names::classify(&value.name).is_some_and(|name| name.field == field);
            let is_ones =
                is_template || value.name == chosen.name || named() || parts::is_client_secret(text);
            value.field == field
                && is_ones
                && seen.insert(text)
                && !is_placeholder(field, text)
                && may_be_secret(field, text)
        }));
    }
    if secrets.is_empty() {
        return Vec::new();
    }
    // Whose certificate it is, is not known; of all else the last counts.
    let is_secret = |field: &Field| SECRETS.contains(field) || *field == Field::PublicKey;
    let others = Field::SERVICE.into_iter().filter(|field| !is_secret(field));
    let others: Vec<&FieldValue> = others.filter_map(|field| last(members, field)).collect();
    secrets.into_iter().map(|secret| others.iter().copied().chain([secret]).collect()).collect()
}

/// What a value is alone, if it is anything.
fn part(value: &FieldValue) -> Option<PartKind> {
    let text = value.value.text().trim();
    // What is in another file is found there.
    if value.key_file.is_some() {
        return None;
    }
    match value.field {
        Field::PrivateKey => text.contains("-----BEGIN").then_some(PartKind::PrivateKey),
        Field::PublicKey => text.contains("-----BEGIN").then_some(PartKind::Certificate),
        Field::ClientSecret => parts::is_client_secret(text).then_some(PartKind::ClientSecret),
        Field::AccessToken => {
            let token = &text[token_scheme(text)..];
            (parts::is_adobes(token) || parts::is_request(token)).then_some(PartKind::Token)
        }
        _ => None,
    }
}

/// The scopes of the lines of a text. An indented line belongs to the line above it that is indented less. Among lines of the
/// same indentation, those with no blank line or heading between them are closer to each other.
#[derive(Debug)]
pub(crate) struct Lines {
    /// Where paragraphs begin.
    paragraphs: Vec<usize>,
    blocks: Vec<Block>,
    scopes: HashMap<Key, Scope>,
    around: Scope,
    /// How often values had been told apart when `scopes` were made: who was forgotten needs no scope any more.
    settled: usize,
    /// Where the last line that was asked for begins, and what of it was asked for.
    last: (usize, usize),
}

/// A line and those after it that are set further in: a class, a function, a command with its continued lines.
#[derive(Clone, Copy, Debug)]
struct Block {
    start: u32,
    end: u32,
    /// The number of the block around it, which is its own where there is none.
    outer: u32,
}

/// What has a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    Block(u32),
    /// The paragraph of this number, as far as it is in a block or in none.
    Paragraph(Option<u32>, usize),
    /// The line that begins there.
    Line(usize),
}

impl Lines {
    /// Those of `text`, which is all of `around`.
    pub(crate) fn new(text: &str, around: Scope) -> Self {
        let mut paragraphs = Vec::new();
        let mut blocks: Vec<Block> = Vec::new();
        // The blocks around a line, with how far in their first lines are.
        let mut open: Vec<(u32, usize)> = Vec::new();
        let (mut start, mut is_blank) = (0, true);
        let mut before = (0, usize::MAX);
        for line in text.split_inclusive('\n') {
            let trimmed = line.trim_ascii();
            // A variable that was commented out is no heading.
            let is_heading = trimmed.starts_with('[') && trimmed.ends_with(']')
                || trimmed.starts_with('#')
                    && trimmed.trim_start_matches('#').starts_with(' ')
                    && !trimmed.contains('=')
                || trimmed.starts_with("```");
            if is_blank && !trimmed.is_empty() || is_heading {
                paragraphs.push(start);
            }
            is_blank = trimmed.is_empty();
            if !is_blank {
                let indent = line.len() - line.trim_ascii_start().len();
                while let Some((block, _)) = open.pop_if(|(_, header)| *header >= indent) {
                    if let Some(block) = blocks.get_mut(block as usize) {
                        block.end = offset(start);
                    }
                }
                if indent > before.1 {
                    let block = offset(blocks.len());
                    let outer = open.last().map_or(block, |(outer, _)| *outer);
                    blocks.push(Block { start: offset(before.0), end: u32::MAX, outer });
                    open.push((block, before.1));
                }
                before = (start, indent);
            }
            start += line.len();
        }
        Self { paragraphs, blocks, scopes: HashMap::new(), around, settled: 0, last: (0, 0) }
    }

    /// The scope of the line at `offset` of `text`.
    pub(crate) fn at(&mut self, offset: usize, text: &str, values: &mut Values) -> Scope {
        if self.settled != values.settled {
            (self.scopes, self.settled) = (HashMap::new(), values.settled);
        }
        let line = self.start(offset, text);
        if let Some(known) = self.scopes.get(&Key::Line(line)) {
            return *known;
        }
        let outer = self.paragraph(self.block(line), line, values);
        // What is set further in may be set again for another client.
        let is_indented = text.get(line..).is_some_and(|rest| rest.starts_with([' ', '\t']));
        let scope = if is_indented { values.inside(outer) } else { values.structure.line(outer) };
        self.scopes.insert(Key::Line(line), scope);
        scope
    }

    /// Where the line begins that `offset` of `text` is in. Values come in order, so that a long line is read once.
    fn start(&mut self, offset: usize, text: &str) -> usize {
        let (line, from) = if self.last.1 <= offset { self.last } else { (0, 0) };
        let between = text.as_bytes().get(from..offset).unwrap_or_default();
        let line = memchr::memrchr(b'\n', between).map_or(line, |newline| from + newline + 1);
        self.last = (line, offset);
        line
    }

    /// The innermost block that has the line at `line`.
    fn block(&self, line: usize) -> Option<u32> {
        let after = self.blocks.partition_point(|block| block.start as usize <= line);
        let mut inner = offset(after.checked_sub(1)?);
        loop {
            let block = self.blocks.get(inner as usize)?;
            if (block.end as usize) > line {
                return Some(inner);
            }
            if block.outer == inner {
                return None;
            }
            inner = block.outer;
        }
    }

    /// The scope of the paragraph at `line` in `block`.
    fn paragraph(&mut self, block: Option<u32>, line: usize, values: &mut Values) -> Scope {
        // The ones that have no scope yet, from the inside outwards.
        let mut missing = Vec::new();
        let (mut block, mut line) = (block, line);
        let mut scope = loop {
            let number = self.paragraphs.partition_point(|start| *start <= line);
            let key = Key::Paragraph(block, number);
            if let Some(known) = self.scopes.get(&key) {
                break *known;
            }
            missing.push(key);
            let Some(inner) = block else { break self.around };
            if let Some(known) = self.scopes.get(&Key::Block(inner)) {
                break *known;
            }
            missing.push(Key::Block(inner));
            let Some(found) = self.blocks.get(inner as usize) else { break self.around };
            block = Some(found.outer).filter(|outer| *outer != inner);
            line = found.start as usize;
        };
        for key in missing.into_iter().rev() {
            scope = values.inside(scope);
            self.scopes.insert(key, scope);
        }
        scope
    }
}

/// A place in a text, or a number of things in it; no text is longer than four gigabytes.
fn offset(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
