//! What looks like a credential.
//!
//! Owns: candidates, documents, parts, what is encrypted, and fields that make up a credential together. Does not own: any
//! syntax.

pub(crate) mod assemble;
pub(crate) mod candidate;
pub(crate) mod document;
pub(crate) mod encrypted;
pub(crate) mod field;
mod framed;
pub(crate) mod line_array;
mod margin;
pub(crate) mod names;
pub(crate) mod owners;
pub(crate) mod parts;
pub mod prefilter;
pub(crate) mod prefixed;
mod shapes;
pub(crate) mod values;
pub(crate) mod whole;
