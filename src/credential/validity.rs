//! When something can be used, and how far off its end is.
//!
//! Owns: the one answer to "expired?" and to "how many days are left?". Does not own: what follows from it.

use chrono::{DateTime, TimeDelta, Utc};

/// The period in which a certificate or a token can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Validity {
    /// The first instant.
    pub not_before: DateTime<Utc>,
    /// The last instant of a certificate; the first of a token at which it is no longer valid.
    pub not_after: DateTime<Utc>,
    /// Whether the instant of the end is part of it.
    end_included: bool,
}

/// How much time before an end counts as little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// So much, however long the validity is.
    Left(TimeDelta),
    /// So many hundredths of the validity.
    Percent(u8),
}

impl From<TimeDelta> for Threshold {
    fn from(left: TimeDelta) -> Self {
        Self::Left(left)
    }
}

named! {
    /// Where in a validity an instant lies.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Phase {
        /// Before its beginning.
        NotYetValid = "not-yet-valid",
        /// Within it.
        Valid = "valid",
        /// Past its end, wherever its beginning lies.
        Expired = "expired",
        /// Not past its end, which lies before its beginning, so that no instant is within.
        Inverted = "inverted",
    }
}

impl Validity {
    /// How far clocks may differ before something counts as not yet valid.
    pub const SKEW: TimeDelta = TimeDelta::minutes(5);

    /// Tokens live a day. Thresholds that are made for certificates are no longer than this for them.
    const TOKEN_THRESHOLD: TimeDelta = TimeDelta::hours(1);

    /// A certificate's: both ends are included (RFC 5280 section 4.1.2.5).
    pub const fn of_certificate(not_before: DateTime<Utc>, not_after: DateTime<Utc>) -> Self {
        Self { not_before, not_after, end_included: true }
    }

    /// A token's: on the instant of its end it is no longer valid (RFC 7519 section 4.1.4).
    pub const fn of_token(not_before: DateTime<Utc>, not_after: DateTime<Utc>) -> Self {
        Self { not_before, not_after, end_included: false }
    }

    /// Where in it `now` lies.
    pub fn at(&self, now: DateTime<Utc>) -> Phase {
        if now > self.not_after || now == self.not_after && !self.end_included {
            Phase::Expired
        } else if self.not_after < self.not_before {
            Phase::Inverted
        } else if self.not_before - now > Self::SKEW {
            Phase::NotYetValid
        } else {
            Phase::Valid
        }
    }

    /// How much is left at `now`; negative when the end is past.
    pub fn left(&self, now: DateTime<Utc>) -> TimeDelta {
        self.not_after - now
    }

    /// Whole days left at `now`, rounded towards the past, so that a moment after the end is day −1.
    pub fn days_left(&self, now: DateTime<Utc>) -> i64 {
        seconds_until(now, self.not_after).div_euclid(86_400)
    }

    /// Whole minutes left at `now`, rounded towards the past.
    pub fn minutes_left(&self, now: DateTime<Utc>) -> i64 {
        seconds_until(now, self.not_after).div_euclid(60)
    }

    /// Whether it isn't over at `now` and no more than `threshold` is left, which is never more than an hour for a token.
    pub fn ends_within(&self, threshold: impl Into<Threshold>, now: DateTime<Utc>) -> bool {
        self.at(now) != Phase::Expired && self.left(now) <= self.threshold(threshold)
    }

    /// `threshold` as it holds for this: for a token no more than an hour, and nothing of a validity that is inverted.
    pub fn threshold(&self, threshold: impl Into<Threshold>) -> TimeDelta {
        let left = match threshold.into() {
            Threshold::Left(left) => left,
            Threshold::Percent(percent) => {
                let whole = (self.not_after - self.not_before).num_seconds().max(0);
                TimeDelta::seconds(whole / 100 * i64::from(percent) + whole % 100 * i64::from(percent) / 100)
            }
        };
        if self.end_included { left } else { left.min(Self::TOKEN_THRESHOLD) }
    }

