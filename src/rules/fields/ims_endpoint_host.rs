use std::ops::Range;

use crate::credential::{
    Credential, Endpoint, Field, FieldValue, FormKind, character_name, ipv4, presentable, receiver,
};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::lookalike::outline;

pub(super) const RULE: Rule = Rule {
    name: "ims-endpoint-host",
    level: Level::Error,
    basis: Basis::Exposure,
    fixable: false,
    summary: "`imsEndpoint` is not Adobe's token service: another host would get the secrets",
    explanation: "\
Adobe's client sends the client secret and a signed request for a token to the host in `imsEndpoint`. Whoever runs \
that host can use both to get an access token for your AEM environment. So only Adobe's token service is correct here: \
`ims-na1.adobelogin.com`, or `ims-<region>.adobelogin.com` of another region.

A wrong host is either a mistake (the address of AEM itself, a test server) or an attack. aemcred says how a host \
imitates Adobe's: letters of other alphabets, `0` for `o` or `rn` for `m`, `adobelogin.com.evil.example`, \
`evil-adobelogin.com`, `adobelogin.com@evil.example`, `adobelogin.com\\@evil.example`, numeric addresses.",
    example: "\"imsEndpoint\": \"ims-na1.adobelogin.com.evil.example\"",
    remedy: "\
Don't use the file. Compare it with a new download from the AEM Developer Console. If anyone may have used the file \
with this host, revoke the certificate in the console and create a new private key.

You can allow your own token service (a simulation for tests) with `trusted-ims-hosts` in `aemcred.toml`.",
    reference: "https://experienceleague.adobe.com/docs/experience-manager-cloud-service/content/implementing/developing/generating-access-tokens-for-server-side-apis.html; WHATWG URL section 4.4; Unicode UTS #39",
    forms: FormKind::SERVICE,
    check: Check::Credential(check),
};

const DOMAIN: &str = "adobelogin.com";
const SERVICE: &str = "ims-na1.adobelogin.com";

fn check(credential: &Credential<'_, '_>, settings: &Settings, findings: &mut Findings) {
    let Some(value) = credential.value(Field::ImsEndpoint) else { return };
    let endpoint = Endpoint::parse(value.as_str());
    let adobes = endpoint.service().is_some();
    // A value without any host is ims-endpoint-form's to report.
    if adobes || endpoint.name.is_empty() || endpoint.is_one_of(&settings.trusted_ims_hosts, value.as_str()) {
        if let Some(host) = endpoint.other_host(value.as_str()) {
            findings.push(ambiguous(&value, host));
        }
        return;
    }
    let suspect = Suspect::new(value.as_str(), &endpoint);
    let draft = Draft::new(value.place_of(suspect.range), suspect.message).label(suspect.label);
    findings.push(if receiver(value.as_str()).is_some() {
        draft.help(format!(
            "Adobe's client would send the client secret and a signed request to this host. {} If anyone has used this \
             file, revoke the certificate in the AEM Developer Console and create a new private key.",
            suspect.advice
        ))
    } else {
        draft.claim(Basis::Client, Level::Error).help(format!(
            "The URL is invalid, so Adobe's client throws an error before it sends anything. {}",
            suspect.advice
        ))
    });
}

/// The host in `value` depends on who reads it: for some it is `host`.
fn ambiguous(value: &FieldValue<'_, '_>, host: Range<usize>) -> Draft {
    let written = &value.as_str()[host.clone()];
    let shown = if is_shown(written) { written } else { "another host" };
    let message = format!(
        "imsEndpoint means {shown} to programs that read a backslash as part of a user name, as curl and Java do"
    );
    Draft::new(value.place_of(host), message).label("the host for others").help(
        "Adobe's client reads the backslash as the beginning of a path, but other programs would send the client secret and \
         a signed request to this host. Don't use this file before you know where it comes from.",
    )
}

/// A host that isn't Adobe's token service, and what it is instead.
struct Suspect {
    range: Range<usize>,
    message: String,
    label: &'static str,
    advice: &'static str,
}

const COMPARE: &str = "Copy imsEndpoint from a new download. It is usually ims-na1.adobelogin.com.";
const IMITATION: &str = "The name imitates Adobe's. Don't use this file before you know where it comes from.";

