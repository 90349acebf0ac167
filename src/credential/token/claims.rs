//! What a token claims (RFC 7519 section 4), as far as rules look at it.
//!
//! Owns: the claims' values and times, and by which of them Adobe's tokens are known. Does not own: the token's text.

use std::fmt;
use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::credential::{ORGANISATION, TECHNICAL_ACCOUNT, Validity, presentable_id};
use crate::json::{Kind, Limits, Value, parse};
use crate::secret::Secret;

/// The claims of a token.
#[derive(Debug)]
pub struct Claims {
    /// Whose token it is.
    pub issuer: Issuer,
    /// `type`: what kind of token it is.
    pub kind: Claim,
    /// `client_id`: the client that it was issued to.
    pub client_id: Claim,
    /// `user_id`: the account that it acts as.
    pub user_id: Claim,
    /// `org`: the organisation, where the token says so.
    pub organization: Claim,
    /// `as`: the authorisation server that issued it.
    pub server: Claim,
    /// `scope`: what it may be used for, separated by commas.
    pub scope: Claim,
    /// What a client claims in a request for a token, if this is one.
    pub request: Option<Request>,
    /// When it was created and until when it is valid, or which claims don't say so.
    pub times: Result<Times, Vec<(&'static str, TimeDefect)>>,
    /// Where claims stand in the decoded bytes, name and value.
    ranges: Vec<(String, Range<usize>)>,
}

/// A JWT assertion (RFC 7523 section 3): what the client signs, to be exchanged for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Whether its end is written in milliseconds; RFC 7519 has seconds.
    pub ends_in_milliseconds: bool,
}

/// Whose token it is, as far as its claims tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issuer {
    /// Adobe's token service (IMS).
    Adobe,
    /// A client of that service, which asks for a token.
    Client,
    /// Somebody else.
    Other,
    /// The claims could not be read.
    Unknown,
}

/// The value of a claim.
#[derive(Debug, Default)]
pub enum Claim {
    /// Not there.
    #[default]
    Missing,
    /// A string.
    Text(Secret<String>),
    /// A whole number.
    Integer(i128),
    /// Another number.
    Number,
    /// Anything else.
    Other,
}

/// When a token was created and until when it is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// `created_at`.
    pub created_at: DateTime<Utc>,
    /// `expires_in`.
    pub lifetime: TimeDelta,
    /// Both together: the first instant at which it is no longer valid.
    pub expires_at: DateTime<Utc>,
}

impl Times {
    /// When the token can be used.
    pub const fn validity(&self) -> Validity {
        Validity::of_token(self.created_at, self.expires_at)
    }
}

/// Why a claim doesn't give a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeDefect {
    /// The claim is not there.
    Missing,
    /// Neither a string nor a number.
    Type,
    /// Not a whole number of milliseconds.
    NotWhole,
    /// Less than zero.
    Negative,
    /// After the year 9999.
    TooLarge,
}

/// The claims as `jsonwebtoken` gives them.
#[derive(Deserialize)]
struct Wire {
    #[serde(default, rename = "type")]
    kind: Claim,
    #[serde(default)]
    client_id: Claim,
    #[serde(default)]
    user_id: Claim,
    #[serde(default, rename = "org")]
    organization: Claim,
    #[serde(default, rename = "as")]
    server: Claim,
    #[serde(default)]
    scope: Claim,
    #[serde(default)]
    created_at: Claim,
    #[serde(default)]
    expires_in: Claim,
    #[serde(default, rename = "iss")]
    issuer: Claim,
    #[serde(default, rename = "sub")]
    subject: Claim,
    #[serde(default, rename = "aud")]
    audience: Claim,
    #[serde(default, rename = "exp")]
    end: Claim,
}

/// The claims of `token`, whose second part was decoded to `bytes`; nothing if `jsonwebtoken` refuses them.
pub(super) fn read(token: &str, bytes: &Secret<Vec<u8>>) -> Option<Claims> {
    // Nothing is verified: only Adobe could do that.
    let wire: Wire = jsonwebtoken::dangerous::insecure_decode_claims(token).ok()?;
    let text = std::str::from_utf8(bytes.expose()).ok()?;
    let root = parse(text, Limits::default()).ok()?;
    let members = root.as_object().map_or(&[][..], |object| &object.members);
    let times = times(&wire.created_at, &wire.expires_in);
    let request = request(&wire);
    Some(Claims {
        issuer: if request.is_some() { Issuer::Client } else { issuer(&wire) },
        kind: wire.kind,
        client_id: if request.is_some() { client(&wire.audience) } else { wire.client_id },
        request,
        user_id: wire.user_id,
        organization: wire.organization,
        server: wire.server,
        scope: wire.scope,
        times,
        ranges: members
            .iter()
            .filter(|member| NAMES.contains(&member.key.as_str()))
            .map(|member| (member.key.as_str().to_owned(), member.key.span().start..member.value.span.end))
            .collect(),
    })
}

/// The claims whose places are kept.
const NAMES: [&str; 5] = ["type", "client_id", "user_id", "created_at", "expires_in"];

/// What the client that signed this asks for: `iss` is the organization, `sub` the technical account, `aud` the token service
/// with the client's ID.
fn request(wire: &Wire) -> Option<Request> {
    let is = |claim: &Claim, ending: &str| claim.text().is_some_and(|text| text.ends_with(ending));
    let audience = wire.audience.text()?;
    let is_request = is(&wire.issuer, ORGANISATION)
        && is(&wire.subject, TECHNICAL_ACCOUNT)
        && audience.starts_with("https://")
        && audience.contains(CLIENT);
    // The last second of the year 9999 has fewer digits.
    let last_second = i128::from(LATEST) / 1_000;
    let ends_in_milliseconds = matches!(wire.end, Claim::Integer(number) if number > last_second);
    is_request.then_some(Request { ends_in_milliseconds })
}

