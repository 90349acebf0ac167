//! A token in depth: whose it says that it is, until when, and what its header names.
//!
//! Owns: the sections about tokens. Does not own: judging them. Nothing of the token's text gets into any of these values,
//! only what its claims and header say, as far as that is public.

use chrono::{DateTime, TimeDelta, Utc};

use super::read::{about_token, hidden};
use super::{ClientIdParts, Fact, MetascopeSection, Unread};
use crate::credential::{
    Claim, Claims, Exposure, Header, Issuer, Metascope, Part, Phase, StatedLifetime, TimeDefect, Times,
    Token, TokenForm, Validity, metascope_meaning, presentable,
};
use crate::examine::Checked;
use crate::finding::Place;
use crate::json::Pointer;
use crate::source::{Span, Surroundings};

/// All sections about a token. Nobody but Adobe can verify what it says.
#[derive(Debug)]
pub struct TokenInspection {
    /// How it is stored.
    pub form: TokenForm,
    /// Whose it is.
    pub identity: Fact<TokenIdentity>,
    /// Until when it is valid.
    pub validity: Fact<TokenValidity>,
    /// What the token service's answer says of its lifetime, if it is one that does.
    pub stated: Option<Stated>,
    /// What its header names.
    pub header: Fact<TokenHeader>,
}

/// Whose token it is.
#[derive(Debug)]
pub struct TokenIdentity {
    /// The client that it was issued to.
    pub client_id: Fact<String>,
    /// The client ID taken apart, if it is shaped as issued.
    pub parts: Option<ClientIdParts>,
    /// The account that it acts as.
    pub user: Fact<String>,
    /// The organization's ID; many tokens claim none.
    pub organization: Option<Fact<String>>,
    /// The authorization server that issued it.
    pub server: Fact<String>,
    /// What kind of token it is.
    pub kind: Fact<String>,
    /// What it may be used for.
    pub scopes: Fact<Vec<MetascopeSection>>,
}

/// Until when a token is valid.
#[derive(Debug)]
pub struct TokenValidity {
    /// From its creation on.
    pub validity: Validity,
    /// The time that it was given.
    pub lifetime: TimeDelta,
    /// Whole minutes from now to its end, rounded down, negative when that is past.
    pub minutes_left: i64,
    /// Where in its validity now lies.
    pub phase: Phase,
}

/// What the token service's answer says of the token's lifetime.
#[derive(Debug)]
pub struct Stated {
    /// Its `expires_in`, if that is a whole number of a size that makes sense.
    pub number: Option<u64>,
    /// How that fits the token's own, if that could be read.
    pub fits: Option<StatedLifetime>,
}

/// What a token's header names (RFC 7515 section 4.1).
#[derive(Debug)]
pub struct TokenHeader {
    /// `alg`: the algorithm of its signature.
    pub algorithm: Fact<String>,
    /// `kid`: which of the issuer's keys signed it.
    pub key_id: Fact<String>,
    /// `x5u`: where the certificate of that key is to be found.
    pub certificate_url: Fact<String>,
    /// `itt`: Adobe's own word for the kind of token.
    pub token_kind: Fact<String>,
}

impl TokenInspection {
    pub(super) fn new(
        token: &Token<'_, '_>,
        exposure: &Exposure<'_>,
        checked: &Checked,
        surroundings: Option<&dyn Surroundings>,
        now: DateTime<Utc>,
    ) -> Self {
        let held = token.fields.iter().find(|entry| entry.field.secret());
        let pointer = held.map_or_else(Pointer::root, |entry| entry.pointer.clone());
        let unread = |places: Vec<Place>, what: &str| {
            let outer = |place: Place| surroundings.map_or(place.span, |around| around.outer(place.span));
            let places: Vec<Span> = places.into_iter().map(outer).collect();
            about_token(checked, &pointer, &places, what)
        };
        let claims = token.claims().filter(|claims| claims.issuer == Issuer::Adobe);
        let claims = claims.ok_or_else(|| unread(hiding(token, Part::Claims), "the claims of the token"));
        let header = token.jws.as_ref().and_then(|jws| jws.header.as_ref());
        let shown = Filter { exposure };
        Self {
            form: token.form,
            identity: claims.as_ref().map(|claims| identity(claims, &shown)).map_err(Clone::clone),
            validity: claims.and_then(|claims| match &claims.times {
                Ok(times) => Ok(TokenValidity::new(times, now)),
                Err(defects) => Err(unread(places_of(token, defects), "the token's time")),
            }),
            stated: token
                .expires_in()
                .map(|(number, _)| Stated { number: whole(number), fits: token.stated_lifetime() }),
            header: header.ok_or_else(|| unread(hiding(token, Part::Header), "the header of the token")).map(
                |header| {
                    let no_algorithm = || unread(hiding(token, Part::Header), "the header's alg");
                    TokenHeader::new(header, &shown, no_algorithm)
                },
            ),
        }
    }
}

