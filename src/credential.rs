//! The model of a credential: what its parts are, parsed once, with defects as values.
//!
//! Owns: reading PEM, certificates, keys and tokens. Does not own: which defect is a finding, and of what level.

pub mod pem;
