//! The JWT assertion that the documented client would send for a token (RFC 7519, RFC 7523 section 2.1).
//!
//! Owns: its claims, and trying whether the private key's signature verifies with the certificate. The token and its
//! signature stay in here. Does not own: sending it, which nothing in aemcred does.

use std::fmt::Display;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use dashu_int::UBig;
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::pkcs1v15::{SigningKey, VerifyingKey};
use rsa::signature::{Signer as _, Verifier as _};
use rsa::{BigUint, RsaPrivateKey, RsaPublicKey};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::read::Reading;
use super::{Fact, Unread, as_written};
use crate::credential::{Certificate, Field, PrivateKey, PublicKey};

/// How long the client lets its assertion live (`adobe/aemcs-api-client-lib`, `index.js`); Adobe takes up to 24 hours.
pub const LIFETIME: TimeDelta = TimeDelta::hours(8);

/// What the client would sign.
#[derive(Debug)]
pub struct Assertion {
    /// The claims, in the client's order.
    pub claims: Vec<Claim>,
    /// Whether the private key's signature over them verifies with the certificate.
    pub signature: Signature,
}

/// One claim, or several whose names can't be told.
#[derive(Debug)]
pub struct Claim {
    /// Its name; for metascopes, `https://<imsEndpoint>/s/<metascope>`.
    pub name: Fact<String>,
    /// Its value.
    pub value: Fact<ClaimValue>,
}

/// What a claim says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimValue {
    /// A string.
    Text(String),
    /// A time, in seconds since 1970 (RFC 7519 section 2, `NumericDate`).
    Instant(DateTime<Utc>),
    /// `true`.
    True,
}

/// Whether the assertion's signature is what Adobe needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// Signed with the private key, it verifies with the certificate's public key.
    Verified,
    /// It doesn't verify.
    NotVerified,
    /// It could not be tried.
    NotTried(Unread),
}

impl Assertion {
    /// The algorithm that the header names, RS256 (RFC 7518 section 3.3).
    pub const ALGORITHM: &'static str = "RS256";
    /// The type that the header names (RFC 7519 section 5.1).
    pub const TYPE: &'static str = "JWT";

    pub(super) fn new(reading: &Reading<'_, '_, '_>, now: DateTime<Utc>) -> Self {
        let payload = Payload::new(reading, now);
        Self { signature: signature(reading, &payload), claims: payload.public(reading) }
    }
}

/// The claims before anything is hidden, as the client builds them: values are neither trimmed nor checked.
struct Payload<'v> {
    issuer: Option<&'v str>,
    subject: Option<&'v str>,
    host: Option<&'v str>,
    client_id: Option<&'v str>,
    /// Split at commas and nothing else.
    metascopes: Vec<&'v str>,
    expires: DateTime<Utc>,
}

impl<'v> Payload<'v> {
    fn new(reading: &Reading<'_, 'v, '_>, now: DateTime<Utc>) -> Self {
        let text = |field| as_written(reading.credential, field);
        let mut metascopes: Vec<&str> = Vec::new();
        for scope in text(Field::Metascopes).into_iter().flat_map(|all| all.split(',')).take(MOST_METASCOPES)
        {
            // The same name twice is the same claim.
            if !metascopes.contains(&scope) {
                metascopes.push(scope);
            }
        }
        let seconds = TimeDelta::nanoseconds(i64::from(now.timestamp_subsec_nanos()));
        Self {
            issuer: text(Field::Org),
            subject: text(Field::Id),
            host: text(Field::ImsEndpoint),
            client_id: text(Field::ClientId),
            metascopes,
            // At the end of time it stays there.
            expires: now
                .checked_sub_signed(seconds)
                .and_then(|now| now.checked_add_signed(LIFETIME))
                .unwrap_or(now),
        }
    }

    fn audience(&self) -> Option<String> {
        Some(format!("https://{}/c/{}", self.host?, self.client_id?))
    }