/// The places of what keeps `part` from being read.
fn hiding(token: &Token<'_, '_>, part: Part) -> Vec<Place> {
    let defects = token.jws.iter().flat_map(|jws| jws.defects.iter().map(move |defect| (jws, defect)));
    defects.filter(|(_, defect)| defect.kind.hides(part)).map(|(jws, defect)| jws.place_of(defect)).collect()
}

/// The places of claims that don't give a time.
fn places_of(token: &Token<'_, '_>, defects: &[(&str, TimeDefect)]) -> Vec<Place> {
    token.jws.iter().flat_map(|jws| defects.iter().map(|(name, _)| jws.place_of_claim(name))).collect()
}

fn identity(claims: &Claims, shown: &Filter<'_>) -> TokenIdentity {
    let client_id = match claims.client_id.presentable() {
        Some(id) if !shown.exposure.leaks(id) => Ok(id.to_owned()),
        _ => Err(why_not("client_id", &claims.client_id)),
    };
    let organization = &claims.organization;
    TokenIdentity {
        parts: ClientIdParts::of(&client_id),
        client_id,
        user: shown.claim("user_id", &claims.user_id),
        organization: (!matches!(organization, Claim::Missing)).then(|| shown.claim("org", organization)),
        server: shown.claim("as", &claims.server),
        kind: shown.claim("type", &claims.kind),
        scopes: scopes(&claims.scope, shown),
    }
}

fn scopes(claim: &Claim, shown: &Filter<'_>) -> Fact<Vec<MetascopeSection>> {
    let all = Metascope::all(claim.text().unwrap_or_default());
    let section = |scope: Metascope| MetascopeSection {
        meaning: metascope_meaning(&scope.name),
        name: shown.text(&scope.name).ok_or_else(|| hidden("a scope")),
    };
    if all.is_empty() {
        return Err(why_not("scope", claim));
    }
    Ok(all.into_iter().take(MOST_SCOPES).map(section).collect())
}

/// More scopes than this are not looked at; issued tokens have a dozen.
const MOST_SCOPES: usize = 100;

impl TokenValidity {
    fn new(times: &Times, now: DateTime<Utc>) -> Self {
        let validity = times.validity();
        let (minutes_left, phase) = (validity.minutes_left(now), validity.at(now));
        Self { validity, lifetime: times.lifetime, minutes_left, phase }
    }
}

impl TokenHeader {
    fn new(header: &Header, shown: &Filter<'_>, unread: impl Fn() -> Unread) -> Self {
        Self {
            algorithm: header.algorithm.clone().ok_or_else(unread),
            key_id: shown.claim("kid", &header.key_id),
            certificate_url: shown.claim("x5u", &header.certificate_url),
            token_kind: shown.claim("itt", &header.token_kind),
        }
    }
}

/// What stands between a token's values and the reader.
struct Filter<'e> {
    exposure: &'e Exposure<'e>,
}

impl Filter<'_> {
    fn text(&self, text: &str) -> Option<String> {
        (!text.is_empty() && presentable(text) && !self.exposure.leaks(text)).then(|| text.to_owned())
    }

    fn claim(&self, name: &str, claim: &Claim) -> Fact<String> {
        claim.text().and_then(|text| self.text(text)).ok_or_else(|| why_not(name, claim))
    }
}

/// Why the value of `name` is not told.
fn why_not(name: &str, claim: &Claim) -> Unread {
    match claim {
        Claim::Missing => Unread::words(format!("the token has no {name}")),
        Claim::Text(_) if claim.text().is_some_and(|text| text.trim().is_empty()) => {
            Unread::words(format!("{name} is empty"))
        }
        Claim::Text(_) => hidden(name),
        Claim::Integer(_) | Claim::Number | Claim::Other => Unread::words(format!("{name} is not a string")),
    }
}

/// A number that is whole and small enough to be exact.
fn whole(number: f64) -> Option<u64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let fits = number.fract() == 0.0 && (0.0..EXACT).contains(&number);
    fits.then(|| format!("{number:.0}").parse().ok())?
}
