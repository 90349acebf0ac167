//! The way back: where what was taken out of a text is in the text that a person can open in an editor.
//!
//! Owns: texts with their maps to outer texts, steps and trails, sets of spans. Does not own: reading anything.

mod extract;
pub(crate) mod filename;
mod location;
mod scope;
mod span_set;
mod step;
mod trail;

pub(crate) use extract::{Builder, Extract};
pub(crate) use location::{Location, Text};
pub(crate) use scope::{Scope, Structure};
pub(crate) use span_set::SpanSet;
pub use step::Step;
pub(crate) use step::shown;
pub use trail::Trail;
