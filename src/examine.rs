//! The examination: one input, everything that it holds, and what is wrong with each.
//!
//! Owns: what of an input counts: the document that it is, the documents and parts that lie in it, what is encrypted and
//! what could not be looked at. Every command takes what is said here, and decides nothing about a document again. Does not
//! own: taking texts out of texts (see `unwrap`), rules, files, reports.

mod catalogue;
mod describe;
#[cfg(feature = "audit")]
mod examination;
#[cfg(feature = "audit")]
mod examined;
mod fingerprint;
mod guard;
mod judge;
#[cfg(feature = "audit")]
mod kept;
#[cfg(feature = "audit")]
mod parts;
mod variables;
#[cfg(feature = "audit")]
mod whole;

#[cfg(feature = "audit")]
pub use crate::unwrap::{Files, NamedFile, is_candidate_file};
#[cfg(feature = "audit")]
pub use examination::{Cause, Examination, Request, examine, examine_with};
#[cfg(feature = "audit")]
pub use examined::{Examined, Part};
#[cfg(feature = "cli")]
pub use fingerprint::fingerprint_at;
pub use fingerprint::{fingerprint, identity, short};
pub use judge::{Checked, Input, View, beyond_limit, check, configuration, too_large};
#[cfg(feature = "audit")]
pub use kept::remarks;
