//! What a token claims (RFC 7519 section 4), as far as rules look at it.
//!
//! Owns: the claims' values and times, and by which of them Adobe's tokens are known. Does not own: the token's text.

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};

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
    /// `org`: the organization, where the token says so.
    pub organization: Claim,
    /// `as`: the authorization server that issued it.
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

/// Returns the claims in the decoded second part of a token; `None` if a value of one is no Unicode text or a number
/// that no program can hold.
pub(super) fn read(decoded: &Secret<Vec<u8>>) -> Option<Claims> {
    // Nothing is verified: only Adobe could do that.
    let text = std::str::from_utf8(decoded.expose()).ok()?;
    let root = parse(text, Limits::default()).ok()?;
    let object = root.as_object()?;
    let claim = |name: &str| object.get(name).map_or(Some(Claim::Missing), |member| Claim::of(&member.value));
    let (kind, client_id, server) = (claim("type")?, claim("client_id")?, claim("as")?);
    let created_at = claim("created_at")?;
    let audience = claim("aud")?;
    let request = request(&claim("iss")?, &claim("sub")?, &audience, &claim("exp")?);
    Some(Claims {
        issuer: match request {
            Some(_) => Issuer::Client,
            None => issuer(&server, &kind, &client_id, &created_at),
        },
        kind,
        client_id: if request.is_some() { client(&audience) } else { client_id },
        request,
        user_id: claim("user_id")?,
        organization: claim("org")?,
        server,
        scope: claim("scope")?,
        times: times(&created_at, &claim("expires_in")?),
        ranges: object
            .members
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
fn request(issuer: &Claim, subject: &Claim, audience: &Claim, end: &Claim) -> Option<Request> {
    let is = |claim: &Claim, ending: &str| claim.text().is_some_and(|text| text.ends_with(ending));
    let audience = audience.text()?;
    let is_request = is(issuer, ORGANISATION)
        && is(subject, TECHNICAL_ACCOUNT)
        && audience.starts_with("https://")
        && audience.contains(CLIENT);
    // The last second of the year 9999 has fewer digits.
    let last_second = i128::from(LATEST) / 1_000;
    let ends_in_milliseconds = matches!(end, Claim::Integer(number) if *number > last_second);
    is_request.then_some(Request { ends_in_milliseconds })
}

/// What stands before the client's ID in `aud`.
const CLIENT: &str = "/c/";

fn client(audience: &Claim) -> Claim {
    let id = audience.text().and_then(|text| text.split_once(CLIENT)).map(|(_, id)| id.to_owned());
    id.map_or(Claim::Missing, |id| Claim::Text(Secret::new(id)))
}

/// Other services issue tokens of the type `access_token` too, but none gives them Adobe's way of telling the time.
fn issuer(server: &Claim, kind: &Claim, client_id: &Claim, created_at: &Claim) -> Issuer {
    let server = server.text().is_some_and(|name| name.starts_with("ims-"));
    let like = kind.text() == Some(ACCESS_TOKEN)
        && [client_id, created_at].into_iter().all(|claim| !matches!(claim, Claim::Missing));
    if server || like { Issuer::Adobe } else { Issuer::Other }
}

const ACCESS_TOKEN: &str = "access_token";

impl Claims {
    /// Whether it is an access token, and not one to get such with.
    pub fn is_access_token(&self) -> bool {
        self.kind.text() == Some(ACCESS_TOKEN)
    }

    /// Whether it is one to get access tokens with.
    pub fn is_refresh_token(&self) -> bool {
        self.kind.text() == Some("refresh_token")
    }

    pub(super) fn range(&self, name: &str) -> Option<Range<usize>> {
        self.ranges.iter().find(|(other, _)| other == name).map(|(_, range)| range.clone())
    }
}

impl Claim {
    /// Returns the value of a JSON member; `None` if it is no Unicode text or a number beyond all that programs hold.
    pub(super) fn of(value: &Value<'_>) -> Option<Self> {
        Some(match &value.kind {
            Kind::String(text) if text.is_unicode() => Self::Text(Secret::new(text.as_str().to_owned())),
            Kind::String(_) => return None,
            Kind::Number(written) => match written.parse() {
                Ok(integer) => Self::Integer(integer),
                Err(_) => Self::of_number(written.parse().ok().filter(|number: &f64| number.is_finite())?),
            },
            _ => Self::Other,
        })
    }

    /// Returns an integer for 8.64e7, which is one as well.
    fn of_number(number: f64) -> Self {
        if number.fract() != 0.0 {
            return Self::Number;
        }
        // What no integer can hold is only too large.
        let large = if number < 0.0 { i128::MIN } else { i128::MAX };
        Self::Integer(format!("{number:.0}").parse().unwrap_or(large))
    }

    /// The string, if it is one. It may be anything.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.expose()),
            _ => None,
        }
    }

    /// The string, if it looks as public as an identifier should.
    pub fn presentable(&self) -> Option<&str> {
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
