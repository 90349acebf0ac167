use crate::credential::{Credential, Field, FormKind, Metascope, is_client_secret, presentable};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "metascopes-aem",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "none of the metascopes is AEM's (`ent_aem_cloud_api`, in older documents `ent_aem_cloud_sdk`)",
    explanation: "\
A metascope is what a token will be good for. AEM as a Cloud Service accepts tokens with `ent_aem_cloud_api`; older \
documents have `ent_aem_cloud_sdk`. With others alone, Adobe may well issue a token, but AEM answers every request with \
401 or 403.",
    example: "\"metascopes\": \"ent_cloudmgr_sdk\"",
    remedy: "\
Take `metascopes` from the file that the AEM Developer Console issued. Credentials of another Adobe product (Cloud \
Manager, Analytics) can't be turned into AEM's by changing this field.",
    reference: "https://experienceleague.adobe.com/docs/experience-manager-cloud-service/content/implementing/developing/generating-access-tokens-for-server-side-apis.html",
    forms: FormKind::SERVICE,
    check: Check::Credential(check),
};

const AEM: [&str; 2] = ["ent_aem_cloud_api", "ent_aem_cloud_sdk"];

fn check(credential: &Credential<'_, '_>, _: &Settings<'_>, findings: &mut Findings) {
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
            format!("metascopes has no metascope of AEM: {} should probably be {meant}", scope.name),
        ),
        Some((scope, meant)) => (
            value.place_of(scope.range.clone()),
            format!("metascopes has no metascope of AEM: this should probably be {meant}"),
        ),
        None => (value.place(), format!("metascopes has no metascope of AEM, such as {}", AEM[0])),
    };
    findings.push(Draft::new(place, message).label("not AEM's").help(
        "With such a token AEM answers 401 or 403. Take metascopes from the file that the AEM Developer \
         Console issued; if it came like this, it is the credential of another Adobe product.",
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
            ("ent_cloudmgr_sdk", "5:20 metascopes has no metascope of AEM, such as ent_aem_cloud_api"),
            (
                "ent_cloudmgr_sdk,read_pc.dma",
                "5:20 metascopes has no metascope of AEM, such as ent_aem_cloud_api",
            ),
            (
                "x,ENT_AEM_CLOUD_API",
                "5:22 metascopes has no metascope of AEM: ENT_AEM_CLOUD_API should probably be \
                 ent_aem_cloud_api",
            ),
            (
                "ent-aem-cloud-sdk",
                "5:20 metascopes has no metascope of AEM: ent-aem-cloud-sdk should probably be \
                 ent_aem_cloud_sdk",
            ),
            (
                "ent_aem_clud_api",
                "5:20 metascopes has no metascope of AEM: ent_aem_clud_api should probably be \
                 ent_aem_cloud_api",
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
