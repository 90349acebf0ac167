use crate::credential::{Credential, FieldState};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "field-missing",
    level: Level::Error,
    fixable: false,
    summary: "a field that every issued document has is absent",
    explanation: "\
Every service-credentials document that the AEM Developer Console issues has `imsEndpoint`, `metascopes`, \
`technicalAccount` with `clientId` and `clientSecret`, `email`, `id`, `org`, `privateKey` and `publicKey`. The \
documented client refuses to start without most of them, and the others say who the credential belongs to and until \
when it is valid.",
    example: "\
{\"ok\": true, \"integration\": {
  \"metascopes\": \"ent_aem_cloud_api\",
  …
}}",
    remedy: "\
Download the service credentials again from the AEM Developer Console and store the file whole. If the field was left \
out on purpose because another system fills it in, check the file as that system writes it.",
    reference: "https://github.com/adobe/aemcs-api-client-lib (README, exchange)",
    check: Check::Credential(check),
};

fn check(credential: &Credential<'_, '_>, _: &Settings<'_>, findings: &mut Findings) {
    for entry in credential.fields.iter().filter(|entry| entry.field.required()) {
        if let FieldState::Missing(_) = entry.state {
            let (name, meaning) = (entry.field.name(), entry.field.meaning());
            findings.push(
                Draft::new(entry.place(), format!("{name} is missing: {meaning}"))
                    .label(format!("no {name} in here"))
                    .help(
                        "Every issued document has this field. Download the service credentials again from the AEM \
                         Developer Console (Integrations tab), and store the file whole.",
                    ),
            );
        }
    }
}
