//! Private keys in files of their own, to which a text has the paths.
//!
//! Owns: taking the key out of such a file, once for each path. Does not own: which files may be read (see `Files`), what is
//! the path to a key (see `find::field`).

use std::rc::Rc;

use crate::credential::{Field, KeyFile};
use crate::secret::Secret;
use crate::source::Position;
use crate::unwrap::driver::{Driver, run};
use crate::unwrap::find::values::FieldValue;
use crate::unwrap::limits::Limits;
use crate::unwrap::place::{Builder, Scope, Step, Text};
use crate::unwrap::shared::Assignment;
use crate::unwrap::{NamedFile, Part, PartKind, Unwrapped};

/// A key that a path leads to.
pub(super) struct Followed {
    key: Secret<String>,
    file: KeyFile,
}

impl Driver<'_> {
    /// Takes in the key in the file that the value of `assignment` is the path to, as if it stood in the path's place. Returns
    /// false if there is none.
    pub(super) fn follow(
        &mut self,
        assignment: &Assignment,
        steps: &[Step],
        text: &Text<'_>,
        scope: Scope,
    ) -> bool {
        let Assignment { name, name_span, value } = assignment;
        let Some(followed) = self.followed(value.text().trim()) else { return false };
        let mut key = Builder::new(followed.key.expose().len());
        key.whole(followed.key.expose(), value.all());
        let (value, trail, steps) = (key.finish(), text.trail.clone(), steps.to_vec());
        let (field, key_file) = (Field::PrivateKey, Some(followed.file.clone()));
        let span = trail.outer(value.all());
        let (name, name_span) = (name.clone(), *name_span);
        self.keep(FieldValue { field, name, name_span, value, span, scope, steps, trail, key_file }, text);
        true
    }

    /// The only private key in the file at `path`.
    fn followed(&mut self, path: &str) -> Option<Rc<Followed>> {
        if let Some(known) = self.followed.get(path) {
            return known.clone();
        }
        let followed = (self.files)(path).and_then(|file| self.key_in(file)).map(Rc::new);
        self.followed.insert(path.to_owned(), followed.clone());
        followed
    }

    fn key_in(&mut self, file: NamedFile) -> Option<Followed> {
        let NamedFile { path, mode, bytes } = file;
        self.budget.layer(bytes.expose().len(), 1).ok()?;
        let mut keys: Vec<Part> = Vec::new();
        let stopped = || self.budget.go_on().is_err();
        let _ = run(path.as_str(), bytes, &Limits::default(), &stopped, &|_| None, &mut |found, _| {
            if let Unwrapped::Part(part) = found
                && part.kind == PartKind::PrivateKey
            {
                keys.push(part);
            }
        });
        let [Part { text, trail, span, .. }] = <[Part; 1]>::try_from(keys).ok()?;
        let position = trail.outermost().map_or(Position::START, |source| source.position(span.start));
        let steps = trail.groups();
        Some(Followed { key: text, file: KeyFile { path, mode, steps, position } })
    }
}