/// What stands before the client's ID in `aud`.
const CLIENT: &str = "/c/";

fn client(audience: &Claim) -> Claim {
    let id = audience.text().and_then(|text| text.split_once(CLIENT)).map(|(_, id)| id.to_owned());
    id.map_or(Claim::Missing, |id| Claim::Text(Secret::new(id)))
}

/// Other services issue tokens of the type `access_token` too, but none gives them Adobe's way of telling the time.
fn issuer(wire: &Wire) -> Issuer {
    let server = wire.server.text().is_some_and(|name| name.starts_with("ims-"));
    let like = wire.kind.text() == Some(ACCESS_TOKEN)
        && [&wire.client_id, &wire.created_at].into_iter().all(|claim| !matches!(claim, Claim::Missing));
    if server || like { Issuer::Adobe } else { Issuer::Other }
}

const ACCESS_TOKEN: &str = "access_token";

impl Claims {
    /// Whether it is an access token, and not one to get such with.
    pub fn is_access_token(&self) -> bool {
        self.kind.text() == Some(ACCESS_TOKEN)
    }

    pub(super) fn range(&self, name: &str) -> Option<Range<usize>> {
        self.ranges.iter().find(|(other, _)| other == name).map(|(_, range)| range.clone())
    }
}

impl Claim {
    /// The value of a JSON member.
    pub(super) fn of(value: &Value<'_>) -> Self {
        match &value.kind {
            Kind::String(text) => Self::Text(Secret::new(text.as_str().to_owned())),
            Kind::Number(written) => written.parse().map_or(Self::Number, Self::Integer),
            _ => Self::Other,
        }
    }

    /// The string, if it is one. It may be anything.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.expose()),
            _ => None,
        }
    }

    /// The string, if it looks as public as an identifier should.
    pub fn shown(&self) -> Option<&str> {
        self.text().filter(|text| !text.is_empty() && presentable_id(text))
    }

    /// A whole number of milliseconds, whether written as a number or, as Adobe does, as a string.
    fn milliseconds(&self) -> Result<i64, TimeDefect> {
        let number = match self {
            Self::Missing => return Err(TimeDefect::Missing),
            Self::Other => return Err(TimeDefect::Type),
            Self::Number => return Err(TimeDefect::NotWhole),
            Self::Integer(number) => *number,
            Self::Text(text) => {
                let text = text.expose();
                let digits = text.strip_prefix('-').unwrap_or(text);
                if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(TimeDefect::NotWhole);
                }
                match text.parse::<i128>() {
                    Ok(number) => number,
                    Err(_) if digits.len() < text.len() => return Err(TimeDefect::Negative),
                    Err(_) => return Err(TimeDefect::TooLarge),
                }
            }
        };
        if number < 0 {
            return Err(TimeDefect::Negative);
        }
        i64::try_from(number).ok().filter(|number| *number <= LATEST).ok_or(TimeDefect::TooLarge)
    }
}

/// The last millisecond of the year 9999, beyond which dates have no usual spelling.
const LATEST: i64 = 253_402_300_799_999;

fn times(created_at: &Claim, expires_in: &Claim) -> Result<Times, Vec<(&'static str, TimeDefect)>> {
    let (created, lifetime) = match (created_at.milliseconds(), expires_in.milliseconds()) {
        (Ok(created), Ok(lifetime)) => (created, lifetime),
        (created, lifetime) => {
            let defects = [("created_at", created.err()), ("expires_in", lifetime.err())];
            return Err(defects.into_iter().filter_map(|(name, defect)| Some((name, defect?))).collect());
        }
    };
    let instant = |milliseconds: i64| {
        Some(milliseconds).filter(|number| *number <= LATEST).and_then(DateTime::from_timestamp_millis)
    };
    let expires_at = created.checked_add(lifetime).and_then(instant);
    match (instant(created), expires_at) {
        (Some(created_at), Some(expires_at)) => {
            Ok(Times { created_at, lifetime: expires_at - created_at, expires_at })
        }
        _ => Err(vec![("expires_in", TimeDefect::TooLarge)]),
    }
}

impl Times {
    /// When the token would have been created if `created_at` were in seconds: to explain a mistake. Nothing if the
    /// number is too large or too small for the seconds of this century and the next.
    pub fn created_in_seconds(&self) -> Option<DateTime<Utc>> {
        let number = self.created_at.timestamp_millis();
        (1_000_000_000..8_000_000_000).contains(&number).then(|| DateTime::from_timestamp(number, 0))?
    }
}

impl<'de> Deserialize<'de> for Claim {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ClaimVisitor)
    }
}

struct ClaimVisitor;

impl<'de> Visitor<'de> for ClaimVisitor {
    type Value = Claim;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Claim, E> {
        Ok(Claim::Text(Secret::new(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<Claim, E> {
        Ok(Claim::Text(Secret::new(text)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Claim, E> {
        Ok(Claim::Integer(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Claim, E> {
        Ok(Claim::Integer(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Claim, E> {
        // 8.64e7 is a whole number as well.
        let whole = format!("{number:.0}").parse().ok().filter(|_| number.fract() == 0.0);
        // What no integer can hold is only too large.
        let large = if number < 0.0 { i128::MIN } else { i128::MAX };
        Ok(if number.fract() == 0.0 { Claim::Integer(whole.unwrap_or(large)) } else { Claim::Number })
    }

    fn visit_bool<E>(self, _: bool) -> Result<Claim, E> {
        Ok(Claim::Other)
    }

    fn visit_unit<E>(self) -> Result<Claim, E> {
        Ok(Claim::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Claim, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Claim::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Claim, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Claim::Other)
    }
}
