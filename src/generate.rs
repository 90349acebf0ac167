//! Synthetic service credentials and tokens for tests and demonstrations: sound ones, or with one named defect.
//!
//! Owns: the issued documents' look, certificate, key and token, the mark by which a synthetic credential is known, and
//! the defects. Does not own: the clock, randomness and files (the seed and the time are arguments), nor judging a
//! credential.
//!
//! Everything follows from the [`Specification`]: equal specifications give equal bytes.

mod blueprint;
mod certificate;
mod defect;
mod key;
mod node;
mod pem;
mod seed;
mod synthetic;
#[cfg(test)]
mod tests;
mod token;

use chrono::{DateTime, TimeDelta, Utc};

pub use defect::Defect;
pub use key::KeyPair;
#[cfg(test)]
pub use key::PUBLISHED_SEED;
#[cfg(any(test, feature = "internals"))]
pub use key::PrimePool;
pub use seed::Seed;
#[cfg(test)]
pub use synthetic::is_synthetic;

use crate::secret::Secret;
use blueprint::Blueprint;
use synthetic::Identifiers;

named! {
    /// The kinds of document that can be made.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Kind {
        /// Service credentials.
        ServiceCredentials = "service-credentials",
        /// A local development token.
        DevelopmentToken = "development-token",
        /// The token service's answer with an access token.
        AccessToken = "access-token",
    }
}

/// What to make.
#[derive(Clone, Debug)]
pub struct Specification {
    /// The kind of document; by default service credentials, or what the defect needs.
    pub kind: Option<Kind>,
    /// The client: `cm-p<program>-e<environment>-integration`, usually followed by `-<index>`.
    pub client_id: String,
    /// The organization: 24 upper-case hexadecimal digits and `@AdobeOrg`.
    pub organization: String,
    /// The beginning of the certificate's validity; fractions of a second are dropped.
    pub not_before: DateTime<Utc>,
    /// How long the certificate is valid; more than zero.
    pub lifetime: TimeDelta,
    /// The size of the RSA modulus in bits: 512 to 8192. A sound credential has at least 2048.
    pub bits: usize,
    /// Where keys and identifiers come from. The private key depends on this and `bits` alone.
    pub seed: Seed,
    /// When a token is created; fractions of a millisecond are dropped.
    pub token_created_at: DateTime<Utc>,
    /// How long a token is valid; more than zero.
    pub token_lifetime: TimeDelta,
    /// The one thing that is to be wrong.
    pub defect: Option<Defect>,
    /// The time at which a check is to find the defect: `certificate-expired` ends 10 days before it. Nothing else
    /// depends on it.
    pub now: DateTime<Utc>,
}

impl Specification {
    /// Sound service credentials with a key of 2048 bits, issued 30 days before `now` for 365 days. A token is one that
    /// was created an hour before `now` for 24 hours.
    pub fn new(seed: Seed, now: DateTime<Utc>) -> Self {
        Self {
            kind: None,
            client_id: String::from("cm-p99999-e999999-integration-0"),
            organization: Identifiers::new(&seed).organization,
            not_before: now.checked_sub_signed(TimeDelta::days(30)).unwrap_or(now),
            lifetime: TimeDelta::days(365),
            bits: 2048,
            token_created_at: now.checked_sub_signed(TimeDelta::hours(1)).unwrap_or(now),
            token_lifetime: TimeDelta::hours(24),
            seed,
            defect: None,
            now,
        }
    }

    fn validate(&self) -> Result<(), GenerateError> {
        if !synthetic::is_client_id(&self.client_id) {
            return Err(GenerateError::ClientId);
        }
        if !synthetic::is_organization(&self.organization) {
            return Err(GenerateError::Organization);
        }
        if self.lifetime <= TimeDelta::zero() || self.token_lifetime <= TimeDelta::zero() {
            return Err(GenerateError::Lifetime);
        }
        Ok(())
    }

    /// The kind of document that comes of it.
    fn resolved_kind(&self) -> Result<Kind, GenerateError> {
        match (self.kind, self.defect) {
            (None, None) => Ok(Kind::ServiceCredentials),
            (None, Some(defect)) => Ok(defect.kinds().first().copied().unwrap_or(Kind::ServiceCredentials)),
            (Some(kind), Some(defect)) if !defect.kinds().contains(&kind) => Err(GenerateError::Defect {
                rule: defect.rule(),
                reason: "a document of this kind doesn't have what it changes",
            }),
            (Some(kind), _) => Ok(kind),
        }
    }

