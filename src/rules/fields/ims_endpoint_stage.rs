use crate::credential::{Credential, Endpoint, Field, FormKind, TokenService};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "ims-endpoint-stage",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "`imsEndpoint` is Adobe's stage token service (`-stg`)",
    explanation: "\
Adobe runs a second token service for its own tests, with `-stg` in its name. It doesn't know customers' credentials, \
and customers' environments don't accept its tokens. Documents from Adobe's own stage consoles have it.",
    example: "\"imsEndpoint\": \"ims-na1-stg1.adobelogin.com\"",
    remedy: "\
Download the service credentials from the AEM Developer Console of the environment itself. If you do work with a stage \
environment, add the host to `trusted-ims-hosts` in `aemcred.toml`.",
    reference: "https://experienceleague.adobe.com/docs/experience-manager-cloud-service/content/implementing/developing/generating-access-tokens-for-server-side-apis.html",
    forms: FormKind::SERVICE,
    check: Check::Credential(check),
};

fn check(credential: &Credential<'_, '_>, settings: &Settings, findings: &mut Findings) {
    let Some(value) = credential.value(Field::ImsEndpoint) else { return };
    let endpoint = Endpoint::parse(value.as_str());
    if endpoint.service() != Some(TokenService::Stage)
        || endpoint.is_one_of(&settings.trusted_ims_hosts, value.as_str())
    {
        return;
    }
    let message = format!("imsEndpoint is {}, Adobe's stage token service", endpoint.name);
    findings.push(Draft::new(value.place_of(endpoint.host), message).label("stage, not production").help(
        "It is for Adobe's own tests and doesn't know customers' credentials. Download the service credentials from \
         the AEM Developer Console of your environment.",
    ));
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Sample, findings, places, run_with};

    #[test]
    fn stage_hosts_are_reported_unless_trusted() {
        let sample = |endpoint: &str| Sample::new().with("imsEndpoint", &format!("\"{endpoint}\""));
        for host in ["ims-na1-stg1.adobelogin.com", "ims-na1-stg.adobelogin.com"] {
            let expected = format!("4:21 imsEndpoint is {host}, Adobe's stage token service");
            assert_eq!(findings(&RULE, sample(host)), [expected]);
            let trusted = run_with(&RULE, sample(host), &[host.to_uppercase()], 1 << 20);
            assert!(trusted.findings.is_empty());
        }
        let url = sample("https://IMS-na1-stg1.adobelogin.com/x").text();
        assert_eq!(places(&RULE, &url), [["IMS-na1-stg1.adobelogin.com"]]);
        for host in ["ims-na1.adobelogin.com", "ims-na1-stg1.adobelogin.com.evil.example", "stg.example", ""]
        {
            assert_eq!(findings(&RULE, sample(host)), [""; 0], "{host}");
        }
    }
}
