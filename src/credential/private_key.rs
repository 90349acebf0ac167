//! The private key in `privateKey`: parsed once, its numbers held against each other.
//!
//! Owns: the relations of RFC 8017 section 3.2. Does not own: the text around the key (see `pem`), its
//! bytes (see `reader`), nor whether others could compute it (see `rsa`).

mod pss;
mod reader;
#[cfg(test)]
#[cfg(feature = "generate")]
mod tests;

use std::cell::OnceCell;

use dashu_int::UBig;
use dashu_int::fast_div::ConstDivisor;
use dashu_int::ops::BitTest as _;
use sha2::{Digest as _, Sha256};

use super::pem::{Wanted, scan};
use super::rsa::{self, Weakness};
use super::rsa_der;
use super::{Certificate, CertificateField, DerDefect, PemField, PublicKey, SelfSignature};
use crate::secret::Secret;

/// `privateKey` with a text in it.
#[derive(Debug)]
pub struct PrivateKeyField<'v, 's> {
    /// The text.
    pub pem: PemField<'v, 's>,
    /// The key, or why there is none.
    pub key: Result<PrivateKey, PrivateKeyDefect>,
}

/// Why there is no private key to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrivateKeyDefect {
    /// The PEM has no private key's block that could be read; the PEM rules say why.
    NoBlock,
    /// PKCS#1 bytes under a `PRIVATE KEY` label, which announces PKCS#8.
    Pkcs1UnderPkcs8Label,
    /// It needs a pass phrase.
    Encrypted,
    /// The block's bytes are not one DER key.
    Syntax(DerDefect),
    /// Not two-prime RSA: what it is instead, and whether OpenSSL signs with it all the same.
    Algorithm {
        /// With an article.
        kind: &'static str,
        /// Observed of OpenSSL 3.0 through Node 20; Adobe verifies with RSA.
        signs: bool,
    },
    /// A number of the key is wider than 16,384 bits: how wide, in bits.
    TooWide(usize),
}

/// The structure in which the key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFormat {
    /// `RSAPrivateKey` of RFC 8017 appendix A.1.2.
    Pkcs1,
    /// `PrivateKeyInfo` of RFC 5208 around it.
    Pkcs8,
}

/// What of a key is not DER as its standard has it, though OpenSSL reads it (3.0, observed through Node 20).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyOddity {
    /// This many bytes follow after the key's end.
    BytesAfterEnd(usize),
    /// A number lacks its leading zero, so that it counts as negative, or has one too many.
    Number,
    /// A version number that doesn't exist.
    Version,
}

/// A relation between the numbers of a key that RFC 8017 section 3.2 demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// p and q are more than 1.
    PrimesMoreThanOne,
    /// n = p·q
    Product,
    /// p ≠ q
    DistinctPrimes,
    /// e·d ≡ 1 (mod p−1)
    InverseModuloP,
    /// e·d ≡ 1 (mod q−1)
    InverseModuloQ,
    /// dP = d mod (p−1)
    ExponentP,
    /// dQ = d mod (q−1)
    ExponentQ,
    /// qInv·q ≡ 1 (mod p)
    Coefficient,
}

/// An RSA private key.
#[derive(Debug)]
pub struct PrivateKey {
    /// How it is written.
    pub format: KeyFormat,
    /// What is odd about the way it is written.
    pub oddities: Vec<KeyOddity>,
    /// The relations that do not hold, without those that merely follow from another; empty for a sound key.
    pub contradictions: Vec<Relation>,
    modulus: UBig,
    public_exponent: UBig,
    private_exponent: Secret<UBig>,
    primes: [Secret<UBig>; 2],
    coefficient_bits: usize,
    composite: OnceCell<Option<&'static str>>,
}

/// The two factors of a modulus, known to multiply to it and to have nothing in common.
#[derive(Clone, Copy)]
pub(super) struct Factors<'k> {
    pub(super) modulus: &'k UBig,
    pub(super) p: &'k UBig,
    pub(super) q: &'k UBig,
}

impl<'v, 's> PrivateKeyField<'v, 's> {
    pub(super) fn new(pem: PemField<'v, 's>) -> Self {
        let key = PrivateKey::from_block(pem.block());
        Self { pem, key }
    }
}

/// A private key's PEM with line breaks where `block`, which begins with its label, has something else. That is told from what
/// stands before the first digits: those of all RSA keys are the same.
fn with_line_breaks(block: &str) -> Option<Secret<String>> {
    const DIGITS: &str = "MII";
    const LONGEST: usize = 16;
    let (label, rest) = block.split_once("-----").filter(|(label, _)| label.ends_with("PRIVATE KEY"))?;
    let instead = rest.get(..rest.find(DIGITS)?).filter(|instead| (1..=LONGEST).contains(&instead.len()))?;
    let end = rest.find("-----END ")?;
    let contents = Secret::new(rest.get(..end)?.replace(instead, "\n"));
    Some(Secret::new(format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        contents.expose().trim()
    )))
}

