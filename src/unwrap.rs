//! Credentials inside something else: exports of secret managers, manifests, variables, encodings, archives.
//!
//! Owns: taking texts out of texts within limits, recognising what holds a credential, and the way back to the outermost
//! text. Does not own: files (its input is bytes), nor judging a credential: what it finds is a document of its own, to
//! be checked like any other.

mod container;
mod decode;
mod driver;
mod find;
mod limits;
mod piece;
mod place;
mod prose;
mod shared;
mod syntax;
#[cfg(test)]
mod tests;

#[cfg(feature = "cli")]
pub(crate) use container::{TAR_BLOCK, Tar};
pub use find::candidate::is_candidate_file;
pub use find::encrypted::names_aem;
#[cfg(feature = "internals")]
pub use find::prefilter;
pub use limits::{Limit, Limits};
pub use place::filename::{has_extension, is_source_code};
pub use place::{Step, Trail};
pub(crate) use syntax::json::is_markup;

use std::sync::Arc;

use crate::credential::{Form, TOKEN};
use crate::json::{SyntaxErrorKind, Value};
use crate::secret::Secret;
use crate::source::{PathName, Source, Span};

/// Something that was found in a file.
#[derive(Debug)]
pub enum Unwrapped {
    /// A credential as a JSON document.
    Document(Document),
    /// A part of a credential that is in no document.
    Part(Part),
    /// Something encrypted, which is well kept.
    Encrypted(Encrypted),
    /// A limit that was hit, so that something was not looked at.
    LimitHit {
        /// Where.
        trail: Trail,
        /// Which.
        limit: Limit,
    },
    /// Something that could not be opened.
    Unreadable {
        /// Where.
        trail: Trail,
        /// What is wrong with it, to be said of it in plain words: `is a damaged gzip file`.
        reason: &'static str,
    },
}

/// A credential as a JSON document: to be checked as if it were a file.
#[derive(Debug)]
pub struct Document {
    /// The document.
    pub source: Arc<Source>,
    /// How its text came about.
    pub form: Form,
    /// Where it lies.
    pub trail: Trail,
}

/// A part of a credential that is in no document.
#[derive(Debug)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// The text of it.
    pub text: Secret<String>,
    /// Where the text it lies in is.
    pub trail: Trail,
    /// Where it stands in the outermost text.
    pub span: Span,
}

impl Part {
    /// The part as a document of its own, if it is one that can be checked alone: a token.
    ///
    /// # Errors
    ///
    /// The part as it was, if it is of another kind.
    pub fn into_document(self) -> Result<Document, Self> {
        if self.kind != PartKind::Token {
            return Err(self);
        }
        let source = Arc::new(Source::new(Secret::new(self.text.into_inner().into_bytes())));
        Ok(Document { source, form: Form::Document, trail: self.trail })
    }
}

/// The kinds of part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PartKind {
    /// A private key as PEM.
    PrivateKey,
    /// A certificate as PEM.
    Certificate,
    /// A client secret of Adobe's (`p8e-…`).
    ClientSecret,
    /// An access token of Adobe's.
    Token,
}

/// Something encrypted, which is well kept.
#[derive(Debug)]
pub struct Encrypted {
    /// By what.
    #[cfg_attr(not(feature = "internals"), expect(dead_code, reason = "tests alone ask"))]
    pub kind: Encryption,
    /// Whether names around it say that a credential of AEM is in it.
    pub names_credential: bool,
    /// Where the text it lies in is.
    pub trail: Trail,
    /// Where it stands in the outermost text.
    pub span: Span,
}

/// The kinds of encryption.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encryption {
    /// A file whose values SOPS has encrypted.
    Sops,
    /// An age file, in binary or in armour.
    Age,
    /// An Ansible Vault.
    AnsibleVault,
    /// A file that git-crypt keeps.
    GitCrypt,
    /// A Kubernetes `SealedSecret`.
    SealedSecret,
}

/// What is to be said of the file in which `trail` leads to something: `data.a → base64: wrapped more than 6 times`.
pub fn said_of(trail: &Trail, what: &str) -> String {
    if trail.steps().is_empty() { what.to_owned() } else { format!("{trail}: {what}") }
}

/// A file that a text has the path to.
pub struct NamedFile {
    /// The file.
    pub path: PathName,
    /// Its permission bits, where the system has such.
    pub mode: Option<u32>,
    /// What is in it.
    pub bytes: Secret<Vec<u8>>,
}

/// Reads the file that a text has the path to, if it is one that belongs to the text.
pub type Files<'f> = &'f dyn Fn(&str) -> Option<NamedFile>;

/// What is told of whatever is found. A document comes with its value, if it has been parsed already.
pub type Found<'f> = &'f mut dyn FnMut(Unwrapped, Option<&Value<'_>>);

/// A file that isn't itself a document.
#[derive(Debug)]
pub struct Rest {
    /// Its text, or that there is none.
    pub source: Arc<Source>,
    /// What became of reading it as JSON.
    pub json: Json,
}

/// What became of reading a text as one JSON value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Json {
    /// It doesn't begin like one.
    #[default]
    NotTried,
    /// It is one, perhaps too large to be looked through as such.
    Valid,
    /// It is none.
    Broken(SyntaxErrorKind),
}

/// Whether a text that isn't JSON is one object with comments, or commas at the end, as editors and compilers have it in their
/// settings.
pub fn is_json_with_comments(text: &str) -> bool {
    syntax::object::is_all(text, crate::json::Limits::default())
}

/// Looks for credentials in the file `name` with the contents `bytes`, and hands everything to `found`, in no particular
/// order.
///
/// A file that is itself a document is handed on as it is. Otherwise the file comes back, so that whoever named it can be
/// told what it is instead. When `stopped` says that the run is to end, what is left is not looked at, which is reported as
/// [`Limit::Stopped`].
#[cfg(any(test, feature = "internals"))]
pub fn unwrap(
    name: &str,
    bytes: Secret<Vec<u8>>,
    limits: &Limits,
    stopped: &dyn Fn() -> bool,
    found: Found<'_>,
) -> Option<Rest> {
    unwrap_beside(name, bytes, limits, stopped, &|_| None, found)
}

/// The same, where private keys may be in other files, to which the text has the paths.
pub fn unwrap_beside(
    name: &str,
    bytes: Secret<Vec<u8>>,
    limits: &Limits,
    stopped: &dyn Fn() -> bool,
    files: Files<'_>,
    found: Found<'_>,
) -> Option<Rest> {
    // With a zero byte in it, it is no text, and what is in it would be lost.
    let is_text = memchr::memchr(0, bytes.expose()).is_none();
    // A token beside its fields counts for itself.
    let has_token = memchr::memmem::find(bytes.expose(), TOKEN.as_bytes()).is_some();
    let is_document = is_text && !has_token && find::whole::is_document(bytes.expose());
    if is_document && !find::whole::is_encoded(bytes.expose()) {
        let source = Arc::new(Source::new(bytes));
        let document = Document { source, form: Form::Document, trail: Trail::default() };
        found(Unwrapped::Document(document), None);
        return None;
    }
    driver::run(name, bytes, limits, stopped, files, found)
}
