use crate::credential::{Credential, FormKind, PrivateKeyDefect, PrivateKeyField, rsa};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words::{self, RENEW};

pub(in crate::rules) const RULE: Rule = Rule {
    name: "private-key-algorithm",
    level: Level::Error,
    basis: Basis::Service,
    fixable: false,
    summary: "the private key is not a two-prime RSA key of 2048 to 16,384 bits",
    explanation: "\
Requests for a token are signed by RS256, which is RSA with SHA-256. RFC 7518 demands at least 2048 bits of a key for \
that; smaller ones can be broken, or soon will be. More than 16,384 bits is more than OpenSSL works with. Keys of \
elliptic curves, DSA, or RSA with more than two primes are other kinds altogether.

The documented client signs with most such keys, so it is Adobe that refuses them. It throws where OpenSSL can't sign: with \
Ed25519 and other kinds that aren't for signing SHA-256, and with RSA keys of fewer than 489 bits.

The AEM Developer Console issues RSA keys of 2048 bits.",
    example: "\
\"privateKey\": \"-----BEGIN EC PRIVATE KEY-----\\r\\n…\"",
    remedy: "\
Create a new private key for the technical account in the AEM Developer Console (Integrations tab), and store the \
downloaded file whole. If the key is of 1024 bits or fewer, revoke the old certificate as well: others can compute it.",
    reference: "RFC 7518 section 3.3; RFC 8017 section 3.2; OPENSSL_RSA_MAX_MODULUS_BITS of OpenSSL 3.0",
    forms: FormKind::SERVICE,
    check: Check::PrivateKey(check),
};

fn check(_: &Credential<'_, '_>, field: &PrivateKeyField<'_, '_>, _: &Settings<'_>, findings: &mut Findings) {
    let message = match &field.key {
        Ok(key) if key.bits() < rsa::NARROWEST => format!(
            "the private key has {}, fewer than the {} that RS256 demands",
            words::counted(key.bits() as u64, "bit"),
            words::grouped(rsa::NARROWEST as u64)
        ),
        Err(PrivateKeyDefect::Algorithm { kind, .. }) => {
            format!("the private key is {kind}, where RS256 takes an RSA key of two primes")
        }
        Err(PrivateKeyDefect::TooWide(bits)) => format!(
            "a number of the private key has {}, more than the {} that OpenSSL works with",
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
        (Basis::Service, "The documented client signs with it, and Adobe refuses the signature.")
    } else {
        (Basis::Client, "The documented client can't sign with it and throws.")
    };
    let draft = Draft::new(field.pem.begin(), message).claim(basis, Level::Error);
    findings.push(draft.label("not a key for RS256").help(format!(
        "{consequence} Adobe takes requests for a token that are signed by RS256, with RSA keys of 2,048 bits as the AEM Developer \
         Console issues them. {RENEW}",
    )));
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
            ["the private key has 2,047 bits, fewer than the 2,048 that RS256 demands"]
        );
        assert_eq!(said(&[0]), ["the private key has 0 bits, fewer than the 2,048 that RS256 demands"]);
        assert_eq!(
            said(&power(16_385)),
            ["a number of the private key has 16,385 bits, more than the 16,384 that OpenSSL works with"]
        );
    }

    #[test]
    fn other_kinds_are_named() {
        let relabelled = |label: &str| {
            messages(&RULE, &Sample::new().respelt("privateKey", |pem| pem.replace("RSA PRIVATE KEY", label)))
        };
        assert_eq!(
            relabelled("EC PRIVATE KEY"),
            ["the private key is an elliptic-curve (EC) key, where RS256 takes an RSA key of two primes"]
        );
        let numbers = Numbers { version: vec![1], ..Numbers::of(&Sample::new().private_key) };
        let several = Sample { private_key: numbers.der(), ..Sample::new() };
        assert_eq!(
            messages(&RULE, &several.document()),
            [
                "the private key is an RSA key of more than two primes, where RS256 takes an RSA key of two primes"
            ]
        );
    }
}
