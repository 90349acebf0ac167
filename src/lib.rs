//! aemcred reads the credentials that programs use to reach Adobe Experience Manager as a Cloud Service, says what is
//! wrong with them, and never contacts Adobe.
//!
//! The library reads no clock, no environment and no file: all of that enters as arguments. Data flows one way:
//! [`source`] (text and places) → `unwrap` (texts in texts) → [`json`] (values with spans) → `credential` (the model) →
//! `examine` (rules, records, states) → `inventory` → reports. Apart from that, `generate` makes synthetic credentials.

#[macro_use]
mod named;

pub mod baseline;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod compare;
#[cfg(feature = "cli")]
pub mod config;
pub mod credential;
#[cfg(feature = "cli")]
pub mod discover;
pub mod examine;
pub mod finding;
pub mod fix;
pub mod gate;
#[cfg(feature = "generate")]
pub mod generate;
#[cfg(feature = "cli")]
pub mod git;
#[cfg(feature = "cli")]
pub mod inspect;
#[cfg(feature = "cli")]
pub mod inventory;
pub mod json;
pub mod published;
pub mod record;
pub mod redact;
#[cfg(feature = "cli")]
pub mod renewal;
pub mod report;
pub mod rule;
pub mod rules;
pub mod secret;
pub mod source;
#[cfg(feature = "cli")]
pub mod unwrap;
