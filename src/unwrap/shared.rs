//! What several syntaxes, decoders and containers share, none of which names another.
//!
//! Owns: the tree, pairs of name and value, writing JSON, scanning, escapes, reading within limits. Does not own: any one
//! syntax.

pub(crate) mod assignment;
pub(crate) mod bounded;
pub(crate) mod dialect;
pub(crate) mod escape;
pub(crate) mod node;
pub(crate) mod scan;
pub(crate) mod write;
