use crate::credential::Document;
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "document-wrapper",
    level: Level::Error,
    fixable: true,
    summary: "the `integration` object stands alone, without the object around it",
    explanation: "\
Issued documents hold the credential in `integration`, with `ok` and `statusCode` beside it. The documented client \
takes `integration` out of the document it is given, and finds nothing if that object itself is the document.

Some secret stores and tools keep only the inner object. It is complete, but every program that follows Adobe's \
documentation fails on it.",
    example: "\
{
  \"imsEndpoint\": \"ims-na1.adobelogin.com\",
  \"metascopes\": \"ent_aem_cloud_api\",
  …
}",
    remedy: "\
Put the object back where it was: `{\"ok\": true, \"integration\": {…}, \"statusCode\": 200}`. If \
your own program wants the inner object, turn this rule off for that file in `aemcred.toml`.",
    reference: "https://github.com/adobe/aemcs-api-client-lib (README, exchange)",
    check: Check::Document(check),
};

fn check(document: &Document<'_, '_>, _: &Settings<'_>, findings: &mut Findings) {
    if document.credential.as_ref().is_none_or(|credential| credential.wrapped) {
        return;
    }
    findings.push(
        Draft::new(document.beginning(), "the object that should be in integration stands alone")
            .label("expected {\"ok\": true, \"integration\": {…}, \"statusCode\": 200}")
            .help(
                "The documented client takes integration out of the document and finds nothing. Put the \
                 object back into its wrapper, or store the downloaded file whole.",
            ),
    );
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Sample, findings, places};

    #[test]
    fn a_bare_integration_is_reported() {
        let bare = Sample::new().bare();
        assert_eq!(
            findings(&RULE, bare.as_str()),
            ["1:1 the object that should be in integration stands alone"]
        );
        assert_eq!(places(&RULE, &bare), [["{"]]);
        for text in [Sample::new().text(), "{}".to_owned(), "[]".to_owned()] {
            assert_eq!(findings(&RULE, text), [""; 0]);
        }
    }
}
