//! aemcred reads the credentials that programs use to reach Adobe Experience Manager as a Cloud Service, says what is
//! wrong with them, and never contacts Adobe.
//!
//! The library reads no clock, no environment and no file: all of that enters as arguments. Data flows one way:
//! [`source`] (text and places) → [`json`] (values with spans) → `credential` (the model) → `rules` →
//! `finding` → reports.

pub mod credential;
pub mod json;
pub mod secret;
pub mod source;
