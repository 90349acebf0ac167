//! Defects of tokens.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Entry, Tampering};
use crate::generate::Specification;

pub(super) const DEFECTS: &[Entry] = &[
    Entry {
        rule: "token-syntax",
        description: "Bearer before the token in its field",
        tampering: Tampering::Token(|draft, _| draft.prefix = "Bearer "),
    },
    Entry {
        rule: "token-type",
        description: "a refresh token in place of the access token",
        tampering: Tampering::Token(|draft, _| draft.kind = "refresh_token"),
    },
    Entry {
        rule: "token-expired",
        description: "a token that expired a day ago",
        tampering: Tampering::Token(|draft, specification| {
            draft.created_at = created_at(specification, TimeDelta::days(-1));
        }),
    },
    Entry {
        rule: "token-expiring",
        description: "a token with 30 minutes left",
        tampering: Tampering::Token(|draft, specification| {
            draft.created_at = created_at(specification, TimeDelta::minutes(30));
        }),
    },
    Entry {
        rule: "token-lifetime",
        description: "a token that claims to live ten days",
        tampering: Tampering::Token(|draft, _| {
            let ten_days = TimeDelta::days(10).num_milliseconds();
            draft.expires_in = ten_days;
            draft.answer_expires_in = ten_days.unsigned_abs() - 1;
        }),
    },
    Entry {
        rule: "token-expires-in",
        description: "an answer whose expires_in is in seconds",
        tampering: Tampering::Answer(|draft| draft.answer_expires_in /= 1000),
    },
];

/// When a token was created that has `left` of its lifetime now; now itself if there is no such date.
fn created_at(specification: &Specification, left: TimeDelta) -> DateTime<Utc> {
    let Specification { now, token_lifetime, .. } = specification;
    let begin = now.checked_sub_signed(*token_lifetime).and_then(|begin| begin.checked_add_signed(left));
    begin.unwrap_or(*now)
}
