//! Which values belong to which client: each to the one that stands nearest in the same structure.
//!
//! Owns: that decision. Does not own: finding values and the structure around them (see `shapes` and the syntaxes), nor
//! whether what belongs together is a credential (see `assemble`).

mod order;
mod tag;

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::credential::{Field, is_console_client};
use crate::source::Span;
use crate::unwrap::find::names;
use crate::unwrap::place::{Scope, Structure};

/// A value that may be part of a credential.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item<'p> {
    /// What it is.
    pub(crate) field: Field,
    /// The value.
    pub(crate) value: &'p str,
    /// Its name; empty if it has none.
    pub(crate) name: &'p str,
    /// The innermost scope around it.
    pub(crate) scope: Scope,
    /// Where it stands in the outermost text.
    pub(crate) span: Span,
}

impl Item<'_> {
    /// Returns true if it only may be a client: its shape is that of many hashes, and its name doesn't say more.
    fn is_unsure(&self) -> bool {
        let is_named = || names::classify(self.name).is_some_and(|name| name.field == Field::ClientId);
        self.field == Field::ClientId && is_console_client(self.value) && !is_named()
    }
}

/// What belongs together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// The pieces, in the order of the text.
    pub(crate) members: Vec<usize>,
}

/// By what pieces are kept together, best first. Where nobody names the client, the account and the organization do.
const ANCHORS: [Field; 4] = [Field::ClientId, Field::Id, Field::Org, Field::Metascopes];

/// Ties the `pieces` of a file, which are in the order of the text, to each other. Each secret, key and certificate is in one
/// group at most; what several clients share is in the group of each.
pub(crate) fn groups(structure: &Structure, pieces: &[Item<'_>]) -> Vec<Group> {
    let mut open: Vec<usize> = (0..pieces.len()).collect();
    let mut groups = Vec::new();
    for anchor in ANCHORS {
        if open.is_empty() {
            break;
        }
        let mut tie = Tie::new(structure, pieces, anchor);
        tie.run(&open);
        let tied: HashSet<usize> = tie
            .groups
            .iter()
            .filter(|group| group.members.len() > 1)
            .flat_map(|group| group.members.clone())
            .collect();
        open.retain(|index| !tied.contains(index));
        groups.extend(tie.groups.into_iter().filter(|group| group.members.len() > 1).map(|mut group| {
            group.members.sort_by_key(|index| (pieces[*index].span, *index));
            Group { members: group.members }
        }));
    }
    groups.sort_by_key(|group| group.members.first().copied());
    groups
}

/// A client and what is known to belong to it.
#[derive(Debug)]
struct Owner {
    /// Where it is named, in the order of the text.
    anchors: Vec<usize>,
    /// The anchors and all that belongs to them.
    members: Vec<usize>,
    /// Whether it had a secret of its own before the present scope.
    closed: bool,
}

/// What a scope has handed to the one around it.
#[derive(Debug, Default)]
struct Level {
    owners: Vec<usize>,
    open: Vec<usize>,
}

struct Tie<'t, 'p> {
    structure: &'t Structure,
    pieces: &'t [Item<'p>],
    anchor: Field,
    groups: Vec<Owner>,
    /// The value that each has of each field: the last, if there are several.
    held: HashMap<(usize, Field), usize>,
    /// What tells the names of clients apart.
    tags: HashSet<String>,
    /// Whether the file has as many clients as private keys.
    is_pair: bool,
}

