//! Defects: each brings about the finding of one rule, and as little else as possible.
//!
//! Owns: the list of defects and how each is made. Does not own: what the rules say of them.
//!
//! A defect acts at the stage where its cause lies, so that everything made after it fits: an expired credential has
//! a certificate that verifies and an expiration date that agrees with it.

mod certificate;
mod document;
mod fields;
mod pem;
mod private_key;
mod token;

use std::fmt;

use super::blueprint::{Blocks, Blueprint};
use super::key::KeyPair;
use super::node::Node;
use super::token::TokenBlueprint;
use super::{GenerateError, Kind, Specification};
use crate::secret::Secret;

/// One thing that is wrong with a credential, named after the rule that reports it.
#[derive(Clone, Copy)]
pub struct Defect(&'static Row);

/// A line of the tables: the rule that reports the defect, and how it is made.
type Row = (&'static str, Tampering);

/// Where in the making of a credential the defect comes in, and how.
enum Tampering {
    /// In place of the sound key pair. The certificate is made for the bad one.
    Key(fn(&Specification) -> Result<KeyPair, GenerateError>),
    /// On single values.
    Values(fn(&mut Blueprint)),
    /// On the values, by computing others.
    Blueprint(fn(&mut Blueprint, &Specification) -> Result<(), GenerateError>),
    /// On the contents of the PEM fields.
    Blocks(fn(&mut Blocks, &Specification) -> Result<(), GenerateError>),
    /// On the JSON tree.
    Document(fn(&mut Node)),
    /// On the values of a token, whatever document holds it.
    Token(fn(&mut TokenBlueprint, &Specification)),
    /// On the values of the token service's answer.
    Answer(fn(&mut TokenBlueprint)),
    /// On the finished text.
    Text(fn(&[u8]) -> Vec<u8>),
}

/// All defects, in the order of the catalogue.
const TABLES: [&[Row]; 6] = [
    document::DEFECTS,
    fields::DEFECTS,
    pem::DEFECTS,
    certificate::DEFECTS,
    private_key::DEFECTS,
    token::DEFECTS,
];

impl Defect {
    /// The defect that the rule called `name` reports.
    pub fn from_rule(name: &str) -> Option<Self> {
        Self::all().find(|defect| defect.rule() == name)
    }

    /// Every defect: one for each rule about a document's content, in the order of the catalogue.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLES.into_iter().flatten().map(Self)
    }

    /// The name of the rule that reports it.
    pub const fn rule(self) -> &'static str {
        self.0.0
    }

    /// The kinds of document that can have it; the first is the one that is made unless another is asked for.
    pub const fn kinds(self) -> &'static [Kind] {
        match self.0.1 {
            Tampering::Text(_) => &[Kind::ServiceCredentials, Kind::DevelopmentToken, Kind::AccessToken],
            Tampering::Token(_) => &[Kind::DevelopmentToken, Kind::AccessToken],
            Tampering::Answer(_) => &[Kind::AccessToken],
            _ => &[Kind::ServiceCredentials],
        }
    }

    /// The key pair that takes the sound one's place, if that is the defect.
    pub(super) fn key(self, specification: &Specification) -> Result<Option<KeyPair>, GenerateError> {
        match self.0.1 {
            Tampering::Key(make) => make(specification).map(Some),
            _ => Ok(None),
        }
    }

    /// Brings the defect into the values, if it belongs there. The same goes for the functions that follow.
    pub(super) fn tamper_draft(
        self,
        blueprint: &mut Blueprint,
        specification: &Specification,
    ) -> Result<(), GenerateError> {
        match self.0.1 {
            Tampering::Values(tamper) => tamper(blueprint),
            Tampering::Blueprint(tamper) => tamper(blueprint, specification)?,
            _ => {}
        }
        Ok(())
    }

    pub(super) fn tamper_blocks(
        self,
        blocks: &mut Blocks,
        specification: &Specification,
    ) -> Result<(), GenerateError> {
        match self.0.1 {
            Tampering::Blocks(tamper) => tamper(blocks, specification),
            _ => Ok(()),
        }
    }

    pub(super) fn tamper_document(self, document: &mut Node) {
        if let Tampering::Document(tamper) = self.0.1 {
            tamper(document);
        }
    }

    pub(super) fn tamper_token(self, blueprint: &mut TokenBlueprint, specification: &Specification) {
        match self.0.1 {
            Tampering::Token(tamper) => tamper(blueprint, specification),
            Tampering::Answer(tamper) => tamper(blueprint),
            _ => {}
        }
    }

    pub(super) fn tamper_text(self, text: Secret<Vec<u8>>) -> Secret<Vec<u8>> {
        match self.0.1 {
            Tampering::Text(tamper) => Secret::new(tamper(text.expose())),
            _ => text,
        }
    }
}

impl PartialEq for Defect {
    fn eq(&self, other: &Self) -> bool {
        self.rule() == other.rule()
    }
}

impl Eq for Defect {}

impl fmt::Debug for Defect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Defect").field(&self.rule()).finish()
    }
}