    /// Whether it has no end: 99991231235959Z, which RFC 5280 section 4.1.2.5 keeps for "no well-defined expiration date".
    pub fn never_ends(&self) -> bool {
        self.not_after.timestamp() == 253_402_300_799
    }
}

/// Whole seconds from `now` until `then`, rounded towards the past.
pub fn seconds_until(now: DateTime<Utc>, then: DateTime<Utc>) -> i64 {
    let left = then - now;
    left.num_seconds() - i64::from(left < TimeDelta::seconds(left.num_seconds()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_second_of_not_after_is_valid_and_half_a_second_later_is_not() {
        let (begin, end) = (instant("2026-01-01T00:00:00Z"), instant("2027-01-01T00:00:00Z"));
        let (certificate, token) = (Validity::of_certificate(begin, end), Validity::of_token(begin, end));
        let half = TimeDelta::milliseconds(500);
        for (now, certificate_at, token_at, days) in [
            (begin - Validity::SKEW - half, Phase::NotYetValid, Phase::NotYetValid, 365),
            (begin - Validity::SKEW, Phase::Valid, Phase::Valid, 365),
            (end - half, Phase::Valid, Phase::Valid, 0),
            (end, Phase::Valid, Phase::Expired, 0),
            (end + half, Phase::Expired, Phase::Expired, -1),
            (end + TimeDelta::days(1), Phase::Expired, Phase::Expired, -1),
            (end + TimeDelta::days(1) + half, Phase::Expired, Phase::Expired, -2),
        ] {
            assert_eq!((certificate.at(now), token.at(now)), (certificate_at, token_at), "{now}");
            assert_eq!(certificate.days_left(now), days, "{now}");
            assert_eq!(certificate.at(now) == Phase::Expired, certificate.left(now) < TimeDelta::zero());
        }
        let month = TimeDelta::days(30);
        assert!(certificate.ends_within(month, end - month) && !token.ends_within(month, end - month));
        assert!(token.ends_within(month, end - TimeDelta::hours(1)) && !token.ends_within(month, end));
    }

    #[test]
    fn a_share_is_one_of_the_whole_validity() {
        let validity =
            Validity::of_certificate(instant("2026-01-01T00:00:00Z"), instant("2026-12-27T00:00:00Z"));
        for (percent, days) in [(0, 0), (25, 90), (50, 180), (100, 360)] {
            assert_eq!(validity.threshold(Threshold::Percent(percent)), TimeDelta::days(days), "{percent}");
        }
        let (begin, end) = (validity.not_before, validity.not_after);
        let quarter = end - TimeDelta::days(90);
        assert!(validity.ends_within(Threshold::Percent(25), quarter));
        assert!(!validity.ends_within(Threshold::Percent(25), quarter - TimeDelta::seconds(1)));
        let token = Validity::of_token(begin, begin + TimeDelta::hours(2));
        assert_eq!(token.threshold(Threshold::Percent(25)), TimeDelta::minutes(30));
        let inverted = Validity::of_certificate(end, begin);
        assert_eq!(inverted.threshold(Threshold::Percent(25)), TimeDelta::zero());
        let longest = Validity::of_certificate(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
        assert!(longest.threshold(Threshold::Percent(100)) > TimeDelta::days(365 * 9999));
    }

    #[test]
    fn odd_years_and_inverted_dates_have_one_answer() {
        let now = instant("2026-11-22T12:00:00Z");
        let year_0000 =
            Validity::of_certificate(instant("2026-01-01T00:00:00Z"), instant("0000-01-01T00:00:00Z"));
        assert_eq!(
            year_0000.at(now),
            Phase::Expired,
            "what is past its end is over, whatever its beginning says"
        );
        let inverted =
            Validity::of_certificate(instant("2028-01-01T00:00:00Z"), instant("2027-01-01T00:00:00Z"));
        assert_eq!(inverted.at(now), Phase::Inverted);
        let never = Validity::of_certificate(now, instant("9999-12-31T23:59:59Z"));
        assert!(never.never_ends() && never.at(now) == Phase::Valid && !inverted.never_ends());
    }
}
