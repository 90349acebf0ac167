//! The examination: one input, everything that it holds, and what is wrong with each.
//!
//! Owns: what of an input counts: the document that it is, the documents and parts that lie in it, what is encrypted and
//! what could not be looked at. Every command takes what is said here, and decides nothing about a document again. Does not
//! own: taking texts out of texts (see `unwrap`), rules, files, reports.

mod catalogue;
mod describe;
#[cfg(feature = "cli")]
mod examination;
mod fingerprint;
mod guard;
mod judge;
#[cfg(feature = "cli")]
mod kept;
#[cfg(feature = "cli")]
mod parts;
mod variables;
#[cfg(feature = "cli")]
mod whole;

#[cfg(feature = "cli")]
pub use crate::unwrap::is_worthwhile;
#[cfg(feature = "cli")]
pub use examination::{Examination, Examined, Part, Request, Unread, examine, examine_with};
pub use fingerprint::{fingerprint, hex, identity, short};
pub use judge::{Checked, Context, Input, Parsed, View, check, configuration, judge, too_large};
#[cfg(feature = "cli")]
pub use kept::remarks;