impl<'t, 'p> Tie<'t, 'p> {
    fn new(structure: &'t Structure, pieces: &'t [Item<'p>], anchor: Field) -> Self {
        Self {
            structure,
            pieces,
            anchor,
            groups: Vec::new(),
            held: HashMap::new(),
            tags: HashSet::new(),
            is_pair: false,
        }
    }

    fn run(&mut self, open: &[usize]) {
        let pieces = || open.iter().map(|index| &self.pieces[*index]);
        let is_clear = pieces().any(|piece| piece.field == self.anchor && !piece.is_unsure());
        let distinct = |field: Field| {
            let values = pieces().filter(|piece| piece.field == field && !(is_clear && piece.is_unsure()));
            values.map(|piece| piece.value).collect::<HashSet<_>>().len()
        };
        self.is_pair = distinct(self.anchor) == distinct(Field::PrivateKey);
        let mut levels: BTreeMap<u32, Level> = BTreeMap::new();
        for index in open.iter().copied() {
            let piece = &self.pieces[index];
            let level = levels.entry(piece.scope.index()).or_default();
            if piece.field == self.anchor {
                self.tags.insert(tag::of(piece.name));
                level.owners.push(self.groups.len());
                self.groups.push(Owner { anchors: vec![index], members: vec![index], closed: false });
            } else {
                level.open.push(index);
            }
        }
        // Scopes come after those that they lie in.
        while let Some((scope, Level { owners, open })) = levels.pop_last() {
            let owners = self.joined(owners, &open);
            let owners = self.sure(owners);
            let open = match owners.as_slice() {
                [] => open,
                [only] => self.one(*only, open),
                _ => self.several(&owners, open, scope),
            };
            for owner in &owners {
                let has_secret = |index: &usize| is_secret(self.pieces[*index].field);
                let closed = self.groups[*owner].members.iter().any(has_secret);
                self.groups[*owner].closed = closed;
            }
            if let Some(outer) = self.structure.outer(scope) {
                let outer = levels.entry(outer).or_default();
                append(&mut outer.owners, owners);
                append(&mut outer.open, open);
            }
        }
    }

    /// What makes a client the same as another: its ID, or if `names` count the variable that has its ID, as long as nothing
    /// belongs to it yet.
    fn identity(&self, owner: usize, names: bool) -> (&'p str, bool) {
        let anchor = &self.pieces[self.groups[owner].anchors[0]];
        let is_variable = names
            && self.groups[owner].members.len() == 1
            && !anchor.name.is_empty()
            && self.structure.is_line(anchor.scope);
        if is_variable { (anchor.name, true) } else { (anchor.value, false) }
    }

    /// The same clients, each once, unless it has two secrets of one kind. A variable that is set again is another client's
    /// where its secret is set again, too.
    fn joined(&mut self, owners: Vec<usize>, open: &[usize]) -> Vec<usize> {
        if owners.len() < 2 {
            return owners;
        }
        let are_replaced = self.are_replaced(&owners, open);
        let mut first: HashMap<(&str, bool), usize> = HashMap::new();
        let (mut kept, mut grown) = (Vec::with_capacity(owners.len()), HashSet::new());
        for owner in owners {
            let known = *first.entry(self.identity(owner, !are_replaced)).or_insert(owner);
            let fits = |index: &usize| self.fits(known, *index) || self.pieces[*index].field == self.anchor;
            if known == owner || !self.groups[owner].members.iter().all(fits) {
                kept.push(owner);
                continue;
            }
            let Owner { anchors, members, .. } = &mut self.groups[owner];
            let (anchors, members) = (std::mem::take(anchors), std::mem::take(members));
            append(&mut self.groups[known].anchors, anchors);
            grown.insert(known);
            for index in members {
                self.give(known, index);
            }
        }
        for owner in grown {
            self.groups[owner].anchors.sort_unstable();
        }
        kept
    }

    /// Whether among `open` are as many different secrets or keys as `owners` have different clients.
    fn are_replaced(&self, owners: &[usize], open: &[usize]) -> bool {
        let anchors = owners.iter().map(|owner| self.pieces[self.groups[*owner].anchors[0]].value);
        let clients = anchors.collect::<HashSet<_>>().len();
        let different = |field: Field| {
            let values = open.iter().map(|index| &self.pieces[*index]).filter(|piece| piece.field == field);
            values.map(|piece| piece.value).collect::<HashSet<_>>().len()
        };
        clients > 1
            && [Field::ClientSecret, Field::PrivateKey].into_iter().any(|field| different(field) >= clients)
    }

    /// The clients without those that only may be some and own nothing yet, where there are others.
    fn sure(&self, mut owners: Vec<usize>) -> Vec<usize> {
        let is_sure = |owner: &usize| !self.pieces[self.groups[*owner].anchors[0]].is_unsure();
        if owners.iter().any(is_sure) {
            owners.retain(|owner| is_sure(owner) || self.groups[*owner].members.len() > 1);
        }
        owners
    }

    fn give(&mut self, owner: usize, index: usize) {
        self.groups[owner].members.push(index);
        self.held.insert((owner, self.pieces[index].field), index);
    }

    /// Gives `open` to the only client in reach, first what has the same mark in its name, and of that the nearest; the answer is what
    /// it can't take.
    fn one(&mut self, owner: usize, mut open: Vec<usize>) -> Vec<usize> {
        let mark = tag::of(self.pieces[self.groups[owner].anchors[0]].name);
        let starts: Vec<usize> =
            self.groups[owner].anchors.iter().map(|anchor| self.pieces[*anchor].span.start).collect();
        open.sort_by_cached_key(|index| {
            let Span { start, end } = self.pieces[*index].span;
            let next = starts.partition_point(|anchor| *anchor < start);
            let after = starts.get(next).map_or(usize::MAX, |anchor| anchor.saturating_sub(end));
            let before = next.checked_sub(1).and_then(|last| starts.get(last)).map(|anchor| start - anchor);
            let name = self.pieces[*index].name;
            let is_marked_otherwise = !name.is_empty() && tag::of(name) != mark;
            (is_marked_otherwise, before.unwrap_or(usize::MAX).min(after), *index)
        });
        open.retain(|index| {
            let takes = self.takes(owner, *index) && !self.is_of_other(owner, *index);
            if takes {
                self.give(owner, *index);
            }
            !takes
        });
        open
    }

    /// Gives each of `open` to one of several clients in reach in `scope`; the answer is what nobody can be sure of.
    fn several(&mut self, owners: &[usize], open: Vec<usize>, scope: u32) -> Vec<usize> {
        if open.is_empty() {
            return open;
        }
        let open = self.by_name(owners, open);
        let open = self.shared(owners, open);
        order::tie(self, owners, open, scope)
    }

    /// Gives to each what has its mark in the name: `PROD_CLIENT_ID` and `PROD_PRIVATE_KEY`.
    fn by_name(&mut self, owners: &[usize], mut open: Vec<usize>) -> Vec<usize> {
        let mut marked: HashMap<String, Option<usize>> = HashMap::new();
        for owner in owners {
            let tag = tag::of(self.pieces[self.groups[*owner].anchors[0]].name);
            marked.entry(tag).and_modify(|owner| *owner = None).or_insert(Some(*owner));
        }
        if marked.len() < 2 {
            return open;
        }
        open.retain(|index| {
            let piece = &self.pieces[*index];
            let owner = marked.get(&tag::of(piece.name)).copied().flatten();
            let owner = owner.filter(|owner| !piece.name.is_empty() && self.takes(*owner, *index));
            if let Some(owner) = owner {
                self.give(owner, *index);
            }
            owner.is_none()
        });
        open
    }

    /// Gives what stands once for all, such as the organization, to each that has none.
    fn shared(&mut self, owners: &[usize], mut open: Vec<usize>) -> Vec<usize> {
        let mut counts: HashMap<Field, usize> = HashMap::new();
        for index in &open {
            *counts.entry(self.pieces[*index].field).or_default() += 1;
        }
        open.retain(|index| {
            let field = self.pieces[*index].field;
            let is_shared = !is_secret(field) && field != Field::PublicKey && counts.get(&field) == Some(&1);
            for owner in owners.iter().filter(|_| is_shared) {
                if !self.held.contains_key(&(*owner, field)) {
                    self.give(*owner, *index);
                }
            }
            !is_shared
        });
        open
    }

    /// Whether the client has no other value in the place of this one, unless it is the same variable once more.
    fn fits(&self, owner: usize, index: usize) -> bool {
        let piece = &self.pieces[index];
        let held = self.held.get(&(owner, piece.field)).map(|held| &self.pieces[*held]);
        held.is_none_or(|held| {
            held.value == piece.value
                || held.scope == piece.scope
                || !piece.name.is_empty() && held.name == piece.name && self.structure.is_line(piece.scope)
        })
    }

    /// Whether the piece can be the client's. A key beside something that is complete without it is somebody else's.
    fn takes(&self, owner: usize, index: usize) -> bool {
        let is_anybodys = matches!(self.pieces[index].field, Field::PrivateKey | Field::PublicKey);
        self.fits(owner, index)
            && self.is_near(owner, index)
            && (!self.groups[owner].closed || !is_anybodys || self.is_pair)
    }

    /// Whether the name doesn't say that what only may be a client is another service's: `OTHER_API_KEY`.
    fn is_near(&self, owner: usize, index: usize) -> bool {
        let anchor = &self.pieces[self.groups[owner].anchors[0]];
        let tag = if anchor.is_unsure() { tag::of(anchor.name) } else { String::new() };
        tag.is_empty() || tag == tag::of(self.pieces[index].name)
    }

    /// Whether the name has the mark of another client.
    fn is_of_other(&self, owner: usize, index: usize) -> bool {
        let tag = tag::of(self.pieces[index].name);
        !tag.is_empty()
            && self.tags.contains(&tag)
            && self.groups[owner].anchors.iter().all(|anchor| tag::of(self.pieces[*anchor].name) != tag)
    }
}

/// Whether it is what somebody could use.
const fn is_secret(field: Field) -> bool {
    matches!(field, Field::PrivateKey | Field::ClientSecret)
}

fn append(list: &mut Vec<usize>, mut more: Vec<usize>) {
    if list.is_empty() {
        *list = more;
    } else {
        list.append(&mut more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value that is shaped like a client ID of the other console.
    const HASH: &str = "0123456789abcdef0123456789abcdef";

    /// Reads `C1 S1 {K1 [O]}`: a letter for the kind, a digit for the value, `:name` after it; brackets are scopes.
    fn tied(text: &str) -> Vec<String> {
        let mut structure = Structure::default();
        let mut scopes = vec![structure.root()];
        let mut pieces = Vec::new();
        let mut at = 0;
        for word in text.split(' ') {
            match word {
                "{" => scopes.push(structure.inside(*scopes.last().unwrap())),
                "}" => drop(scopes.pop()),
                "" => {}
                _ => {
                    let (value, name) = word.split_once(':').unwrap_or((word, ""));
                    let field = match &value[..1] {
                        "C" | "H" => Field::ClientId,
                        "S" => Field::ClientSecret,
                        "K" => Field::PrivateKey,
                        "P" => Field::PublicKey,
                        "I" => Field::Id,
                        "M" => Field::Metascopes,
                        _ => Field::Org,
                    };
                    let span = Span::new(at, at + value.len());
                    let value = if value == "H1" { HASH } else { value };
                    pieces.push(Item { field, value, name, scope: *scopes.last().unwrap(), span });
                }
            }
            at += word.len() + 1;
        }
        let members = |group: Group| {
            let values: Vec<&str> = group.members.iter().map(|index| pieces[*index].value).collect();
            values.join(" ").replace(HASH, "H1")
        };
        groups(&structure, &pieces).into_iter().map(members).collect()
    }

    #[test]
    fn each_belongs_to_the_nearest_client() {
        for (text, expected) in [
            ("C1 S1 K1", vec!["C1 S1 K1"]),
            ("{ C1 } { S1 } { K1 }", vec!["C1 S1 K1"]),
            ("{ C1 S1 } { C2 S2 }", vec!["C1 S1", "C2 S2"]),
            // In any order within one scope, as long as it is the same for all.
            ("C1 S1 K1 C2 S2 K2", vec!["C1 S1 K1", "C2 S2 K2"]),
            ("S1 C1 S2 C2", vec!["S1 C1", "S2 C2"]),
            ("K1 S1 C1 K2 S2 C2", vec!["K1 S1 C1", "K2 S2 C2"]),
            ("C1 C2 S1 S2", vec![]),
            // In another order for each, as long as only one way leaves each with one of a kind.
            ("C1 S1 S2 C2", vec!["C1 S1", "S2 C2"]),
            ("{ S1 } { C1 } { C2 } { S2 }", vec!["S1 C1", "C2 S2"]),
            ("C1 S1 K1 K2 S2 C2 S3 K3 C3", vec!["C1 S1 K1", "K2 S2 C2", "S3 K3 C3"]),
            ("C1 S1 S2 C2 K1", vec![]),
            ("C1 S1 S2 C2 C3", vec![]),
            // In rows, of which each has one kind.
            ("{ C1 C2 } { S1 S2 }", vec!["C1 S1", "C2 S2"]),
            ("{ { S1 } { S2 } } { { C1 } { C2 } } { K1 K2 }", vec!["S1 C1 K1", "S2 C2 K2"]),
            ("{ C1 C2 } { S1 } { S2 }", vec![]),
            ("{ { C1 C2 } } { { S1 S2 } }", vec![]),
            ("{ { C1 C2 } S1 S2 }", vec![]),
            ("{ C1 C2 } { S1 S2 S3 }", vec![]),
            ("{ C1 C2 } { S1 S2 } { K1 }", vec!["C1 S1", "C2 S2"]),
            ("C1 S1 C2", vec!["C1 S1"]),
            ("C1 S1 { C2 S2 }", vec!["C1 S1", "C2 S2"]),
            ("C1 { S1 { K1 } }", vec!["C1 S1 K1"]),
            // What stands once is everybody's.
            ("O1 { C1 S1 } { C2 S2 }", vec!["O1 C1 S1", "O1 C2 S2"]),
            ("{ O1 M1 } { C1 S1 } { C2 S2 }", vec!["O1 M1 C1 S1", "O1 M1 C2 S2"]),
            // A key beside something complete may be anybody's, unless there is no other.
            ("{ C1 S1 } { K1 } { K2 }", vec!["C1 S1"]),
            ("{ C1 S1 } { K1 }", vec!["C1 S1 K1"]),
            ("{ C1 S1 K1 } { K2 }", vec!["C1 S1 K1"]),
            ("C1 { K1 } { K2 }", vec!["C1 K1"]),
            // Names tell clients apart.
            ("C1:PROD_ID C2:STAGE_ID S2:STAGE_SECRET S1:PROD_SECRET", vec!["C1 S1", "C2 S2"]),
            ("{ C1:idProd S2:secretStage } { C2:idStage S1:secretProd }", vec!["C1 S1", "S2 C2"]),
            ("C1:ID C2:STAGE_ID K2:STAGE_KEY K1:KEY", vec!["C1 K1", "C2 K2"]),
            // The same variable twice, and the same client twice.
            ("C1 S1:SECRET S2:SECRET", vec!["C1 S1 S2"]),
            ("{ C1 } { C1 } S1", vec!["C1 C1 S1"]),
            ("{ C1 S1 } { C1 S2 }", vec!["C1 S1", "C1 S2"]),
            ("{ C1 S1 } { C1 S1 }", vec!["C1 S1 C1 S1"]),
            // What only may be a client is one where there is no other, for what has the same mark in its name.
            ("H1:API_KEY S1", vec!["H1 S1"]),
            ("H1:API_KEY C2 S2", vec!["C2 S2"]),
            ("{ H1:apiKey S1 } { C2 S2 }", vec!["H1 S1", "C2 S2"]),
            ("H1:OTHER_API_KEY S1:SECRET", vec![]),
            ("H1:PROD_API_KEY S1:PROD_SECRET", vec!["H1 S1"]),
            // Without a client, the account or the organization.
            ("I1 S1 O1", vec!["I1 S1 O1"]),
            ("{ O1 K1 } { O2 K2 }", vec!["O1 K1", "O2 K2"]),
            ("S1 K1", vec![]),
            ("C1", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(tied(text), expected, "{text}");
        }
    }

    /// A table of many rows, and many keys without a client.
    #[test]
    fn work_grows_with_the_pieces() {
        let rows = |row: fn(usize) -> String| (0..5_000).map(row).collect::<Vec<_>>().concat();
        let table = rows(|row| format!("{{ C{row} S{row} }} "));
        assert_eq!(tied(&table).len(), 5_000);
        let line = rows(|row| format!("C{row} S{row} "));
        assert_eq!(tied(&line).len(), 5_000);
        let keys = rows(|row| format!("K{row} "));
        assert_eq!(tied(&format!("C1 C2 {keys}")).len(), 0);
        let one = rows(|row| format!("S{row}:SECRET "));
        assert!(tied(&format!("C1 {one}")).len() < 2);
    }
}
