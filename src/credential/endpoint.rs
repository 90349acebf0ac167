//! `imsEndpoint`: which host a program would really send the secrets to.
//!
//! Owns: taking the value apart as a URL parser would, and knowing Adobe's token service by name. Does not own: what
//! is wrong with a value, nor which look-alikes there are.

use std::ops::Range;

use super::is_invisible;

/// The parts of an endpoint. Issued documents have nothing but a host; people put in whole URLs.
///
/// The documented client asks for `https://<imsEndpoint>/ims/exchange/jwt`, so that the rules of URLs decide who
/// receives the secrets (WHATWG URL, section 4.4): an authority ends at `/`, `\`, `?` or `#`, and everything before
/// its last `@` is user information. All ranges are byte ranges of the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `https://`, repeated or not, or slashes alone.
    pub scheme: Option<Range<usize>>,
    /// User information with its `@`.
    pub user: Option<Range<usize>>,
    /// The host as written.
    pub host: Range<usize>,
    /// The port with its colon.
    pub port: Option<Range<usize>>,
    /// Path, query and fragment.
    pub rest: Option<Range<usize>>,
    /// The host as it is meant: in lower case, without invisible characters and superfluous dots, with hyphens for
    /// underscores. None of these can turn another's host into Adobe's, so a name can be judged apart from its form.
    pub name: String,
}

/// Adobe's token services (IMS, Identity Management Services).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenService {
    /// The one that issued credentials name.
    Production,
    /// The one for Adobe's own tests.
    Stage,
}

impl Endpoint {
    /// Takes `value` apart.
    #[must_use]
    pub fn parse(value: &str) -> Self {
        let slashes = |from: usize| {
            let rest = &value[from..];
            from + rest.len() - rest.trim_start_matches(['/', '\\']).len()
        };
        let mut start = slashes(0);
        // Only these two: any other word before a colon is the host that the client connects to.
        while let Some(name) = ["https:", "http:"].iter().find(|name| {
            value.get(start..start + name.len()).is_some_and(|written| written.eq_ignore_ascii_case(name))
        }) {
            start = slashes(start + name.len());
        }
        let end = value[start..].find(['/', '\\', '?', '#']).map_or(value.len(), |length| start + length);
        let host_start = value[start..end].rfind('@').map_or(start, |at| start + at + 1);
        let authority = &value[host_start..end];
        let host_length = match authority.strip_prefix('[').and_then(|inside| inside.find(']')) {
            Some(close) => close + 2,
            // More than one colon is an IPv6 address without its brackets.
            None if authority.matches(':').count() == 1 => authority.find(':').unwrap_or(authority.len()),
            None => authority.len(),
        };
        let host = host_start..host_start + host_length;
        let some = |range: Range<usize>| (!range.is_empty()).then_some(range);
        Self {
            scheme: some(0..start),
            user: some(start..host_start),
            port: some(host.end..end),
            rest: some(end..value.len()),
            name: name(&value[host.clone()]),
            host,
        }
    }

    /// Which of Adobe's token services it names, if any.
    #[must_use]
    pub fn service(&self) -> Option<TokenService> {
        let region = self.name.strip_suffix(".adobelogin.com")?.strip_prefix("ims-")?;
        let (region, service) = match region.strip_suffix("-stg1").or_else(|| region.strip_suffix("-stg")) {
            Some(region) => (region, TokenService::Stage),
            None => (region, TokenService::Production),
        };
        let letters = region.bytes().take_while(u8::is_ascii_lowercase).count();
        let digits = &region[letters..];
        let known = (2..=5).contains(&letters)
            && (1..=2).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        known.then_some(service)
    }

    /// Whether the host, as written in `value` or as meant, is one of `hosts`.
    #[must_use]
    pub fn is_one_of(&self, hosts: &[String], value: &str) -> bool {
        let written = &value[self.host.clone()];
        hosts.iter().map(|host| host.trim()).any(|host| {
            !host.is_empty() && (host.eq_ignore_ascii_case(&self.name) || host.eq_ignore_ascii_case(written))
        })
    }
}

fn name(host: &str) -> String {
    let mut name = String::with_capacity(host.len());
    for character in host.chars().filter(|character| !is_invisible(*character)) {
        match character {
            '_' => name.push('-'),
            '.' if name.is_empty() || name.ends_with('.') => {}
            _ => name.push(character.to_ascii_lowercase()),
        }
    }
    name.truncate(name.trim_end_matches('.').len());
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_real_host_is_found() {
        for (value, host) in [
            ("ims-na1.adobelogin.com", "ims-na1.adobelogin.com"),
            ("https://ims-na1.adobelogin.com/", "ims-na1.adobelogin.com"),
            ("HTTPS://https:\\\\IMS-NA1.adobelogin.com:443/ims?x#y", "ims-na1.adobelogin.com"),
            ("//ims-na1.adobelogin.com", "ims-na1.adobelogin.com"),
            ("ims-na1.adobelogin.com.", "ims-na1.adobelogin.com"),
            ("ims_na1..adobelogin\u{200B}. com", "ims-na1.adobelogin.com"),
            ("https://ims-na1.adobelogin.com@evil.example", "evil.example"),
            ("ims-na1.adobelogin.com:443@evil.example:443/", "evil.example"),
            ("a@b@evil.example", "evil.example"),
            ("evil.example/ims-na1.adobelogin.com", "evil.example"),
            ("evil.example\\@ims-na1.adobelogin.com", "evil.example"),
            ("evil.example?@ims-na1.adobelogin.com", "evil.example"),
            ("evil.example#@ims-na1.adobelogin.com", "evil.example"),
            ("evil.example://ims-na1.adobelogin.com", "evil.example"),
            ("[::1]:443", "[::1]"),
            ("::1", "::1"),
            ("https://", ""),
            ("[", "["),
            ("", ""),
        ] {
            assert_eq!(Endpoint::parse(value).name, host, "{value}");
        }
    }

    #[test]
    fn adobes_services_are_known() {
        use TokenService::{Production, Stage};
        for (value, service) in [
            ("ims-na1.adobelogin.com", Some(Production)),
            ("ims-emea12.adobelogin.com", Some(Production)),
            ("IMS-NA1.adobelogin.com", Some(Production)),
            ("ims-na1-stg1.adobelogin.com", Some(Stage)),
            ("ims-na1-stg.adobelogin.com", Some(Stage)),
            ("adobelogin.com", None),
            ("ims-.adobelogin.com", None),
            ("ims-na.adobelogin.com", None),
            ("ims-n1.adobelogin.com", None),
            ("ims-na123.adobelogin.com", None),
            ("ims-na1-stg1.adobelogin.com.evil.example", None),
            ("ims-na1.evil.adobelogin.com", None),
        ] {
            assert_eq!(Endpoint::parse(value).service(), service, "{value}");
        }
    }
}
