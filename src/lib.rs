//! aemcred reads the credentials that programs use to reach Adobe Experience Manager as a Cloud Service, says what is
//! wrong with them, and never contacts Adobe.
//!
//! [`check`] judges one document, [`audit`] makes an inventory of many inputs, whatever they are. Both take [`Settings`].
//! The library reads no clock, no environment and no file: all of that enters as arguments. No text that it returns has
//! eight characters of a secret.
//!
//! ```
//! use aemcred::{Level, Settings, check};
//!
//! let settings = Settings::new("2026-11-22T12:00:00Z".parse()?);
//! let report = check("{\"ok\": true}", &settings);
//! assert_eq!(report.worst(), Some(Level::Error));
//! assert_eq!(report.findings()[0].rule(), "document-kind");
//! # Ok::<(), aemcred::chrono::ParseError>(())
//! ```
//!
//! | feature | what it adds |
//! |---|---|
//! | none | [`check`] |
//! | `audit` | [`audit`], with the crates that read YAML and what is compressed |
//! | `cli` (default) | the program |
//!
//! Inside, data flows one way: `source` (text and places) → `unwrap` (texts in texts) → `json` (values with spans) →
//! `credential` (the model) → `examine` (rules, records, states) → `inventory` → reports. Apart from that, `generate` makes
//! synthetic credentials.
#![cfg_attr(not(feature = "cli"), expect(dead_code, unused_imports, reason = "the program uses the rest"))]

#[macro_use]
mod named;

#[cfg(feature = "cli")]
mod baseline;
/// The program's own door, for `src/main.rs` and the tests that run it in their process. It is no part of the face.
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
#[cfg(feature = "cli")]
mod compare;
#[cfg(feature = "cli")]
mod config;
mod credential;
#[cfg(feature = "cli")]
mod discover;
mod examine;
mod face;
mod finding;
#[cfg(feature = "cli")]
mod fix;
mod gate;
#[cfg(feature = "generate")]
mod generate;
#[cfg(feature = "cli")]
mod git;
#[cfg(feature = "cli")]
mod inspect;
#[cfg(feature = "audit")]
mod inventory;
mod json;
mod published;
mod record;
#[cfg(feature = "cli")]
mod redact;
#[cfg(feature = "cli")]
mod renewal;
#[cfg(feature = "cli")]
mod report;
mod rule;
mod rules;
mod secret;
mod source;
#[cfg(feature = "audit")]
mod unwrap;

/// The crate whose times are in this library's face.
pub use chrono;

pub use face::{Credential, Finding, Place, Report, UnknownRule, check};
#[cfg(feature = "audit")]
pub use face::{Inventory, audit};
pub use finding::Level;
pub use record::State;
pub use rule::{Basis, Settings};

#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod internals;
