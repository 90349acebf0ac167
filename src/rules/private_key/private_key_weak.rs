use super::certificate;
use crate::credential::rsa::Weakness;
use crate::credential::{Credential, FormKind, PrivateKeyField};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words;

pub(super) const RULE: Rule = Rule {
    name: "private-key-weak",
    level: Level::Error,
    basis: Basis::Exposure,
    fixable: false,
    summary: "the private key can be computed from the public key",
    explanation: "\
The certificate is public, and for a weak key it is all that an attacker needs. aemcred looks for:

- ROCA (CVE-2017-15361): keys made by a flawed library in Infineon chips, such as smart cards and TPMs. A private key \
of 2048 bits can be computed in less than 100 years of one processor core, and thousands of cores can be rented.
- Primes that are close to each other, or whose quotient is close to a small fraction such as 1/2: Fermat's method \
finds them.
- Primes that depend on each other: they share their lower half, or one is the other one read backward.
- A prime that repeats one group of bits, or two primes with only a few bits set.
- A prime factor below 2^32: trial division finds it.
- A very small private exponent d: the methods of Wiener, and of Boneh and Durfee, compute it from n and e.
- e = 1: a signature is then the message itself, so anyone can sign.
- An even e, for which no private exponent exists.

The AEM Developer Console doesn't issue such keys. A weak key was made elsewhere, by a program with a bug.",
    example: "\
\"privateKey\": \"-----BEGIN RSA PRIVATE KEY-----\\r\\n… with primes that are close to each other …\"",
    remedy: "\
Treat the key as published: revoke its certificate in the AEM Developer Console (Integrations tab) now, create a new \
private key there, and store the complete downloaded file. Find out which program made the key, and which other keys \
it made.",
    reference: "Nemec et al., The Return of Coppersmith's Attack (2017); Boneh, Twenty Years of Attacks on the RSA Cryptosystem (1999); https://badkeys.info",
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
    let Some(weakness) = key.weakness(certificate(credential)) else { return };
    let message = match weakness {
        Weakness::Roca => computed("it was made by the flawed library of Infineon (ROCA, CVE-2017-15361)"),
        Weakness::ClosePrimes(rounds) => computed(&format!(
            "its two primes are so close to each other that Fermat's method finds them in round {}",
            words::grouped(rounds.into())
        )),
        Weakness::SmallQuotient(numerator, denominator) => computed(&format!(
            "the quotient of its two primes is almost {numerator}/{denominator}, and Fermat's method finds them"
        )),
        Weakness::SharedLowerHalf => computed("its two primes have the same lower half"),
        Weakness::Mirrored => computed("one of its primes is the other one read backward, or its complement"),
        Weakness::Repeating => computed("one of its primes repeats a group of bits from end to end"),
        Weakness::Sparse => computed("only a few bits of its modulus are set, in a regular pattern"),
        // The factor is half the key, and public: everyone finds it by dividing.
        Weakness::SmallFactor(_) => computed("one of its primes is so small that trial division finds it"),
        Weakness::TinyPrivateExponent => computed(
            "its private exponent d is so small that the method of Wiener, or of Boneh and Durfee, finds it",
        ),
        Weakness::ExponentOne => String::from(
            "the key protects nothing: its public exponent e is 1, so a signature is the message itself",
        ),
        Weakness::EvenExponent => String::from(
            "the key can't work: its public exponent e is even, and no private exponent matches it",
        ),
    };
    let basis = match weakness {
        _ if !key.signs() => Basis::Client,
        Weakness::EvenExponent => Basis::Service,
        _ => Basis::Exposure,
    };
    let draft = Draft::new(field.pem.begin(), message).claim(basis, Level::Error);
    findings.push(draft.label("reveals the private key").help(format!(
        "{}Revoke the certificate in the AEM Developer Console (Integrations tab) now, create a new private key there, \
         and find out which program made this one: the console doesn't issue such keys.",
        consequence(weakness),
    )));
}

/// What becomes of a key of such weakness.
const fn consequence(weakness: Weakness) -> &'static str {
    match weakness {
        Weakness::EvenExponent => {
            "Signatures made with it are never valid, so Adobe refuses every request for a token. "
        }
        Weakness::Roca => {
            "Whoever has the certificate, the client secret, and the money to rent thousands of computers for a few \
             weeks can sign in as this technical account. "
        }
        _ => {
            "Whoever has the certificate and the client secret can sign in as this technical account, today and with \
             little effort. "
        }
    }
}

fn computed(how: &str) -> String {
    format!("the private key can be computed from the certificate: {how}")
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use super::{RULE, computed, consequence};
    use crate::credential::rsa::Weakness;
    use crate::rule::Basis;
    use crate::rules::private_key::private_key_exponent::RULE as EXPONENT;
    use crate::rules::private_key::private_key_inconsistent::RULE as INCONSISTENT;
    use crate::rules::synthetic::{Numbers, Sample, findings, messages};

    #[test]
    fn a_weak_exponent_is_one_finding() {
        for (e, words, basis) in [
            (0_u8, "e is even", Basis::Service),
            (1, "e is 1", Basis::Exposure),
            (2, "e is even", Basis::Service),
        ] {
            let mut numbers = Numbers::of(&Sample::new().private_key);
            if e == 1 {
                numbers.set_exponents_to_one();
            }
            numbers.e = vec![e];
            let document = Sample { private_key: numbers.der(), ..Sample::new() }.document();
            let said = messages(&RULE, &document);
            assert_eq!(said.len(), 1);
            assert!(said[0].contains(words), "{e}: {}", said[0]);
            assert_eq!(findings(&RULE, &document)[0].basis, basis, "{e}");
            assert_eq!(messages(&EXPONENT, &document), [""; 0], "{e}");
            assert_eq!(messages(&INCONSISTENT, &document), [""; 0], "{e}");
        }
    }

    /// Where it takes much money, nobody is told that it takes none, nor the other way round.
    #[test]
    fn what_it_takes_is_said() {
        for (weakness, words) in [
            (Weakness::Roca, "the money to rent thousands of computers"),
            (Weakness::EvenExponent, "Adobe refuses every request"),
            (Weakness::ExponentOne, "with little effort"),
            (Weakness::ClosePrimes(1), "with little effort"),
        ] {
            assert!(consequence(weakness).contains(words), "{weakness:?}");
        }
        assert!(computed("by hand").ends_with("computed from the certificate: by hand"));
    }
}
