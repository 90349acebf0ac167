use crate::credential::{Credential, FormKind, PrivateKeyField};
use crate::finding::{Draft, Findings, Level};
use crate::published;
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "private-key-published",
    level: Level::Error,
    basis: Basis::Exposure,
    fixable: false,
    summary: "the private key is public: it is on a list of published keys",
    explanation: "\
Documentation, test suites and firmware contain private keys, and lists of leaked keys exist. Anyone who finds such a \
key can sign in with it, so it protects nothing.

aemcred searches two lists: its own small list of keys from well-known documentation and test suites, and the file \
that you name with `--blocklist`, in the format of badkeys (https://badkeys.info), which has millions. Only a hash of \
the public modulus is looked up, on this machine.",
    example: "\
\"privateKey\": \"-----BEGIN RSA PRIVATE KEY-----\\r\\n… copied from a tutorial …\"",
    remedy: "\
Revoke the certificate of this key in the AEM Developer Console (Integrations tab) now, create a new private key \
there, and store the complete downloaded file. In a document that is only for tests, use a key of your own: `aemcred \
generate` makes a complete synthetic credential.",
    reference: "https://badkeys.info; CWE-321",
    forms: FormKind::SERVICE,
    check: Check::PrivateKey(check),
};

fn check(
    _: &Credential<'_, '_>,
    field: &PrivateKeyField<'_, '_>,
    settings: &Settings,
    findings: &mut Findings,
) {
    let Ok(key) = &field.key else { return };
    let modulus = key.modulus().to_be_bytes();
    let where_from = if let Some(known) = published::known(&modulus) {
        format!("it is in {}", known.published_in)
    } else {
        match settings.published.as_ref().map(|list| list.look_up(&modulus)) {
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
        Draft::new(field.pem.begin(), format!("anyone can read this private key: {where_from}"))
            .label("a published key")
            .help(
                "Anyone can sign in as this technical account. If the credential is in use, revoke its certificate in \
                 the AEM Developer Console (Integrations tab) now and create a new private key there. If it is only \
                 for tests, make sure that it never reaches production.",
            ),
    );
}

#[cfg(all(test, feature = "generate"))]
mod tests {
    use std::io;
    use std::sync::Arc;

    use super::RULE;
    use crate::published::{BlocklistError, ListId, PublishedKeys};
    use crate::rules::synthetic::{Numbers, Sample, checked_with};

    #[derive(Clone, Debug)]
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
            let checked = checked_with(&RULE, &sample.document(), |settings| {
                settings.published = Some(Arc::new(list.clone()));
            });
            let messages: Vec<_> =
                checked.findings.into_iter().map(|finding| finding.draft.message).collect();
            (messages, checked.failures)
        };
        let modulus = Numbers::of(&sample.private_key).n;
        assert_eq!(
            said(&List::With(modulus)).0,
            [
                "anyone can read this private key: it is on the given list of published keys (source 7 of that list)"
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