impl PrivateKey {
    /// Reads the private key that stands alone in `text` as PEM (RFC 7468), as the client would.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn from_pem(text: &str) -> Result<Self, PrivateKeyDefect> {
        Self::from_block(scan(text, Wanted::PrivateKey).block.as_ref())
    }

    /// The same, whatever stands in place of line breaks, as somebody has it who reads it: `<br>`, `%0A`, `|`. The client doesn't.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn from_any_pem(text: &str) -> Result<Self, PrivateKeyDefect> {
        Self::from_pem(text).or_else(|defect| {
            let mut blocks = text.split("-----BEGIN ").skip(1).filter_map(with_line_breaks);
            blocks.find_map(|block| Self::from_pem(block.expose()).ok()).ok_or(defect)
        })
    }

    /// Which relations do not hold. What follows from another contradiction, or from an even e, isn't said again.
    fn contradictions(&self, exponent1: &UBig, exponent2: &UBig, coefficient: &UBig) -> Vec<Relation> {
        let (p, q) = (self.primes[0].expose(), self.primes[1].expose());
        let (d, e) = (self.private_exponent.expose(), &self.public_exponent);
        let one = &UBig::ONE;
        if p <= one || q <= one {
            return vec![Relation::PrimesMoreThanOne];
        }
        if p * q != self.modulus {
            // Everything else is computed from the primes, so nothing more can be said.
            return vec![Relation::Product];
        }
        let orders = [Secret::new(p - one), Secret::new(q - one)];
        let [p_minus_1, q_minus_1] = [orders[0].expose(), orders[1].expose()];
        let reduced = [Secret::new(d % p_minus_1), Secret::new(d % q_minus_1)];
        let [d_p, d_q] = [reduced[0].expose(), reduced[1].expose()];
        // An even number has no inverse modulo another.
        let inverse = |exponent: &UBig, order: &UBig| !e.bit(0) || (exponent * e) % order == one % order;
        let relations = [
            (p != q, Relation::DistinctPrimes),
            (inverse(d_p, p_minus_1), Relation::InverseModuloP),
            (inverse(d_q, q_minus_1), Relation::InverseModuloQ),
            (d_p == exponent1, Relation::ExponentP),
            (d_q == exponent2, Relation::ExponentQ),
            (p == q || coefficient < p && (coefficient * q) % p == *one, Relation::Coefficient),
        ];
        relations.into_iter().filter(|(holds, _)| !holds).map(|(_, relation)| relation).collect()
    }

    /// The modulus n.
    pub const fn modulus(&self) -> &UBig {
        &self.modulus
    }

    /// The public exponent e.
    pub const fn public_exponent(&self) -> &UBig {
        &self.public_exponent
    }

    /// The modulus' length in bits.
    pub fn bits(&self) -> usize {
        rsa::bits(&self.modulus)
    }

    /// Whether OpenSSL signs SHA-256 with these numbers, whatever the signature is worth (3.0, observed through Node 20):
    /// wrong ones are used, but the digest must fit into the modulus, arithmetic modulo an even number fails, and so does
    /// qInv where it has more words than primes of the same length.
    pub fn signs(&self) -> bool {
        self.modulus == UBig::ZERO || self.bits() >= rsa::NARROWEST_SIGNING && self.computes()
    }

    /// Whether its arithmetic goes through.
    fn computes(&self) -> bool {
        let even = |number: &UBig| !number.bit(0);
        let [p, q] = self.primes.each_ref().map(Secret::expose);
        let words = |bits: usize| bits.div_ceil(64);
        let fits = rsa::bits(p) != rsa::bits(q) || words(self.coefficient_bits) <= words(rsa::bits(p));
        fits && ![&self.modulus, p, q].into_iter().any(even)
    }

    /// SHA-256 of the public key's DER (`SubjectPublicKeyInfo`, RFC 5280 section 4.1.2.7), as [`Certificate`] has it.
    pub fn public_key_sha256(&self) -> [u8; 32] {
        Sha256::digest(rsa_der::public_key_info(&self.modulus, &self.public_exponent)).into()
    }

    /// The key as PKCS#1 (RFC 8017 appendix A.1.2) in DER without oddities, for another implementation to use. Nothing
    /// if its numbers contradict each other.
    pub fn to_pkcs1_der(&self) -> Option<Secret<Vec<u8>>> {
        let Factors { modulus, p, q } = self.factors()?;
        let d = self.private_exponent.expose();
        let exponent = |prime: &UBig| Secret::new(d % Secret::new(prime - UBig::ONE).expose());
        let (exponent1, exponent2) = (exponent(p), exponent(q));
        let coefficient = Secret::new(ConstDivisor::new(p.clone()).reduce(q.clone()).inv()?.residue());
        Some(rsa_der::private_key([
            modulus,
            &self.public_exponent,
            d,
            p,
            q,
            exponent1.expose(),
            exponent2.expose(),
            coefficient.expose(),
        ]))
    }

    /// SHA-256 of p and of q, of a key whose numbers fit each other. Equal digests tell that two keys share a prime; they
    /// are not for showing.
    pub fn prime_digests(&self) -> Option<[[u8; 32]; 2]> {
        let Factors { p, q, .. } = self.factors()?;
        Some([p, q].map(|prime| Sha256::digest(Secret::new(prime.to_be_bytes()).expose()).into()))
    }

    pub(super) fn factors(&self) -> Option<Factors<'_>> {
        // qInv says that p and q have no common factor, without which the two together would not stand for n.
        let (p, q) = (self.primes[0].expose(), self.primes[1].expose());
        self.contradictions.is_empty().then_some(Factors { modulus: &self.modulus, p, q })
    }

    /// Whether a number that should be prime is not, and which: `p` or `q`.
    ///
    /// `certificate` may vouch for them. A signature that verifies was made with a working private exponent; the
    /// relations e·d ≡ 1 (mod p−1) and (mod q−1) together with it hold for composite numbers only if somebody
    /// takes pains to make them, so the costly test is left out then. It is also left out for numbers wider than
    /// [`rsa::WIDEST_TESTED`], with which it would take seconds, and where `certificate` is that of another key: one of the two
    /// has to be replaced anyway, and a mistake must not take longer to find than no mistake.
    pub fn composite(&self, certificate: Option<&Certificate>) -> Option<&'static str> {
        let is_other = |certificate: &Certificate| {
            matches!(certificate.public_key, PublicKey::Rsa { .. }) && !certificate.public_key.is_of(self)
        };
        if !self.contradictions.is_empty() || self.vouched(certificate) || certificate.is_some_and(is_other) {
            return None;
        }
        let find = || {
            let numbers = ["p", "q"].into_iter().zip(&self.primes);
            let tested = numbers.filter(|(_, prime)| rsa::bits(prime.expose()) <= rsa::WIDEST_TESTED);
            let mut composite = tested.filter(|(_, prime)| !rsa::probably_prime(prime.expose()));
            composite.next().map(|(name, _)| name)
        };
        *self.composite.get_or_init(find)
    }

    /// How the private key could be computed from the public one, if it could. Of a key whose numbers contradict each
    /// other only e is looked at.
    pub fn weakness(&self, certificate: Option<&Certificate>) -> Option<Weakness> {
        if let Some(weakness) = rsa::weak_exponent(&self.public_exponent) {
            return Some(weakness);
        }
        let Factors { modulus, p, q } = self.factors()?;
        if self.composite(certificate).is_some() {
            return None;
        }
        rsa::weakness(modulus, &self.public_exponent, self.private_exponent.expose(), p, q)
    }

    fn vouched(&self, certificate: Option<&Certificate>) -> bool {
        certificate.is_some_and(|certificate| {
            certificate.self_signature == SelfSignature::Valid && certificate.public_key.is_of(self)
        })
    }
}

impl From<DerDefect> for PrivateKeyDefect {
    fn from(defect: DerDefect) -> Self {
        Self::Syntax(defect)
    }
}

/// A certificate and a private key that could both be read.
#[derive(Clone, Copy, Debug)]
pub struct KeyPair<'c, 'v, 's> {
    /// The private key's field.
    pub private_key_field: &'c PrivateKeyField<'v, 's>,
    /// The private key.
    pub private_key: &'c PrivateKey,
    /// The certificate's field.
    pub certificate_field: &'c CertificateField<'v, 's>,
    /// The certificate.
    pub certificate: &'c Certificate,
}

impl<'c, 'v, 's> KeyPair<'c, 'v, 's> {
    pub(super) fn new(
        private_key_field: &'c PrivateKeyField<'v, 's>,
        certificate_field: &'c CertificateField<'v, 's>,
    ) -> Option<Self> {
        let private_key = private_key_field.key.as_ref().ok()?;
        let certificate = certificate_field.certificate.as_ref().ok()?;
        Some(Self { private_key_field, private_key, certificate_field, certificate })
    }
}