impl Suspect {
    fn new(value: &str, endpoint: &Endpoint) -> Self {
        let name = endpoint.name.as_str();
        let written = &value[endpoint.host.clone()];
        let shown = if presentable(written) && written.is_ascii() {
            written
        } else if is_shown(name) {
            name
        } else {
            "another host"
        };
        let new = |message, label, advice| Self { range: endpoint.host.clone(), message, label, advice };
        let plain = |what: &str, label| new(format!("imsEndpoint is {shown}, {what}"), label, COMPARE);
        let imitation = |what: &str, label| new(format!("imsEndpoint is {shown}, {what}"), label, IMITATION);
        if endpoint.user.is_some() {
            return imitation("because everything before the @ is only a user name", "the real host");
        }
        if let Some((offset, character)) = value[endpoint.host.clone()]
            .char_indices()
            .map(|(offset, character)| (endpoint.host.start + offset, character))
            .find(|(_, character)| !character.is_ascii() && !crate::credential::is_invisible(*character))
        {
            let foreign = character_name(character);
            let message = if imitates(name) {
                format!("imsEndpoint looks like Adobe's token service, but contains {foreign}")
            } else {
                format!("imsEndpoint contains {foreign} and is not Adobe's token service")
            };
            let range = offset..offset + character.len_utf8();
            return Self { range, message, label: "not an ASCII letter", advice: IMITATION };
        }
        if name == DOMAIN || name.ends_with(&format!(".{DOMAIN}")) {
            return plain("which is a host of Adobe's, but not its token service", "not the token service");
        }
        if let Some(address) = ipv4(name) {
            let label = "an address instead of a name";
            let dotted = address.map(|byte| byte.to_string()).join(".");
            return if dotted == name {
                plain("an IP address, not Adobe's token service", label)
            } else {
                imitation(&format!("which is the IP address {dotted}, not Adobe's token service"), label)
            };
        }
        if name.contains(':') {
            return plain("an IP address (IPv6), not Adobe's token service", "an address instead of a name");
        }
        if name == "localhost" || name.ends_with(".localhost") {
            return plain("the computer that the client runs on, not Adobe's token service", "this computer");
        }
        if !name.contains('.') && !presentable(name) {
            return new(
                "imsEndpoint is not a host name".to_owned(),
                "not a host name",
                "If it is a secret, it was in a field that is not secret and may be in logs. Copy imsEndpoint from a \
                 new download. It is usually ims-na1.adobelogin.com.",
            );
        }
        if !name.contains('.') {
            return plain("a name of the local network, not Adobe's token service", "no domain");
        }
        if name.ends_with(".adobeaemcloud.com") {
            return plain("which is AEM itself, not Adobe's token service", "AEM, not the token service");
        }
        if imitates(name) {
            return imitation(
                "which looks like Adobe's token service but has different letters (0 for o, 1 or l for i, rn for m)",
                "look-alike letters",
            );
        }
        if name.split('.').any(|label| label.starts_with("xn--")) {
            return imitation(
                "which contains letters of another alphabet (xn--) and is not Adobe's token service",
                "an internationalized name",
            );
        }
        if name.ends_with(DOMAIN) {
            return imitation(
                "which only ends like Adobe's token service: the part before adobelogin.com must end in a dot",
                "another domain",
            );
        }
        if near(name, SERVICE) || near(registered(name), DOMAIN) {
            return imitation("which is spelled almost like Adobe's token service", "misspelt");
        }
        if name.contains("adobelogin.") {
            return imitation(
                "which only starts like Adobe's token service: the last part decides who owns a host",
                "ends in another domain",
            );
        }
        plain("which is not Adobe's token service", "not Adobe's token service")
    }
}

/// Whether a message may have `name` in it. A domain that is almost Adobe's is no secret, though it may look random.
fn is_shown(name: &str) -> bool {
    let domain = registered(name);
    let rest = name.strip_suffix(domain).unwrap_or(name);
    presentable(name) || presentable(rest) && domain.is_ascii() && (imitates(domain) || near(domain, DOMAIN))
}

/// The last two labels.
fn registered(name: &str) -> &str {
    name.rmatch_indices('.').nth(1).map_or(name, |(dot, _)| &name[dot + 1..])
}

