//! Words that several rules need: instants, how far off they are, and what to do about a credential.

use chrono::{DateTime, TimeDelta, Utc};

use crate::credential::{Document, TokenForm, seconds_until};
pub(crate) use crate::source::{counted, grouped, size};

/// What to do when a credential must be replaced. A sentence.
pub(super) const RENEW: &str = "Create a new private key for the technical account in the AEM Developer Console \
                                (Integrations tab), download the service credentials, and store the complete file in \
                                place of this one.";

/// What to do when a local development token must be replaced. A sentence.
pub(super) const NEW_DEVELOPMENT_TOKEN: &str =
    "Get a new local development token from the AEM Developer Console (Integrations tab).";

/// What to do when the token service's answer must be replaced. A sentence.
pub(super) const NEW_ACCESS_TOKEN: &str = "Request a new token from the token service with the service credentials, and store its complete response.";

/// How to get a document of this kind anew. A sentence.
pub(super) fn get_again(document: &Document<'_, '_>) -> &'static str {
    match document.token.as_ref().map(|token| token.form) {
        Some(TokenForm::Development) => NEW_DEVELOPMENT_TOKEN,
        Some(_) => NEW_ACCESS_TOKEN,
        None if document.project.is_some() => {
            "Download the project again from the Adobe Developer Console, and store the complete file."
        }
        None => {
            "Download the service credentials again from the AEM Developer Console (Integrations tab), and store the \
             complete file."
        }
    }
}

/// `2026-11-22`
#[cfg(feature = "cli")]
pub(crate) fn date(instant: DateTime<Utc>) -> String {
    instant.format("%Y-%m-%d").to_string()
}

/// `2026-11-12 12:00:00 UTC`
pub(crate) fn instant(instant: DateTime<Utc>) -> String {
    instant.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// `in 20 days`, `10 days ago`, `this very second`
pub(crate) fn distance(now: DateTime<Utc>, then: DateTime<Utc>) -> String {
    match seconds_until(now, then) {
        0 => String::from("right now"),
        seconds @ 1.. => format!("in {}", amount(seconds.unsigned_abs())),
        // Whole days are those of `Validity::days_left`, which are rounded towards the past.
        seconds @ ..-172_800 => format!("{} ago", counted(seconds.unsigned_abs().div_ceil(86_400), "day")),
        seconds => format!("{} ago", amount(seconds.unsigned_abs())),
    }
}

/// `365 days`, `36 hours`
pub(crate) fn duration(duration: TimeDelta) -> String {
    amount(duration.num_seconds().unsigned_abs())
}

/// A number of seconds in the largest unit that it has at least two of, rounded down.
fn amount(seconds: u64) -> String {
    let units = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")];
    let (size, name) = units.into_iter().find(|(size, _)| seconds >= 2 * size).unwrap_or((1, "second"));
    counted(seconds / size, name)
}

/// `a, b and c`
pub(crate) fn list(items: &[&str]) -> String {
    match items {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_in_the_unit_that_people_would_use() {
        let now: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
        for (seconds, words) in [
            (0, "right now"),
            (1, "in 1 second"),
            (-1, "1 second ago"),
            (119, "in 119 seconds"),
            (120, "in 2 minutes"),
            (-7199, "119 minutes ago"),
            (7200, "in 2 hours"),
            (172_799, "in 47 hours"),
            (172_800, "in 2 days"),
            (20 * 86_400, "in 20 days"),
            (20 * 86_400 - 1, "in 19 days"),
            (-10 * 86_400, "10 days ago"),
            (-10 * 86_400 - 1, "11 days ago"),
            (3650 * 86_400, "in 3,650 days"),
        ] {
            assert_eq!(distance(now, now + TimeDelta::seconds(seconds)), words, "{seconds}");
        }
        assert_eq!(instant(now), "2026-11-22 12:00:00 UTC");
        assert_eq!(duration(TimeDelta::days(-365)), "365 days");
    }
}
