use crate::credential::{ClientId, Credential, Field, FormKind, presentable};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "account-mismatch",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "`clientId` and the certificate's common name differ: parts of two credentials were mixed",
    explanation: "\
Adobe issues the certificate for the client: its common name is the client ID, \
`cm-p<program>-e<environment>-integration`, with the same number at the end if there is one. If they differ, the \
account comes from one download and the key and certificate from another: another program, another environment (often \
stage and production), or another technical account of the same environment.

Adobe looks for the certificate among those of the client that sends the request, doesn't find it, and refuses the \
request.",
    example: "\
\"technicalAccount\": {\"clientId\": \"cm-p7603-e12614-integration\", …},
\"publicKey\": \"-----BEGIN CERTIFICATE-----\\r\\n… of cm-p7603-e99999-integration …\"",
    remedy: "\
Decide which of the two you need, download its service credentials from the AEM Developer Console, and store the \
complete file.",
    reference: "https://github.com/adobe/aemcs-api-client-lib (README: subject of the sample's certificate)",
    forms: FormKind::SERVICE,
    check: Check::Credential(check),
};

fn check(credential: &Credential<'_, '_>, _: &Settings, findings: &mut Findings) {
    let (Some(client), Some(field)) = (credential.value(Field::ClientId), &credential.certificate) else {
        return;
    };
    let Ok(Some(name)) = field.certificate.as_ref().map(|certificate| certificate.common_name.as_deref())
    else {
        return;
    };
    // Another field's value, or swapped with the secret: identifier-form or identifier-swapped says so, and it explains the difference.
    let misplaced = client.as_str().starts_with("p8e-")
        || client.as_str().contains('@')
        || credential
            .value(Field::ClientSecret)
            .is_some_and(|secret| ClientId::parse(secret.as_str()).is_some());
    let Some(difference) = difference(client.as_str(), name).filter(|_| !misplaced) else { return };
    let both = match client.presentable() {
        Some(client) if presentable(name) => format!(": {client} and {name}"),
        _ => String::new(),
    };
    findings.push(
        Draft::new(
            client.place(),
            format!("clientId and the certificate's common name differ{difference}{both}"),
        )
        .label("this client…")
        .related(field.pem.place(), "…is not the client of this certificate")
        .help(
            "Parts of two credentials were mixed, and Adobe will probably refuse requests for a token. Download the \
             service credentials of the environment that you need, and store the complete file.",
        ),
    );
}

/// In what two client IDs differ; an empty text if either isn't shaped as issued.
fn difference(client: &str, name: &str) -> Option<String> {
    if client == name {
        return None;
    }
    let (Some(client), Some(name)) = (ClientId::parse(client), ClientId::parse(name)) else {
        return Some(String::new());
    };
    let parts = [
        ("the program", client.program != name.program),
        ("the environment", client.environment != name.environment),
        ("the number at the end", client.index != name.index),
    ];
    let parts: Vec<&str> = parts.into_iter().filter(|(_, differ)| *differ).map(|(part, _)| part).collect();
    Some(format!(" in {}", parts.join(" and ")))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::{RULE, check, difference};
    use crate::credential::{
        Certificate, CertificateTime, PublicKey, SelfSignature, TimeEncoding, recognise,
    };
    use crate::finding::Findings;
    use crate::json::{self, Limits};
    use crate::rules::testing::{Sample, findings, settings};

    #[test]
    fn the_part_that_differs_is_named() {
        let client = "cm-p1-e2-integration";
        for (name, expected) in [
            ("cm-p1-e2-integration", None),
            ("cm-p9-e2-integration", Some(" in the program")),
            ("cm-p1-e9-integration", Some(" in the environment")),
            ("cm-p1-e2-integration-0", Some(" in the number at the end")),
            ("cm-p9-e9-integration-1", Some(" in the program and the environment and the number at the end")),
            ("CM-P1-E2-integration", Some("")),
            ("example.org", Some("")),
        ] {
            assert_eq!(difference(client, name).as_deref(), expected, "{name}");
            assert_eq!(difference(name, client).as_deref(), expected, "{name}");
        }
    }

    /// A certificate in the name of `common_name`; nothing else in it matters here.
    fn certificate(common_name: Option<&str>) -> Certificate {
        let time = CertificateTime { instant: DateTime::UNIX_EPOCH, encoding: TimeEncoding::Regular };
        Certificate {
            serial: String::new(),
            issuer: String::new(),
            subject: String::new(),
            issuer_common_name: None,
            common_name: common_name.map(str::to_owned),
            not_before: time,
            not_after: time,
            public_key: PublicKey::Unreadable,
            signature_algorithm: "",
            broken_digest: false,
            self_issued: true,
            self_signature: SelfSignature::NotTried,
            sha256: [0; 32].into(),
            public_key_sha256: [0; 32],
        }
    }

    #[test]
    fn both_places_are_shown() {
        let text = Sample::new().text();
        let said = |text: &str, common_name| {
            let root = json::parse(text, Limits::default()).unwrap();
            let mut credential = recognise(text, &root).credential.unwrap();
            credential.certificate.as_mut().unwrap().certificate = Ok(certificate(common_name));
            let mut findings = Findings::default();
            check(&credential, &settings(), &mut findings);
            findings.drafts.pop().map(|draft| {
                let related = &draft.related[0].place;
                let places = [&text[draft.place.span.range()], related.pointer.as_str()].join(" ");
                (draft.message, places)
            })
        };
        let message = "clientId and the certificate's common name differ in the environment: \
                       cm-p7603-e12614-integration and cm-p7603-e99999-integration";
        assert_eq!(
            said(&text, Some("cm-p7603-e99999-integration")),
            Some((message.to_owned(), "cm-p7603-e12614-integration /integration/publicKey".to_owned()))
        );
        let (message, _) = said(&text, Some("p8e-SampleSampleSample")).unwrap();
        assert_eq!(message, "clientId and the certificate's common name differ");
        assert_eq!(said(&text, Some("cm-p7603-e12614-integration")), None);
        assert_eq!(said(&text, None), None);
        let swapped =
            Sample::new().with("clientId", "\"x\"").with("clientSecret", "\"cm-p1-e2-integration\"");
        assert_eq!(said(&swapped.text(), Some("cm-p1-e2-integration")), None);
    }

    #[test]
    fn nothing_is_said_without_a_certificate() {
        assert_eq!(findings(&RULE, Sample::new()), [""; 0]);
    }
}
