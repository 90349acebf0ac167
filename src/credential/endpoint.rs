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

    /// Where the host is in `value` for programs that read addresses by RFC 3986 section 3.2, if they find another one there: a
    /// backslash is nothing special to them, so what comes before it may be user information. The client is Node, which
    /// reads by WHATWG's rules; others use curl or Java.
    pub fn other_host(&self, value: &str) -> Option<Range<usize>> {
        let rest = self.rest.clone().filter(|rest| value[rest.clone()].starts_with('\\'))?;
        let end = value[rest.clone()].find(['/', '?', '#']).map_or(rest.end, |length| rest.start + length);
        let start = rest.start + value[rest.start..end].rfind('@')? + 1;
        let other = Self::parse(&value[start..end]);
        let host = start + other.host.start..start + other.host.end;
        (!host.is_empty() && other.name != self.name).then_some(host)
    }

    /// Which of Adobe's token services it names, if any.
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
    pub fn is_one_of(&self, hosts: &[String], value: &str) -> bool {
        let written = &value[self.host.clone()];
        hosts.iter().map(|host| host.trim()).any(|host| {
            !host.is_empty() && (host.eq_ignore_ascii_case(&self.name) || host.eq_ignore_ascii_case(written))
        })
    }
}

/// Returns the host that the client calls when it builds `https://<value>/…`, or nothing when that isn't a valid address and
/// the client throws (WHATWG URL sections 3.5 and 4.4). Only those characters outside ASCII that are never valid are
/// rejected; a domain with others counts as valid.
pub(crate) fn receiver(value: &str) -> Option<String> {
    let address: String =
        value.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).chain("/ims".chars()).collect();
    let address = address.trim_start_matches(['/', '\\']);
    let authority = address.split(['/', '\\', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let (host, port) = match host.strip_prefix('[') {
        Some(rest) => {
            let (inside, port) = rest.split_once(']')?;
            inside.parse::<core::net::Ipv6Addr>().ok()?;
            (inside, port)
        }
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let port_is_right = match port.strip_prefix(':') {
        Some(digits) => {
            digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse::<u16>().is_ok() || digits.is_empty()
        }
        None => port.is_empty(),
    };
    if !port_is_right {
        return None;
    }
    if host.contains(':') {
        return Some(host.to_owned());
    }
    let domain = domain(&percent_decoded(host))?;
    let labels = domain.strip_suffix('.').unwrap_or(&domain);
    let last = labels.rsplit('.').next()?;
    let is_number = !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit())
        || last.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
    (!is_number || ipv4(labels).is_some()).then_some(domain)
}

/// `host` with the bytes that `%` and two digits stand for.
fn percent_decoded(host: &str) -> String {
    let mut parts = host.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(b'%'));
        bytes.extend_from_slice(&part.as_bytes()[if byte.is_some() { 2 } else { 0 }..]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `host` in lower case and without what domains ignore (UTS #46); nothing if it is empty or has a character that none has.
fn domain(host: &str) -> Option<String> {
    let ignored = |c: &char| matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{2064}' | '\u{FEFF}');
    let mapped = |c| match c {
        '\u{3002}' | '\u{FF61}' => '.',
        // The full-width forms of ASCII.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c.to_ascii_lowercase(),
    };
    let forbidden = |c: char| {
        " #/:<>?@[\\]^|%\u{FFFD}".contains(c) || c.is_control() || c.is_whitespace() || is_invisible(c)
    };
    let domain: String = host.chars().filter(|c| !ignored(c)).map(mapped).collect();
    (!domain.is_empty() && !domain.contains(forbidden)).then_some(domain)
}

/// The IPv4 address that a URL parser would see: up to four numbers, decimal, octal or hexadecimal, the last of which
/// fills what is left (WHATWG URL section 3.5).
pub(crate) fn ipv4(name: &str) -> Option<[u8; 4]> {
    let numbers = name.split('.').map(number).collect::<Option<Vec<u64>>>()?;
    let (last, first) = numbers.split_last()?;
    let free = 4_u32.checked_sub(u32::try_from(first.len()).ok()?).filter(|free| *free > 0)?;
    if *last >= 256_u64.pow(free) || first.iter().any(|number| *number > 255) {
        return None;
    }
    let high = first.iter().fold(0, |address, number| address << 8 | number);
    u32::try_from(high << (8 * free) | last).ok().map(u32::to_be_bytes)
}

fn number(text: &str) -> Option<u64> {
    let (digits, radix) = match text.strip_prefix("0x") {
        Some("") => return Some(0),
        Some(digits) => (digits, 16),
        None if text.len() > 1 && text.starts_with('0') => (text, 8),
        None => (text, 10),
    };
    let digits_alone = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    digits_alone.then(|| u64::from_str_radix(digits, radix).ok())?
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
    fn another_host_of_other_readers_is_found() {
        for (value, other) in [
            ("ims-na1.adobelogin.com\\@evil.example", Some("evil.example")),
            ("https://ims-na1.adobelogin.com\\@evil.example:443/x@y", Some("evil.example")),
            ("ims-na1.adobelogin.com:443\\a@b@evil.example?x", Some("evil.example")),
            ("ims-na1.adobelogin.com\\x\\y@evil.example", Some("evil.example")),
            ("ims-na1.adobelogin.com\\@[::1]", Some("[::1]")),
            ("ims-na1.adobelogin.com\\@IMS-na1.adobelogin.com", None),
            ("ims-na1.adobelogin.com\\@", None),
            ("ims-na1.adobelogin.com\\evil.example", None),
            ("ims-na1.adobelogin.com/@evil.example", None),
            ("ims-na1.adobelogin.com/\\@evil.example", None),
            ("ims-na1.adobelogin.com\\/@evil.example", None),
            ("ims-na1.adobelogin.com#\\@evil.example", None),
            ("https:\\\\ims-na1.adobelogin.com", None),
            ("ims-na1.adobelogin.com", None),
        ] {
            let host = Endpoint::parse(value).other_host(value).map(|host| &value[host]);
            assert_eq!(host, other, "{value}");
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
