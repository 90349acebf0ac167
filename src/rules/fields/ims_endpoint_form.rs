use std::ops::Range;

use crate::credential::{
    Credential, Endpoint, Field, FormKind, character_name, is_invisible, presentable, receiver,
};
use crate::finding::{Draft, Findings, Fix, Level, Replacement};
use crate::json::escaped;
use crate::rule::{Basis, Check, Rule, Settings};
use crate::rules::words;

pub(super) const RULE: Rule = Rule {
    name: "ims-endpoint-form",
    level: Level::Error,
    basis: Basis::Client,
    fixable: true,
    summary: "`imsEndpoint` is not a plain host name: it has a scheme, a path, a port or the like",
    explanation: "\
Adobe's client makes URLs from `https://`, `imsEndpoint` and a path. If the value has a scheme, the client sends the \
secrets to a host called `https`, if there is one. If it has a slash or a path at the end, the URL doesn't exist. If \
it has a port that is not a number, the client throws an error.

The same text is part of the signed request: `aud` is `https://<imsEndpoint>/c/<clientId>`. Such values are compared \
character by character (RFC 7519 section 2). A trailing dot, a port or capital letters make no difference to the \
network, but then the request is not for Adobe's token service.",
    example: "\"imsEndpoint\": \"https://ims-na1.adobelogin.com/\"",
    remedy: "\
Write only the host name, in lowercase: `ims-na1.adobelogin.com`. `aemcred check --fix` does this if the host is \
Adobe's or a trusted one, and no `@` or backslash makes it depend on the reader which host that is.",
    reference: "https://github.com/adobe/aemcs-api-client-lib (src/exchange); RFC 7519 section 2; RFC 1035 section 2.3.4",
    forms: &[FormKind::Issued],
    check: Check::Credential(check),
};

fn check(credential: &Credential<'_, '_>, settings: &Settings, findings: &mut Findings) {
    let Some(value) = credential.value(Field::ImsEndpoint) else { return };
    let endpoint = Endpoint::parse(value.as_str());
    // The spelling of a host that has to be replaced as a whole is no defect of its own.
    let right_host =
        endpoint.service().is_some() || endpoint.is_one_of(&settings.trusted_ims_hosts, value.as_str());
    let problems = problems(value.as_str(), &endpoint, right_host);
    let Some((first, more)) = problems.split_first() else { return };
    let what: Vec<&str> = problems.iter().map(|problem| problem.what.as_str()).collect();
    let message = format!("imsEndpoint must be a plain host name, but has {}", words::list(&what));
    let (basis, consequence) = match receiver(value.as_str()) {
        None => (Basis::Client, "so the URL is invalid and the client throws an error"),
        Some(host) if Endpoint::parse(&host).name == endpoint.name => {
            (Basis::Service, "and signs a request for exactly that URL, which Adobe refuses")
        }
        Some(_) => (Basis::Exposure, "so the secrets go to another host"),
    };
    let mut draft = Draft::new(value.place_of(first.range.clone()), message)
        .claim(basis, Level::Error)
        .label(first.label)
        .help(format!(
            "Adobe's client puts https:// before it and a path after it, {consequence}. Write only the host name, in \
             lowercase: ims-na1.adobelogin.com."
        ));
    for problem in more {
        draft = draft.related(value.place_of(problem.range.clone()), problem.label);
    }
    let fix = bare_host(value.as_str(), &endpoint, settings).map(|host| {
        let (shown, replacement) = if presentable(host) {
            (format!(": {host}"), Replacement::Public(escaped(host).expose().clone()))
        } else {
            (String::new(), Replacement::Secret(escaped(host)))
        };
        Fix::replace(format!("write only the host name{shown}"), value.place().span, replacement)
    });
    findings.push(draft.fix(fix));
}

/// The host name that `value` can only mean, if there is one: it must be one that may receive the secrets. Trusted hosts
/// may well listen on another port or below a path, which is nobody's to drop; Adobe's don't.
fn bare_host<'e>(value: &str, endpoint: &'e Endpoint, settings: &Settings) -> Option<&'e str> {
    if value.contains(['@', '\\']) {
        // Programs disagree where the host is in such a value.
        return None;
    }
    let part = |range: &Option<Range<usize>>| range.clone().map_or("", |range| &value[range]);
    let plain = matches!(part(&endpoint.port), "" | ":" | ":443") && matches!(part(&endpoint.rest), "" | "/");
    let host = endpoint.name.as_str();
    let alone = Endpoint::parse(host);
    let right = alone.service().is_some() || plain && alone.is_one_of(&settings.trusted_ims_hosts, host);
    (right && problems(host, &alone, true).is_empty()).then_some(host)
}

