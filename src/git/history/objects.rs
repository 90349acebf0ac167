//! All objects of a repository, read once each: packs as wholes, loose ones one by one.
//!
//! Owns: the order of reading, what is the same object twice, and what can't be read. Does not own: what objects mean.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::super::id::ObjectFormat;
use super::super::object::{Kind, ObjectError};
use super::super::pack::Pack;
use super::super::store::Store;
use super::super::{GitError, loose};
use super::Unread;
use super::catalog::{Catalog, Marks};
use super::sweep::{Lost, Met, Order, Sweep, Visit};

/// Everything that is stored.
pub(super) struct Objects<'s> {
    store: &'s Store,
    pub(super) catalog: Arc<Catalog>,
    sweeps: Vec<(&'s Path, Sweep)>,
    /// Objects in files of their own, with their kinds.
    loose: Vec<(u32, Kind, &'s Path)>,
    /// What was read.
    read: Marks,
    lost: Vec<Lost>,
    pub(super) unread: Vec<Unread>,
}

impl<'s> Objects<'s> {
    pub(super) fn list(store: &'s Store) -> Self {
        let format = store.format();
        let (mut unread, mut lost, mut ids, mut listed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut pack_failed = |path: &Path, error| {
            unread.push(Unread::Pack { pack: super::super::name(&path.with_extension("pack")), error });
        };
        for path in store.packs() {
            let entries = Pack::open(path, format).and_then(|pack| {
                if pack.count().map(u64::from) != Some(pack.index().count()) {
                    pack_failed(
                        path,
                        ObjectError::Corrupt("the pack and its index have different numbers of objects"),
                    );
                }
                pack.index().entries()
            });
            match entries {
                Ok(entries) => {
                    ids.extend(entries.iter().map(|(id, _)| *id));
                    listed.push((path, entries));
                }
                Err(error) => pack_failed(path, error),
            }
        }
        let mut failed = Vec::new();
        let loose = loose::list(format, store.folders(), None, &mut |path, error| {
            failed.push(Unread::Git(GitError::read(path, error)));
        });
        ids.extend(loose.iter().map(|(id, _)| *id));
        let catalog = Arc::new(Catalog::new(ids));
        let mut sweeps = Vec::new();
        for (path, entries) in listed {
            match Sweep::new(path, format, entries, &catalog, &mut lost) {
                Ok(sweep) if sweep.in_loops() > 0 => {
                    pack_failed(
                        path,
                        ObjectError::Corrupt("differences in it are made from each other in a loop"),
                    );
                    sweeps.push((path, sweep));
                }
                Ok(sweep) => sweeps.push((path, sweep)),
                Err(error) => pack_failed(path, error),
            }
        }
        let kinds: Vec<_> =
            loose.into_par_iter().map(|(id, folder)| (id, folder, loose::kind(folder, id))).collect();
        let mut loose = Vec::new();
        for (id, folder, kind) in kinds {
            let Some(number) = catalog.find(&id) else { continue };
            match kind {
                Ok((kind, _)) => loose.push((number, kind, folder)),
                Err(error) => lost.push(Lost { number, error, with: 0 }),
            }
        }
        unread.append(&mut failed);
        let read = Marks::new(&catalog);
        Self { store, catalog, sweeps, loose, read, lost, unread }
    }

    pub(super) fn format(&self) -> ObjectFormat {
        self.store.format()
    }

    /// Visits all objects of some kinds, each once, on many threads. With `wanted` no others are read than it says.
    pub(super) fn visit(
        &mut self,
        kinds: &[Kind],
        wanted: Option<&(dyn Fn(u32) -> bool + Sync)>,
        limit: u64,
        stopped: &(dyn Fn() -> bool + Sync),
        visit: &Visit<'_>,
    ) {
        let again = Marks::new(&self.catalog);
        let once = |kind: Kind, number: u32, met: Met<'_>| {
            self.read.mark(number);
            // What is there twice, or nobody asked for, is wiped in case that it is a secret.
            if wanted.is_some_and(|wanted| !wanted(number)) || !again.mark(number) {
                return kind == Kind::Blob;
            }
            visit(kind, number, met)
        };
        let lost = Mutex::new(Vec::new());
        let note_lost =
            |mut more: Vec<Lost>| lost.lock().unwrap_or_else(PoisonError::into_inner).append(&mut more);
        self.loose.par_iter().for_each(|(number, kind, folder)| {
            let is_wanted = kinds.contains(kind) && wanted.is_none_or(|wanted| wanted(*number));
            if !is_wanted || stopped() {
                return;
            }
            let Some(id) = self.catalog.id(*number) else { return };
            match loose::read(folder, id, limit).and_then(|object| object.ok_or(ObjectError::Missing)) {
                Ok(object) => drop(once(object.kind, *number, Met::Bytes(object.bytes.expose()))),
                Err(ObjectError::TooLarge { size }) => drop(once(*kind, *number, Met::TooLarge(size))),
                Err(error) => note_lost(vec![Lost { number: *number, error, with: 0 }]),
            }
        });
        let mut failed = Vec::new();
        for (path, sweep) in &self.sweeps {
            match sweep.run(&Order { kinds, wanted, limit, stopped }, &once) {
                Ok(more) => note_lost(more),
                Err(error) => {
                    failed
                        .push(Unread::Pack { pack: super::super::name(&path.with_extension("pack")), error });
                }
            }
        }
        self.unread.append(&mut failed);
        self.lost.append(&mut lost.into_inner().unwrap_or_else(PoisonError::into_inner));
    }

    /// Tells of what could not be read and was not found elsewhere.
    pub(super) fn finish(self) -> Vec<Unread> {
        let Self { mut unread, lost, read, catalog, .. } = self;
        let mut lost: Vec<Lost> = lost.into_iter().filter(|lost| !read.has(lost.number)).collect();
        lost.sort_by_key(|lost| lost.number);
        lost.dedup_by_key(|lost| lost.number);
        for Lost { number, error, with } in lost {
            // Every number comes from the catalog.
            unread.extend(catalog.id(number).map(|id| Unread::Object { id, error, with }));
        }
        unread
    }
}
