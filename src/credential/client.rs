//! Where Adobe's example client (`adobe/aemcs-api-client-lib`) throws before it sends anything.
//!
//! Owns: the client's demands on single fields, as JavaScript sees their values. Does not own: with which numbers OpenSSL
//! signs (see `private_key`), nor what an endpoint's address is (see `endpoint`).

use super::endpoint::receiver;
use super::pem::{Wanted, scan};
use super::{Field, FieldEntry, FieldState, PrivateKey, PrivateKeyDefect};
use crate::json::{Kind, Value};

impl Field {
    /// Whether the client throws without it: one of the seven that it requires, or what holds them.
    pub const fn required_by_client(self) -> bool {
        matches!(
            self,
            Self::Integration
                | Self::ImsEndpoint
                | Self::Metascopes
                | Self::TechnicalAccount
                | Self::ClientId
                | Self::ClientSecret
                | Self::Id
                | Self::Org
                | Self::PrivateKey
        )
    }

    /// Whether neither the client nor Adobe reads it.
    pub const fn is_unread(self) -> bool {
        matches!(
            self,
            Self::Ok
                | Self::StatusCode
                | Self::Email
                | Self::PublicKey
                | Self::CertificateExpirationDate
                | Self::TokenType
                | Self::ExpiresIn
                | Self::ProjectAccountEmail
        )
    }
}

impl FieldEntry<'_, '_> {
    /// Whether the client throws because of what is here, or is not.
    pub fn stops_client(&self) -> bool {
        let Some(member) = self.member() else {
            return self.field.required_by_client() && matches!(self.state, FieldState::Missing(_));
        };
        let value = &member.value;
        self.field.required_by_client()
            && (is_falsy(value)
                || match self.field {
                    Field::ImsEndpoint => receiver(&in_template(value)).is_none(),
                    Field::PrivateKey => !value.as_text().is_some_and(|text| can_sign(text.as_str())),
                    // `split` is a method of strings; nothing is found in what is no object.
                    Field::Metascopes | Field::Integration | Field::TechnicalAccount => {
                        matches!(self.state, FieldState::WrongType(_))
                    }
                    _ => false,
                })
    }
}

impl PrivateKeyDefect {
    /// Whether the client can sign with the key all the same.
    pub const fn signs(&self) -> bool {
        matches!(self, Self::TooWide(_) | Self::Algorithm { signs: true, .. })
    }
}

/// Whether the client can sign with `text` as its private key, whatever the signature is worth.
fn can_sign(text: &str) -> bool {
    let signs = || match PrivateKey::from_pem(text) {
        Ok(key) => key.signs(),
        Err(defect) => defect.signs(),
    };
    scan(text, Wanted::PrivateKey).defects.is_empty() && signs()
}

/// Whether JavaScript takes `value` for false (ECMA-262 section 7.1.2).
fn is_falsy(value: &Value<'_>) -> bool {
    match &value.kind {
        Kind::Null | Kind::Bool(false) => true,
        Kind::Number(number) => number.parse() == Ok(0.0),
        Kind::String(text) => text.as_str().is_empty(),
        _ => false,
    }
}

/// What becomes of `value` within a template literal (ECMA-262 section 7.1.17).
fn in_template(value: &Value<'_>) -> String {
    match &value.kind {
        Kind::Null => String::from("null"),
        Kind::Bool(value) => value.to_string(),
        // Exponents are written for numbers from 10^21 on and for those below 10^-6.
        Kind::Number(number) => match number.parse::<f64>() {
            Ok(number) if (1e-6..1e21).contains(&number.abs()) => number.to_string(),
            Ok(number) => format!("{number:e}"),
            Err(_) => (*number).to_owned(),
        },
        Kind::String(text) => text.as_str().to_owned(),
        Kind::Array(items) => {
            let item = |item: &Value<'_>| match item.kind {
                Kind::Null => String::new(),
                _ => in_template(item),
            };
            items.iter().map(item).collect::<Vec<_>>().join(",")
        }
        Kind::Object(_) => String::from("[object Object]"),
    }
}
