//! Rules about tokens: local development tokens, answers of the token service, and tokens alone.

mod token_expired;
mod token_expires_in;
mod token_expiring;
mod token_lifetime;
mod token_syntax;
mod token_type;

use super::words;
use crate::credential::{Jws, Times, Token, TokenForm};
use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &token_syntax::RULE,
    &token_type::RULE,
    &token_expired::RULE,
    &token_expiring::RULE,
    &token_lifetime::RULE,
    &token_expires_in::RULE,
];

/// The token and its times, if it is an access token of Adobe's with times that can be read.
fn times<'t, 'v, 's>(token: &'t Token<'v, 's>) -> Option<(&'t Jws<'v, 's>, &'t Times)> {
    let (jws, claims) = token.access()?;
    Some((jws, claims.times.as_ref().ok()?))
}

/// How to get another token. A sentence.
const fn renew(form: TokenForm) -> &'static str {
    match form {
        TokenForm::Development => words::NEW_DEVELOPMENT_TOKEN,
        TokenForm::Answer => words::NEW_ACCESS_TOKEN,
        TokenForm::Bare => {
            "Request a new token from the token service with the service credentials, or get a new local development \
             token from the AEM Developer Console (Integrations tab)."
        }
    }
}
