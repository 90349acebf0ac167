//! What the next commit brings: blobs of git's index, not files in the folder.
//!
//! Owns: which blobs are looked at, and what becomes of those that can't be. Does not own: reading a repository (see `git`),
//! what is live (see `examine`).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{CheckContext, Collected, FileExamination};
use crate::cli::paths::name;
use crate::cli::{CliError, Environment, key_files};
use crate::config::relative;
use crate::examine::{Cause, Input, Request, examine_with, is_candidate_file};
use crate::git::{Change, Repository, What};
use crate::record::Keeping;
use crate::report::Failure;
use crate::secret::Secret;

/// Fewer blobs than this are looked at one after the other.
const FEW: usize = 8;

/// Examines every staged blob that differs from all parents, except those that `excluded` names, and reports each live place.
pub(in crate::cli) fn collect_staged(
    context: &CheckContext<'_>,
    environment: &Environment,
    excluded: &(dyn Fn(&Path) -> bool + Sync),
) -> Result<Collected, CliError> {
    let here = Path::new(".").canonicalize().map_err(|error| CliError::here(&error))?;
    let Some(repository) = Repository::discover(&here, &environment.git)? else {
        return Err(CliError::Usage(String::from("--staged: the current folder is in no git repository")));
    };
    let changes = repository.changes()?;
    let keeping = Keeping::Staged { first: repository.is_unborn()? };
    let path = |change: &Change| {
        let path = change.system_path();
        repository.work_tree().map_or(path.clone(), |root| relative(&root.join(path), &here))
    };
    let judge = |change| judge(&repository, &here, change, path(change), context, excluded);
    // Threads cost more than they save on few.
    let judged: Vec<Judged> = if changes.len() < FEW {
        changes.iter().map(judge).collect()
    } else {
        changes.par_iter().map(judge).collect()
    };
    let mut collected = Collected::default();
    collected.failures.extend(
        repository.troubles().iter().map(|trouble| Failure { path: None, message: trouble.to_string() }),
    );
    let mut looked_at = Vec::new();
    for judged in judged {
        match judged {
            Judged::LookedAt(path, looks) => looked_at.push((path, looks)),
            Judged::Failed(failure) => collected.failures.push(failure),
            Judged::TooLarge(path) => collected.pass_over(path, |skipped| &mut skipped.too_large),
            Judged::Excluded(path) => collected.pass_over(path, |skipped| &mut skipped.excluded),
            Judged::Unrelated => collected.skipped.no_credential += 1,
            Judged::Foreign => {}
        }
    }
    // A key may be staged beside its certificate.
    let certified: BTreeSet<_> =
        looked_at.iter().flat_map(|(_, looks)| looks.examination.certified()).collect();
    for (path, mut looks) in looked_at {
        looks.examination.claim(&certified);
        looks.examination.keep(keeping, context.settings);
        collected.take(&path, false, looks);
    }
    Ok(collected)
}

enum Judged {
    LookedAt(PathBuf, FileExamination),
    Failed(Failure),
    TooLarge(PathBuf),
    Excluded(PathBuf),
    Unrelated,
    /// A commit of another repository.
    Foreign,
}

fn judge(
    repository: &Repository,
    here: &Path,
    change: &Change,
    path: PathBuf,
    context: &CheckContext<'_>,
    excluded: &(dyn Fn(&Path) -> bool + Sync),
) -> Judged {
    let CheckContext { options, settings, stopped } = *context;
    if stopped() {
        return Judged::Unrelated;
    }
    if excluded(&path) {
        return Judged::Excluded(path);
    }
    let bytes: Secret<Vec<u8>> = match repository.read(change, settings.max_size) {
        What::File(bytes) | What::Link(bytes) => bytes,
        What::Submodule => return Judged::Foreign,
        What::TooLarge => return Judged::TooLarge(path),
        What::Unreadable(error) => {
            let message = format!("what is staged can't be read: {error}");
            return Judged::Failed(Failure { path: Some(name(&path)), message });
        }
    };
    if !is_candidate_file(bytes.expose()) {
        return Judged::Unrelated;
    }
    let files = |path: &str| key_files::staged(repository, change, path, here, settings.max_size);
    let request = Request { settings, named: false, unwraps: !options.no_unwrap, stopped, files: &files };
    let examination = examine_with(&Input::new(name(&path)), bytes, &request, &mut |_, _| ());
    Judged::LookedAt(path, FileExamination::new(examination, &[Cause::Damage, Cause::Bomb], None))
}