    /// The claims as JSON, as many as can be made.
    fn json(&self) -> Map<String, Value> {
        let mut claims = Map::new();
        let texts = [("iss", self.issuer), ("sub", self.subject)];
        claims.extend(texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.into()))));
        claims.insert(String::from("exp"), self.expires.timestamp().into());
        claims.extend(self.audience().map(|audience| (String::from("aud"), audience.into())));
        let host = self.host.unwrap_or_default();
        claims.extend(
            self.metascopes.iter().map(|scope| (format!("https://{host}/s/{scope}"), Value::Bool(true))),
        );
        claims
    }

    /// The claims as far as they may be shown.
    fn public(&self, reading: &Reading<'_, '_, '_>) -> Vec<Claim> {
        let name = |name: &str| Ok(name.to_owned());
        let text = |text: Fact<String>| text.map(ClaimValue::Text);
        let audience = || {
            let (host, client_id) = (reading.written(Field::ImsEndpoint)?, reading.written(Field::ClientId)?);
            Ok(format!("https://{host}/c/{client_id}"))
        };
        let mut claims = vec![
            Claim { name: name("iss"), value: text(reading.written(Field::Org)) },
            Claim { name: name("sub"), value: text(reading.written(Field::Id)) },
            Claim { name: name("exp"), value: Ok(ClaimValue::Instant(self.expires)) },
            Claim { name: name("aud"), value: text(audience()) },
        ];
        let metascope = |scope: &str| {
            let host = reading.written(Field::ImsEndpoint)?;
            let scope = reading.presented(scope.to_owned(), Field::Metascopes)?;
            Ok(format!("https://{host}/s/{scope}"))
        };
        claims.extend(
            self.metascopes.iter().map(|scope| Claim { name: metascope(scope), value: Ok(ClaimValue::True) }),
        );
        if self.metascopes.is_empty() {
            let unread = reading.unread(Field::Metascopes);
            claims.push(Claim { name: Err(unread.clone()), value: Err(unread) });
        }
        claims
    }
}

/// More metascopes than this are not looked at; issued documents have one or two.
const MOST_METASCOPES: usize = 100;

/// The largest modulus with which the `rsa` crate verifies, in bits.
const WIDEST_MODULUS: usize = 4096;

fn signature(reading: &Reading<'_, '_, '_>, payload: &Payload<'_>) -> Signature {
    let outcome = || {
        let key = reading.private_key().ok_or_else(|| reading.unread(Field::PrivateKey))?;
        let certificate = reading.certificate().ok_or_else(|| reading.unread(Field::PublicKey))?;
        signs(key, certificate, &payload.json()).map_err(Unread::words)
    };
    match outcome() {
        Ok(true) => Signature::Verified,
        Ok(false) => Signature::NotVerified,
        Err(unread) => Signature::NotTried(unread),
    }
}

/// Signs `claims` with `key` and verifies the token with `certificate`; a reason where that can't be done.
fn signs(
    key: &PrivateKey,
    certificate: &Certificate,
    claims: &Map<String, Value>,
) -> Result<bool, &'static str> {
    let PublicKey::Rsa { modulus, exponent } = &certificate.public_key else {
        return Err("the certificate's key is not one that can verify RS256");
    };
    if key.bits().max(crate::credential::rsa::bits(modulus)) > WIDEST_MODULUS {
        return Err("a signature is not tried with keys of more than 4096 bits");
    }
    // The crates' own words are not forwarded, here or below: nobody has promised that they quote nothing.
    let unusable = "no signature can be made with the private key's numbers";
    let der = key.to_pkcs1_der().ok_or("the private key's numbers contradict each other")?;
    let signing = RsaPrivateKey::from_pkcs1_der(der.expose()).map_err(|_| unusable)?;
    let header = json!({ "typ": Assertion::TYPE, "alg": Assertion::ALGORITHM });
    let part = |json: &dyn Display| URL_SAFE_NO_PAD.encode(json.to_string());
    let message = format!("{}.{}", part(&header), part(&Value::Object(claims.clone())));
    let signature = SigningKey::<Sha256>::new(signing).try_sign(message.as_bytes()).map_err(|_| unusable)?;
    let number = |number: &UBig| BigUint::from_bytes_be(&number.to_be_bytes());
    Ok(RsaPublicKey::new(number(modulus), number(exponent))
        .is_ok_and(|key| VerifyingKey::<Sha256>::new(key).verify(message.as_bytes(), &signature).is_ok()))
}
