use crate::credential::{Credential, FormKind, PrivateKeyField};
use crate::finding::{Draft, Findings, Level};
use crate::published;
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "private-key-published",
    level: Level::Error,
    basis: Basis::Exposure,
    fixable: false,
    summary: "the private key can be read by everyone: it is on a list of published keys",
    explanation: "\
Documentation, test suites and firmware contain private keys, and some leaked ones were collected. Whoever looks for \
them can sign in with such a key, so that it protects nothing.

Two lists are searched: a small one that is part of aemcred, of keys in well-known documentation and test suites, and \
the file that `--blocklist` names, in the format of badkeys (https://badkeys.info), which knows millions. Only a hash of \
the public modulus is looked up, on this machine.",
    example: "\
\"privateKey\": \"-----BEGIN RSA PRIVATE KEY-----\\r\\n… copied from a tutorial …\"",
    remedy: "\
Revoke the certificate of this key in the AEM Developer Console (Integrations tab) at once, create a new private key \
there, and store the downloaded file whole. In a document that is only meant for tests, keep a key of your own making: \
`aemcred generate` makes a whole synthetic credential.",
    reference: "https://badkeys.info; CWE-321",
    forms: FormKind::SERVICE,
    check: Check::PrivateKey(check),
};

fn check(
    _: &Credential<'_, '_>,
    field: &PrivateKeyField<'_, '_>,
    settings: &Settings<'_>,
    findings: &mut Findings,
) {
    let Ok(key) = &field.key else { return };
    let modulus = key.modulus().to_be_bytes();
    let whence = if let Some(known) = published::known(&modulus) {
        format!("it stands in {}", known.published_in)
    } else {
        match settings.published.map(|list| list.look_up(&modulus)) {
            None | Some(Ok(None)) => return,
            Some(Ok(Some(list))) => {
                format!("it is on the given list of published keys (source {} of that list)", list.0)
            }
            Some(Err(error)) => {
                findings.fail(format!("the given list of published keys could not be searched: {error}"));
                return;
            }
        }
    };
    findings.push(
        Draft::new(field.pem.begin(), format!("everyone can read this private key: {whence}"))
            .label("a published key")
            .help(
                "Anyone can sign in as this technical account. If the credential is in use, revoke its certificate in \
                 the AEM Developer Console (Integrations tab) now and create a new private key there. If it is only \
                 meant for tests, see that it never reaches production.",
            ),
    );
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use std::io;

    use super::RULE;
    use crate::published::{BlocklistError, ListId, PublishedKeys};
    use crate::rules::synthetic::{Numbers, Sample, checked_with};

    #[derive(Debug)]
    enum List {
        With(Vec<u8>),
        Broken,
    }

    impl PublishedKeys for List {
        fn look_up(&self, modulus: &[u8]) -> Result<Option<ListId>, BlocklistError> {
            match self {
                Self::With(listed) => Ok((listed == modulus).then_some(ListId(7))),
                Self::Broken => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            }
        }
    }

    #[test]
    fn the_given_list_is_searched_for_the_modulus() {
        let sample = Sample::new();
        let said = |list: &List| {
            let checked = checked_with(&RULE, &sample.document(), |settings| settings.published = Some(list));
            let messages: Vec<_> =
                checked.findings.into_iter().map(|finding| finding.draft.message).collect();
            (messages, checked.failures)
        };
        let modulus = Numbers::of(&sample.private_key).n;
        assert_eq!(
            said(&List::With(modulus)).0,
            [
                "everyone can read this private key: it is on the given list of published keys (source 7 of that list)"
            ]
        );
        assert_eq!(said(&List::With(vec![1])), (vec![], vec![]));
        let (messages, failures) = said(&List::Broken);
        assert_eq!(messages, [""; 0]);
        assert_eq!(
            failures,
            [
                "the given list of published keys could not be searched: it can't be read: unexpected end of file"
            ]
        );
    }
}