/// Whether `name` looks the same as a host in Adobe's domain.
fn imitates(name: &str) -> bool {
    let (outline, domain) = (outline(name), outline(DOMAIN));
    outline.strip_suffix(&domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether two slips of the finger lead from one to the other.
fn near(name: &str, real: &str) -> bool {
    name.len().abs_diff(real.len()) <= 2 && strsim::damerau_levenshtein(name, real) <= 2
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Sample, findings, places, run_with};

    fn sample(endpoint: &str) -> Sample {
        Sample::new().with("imsEndpoint", &format!("\"{endpoint}\""))
    }

    #[test]
    fn hosts_of_others_are_named_for_what_they_are() {
        for (endpoint, at, expected) in [
            ("evil.example", 21, "is evil.example, which is not Adobe's token service"),
            ("https://evil.example/ims-na1.adobelogin.com", 29, "is evil.example, which is not"),
            (
                "https://ims-na1.adobelogin.com@evil.example",
                52,
                "is evil.example, because everything before the @",
            ),
            ("ims-na1.adobelogin.com:x@evil.example", 46, "is evil.example, because everything before the @"),
            ("adobelogin.com", 21, "is adobelogin.com, which is a host of Adobe's, but not"),
            ("auth.adobelogin.com", 21, "is auth.adobelogin.com, which is a host of Adobe's"),
            (
                "ims-n\u{430}1.adobelogin.com",
                26,
                "looks like Adobe's token service, but contains a Cyrillic letter (U+0430)",
            ),
            ("ims-na1\u{3002}adobelogin.com", 28, "looks like Adobe's token service, but contains"),
            ("ims-na1.m\u{FC}ller.example", 30, "contains a letter that English doesn't have (U+00FC)"),
            (
                "ims-na1.adobelogin.com\\\\@evil.example",
                46,
                "means evil.example to programs that read a backslash as part of a user name",
            ),
            ("127.0.0.1", 21, "is 127.0.0.1, an IP address"),
            ("2130706433", 21, "is 2130706433, which is the IP address 127.0.0.1"),
            ("0x7f000001", 21, "is another host, which is the IP address 127.0.0.1"),
            ("0x7f.1", 21, "is 0x7f.1, which is the IP address 127.0.0.1"),
            ("0177.0.0.01", 21, "is 0177.0.0.01, which is the IP address 127.0.0.1"),
            ("[::1]", 21, "is [::1], an IP address (IPv6)"),
            ("::1", 21, "is ::1, an IP address (IPv6)"),
            ("localhost", 21, "is localhost, the computer"),
            ("ims", 21, "is ims, a name of the local network"),
            ("author-p1-e2.adobeaemcloud.com", 21, "is author-p1-e2.adobeaemcloud.com, which is AEM itself"),
            ("ims-na1.ad0belogin.com", 21, "is ims-na1.ad0belogin.com, which looks like"),
            ("ims-na1.adobelogin.corn", 21, "is ims-na1.adobelogin.corn, which looks like"),
            ("irns-na1.adobe1ogin.com", 21, "is irns-na1.adobe1ogin.com, which looks like"),
            (
                "ims-na1.xn--adobelogn-test.com",
                21,
                "is ims-na1.xn--adobelogn-test.com, which contains letters",
            ),
            ("ims-na1.adobelogn.com", 21, "is ims-na1.adobelogn.com, which is spelled almost"),
            ("ims-na1.adobelogin.co", 21, "is ims-na1.adobelogin.co, which is spelled almost"),
            ("ims-na1.adoeblogin.com", 21, "is ims-na1.adoeblogin.com, which is spelled almost"),
            (
                "ims-na1.adobelogin.com.evil.example",
                21,
                "is ims-na1.adobelogin.com.evil.example, which only starts",
            ),
            ("ims-na1.adobelogin.net", 21, "is ims-na1.adobelogin.net, which only starts"),
            ("evil-adobelogin.com", 21, "is evil-adobelogin.com, which only ends"),
            ("ims-na1-adobelogin.com", 21, "is ims-na1-adobelogin.com, which only ends"),
            ("p8e-SampleSampleSample", 21, "is not a host name"),
        ] {
            let found = findings(&RULE, sample(endpoint));
            let expected = format!("4:{at} imsEndpoint {expected}");
            assert!(found.len() == 1 && found[0].starts_with(&expected), "{expected}: {found:?}");
        }
        assert_eq!(places(&RULE, &sample("x://a@evil.example:1/").text()), [["x"]]);
        assert_eq!(places(&RULE, &sample("http://a@evil.example:1/").text()), [["evil.example"]]);
        assert_eq!(places(&RULE, &sample("ims-n\\u0430\\u043E.adobelogin.com").text()), [["\\u0430"]]);
    }

    #[test]
    fn adobes_and_trusted_hosts_are_right() {
        for endpoint in [
            "ims-na1.adobelogin.com",
            "ims-eu1.adobelogin.com",
            "ims-na1-stg1.adobelogin.com",
            // Their form is ims-endpoint-form's to report.
            "https://IMS-NA1.adobelogin.com:443/ims",
            "ims_na1.adobelogin.com.",
            "ims-na1.adobe\u{200B}login.com",
            "https://",
            "",
            "<host>",
        ] {
            assert_eq!(findings(&RULE, sample(endpoint)), [""; 0], "{endpoint}");
        }
        let trusted = ["IMS.Example".to_owned(), "my_ims".to_owned()];
        for (endpoint, expected) in [
            ("ims.example", 0),
            ("my_ims", 0),
            ("https://IMS.example", 0),
            ("x.ims.example", 1),
            ("ims.example.evil", 1),
        ] {
            let checked = run_with(&RULE, sample(endpoint), &trusted, 1 << 20);
            assert_eq!(checked.findings.len(), expected, "{endpoint}");
        }
    }
}
