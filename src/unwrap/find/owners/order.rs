//! Several clients and several values in one scope: told apart by the order in which they stand.

use std::collections::HashMap;

use crate::credential::Field;
use crate::unwrap::find::owners::Tie;

/// On which side of its values a client stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

/// Gives each of `open` to the client beside it, if all are on the same side. The answer is what remains.
pub(super) fn tie(tie: &mut Tie<'_, '_>, owners: &[usize], open: Vec<usize>) -> Vec<usize> {
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
    let Some(chosen) = chosen else { return open };
    for (owner, index) in chosen.into_iter().zip(open) {
        tie.give(owner, index);
    }
    Vec::new()
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
