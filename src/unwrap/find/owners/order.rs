//! Several clients and several values in one scope: told apart by the order in which they stand.

use std::collections::{HashMap, HashSet};

use crate::credential::Field;
use crate::unwrap::find::owners::{Tie, is_secret};
use crate::unwrap::place::Structure;

/// On which side of its values a client stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

/// A table that people read has no more columns.
const COLUMNS: usize = 64;

/// Gives each of `open`, which are in `scope`, to the client beside it, if all are on the same side; else to the one that is
/// together with it in a run of the text, or in a column. The answer is what remains.
pub(super) fn tie(tie: &mut Tie<'_, '_>, owners: &[usize], open: Vec<usize>, scope: u32) -> Vec<usize> {
    let mut anchors: Vec<(usize, usize)> = Vec::new();
    for owner in owners {
        anchors
            .extend(tie.groups[*owner].anchors.iter().map(|anchor| (tie.pieces[*anchor].span.start, *owner)));
    }
    anchors.sort_unstable();
    let sides = [Side::Before, Side::After].map(|side| all(tie, &anchors, &open, side));
    let chosen = match sides {
        // Who names the client last has to be much nearer.
        [Some((before, near)), Some((after, nearer))] => {
            Some(if nearer.saturating_mul(4) < near { after } else { before })
        }
        [before, after] => before.or(after).map(|(owners, _)| owners),
    };
    if let Some(chosen) = chosen {
        for (owner, index) in chosen.into_iter().zip(open) {
            tie.give(owner, index);
        }
        return Vec::new();
    }
    let given = if anchors.len() == owners.len() {
        runs(tie, &anchors, &open).unwrap_or_else(|| columns(tie, &anchors, &open, scope))
    } else {
        Vec::new()
    };
    for (owner, index) in &given {
        tie.give(*owner, *index);
    }
    let given: HashSet<usize> = given.into_iter().map(|(_, index)| index).collect();
    open.into_iter().filter(|index| !given.contains(index)).collect()
}

/// Whose each of `open` is if the text consists of runs in which each kind is once, in whatever order: `C S S C`. Nothing
/// where it doesn't.
fn runs(tie: &Tie<'_, '_>, anchors: &[(usize, usize)], open: &[usize]) -> Option<Vec<(usize, usize)>> {
    let kinds: HashSet<Field> = open.iter().map(|index| tie.pieces[*index].field).collect();
    if kinds.len() * anchors.len() != open.len() || !kinds.iter().any(|kind| is_secret(*kind)) {
        return None;
    }
    let clients = anchors.iter().map(|(start, owner)| (*start, Err(*owner)));
    let mut all: Vec<(usize, Result<usize, usize>)> =
        open.iter().map(|index| (tie.pieces[*index].span.start, Ok(*index))).chain(clients).collect();
    all.sort_unstable_by_key(|(start, _)| *start);
    let mut given = Vec::with_capacity(open.len());
    for run in all.chunks(kinds.len() + 1) {
        let mut owners = run.iter().filter_map(|(_, piece)| piece.err());
        let (Some(owner), None) = (owners.next(), owners.next()) else { return None };
        let mut missing = kinds.clone();
        for index in run.iter().filter_map(|(_, piece)| piece.ok()) {
            if !missing.remove(&tie.pieces[index].field) || !tie.takes(owner, index) {
                return None;
            }
            given.push((owner, index));
        }
    }
    Some(given)
}

/// Whose each of `open` is if all clients are together in one row and as many values of a kind in another beside it, by their
/// columns.
fn columns(tie: &Tie<'_, '_>, anchors: &[(usize, usize)], open: &[usize], scope: u32) -> Vec<(usize, usize)> {
    if anchors.len() > COLUMNS {
        return Vec::new();
    }
    let mut kinds: HashMap<Field, Vec<usize>> = HashMap::new();
    for index in open {
        let of_kind = kinds.entry(tie.pieces[*index].field).or_default();
        // One too many says enough.
        if of_kind.len() <= anchors.len() {
            of_kind.push(*index);
        }
    }
    let row = |indexes: &mut dyn Iterator<Item = usize>| {
        let mut scopes = indexes.map(|index| tie.pieces[index].scope.index());
        let first = scopes.next()?;
        scopes.try_fold(first, |row, scope| around(tie.structure, row, scope)).filter(|row| *row != scope)
    };
    let clients = row(&mut anchors.iter().map(|(_, owner)| tie.groups[*owner].anchors[0]));
    let Some(clients) = clients else { return Vec::new() };
    let mut given = Vec::new();
    for mut of_kind in kinds.into_values().filter(|of_kind| of_kind.len() == anchors.len()) {
        of_kind.sort_unstable_by_key(|index| tie.pieces[*index].span.start);
        let is_beside = |row| row != clients && tie.structure.outer(row) == tie.structure.outer(clients);
        let is_row = row(&mut of_kind.iter().copied()).is_some_and(is_beside);
        let mut pairs = anchors.iter().map(|(_, owner)| *owner).zip(of_kind);
        if is_row && pairs.clone().all(|(owner, index)| tie.takes(owner, index)) {
            given.extend(pairs.by_ref());
        }
    }
    given
}

/// The innermost scope that both are in.
fn around(structure: &Structure, mut one: u32, mut other: u32) -> Option<u32> {
    // Scopes come after those that they lie in.
    while one != other {
        let inner = if one > other { &mut one } else { &mut other };
        *inner = structure.outer(*inner)?;
    }
    Some(one)
}

/// Whose each of `open` is if clients stand on that side, and how far they are away in all; nothing if one of them would have
/// two values of one kind.
fn all(
    tie: &Tie<'_, '_>,
    anchors: &[(usize, usize)],
    open: &[usize],
    side: Side,
) -> Option<(Vec<usize>, usize)> {
    let mut given: HashMap<(usize, Field), usize> = HashMap::new();
    let mut distance = 0;
    let mut owners = Vec::with_capacity(open.len());
    for index in open {
        let piece = &tie.pieces[*index];
        let next = anchors.partition_point(|(start, _)| *start < piece.span.start);
        let (start, owner) = match side {
            Side::Before => *anchors.get(next.checked_sub(1)?)?,
            Side::After => *anchors.get(next)?,
        };
        let other = *given.entry((owner, piece.field)).or_insert(*index);
        if tie.pieces[other].value != piece.value || !tie.takes(owner, *index) {
            return None;
        }
        distance += match side {
            Side::Before => piece.span.start.saturating_sub(start),
            Side::After => start.saturating_sub(piece.span.end),
        };
        owners.push(owner);
    }
    Some((owners, distance))
}
