use super::certificate;
use crate::credential::{Credential, FormKind, PrivateKeyField, Relation};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words::RENEW;

pub(super) const RULE: Rule = Rule {
    name: "private-key-inconsistent",
    level: Level::Error,
    basis: Basis::Damage,
    fixable: false,
    summary: "the numbers in the private key contradict each other",
    explanation: "\
An RSA private key has eight numbers that depend on each other: n = p·q with two different primes p and q, e·d ≡ 1 \
modulo p−1 and q−1, dP = d mod (p−1), dQ = d mod (q−1), and qInv·q ≡ 1 modulo p. If one of these relations is wrong, \
some bytes of the key are wrong.

The effect depends on the program. OpenSSL detects some wrong results and then uses a slower method. With other wrong \
numbers it makes signatures that Adobe refuses. If a prime or the modulus is even it fails, and Adobe's client throws \
an error. A signature that was computed from a wrong dP, dQ or qInv also lets everyone who sees it compute the private \
key.

aemcred doesn't test whether p and q are prime if the certificate proves it (its signature was made with this key and \
is valid), or if they have more than 4096 bits.",
    example: "\
\"privateKey\": \"-----BEGIN RSA PRIVATE KEY-----\\r\\n… with a few characters changed …\"",
    remedy: "\
Copy `privateKey` again from the downloaded file. If that file has the same problem, create a new private key in the \
AEM Developer Console (Integrations tab), and revoke the certificate of this one.",
    reference: "RFC 8017 section 3.2; Boneh, DeMillo and Lipton, On the Importance of Checking Cryptographic Protocols for Faults (1997)",
    forms: FormKind::SERVICE,
    check: Check::PrivateKey(check),
};

fn check(
    credential: &Credential<'_, '_>,
    field: &PrivateKeyField<'_, '_>,
    _: &Settings,
    findings: &mut Findings,
) {
    let Ok(key) = &field.key else { return };
    let message = if let Some(name) = key.composite(certificate(credential)) {
        format!("the private key is wrong: its number {name} should be prime and is not")
    } else if key.contradictions.is_empty() {
        return;
    } else {
        let broken: Vec<&str> = key.contradictions.iter().map(|relation| words(*relation)).collect();
        format!("the numbers in the private key contradict each other: {}", broken.join("; "))
    };
    let (basis, consequence) = if key.signs() {
        (Basis::Damage, "signatures made with it are wrong or reveal the key")
    } else {
        (Basis::Client, "Adobe's client can't sign with it and throws an error")
    };
    let draft = Draft::new(field.pem.begin(), message).claim(basis, Level::Error);
    findings.push(draft.label("wrong numbers").help(format!(
        "Part of the key was changed, and {consequence}. Copy privateKey again from the downloaded file. If that \
         doesn't help: {RENEW}",
    )));
}

