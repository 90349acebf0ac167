use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::credential::{
    Credential, Document, Field, FieldState, FormKind, ProjectCredential, ProjectCredentialKind,
    is_console_client,
};
use crate::finding::{Draft, Findings, Level, Place};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "credential-retired",
    level: Level::Error,
    basis: Basis::Service,
    fixable: false,
    summary: "a JWT credential of the Adobe Developer Console, which Adobe retired on 2026-03-01",
    explanation: "\
Adobe retired the Service Account (JWT) credentials of the **Adobe Developer Console**: no new ones since 2024-06-03, \
no new certificates since 2025-06-30, and all of them stop working on 2026-03-01 at the latest. Before that day this \
is a warning.

These credentials are projects with `integration_type: service` and a `jwt` object. They are also contexts of the aio \
CLI and configurations of `@adobe/jwt-auth` that have a private key and a client ID of 32 hexadecimal digits.

Service credentials of the **AEM Developer Console** are not affected. Their client IDs have the form \
`cm-p…-e…-integration…`.

The client secret is still dangerous: if a JWT credential is converted to an OAuth credential, the client ID stays the \
same.",
    example: "{\"name\": \"Service Account (JWT)\", \"integration_type\": \"service\", \"jwt\": {\"client_id\": \"…\", …}}",
    remedy: "\
Move the project to an OAuth server-to-server credential in the Adobe Developer Console, or use service credentials of \
the AEM Developer Console for AEM's APIs. Then delete the old client secret, and every copy of the private key.",
    reference: "https://developer.adobe.com/developer-console/docs/guides/authentication/ServerToServerAuthentication/migration",
    forms: &[FormKind::Fields, FormKind::Console],
    check: Check::Document(check),
};

/// The first day on which none works any more.
const END: NaiveDate = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();

fn check(document: &Document<'_, '_>, settings: &Settings, findings: &mut Findings) {
    let listed = document.project.iter().flat_map(|project| &project.credentials);
    for credential in listed.filter(|credential| is_jwt(credential)) {
        findings.push(retired(credential.place.clone(), credential.client_id, settings.now));
    }
    if let Some((client, place)) = document.credential.as_ref().and_then(other_client) {
        findings.push(retired(place, Some(client), settings.now));
    }
}

/// Whether it is a JWT credential. In a template there is nothing to replace.
fn is_jwt(credential: &ProjectCredential<'_, '_>) -> bool {
    let has_secret = credential.secrets.contains(&true);
    let is_template = !credential.secrets.is_empty() && !has_secret;
    let is_named = has_secret || credential.client_id.is_some();
    credential.kind == ProjectCredentialKind::Jwt && is_named && !is_template
}

/// The client of the Adobe Developer Console for which fields of a program hold a private key.
fn other_client<'v>(credential: &Credential<'v, '_>) -> Option<(&'v str, Place)> {
    let has_key = matches!(credential.entry(Field::PrivateKey)?.state, FieldState::Text(..));
    let (client, place) = credential.text(Field::ClientId)?;
    (has_key && is_console_client(client.as_str().trim())).then_some((client.as_str().trim(), place))
}

fn retired(place: Place, client: Option<&str>, now: DateTime<Utc>) -> Draft {
    let is_over = now >= END.and_time(NaiveTime::MIN).and_utc();
    let of = client.map_or_else(String::new, |client| format!(" of {client}"));
    let (level, message) = if is_over {
        (Level::Error, format!("the JWT credential{of} is retired: Adobe stopped JWT credentials on {END}"))
    } else {
        (
            Level::Warning,
            format!("the JWT credential{of} will be retired: Adobe stops JWT credentials on {END}"),
        )
    };
    Draft::new(place, message)
        .claim(Basis::Service, level)
        .label("a JWT credential of the Adobe Developer Console")
        .help(
            "Adobe refuses its requests for a token. Move the project to an OAuth server-to-server credential, or use \
             service credentials of the AEM Developer Console. Delete the client secret: the OAuth credential has the \
             same client ID.",
        )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::RULE;
    use crate::examine::check;
    use crate::finding::Level;
    use crate::rule::Settings;
    use crate::rules::testing::settings;
    use crate::secret::Secret;

    const CLIENT: &str = "5a7be57da7a4f3c2b1d09e8f7a6b5c4d";

    fn found(credential: &str, now: &str) -> Vec<(Level, String)> {
        let text = format!(
            "{{\"project\": {{\"org\": {{}}, \"workspace\": {{\"details\": {{\"credentials\": [{credential}]}}}}}}}}"
        );
        let only = BTreeSet::from([RULE.name]);
        let settings = Settings { only: Some(only), now: now.parse().unwrap(), ..settings() };
        let checked = check(Secret::new(text.into_bytes()), &settings);
        checked.findings.into_iter().map(|finding| (finding.level, finding.draft.message)).collect()
    }

    #[test]
    fn projects_with_jwt_are_retired_and_others_are_not() {
        let jwt = |secret: &str| {
            format!(
                "{{\"integration_type\": \"service\", \"jwt\": {{\"client_id\": \"{CLIENT}\", \"client_secret\": \"{secret}\"}}}}"
            )
        };
        let sound = jwt("p8e-SampleSampleSampleSampleSample12");
        let stopped =
            format!("the JWT credential of {CLIENT} is retired: Adobe stopped JWT credentials on 2026-03-01");
        assert_eq!(found(&sound, "2026-03-01T00:00:00Z"), [(Level::Error, stopped)]);
        let stops = format!(
            "the JWT credential of {CLIENT} will be retired: Adobe stops JWT credentials on 2026-03-01"
        );
        assert_eq!(found(&sound, "2026-02-28T23:59:59Z"), [(Level::Warning, stops)]);
        for other in [
            jwt("<secret>"),
            sound.replace("\"jwt\"", "\"oauth_server_to_server\""),
            sound.replace("\"jwt\"", "\"oauth_server_to_server_migrate\""),
            sound.replace("\"jwt\"", "\"api_key\""),
        ] {
            assert_eq!(found(&other, "2026-03-01T00:00:00Z"), [], "{other}");
        }
    }
}
