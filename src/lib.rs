//! aemcred reads the credentials that programs use to reach Adobe Experience Manager as a Cloud Service, says what is
//! wrong with them, and never contacts Adobe.
//!
//! The library reads no clock, no environment and no file: all of that enters as arguments. Data flows one way:
//! [`source`] (text and places) → [`json`] (values with spans) → `credential` (the model) → `rules` →
//! `finding` → reports. Apart from that, `generate` makes synthetic credentials.

#[cfg(feature = "cli")]
pub mod audit;
pub mod baseline;
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod compare;
#[cfg(feature = "cli")]
pub mod config;
pub mod credential;
#[cfg(feature = "cli")]
pub mod discover;
pub mod finding;
pub mod fix;
#[cfg(feature = "generate")]
pub mod generate;
#[cfg(feature = "cli")]
pub mod git;
#[cfg(feature = "cli")]
pub mod inspect;
pub mod inventory;
pub mod json;
pub mod published;
pub mod redact;
#[cfg(feature = "cli")]
pub mod renewal;
pub mod report;
pub mod rule;
pub mod rules;
pub mod secret;
pub mod source;
