use crate::credential::{Credential, Field, FormKind, Metascope, is_client_secret, presentable};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "metascopes-aem",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "no metascope is for AEM (`ent_aem_cloud_api`, or `ent_aem_cloud_sdk` in older documents)",
    explanation: "\
A metascope says what a token can be used for. AEM as a Cloud Service accepts tokens with `ent_aem_cloud_api`. Older \
documents have `ent_aem_cloud_sdk`. With other metascopes only, Adobe may issue a token, but AEM responds to every \
request with 401 or 403.",
    example: "\"metascopes\": \"ent_cloudmgr_sdk\"",
    remedy: "\
Copy `metascopes` from the file that the AEM Developer Console issued. Credentials of another Adobe product (Cloud \
Manager, Analytics) don't work for AEM, even if you change this field.",
    reference: "https://experienceleague.adobe.com/docs/experience-manager-cloud-service/content/implementing/developing/generating-access-tokens-for-server-side-apis.html",
    forms: FormKind::SERVICE,
    check: Check::Credential(check),
};

const AEM: [&str; 2] = ["ent_aem_cloud_api", "ent_aem_cloud_sdk"];

fn check(credential: &Credential<'_, '_>, _: &Settings, findings: &mut Findings) {
    let Some(value) = credential.value(Field::Metascopes) else { return };
    // A client secret in place of the list is identifier-swapped's.
    if is_client_secret(value.as_str()) {
        return;
    }
    let scopes = Metascope::all(value.as_str());
    // A list without any name is metascopes-form's to report.
    if scopes.is_empty() || scopes.iter().any(|scope| AEM.contains(&scope.name.as_str())) {
        return;
    }
    let near = scopes.iter().find_map(|scope| Some((scope, meant(&scope.name)?)));
    let (place, message) = match near {
        Some((scope, meant)) if presentable(&scope.name) => (
            value.place_of(scope.range.clone()),
            format!("metascopes contains no metascope for AEM: {} should probably be {meant}", scope.name),
        ),
        Some((scope, meant)) => (
            value.place_of(scope.range.clone()),
            format!("metascopes contains no metascope for AEM: this should probably be {meant}"),
        ),
        None => (value.place(), format!("metascopes contains no metascope for AEM, such as {}", AEM[0])),
    };
    findings.push(Draft::new(place, message).label("not for AEM").help(
        "AEM refuses such a token with status 401 or 403. Copy metascopes from the file that the AEM Developer Console \
         issued. If that file has the same value, it is the credential of another Adobe product.",
    ));
}

/// The metascope that `name` is a misspelling of.
fn meant(name: &str) -> Option<&'static str> {
    let plain = name.to_ascii_lowercase().replace('-', "_");
    let distance = |known: &&str| strsim::damerau_levenshtein(known, &plain);
    let short = name.len() <= 40;
    AEM.into_iter().filter(|known| short && distance(known) <= 2).min_by_key(distance)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Sample, findings, places};

    fn sample(metascopes: &str) -> Sample {
        Sample::new().with("metascopes", &format!("\"{metascopes}\""))
    }

    #[test]
    fn lists_without_aem_are_reported() {
        for (value, expected) in [
            ("ent_cloudmgr_sdk", "5:20 metascopes contains no metascope for AEM, such as ent_aem_cloud_api"),
            (
                "ent_cloudmgr_sdk,read_pc.dma",
                "5:20 metascopes contains no metascope for AEM, such as ent_aem_cloud_api",
            ),
            (
                "x,ENT_AEM_CLOUD_API",
                "5:22 metascopes contains no metascope for AEM: ENT_AEM_CLOUD_API should probably be ent_aem_cloud_api",
            ),
            (
                "ent-aem-cloud-sdk",
                "5:20 metascopes contains no metascope for AEM: ent-aem-cloud-sdk should probably be ent_aem_cloud_sdk",
            ),
            (
                "ent_aem_clud_api",
                "5:20 metascopes contains no metascope for AEM: ent_aem_clud_api should probably be ent_aem_cloud_api",
            ),
        ] {
            assert_eq!(findings(&RULE, sample(value)), [expected]);
        }
        assert_eq!(places(&RULE, &sample("a, ent_aem_cloud_apis").text()), [["ent_aem_cloud_apis"]]);
    }

    #[test]
    fn aems_are_found_however_they_are_written() {
        for value in [
            "ent_aem_cloud_api",
            "ent_aem_cloud_sdk,ent_cloudmgr_sdk",
            "x; ent_aem_cloud_api",
            "[\\\"ent_aem_cloud_api\\\"]",
            "https://ims-na1.adobelogin.com/s/ent_aem_cloud_api",
            "ent_aem\u{200B}_cloud_api",
            ",",
            "",
            "<scopes>",
        ] {
            assert_eq!(findings(&RULE, sample(value)), [""; 0], "{value}");
        }
    }
}