    /// The key pair of a defect that lies in the key pair itself.
    fn defective_key(&self) -> Result<Option<KeyPair>, GenerateError> {
        self.defect.map_or(Ok(None), |defect| defect.key(self))
    }
}

/// The bytes of a credentials file. The key in it is a working one, so it is treated like any other.
pub type Document = Secret<Vec<u8>>;

/// Makes a credential with a key of its own.
///
/// # Errors
///
/// When the specification can't be met; see [`GenerateError`].
pub fn generate(specification: &Specification) -> Result<Document, GenerateError> {
    specification.validate()?;
    let key = match specification.defective_key()? {
        Some(key) => key,
        None => KeyPair::generate(&specification.seed, specification.bits)?,
    };
    assemble(specification, &key)
}

/// Makes a credential around `key`, which saves the costly search for primes; see [`PrimePool`].
///
/// A defect that lies in the key pair itself, such as `private-key-weak`, replaces `key`. [`Specification::bits`] only
/// matters for the further keys that some defects need.
///
/// # Errors
///
/// When the specification can't be met; see [`GenerateError`].
#[cfg(any(test, feature = "internals"))]
pub fn generate_with_key(specification: &Specification, key: &KeyPair) -> Result<Document, GenerateError> {
    specification.validate()?;
    let defective = specification.defective_key()?;
    assemble(specification, defective.as_ref().unwrap_or(key))
}

/// From values to text, with the defect brought in at the stage where it belongs.
fn assemble(specification: &Specification, key: &KeyPair) -> Result<Document, GenerateError> {
    let kind = specification.resolved_kind()?;
    if kind != Kind::ServiceCredentials {
        return token::assemble(specification, kind, key);
    }
    let Some(defect) = specification.defect else {
        let blueprint = Blueprint::new(specification, key)?;
        return blueprint.document(&blueprint.blocks()?).write();
    };
    let mut blueprint = Blueprint::new(specification, key)?;
    defect.tamper_draft(&mut blueprint, specification)?;
    let mut blocks = blueprint.blocks()?;
    defect.tamper_blocks(&mut blocks, specification)?;
    let mut document = blueprint.document(&blocks);
    defect.tamper_document(&mut document);
    Ok(defect.tamper_text(document.write()?))
}

/// A copy without the last 16 bytes, which leaves the outermost length too great for what follows it.
fn truncated(der: &Secret<Vec<u8>>) -> Secret<Vec<u8>> {
    let der = der.expose();
    Secret::new(der[..der.len().saturating_sub(16)].to_vec())
}

/// Why a credential could not be made. Errors of the crates below are not passed on: they may quote key material.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// [`Specification::client_id`] is not shaped as issued.
    #[error("the client ID must look like cm-p99999-e999999-integration-0")]
    ClientId,
    /// [`Specification::organization`] is not shaped as issued.
    #[error("the organization must be 24 upper-case hexadecimal digits and @AdobeOrg")]
    Organization,
    /// [`Specification::lifetime`] is zero or negative.
    #[error("the lifetime must be more than zero")]
    Lifetime,
    /// The key's size is out of range, or odd for a [`PrimePool`].
    #[error("a key can't have {0} bits: 512 to 8192 are possible, an even number for a pool")]
    Bits(usize),
    /// A certificate's date is out of range.
    #[error("a certificate's dates must lie between 1970 and 9999")]
    Date,
    /// There is no room for the defect in this specification.
    #[error("{rule} can't be brought about: {reason}")]
    Defect {
        /// The defect's rule.
        rule: &'static str,
        /// What stands in the way.
        reason: &'static str,
    },
    /// [`PrimePool::key`] was asked for a pair beyond the last.
    #[cfg(any(test, feature = "internals"))]
    #[error("the pool has {0} keys")]
    PoolExhausted(usize),
    /// The numbers do not make up an RSA key, or the key is too small to sign with.
    #[error("the numbers do not make up a usable RSA key")]
    Key,
    /// The values could not be encoded.
    #[error("the credential could not be encoded")]
    Encoding,
}

impl From<der::Error> for GenerateError {
    fn from(_: der::Error) -> Self {
        Self::Encoding
    }
}

impl From<rsa::Error> for GenerateError {
    fn from(_: rsa::Error) -> Self {
        Self::Key
    }
}