struct Problem {
    range: Range<usize>,
    what: String,
    label: &'static str,
}

/// Everything that keeps `value` from being a bare host name, one entry for each kind, in the order of the text.
fn problems(value: &str, endpoint: &Endpoint, right_host: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |range: Range<usize>, what: &str, label| {
        problems.push(Problem { range, what: what.to_owned(), label });
    };
    if let Some(range) = endpoint.scheme.clone() {
        let slashes = value[range.clone()].bytes().all(|byte| matches!(byte, b'/' | b'\\'));
        if slashes {
            add(range, "slashes before it", "slashes");
        } else {
            add(range, "a scheme", "a scheme");
        }
    }
    if let Some(range) = endpoint.user.clone() {
        add(range, "a user name", "a user name");
    }
    if endpoint.name.is_empty() {
        add(endpoint.host.clone(), "no host at all", "no host");
    }
    if let Some(range) = endpoint.port.clone() {
        add(range, "a port", "a port");
    }
    if let Some(range) = endpoint.rest.clone() {
        match &value[range.clone()] {
            "/" => add(range, "a slash at the end", "a slash"),
            rest if rest.starts_with('?') => add(range, "a query", "a query"),
            rest if rest.starts_with('#') => add(range, "a fragment", "a fragment"),
            _ => add(range, "a path", "a path"),
        }
    }
    let host = &value[endpoint.host.clone()];
    // An IPv6 address has a form of its own; that it isn't Adobe's is for ims-endpoint-host to say.
    if !host.contains(':') {
        problems.extend(in_host(host, endpoint.host.start, right_host));
    }
    problems.sort_by_key(|problem| problem.range.start);
    problems
}

