//! Defects of tokens.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Row, Tampering};
use crate::generate::Specification;

pub(super) const DEFECTS: &[Row] = &[
    ("token-syntax", Tampering::Token(|blueprint, _| blueprint.prefix = "Bearer ")),
    ("token-type", Tampering::Token(|blueprint, _| blueprint.kind = "refresh_token")),
    (
        "token-expired",
        Tampering::Token(|blueprint, specification| {
            blueprint.created_at = created_at(specification, TimeDelta::days(-1));
        }),
    ),
    (
        "token-expiring",
        Tampering::Token(|blueprint, specification| {
            blueprint.created_at = created_at(specification, TimeDelta::minutes(30));
        }),
    ),
    (
        "token-lifetime",
        Tampering::Token(|blueprint, _| {
            let ten_days = TimeDelta::days(10).num_milliseconds();
            blueprint.expires_in = ten_days;
            blueprint.answer_expires_in = ten_days.unsigned_abs() - 1;
        }),
    ),
    ("token-expires-in", Tampering::Answer(|blueprint| blueprint.answer_expires_in /= 1000)),
];

/// When a token was created that has `left` of its lifetime now; now itself if there is no such date.
fn created_at(specification: &Specification, left: TimeDelta) -> DateTime<Utc> {
    let Specification { now, token_lifetime, .. } = specification;
    let begin = now.checked_sub_signed(*token_lifetime).and_then(|begin| begin.checked_add_signed(left));
    begin.unwrap_or(*now)
}