/// What is wrong when `relation` does not hold.
const fn words(relation: Relation) -> &'static str {
    match relation {
        Relation::PrimesMoreThanOne => "one of the primes p and q is 0 or 1",
        Relation::Product => "the modulus is not the product of the two primes (n = p·q)",
        Relation::DistinctPrimes => "the two primes are the same (p ≠ q)",
        Relation::InverseModuloP => {
            "the private and public exponents don't match for the prime p (e·d ≡ 1 mod p−1)"
        }
        Relation::InverseModuloQ => {
            "the private and public exponents don't match for the prime q (e·d ≡ 1 mod q−1)"
        }
        Relation::ExponentP => "the exponent for p doesn't match d (dP = d mod (p−1))",
        Relation::ExponentQ => "the exponent for q doesn't match d (dQ = d mod (q−1))",
        Relation::Coefficient => "the coefficient is not the inverse of q (qInv·q ≡ 1 mod p)",
    }
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use super::RULE;
    use crate::rules::private_key::private_key_weak::RULE as WEAK;
    use crate::rules::synthetic::{Numbers, Sample, messages};

    fn said(change: impl FnOnce(&mut Numbers)) -> Vec<String> {
        said_of(change, &Sample::document)
    }

    /// The same of a key without a certificate.
    fn said_alone(change: impl FnOnce(&mut Numbers)) -> Vec<String> {
        said_of(change, &|sample: &Sample| sample.respelt("publicKey", |_| String::new()))
    }

    fn said_of(change: impl FnOnce(&mut Numbers), document: &dyn Fn(&Sample) -> Vec<u8>) -> Vec<String> {
        let mut numbers = Numbers::of(&Sample::new().private_key);
        change(&mut numbers);
        let document = document(&Sample { private_key: numbers.der(), ..Sample::new() });
        let said = messages(&RULE, &document);
        if !said.is_empty() {
            assert_eq!(messages(&WEAK, &document), [""; 0], "not applicable");
        }
        said
    }

    fn flip(number: &mut [u8]) {
        let last = number.len() - 1;
        number[last] ^= 2;
    }

    #[test]
    fn every_relation_is_named_by_itself() {
        assert_eq!(said(|_| {}), [""; 0]);
        let one = |relation: &str| {
            vec![format!("the numbers in the private key contradict each other: {relation}")]
        };
        assert_eq!(
            said(|key| flip(&mut key.n)),
            one("the modulus is not the product of the two primes (n = p·q)")
        );
        assert_eq!(
            said(|key| flip(&mut key.p)),
            one("the modulus is not the product of the two primes (n = p·q)")
        );
        assert_eq!(said(|key| key.q = vec![1]), one("one of the primes p and q is 0 or 1"));
        assert_eq!(said(|key| key.p = vec![0]), one("one of the primes p and q is 0 or 1"));
        assert_eq!(
            said(|key| flip(&mut key.d_p)),
            one("the exponent for p doesn't match d (dP = d mod (p−1))")
        );
        assert_eq!(
            said(|key| flip(&mut key.d_q)),
            one("the exponent for q doesn't match d (dQ = d mod (q−1))")
        );
        assert_eq!(
            said(|key| flip(&mut key.q_inv)),
            one("the coefficient is not the inverse of q (qInv·q ≡ 1 mod p)")
        );
        let exponents = said(|key| flip(&mut key.d));
        assert_eq!(exponents.len(), 1);
        for words in ["for the prime p", "for the prime q", "dP = d", "dQ = d"] {
            assert!(exponents[0].contains(words), "{words}: {}", exponents[0]);
        }
        assert!(!exponents[0].contains("qInv"));
    }

    #[test]
    fn a_larger_private_exponent_and_swapped_primes_are_right() {
        assert_eq!(said(Numbers::enlarge_private_exponent), [""; 0]);
        assert_eq!(said(Numbers::swap_primes), [""; 0]);
        let carelessly = said(|key| std::mem::swap(&mut key.p, &mut key.q));
        assert!(carelessly[0].contains("dP = d") && carelessly[0].contains("qInv"), "{}", carelessly[0]);
    }

    #[test]
    fn equal_and_composite_primes_are_named() {
        let equal = said(|key| *key = Numbers::from_primes(&key.p.clone(), &key.p));
        assert!(equal[0].contains("the two primes are the same (p ≠ q)"), "{equal:?}");
        assert!(!equal[0].contains("qInv"), "it has no inverse because of that: {equal:?}");
        let composite = said_alone(Numbers::make_composite);
        assert_eq!(composite, ["the private key is wrong: its number q should be prime and is not"]);
        assert_eq!(said(Numbers::make_composite), [""; 0], "beside another key's certificate");
    }

    #[test]
    fn what_would_take_seconds_is_not_tested() {
        let power = |bits: usize| {
            let mut bytes = vec![0; bits / 8 + 1];
            bytes[0] = 1 << (bits % 8);
            bytes[bits / 8] |= 1;
            bytes
        };
        let composite = |bits| said_alone(|key| *key = Numbers::from_primes(&power(bits), &key.q));
        assert_eq!(composite(4095), ["the private key is wrong: its number p should be prime and is not"]);
        assert_eq!(composite(4096), [""; 0]);
    }
}