/// What is wrong with the host itself, which begins at `base` of the value.
fn in_host(host: &str, base: usize, right_host: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |range: Range<usize>, what: String, label| {
        problems.push(Problem { range: base + range.start..base + range.end, what, label });
    };
    let first = |test: &dyn Fn(char) -> bool| {
        let (start, character) = host.char_indices().find(|(_, character)| test(*character))?;
        let run =
            host[start..].find(|character| !test(character)).map_or(host.len(), |length| start + length);
        Some((start..run, character))
    };
    if let Some((range, character)) = first(&is_invisible) {
        add(range, format!("{} inside", character_name(character)), "an invisible character");
    }
    let spelling = |test: &dyn Fn(char) -> bool| first(test).filter(|_| right_host);
    // The network doesn't mind, but the token service compares `aud` character by character (RFC 7519 section 2).
    if let Some((range, _)) = spelling(&|character| character.is_ascii_uppercase()) {
        add(range, "capital letters".to_owned(), "must be in lowercase");
    }
    if let Some((range, _)) = spelling(&|character| character == '_') {
        add(range, "an underscore, which host names don't have".to_owned(), "no underscores in host names");
    }
    // Other alphabets are a matter of whose host it is.
    let odd = |character: char| {
        character.is_ascii_graphic() && !character.is_ascii_alphanumeric() && !"-._".contains(character)
    };
    if let Some((range, character)) = spelling(&odd) {
        add(range, format!("the character {character}, which host names don't have"), "not in host names");
    }
    let mut start = 0;
    for label in host.split('.') {
        let end = start + label.len();
        if label.len() > 63 {
            add(start..end, "a label of more than 63 characters".to_owned(), "too long");
            break;
        }
        start = end + 1;
    }
    if host.len() > 253 {
        add(0..host.len(), "more than 253 characters".to_owned(), "too long");
    }
    if let Some(dots) = host.find("..").or_else(|| host.starts_with('.').then_some(0)) {
        let run = host[dots..].find(|character| character != '.').unwrap_or(host.len() - dots);
        add(
            dots..dots + run,
            "an empty label (two dots, or one at the beginning)".to_owned(),
            "nothing between dots",
        );
    } else if host.len() > 1 && host.ends_with('.') {
        add(host.len() - 1..host.len(), "a dot at the end".to_owned(), "a trailing dot");
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Sample, findings, fixed, fixed_with, places};

    fn sample(endpoint: &str) -> Sample {
        Sample::new().with("imsEndpoint", &format!("\"{endpoint}\""))
    }

    #[test]
    fn everything_but_a_host_name_is_named() {
        let long = "a".repeat(64);
        for (endpoint, at, expected) in [
            ("https://ims-na1.adobelogin.com", 21, "a scheme"),
            ("https://ims-na1.adobelogin.com/", 21, "a scheme and a slash at the end"),
            ("//ims-na1.adobelogin.com", 21, "slashes before it"),
            ("ims-na1.adobelogin.com/", 43, "a slash at the end"),
            ("ims-na1.adobelogin.com/ims/exchange/jwt", 43, "a path"),
            ("ims-na1.adobelogin.com?x", 43, "a query"),
            ("ims-na1.adobelogin.com#x", 43, "a fragment"),
            ("ims-na1.adobelogin.com:443", 43, "a port"),
            ("https://ims-na1.adobelogin.com:443/c", 21, "a scheme, a port and a path"),
            ("user@ims-na1.adobelogin.com", 21, "a user name"),
            ("ims-na1.adobelogin.com.", 43, "a dot at the end"),
            ("ims-na1..adobelogin.com", 28, "an empty label (two dots, or one at the beginning)"),
            (".ims-na1.adobelogin.com", 21, "an empty label (two dots, or one at the beginning)"),
            ("IMS-na1.adobelogin.com", 21, "capital letters"),
            ("ims_na1.adobelogin.com", 24, "an underscore, which host names don't have"),
            ("ims-na1. adobelogin.com", 29, "a space (U+0020) inside"),
            ("ims-na1.adobe\u{200B}login.com", 34, "a zero-width space (U+200B) inside"),
            (&format!("{long}.adobelogin.com"), 21, "a label of more than 63 characters"),
            (&format!("{}com", "abcdefg.".repeat(32)), 21, "more than 253 characters"),
            ("https://", 21, "a scheme and no host at all"),
        ] {
            assert_eq!(
                findings(&RULE, sample(endpoint)),
                [format!("4:{at} imsEndpoint must be a plain host name, but has {expected}")]
            );
        }
        let text = sample(" https://IMS-na1.adobelogin.com:443\\/x").text();
        assert_eq!(places(&RULE, &text), [["https://", "IMS", ":443", "\\/x"]]);
    }

    #[test]
    fn the_host_is_left_alone_where_it_may_receive_the_secrets() {
        let adobe = Some("ims-na1.adobelogin.com");
        for (endpoint, host) in [
            ("https://ims-na1.adobelogin.com", adobe),
            ("HTTPS:\\/\\/IMS_NA1..adobelogin.com.:8443\\/ims?x#y", adobe),
            (" \\u0068ttps://ims-na1.adobe\u{200B}login.com/", adobe),
            ("ims-na1-stg1.adobelogin.com/", Some("ims-na1-stg1.adobelogin.com")),
            ("https://proxy.example/", Some("proxy.example")),
            ("https://PROXY.example:443", Some("proxy.example")),
            // What else may be meant by these is not for a program to say.
            ("https://proxy.example:8443", None),
            ("https://proxy.example/ims", None),
            ("https://user@proxy.example", None),
            ("https://my_proxy.example", None),
            ("https://evil.example", None),
            ("https://ims-na1.adobelogin.com@evil.example", None),
            // Nor where the host is, which programs disagree about.
            ("https://user@ims-na1.adobelogin.com", None),
            ("ims-na1.adobelogin.com\\\\@evil.example", None),
            ("https:\\\\\\\\ims-na1.adobelogin.com", None),
            ("ims-na1.adobelogin.com/@evil.example", None),
            ("https://", None),
        ] {
            let trusted = ["Proxy.example".to_owned(), "my_proxy.example".to_owned()];
            let fixed = fixed_with(&RULE, sample(endpoint), &trusted);
            let lead = if endpoint.starts_with(' ') { " " } else { "" };
            let expected = host.map(|host| sample(&format!("{lead}{host}")).text());
            assert_eq!(fixed, expected, "{endpoint}");
        }
        assert_eq!(fixed(&RULE, sample("https://proxy.example")), None, "nobody trusts it");
    }

    #[test]
    fn bare_hosts_are_right_whoever_they_belong_to() {
        for endpoint in [
            "ims-na1.adobelogin.com",
            " ims-na1.adobelogin.com\\n",
            "evil.example",
            "EVIL_host.example",
            "ims-na1%2eadobelogin.com",
            "ims-nа1.adobelogin.com",
            "::1",
            "",
            "<host>",
        ] {
            assert_eq!(findings(&RULE, sample(endpoint)), [""; 0], "{endpoint}");
        }
        assert_eq!(findings(&RULE, Sample::new().with("imsEndpoint", "1")), [""; 0]);
        assert_eq!(findings(&RULE, Sample::new().without("imsEndpoint")), [""; 0]);
    }
}
