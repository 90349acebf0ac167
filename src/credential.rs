//! The credential model: what a document is and what its fields hold, each parsed once, defects as values.
//!
//! Owns: recognizing documents, their fields, PEM, the certificate, the private key, tokens, and what of all that may
//! be shown. Does not own: opinions. Whether a defect matters is for the rules to say.

mod certificate;
mod client;
mod client_id;
mod der;
mod digest;
mod distinctive;
mod endpoint;
mod exposure;
mod field;
mod foreign;
mod form;
mod invisible;
mod metascope;
pub mod pem;
mod pem_field;
mod placeholder;
mod private_key;
mod project;
mod recognise;
mod reference;
pub mod rsa;
mod rsa_der;
mod shape;
mod spelling;
mod token;
mod validity;
mod worth;

#[cfg(test)]
pub use certificate::CertificateTime;
pub use certificate::{
    Certificate, CertificateDefect, CertificateField, PublicKey, SelfSignature, TimeEncoding,
};
pub use client_id::ClientId;
pub use der::DerDefect;
pub use digest::LazyDigest;
pub use distinctive::{
    CLIENT_ID, CLIENT_SECRET, DISTINCTIVE, DOCUMENT_NAMES, OWN, SERVICE_NAMES, TOKEN, VALUES, VARIABLE_NAMES,
    named_client, named_secrets, names_document, names_service_credential,
};
pub use endpoint::{Endpoint, TokenService};
pub(crate) use endpoint::{ipv4, receiver};
pub use exposure::{Exposure, presentable, presentable_id};
pub(crate) use exposure::{LABELS, armour, holds_secret, is_known_name};
pub use field::{Expected, Field, FieldEntry, FieldState, FieldValue};
pub use foreign::{ENCLOSURES, Foreign, enclosed};
pub use form::{Form, FormKind, KeyFile, Variable, Variables};
pub use invisible::{character_name, is_invisible, trimmed};
pub use metascope::{Metascope, metascope_meaning};
pub use pem_field::PemField;
pub use placeholder::{holds_client_secret, is_placeholder};
pub use private_key::{
    KeyFormat, KeyOddity, KeyPair, PrivateKey, PrivateKeyDefect, PrivateKeyField, Relation,
};
pub use project::{Project, ProjectCredential, ProjectCredentialKind, is_card};
pub use recognise::{Credential, Document, DocumentKind, recognise, recognise_in};
pub use reference::is_path;
pub use shape::{ORGANISATION, TECHNICAL_ACCOUNT, field_of, is_client_secret, is_console_client, is_shaped};
pub(crate) use token::scheme as token_scheme;
pub use token::{
    Claim, Claims, Header, Issuer, Jws, JwsDefectKind, Part, Request, StatedLifetime, TimeDefect, Times,
    Token, TokenForm,
};
pub use validity::{Phase, Threshold, Validity, seconds_until};
pub use worth::may_be_secret;
