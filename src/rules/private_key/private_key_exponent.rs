use dashu_int::UBig;

use super::certificate;
use super::private_key_algorithm::exponent_flaw;
use crate::credential::rsa::{self, Weakness, weak_exponent};
use crate::credential::{Credential, FormKind, PrivateKey, PrivateKeyField};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words;

pub(super) const RULE: Rule = Rule {
    name: "private-key-exponent",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "the public exponent e is not 65537",
    explanation: "\
Almost all RSA keys have the public exponent 65537, including those that the AEM Developer Console issues. A different \
one is not wrong, but the key was made elsewhere. With a very small exponent, such as 3, programs that verify \
signatures carelessly can be tricked. A very large one makes verification slow, and some programs refuse it.

An exponent that is 1 or even is reported by `private-key-weak`.",
    example: "\
\"privateKey\": \"-----BEGIN RSA PRIVATE KEY-----\\r\\n… with e = 3 …\"",
    remedy: "\
Find out where the key comes from. To be safe, create a new private key for the technical account in the AEM Developer \
Console (Integrations tab), and store the complete downloaded file.",
    reference: "NIST FIPS 186-5 appendix A.1.1; RFC 8017 section 3.1",
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
    let e = key.public_exponent();
    if *e == UBig::from(65_537_u32) || is_reported_elsewhere(credential, key) {
        return;
    }
    let value = u64::try_from(e).map_or_else(
        |_| format!("a number of {}", words::counted(rsa::bits(e) as u64, "bit")),
        |e| e.to_string(),
    );
    findings.push(
        Draft::new(
            field.pem.begin(),
            format!("the key's public exponent e is not 65537: it is {value}"),
        )
        .label("unusual exponent")
        .help(
            "The key works, but the AEM Developer Console doesn't issue such keys. Find out where it comes from, or \
             create a new private key in the console (Integrations tab).",
        ),
    );
}

/// One defect, one finding: an e that contradicts d, that nobody verifies with, or that is the reason why the key is weak.
fn is_reported_elsewhere(credential: &Credential<'_, '_>, key: &PrivateKey) -> bool {
    weak_exponent(key.public_exponent()).is_some()
        || exponent_flaw(key).is_some()
        || !key.contradictions.is_empty()
        || key.weakness(certificate(credential)) == Some(Weakness::TinyPrivateExponent)
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use super::RULE;
    use crate::rules::synthetic::{Numbers, Sample, messages};

    #[test]
    fn only_a_consistent_and_unusual_exponent_is_reported() {
        let said = |e: &[u8], fitting: bool| {
            let mut numbers = Numbers::of(&Sample::new().private_key);
            numbers.e = e.to_vec();
            if fitting {
                numbers.compute();
            }
            messages(&RULE, &Sample { private_key: numbers.der(), ..Sample::new() }.document())
        };
        assert_eq!(said(&[1, 0, 1], true), [""; 0]);
        assert_eq!(said(&[1, 0, 3], false), [""; 0], "contradicts d");
        assert_eq!(said(&[1, 0, 3], true), ["the key's public exponent e is not 65537: it is 65539"]);
        assert_eq!(
            said(&[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xB1], true),
            ["the key's public exponent e is not 65537: it is a number of 97 bits"]
        );
    }
}
