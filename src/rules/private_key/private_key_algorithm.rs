use crate::credential::{Credential, FormKind, PrivateKey, PrivateKeyDefect, PrivateKeyField, rsa};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words::{self, RENEW};

pub(in crate::rules) const RULE: Rule = Rule {
    name: "private-key-algorithm",
    level: Level::Error,
    basis: Basis::Service,
    fixable: false,
    summary: "the private key is not a two-prime RSA key of 2048 to 16,384 bits that works with OpenSSL",
    explanation: "\
Requests for a token are signed with RS256, which is RSA with SHA-256. RFC 7518 requires at least 2048 bits, because \
smaller keys can be broken now or soon. OpenSSL doesn't support more than 16,384 bits. It also refuses a public \
exponent that is larger than the modulus, or that has more than 64 bits if the modulus has more than 3072. \
Elliptic-curve keys, DSA keys, and RSA keys with more than two primes are different kinds of keys.

Adobe's client can sign with most such keys, and then Adobe refuses the request. It throws an error if OpenSSL can't \
sign: with Ed25519 and other kinds that can't sign SHA-256, and with RSA keys of fewer than 489 bits.

The AEM Developer Console issues RSA keys of 2048 bits.",
    example: "\
\"privateKey\": \"-----BEGIN EC PRIVATE KEY-----\\r\\n…\"",
    remedy: "\
Create a new private key for the technical account in the AEM Developer Console (Integrations tab), and store the \
complete downloaded file. If the key has 1024 bits or fewer, revoke the old certificate as well: others can compute \
the key.",
    reference: "RFC 7518 section 3.3; RFC 8017 section 3.2; OPENSSL_RSA_MAX_MODULUS_BITS of OpenSSL 3.0",
    forms: FormKind::SERVICE,
    check: Check::PrivateKey(check),
};

fn check(_: &Credential<'_, '_>, field: &PrivateKeyField<'_, '_>, _: &Settings, findings: &mut Findings) {
    let message = match &field.key {
        Ok(key) if key.bits() < rsa::NARROWEST => format!(
            "the private key has {}, fewer than the {} that RS256 requires",
            words::counted(key.bits() as u64, "bit"),
            words::grouped(rsa::NARROWEST as u64)
        ),
        Ok(key) => match exponent_flaw(key) {
            Some(flaw) => flaw,
            None => return,
        },
        Err(PrivateKeyDefect::Algorithm { kind, .. }) => {
            format!("the private key is {kind}, but RS256 needs an RSA key with two primes")
        }
        Err(PrivateKeyDefect::TooWide(bits)) => format!(
            "a number of the private key has {}, more than the {} that OpenSSL supports",
            words::counted(*bits as u64, "bit"),
            words::grouped(rsa::WIDEST as u64)
        ),
        _ => return,
    };
    let signs = match &field.key {
        Ok(key) => key.signs(),
        Err(defect) => defect.signs(),
    };
    let (basis, consequence) = if signs {
        (Basis::Service, "Adobe's client signs with it, and Adobe refuses the signature.")
    } else {
        (Basis::Client, "Adobe's client can't sign with it and throws an error.")
    };
    let draft = Draft::new(field.pem.begin(), message).claim(basis, Level::Error);
    findings.push(draft.label("not a key for RS256").help(format!(
        "{consequence} Adobe accepts requests for a token that are signed with RS256 and an RSA key of 2,048 bits, \
         which the AEM Developer Console issues. {RENEW}",
    )));
}

/// What OpenSSL doesn't verify a signature with, whoever made it (`rsa_ossl_public_decrypt`).
pub(super) fn exponent_flaw(key: &PrivateKey) -> Option<String> {
    /// `OPENSSL_RSA_SMALL_MODULUS_BITS` and `OPENSSL_RSA_MAX_PUBEXP_BITS`
    const WIDEST_MODULUS: usize = 3072;
    const WIDEST_EXPONENT: usize = 64;
    let (e, n) = (key.public_exponent(), key.modulus());
    if rsa::weak_exponent(e).is_some() {
        None
    } else if e > n {
        Some(String::from("the key's public exponent e is larger than its modulus n"))
    } else {
        (key.bits() > WIDEST_MODULUS && rsa::bits(e) > WIDEST_EXPONENT).then(|| {
            format!(
                "the key's public exponent e has {}, more than the {WIDEST_EXPONENT} that OpenSSL accepts with a \
                 modulus of more than {} bits",
                words::counted(rsa::bits(e) as u64, "bit"),
                words::grouped(WIDEST_MODULUS as u64)
            )
        })
    }
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use super::RULE;
    use crate::rules::synthetic::{Numbers, Sample, messages};

    #[test]
    fn limits_hold_to_the_bit() {
        let said = |n: &[u8]| {
            let private_key = Numbers { n: n.to_vec(), ..Numbers::of(&Sample::new().private_key) }.der();
            messages(&RULE, &Sample { private_key, ..Sample::new() }.document())
        };
        let power = |bits: usize| {
            let mut bytes = vec![0; bits.div_ceil(8)];
            bytes[0] = 1 << ((bits - 1) % 8);
            bytes
        };
        assert_eq!(said(&power(2048)), [""; 0]);
        assert_eq!(said(&power(16_384)), [""; 0]);
        assert_eq!(
            said(&power(2047)),
            ["the private key has 2,047 bits, fewer than the 2,048 that RS256 requires"]
        );
        assert_eq!(said(&[0]), ["the private key has 0 bits, fewer than the 2,048 that RS256 requires"]);
        assert_eq!(
            said(&power(16_385)),
            ["a number of the private key has 16,385 bits, more than the 16,384 that OpenSSL supports"]
        );
    }

    #[test]
    fn other_kinds_are_named() {
        let relabeled = |label: &str| {
            messages(&RULE, &Sample::new().respelt("privateKey", |pem| pem.replace("RSA PRIVATE KEY", label)))
        };
        assert_eq!(
            relabeled("EC PRIVATE KEY"),
            ["the private key is an elliptic-curve (EC) key, but RS256 needs an RSA key with two primes"]
        );
        let further = Numbers::of(&Sample::new().private_key).with_a_third_prime();
        let several = Sample { private_key: further, ..Sample::new() };
        assert_eq!(
            messages(&RULE, &several.document()),
            [
                "the private key is an RSA key with more than two primes, but RS256 needs an RSA key with two primes"
            ]
        );
    }

    #[test]
    fn an_exponent_that_openssl_refuses_is_named() {
        let said = |rule, bits: usize, e: usize| {
            let mut numbers = Numbers::of(&Sample::new().private_key);
            let set = |bits: usize| {
                let mut bytes = vec![0xFF; bits.div_ceil(8)];
                bytes[0] >>= (8 - bits % 8) % 8;
                bytes
            };
            (numbers.n, numbers.e) = (set(bits), set(e));
            messages(rule, &Sample { private_key: numbers.der(), ..Sample::new() }.document())
        };
        assert_eq!(said(&RULE, 2048, 2049), ["the key's public exponent e is larger than its modulus n"]);
        assert_eq!(said(&RULE, 2048, 2047), [""; 0]);
        assert_eq!(said(&RULE, 3072, 65), [""; 0]);
        assert_eq!(said(&RULE, 3073, 64), [""; 0]);
        assert_eq!(
            said(&RULE, 3073, 65),
            [
                "the key's public exponent e has 65 bits, more than the 64 that OpenSSL accepts with a modulus of more \
                 than 3,072 bits"
            ]
        );
    }
}
