//! What the token service's answer says of a token's lifetime, against what the token itself says.
//!
//! Owns: the comparison. Does not own: whether it matters.

use chrono::TimeDelta;

named! {
    /// How `expires_in` of an answer fits the token's own, which is in milliseconds.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum StatedLifetime {
        /// It is the same, or less: part of the time may have passed.
        Fits = "fits",
        /// It is in seconds, as OAuth 2 has it (RFC 6749 section 5.1).
        Seconds = "seconds",
        /// It is 1,000 times as much.
        Thousandfold = "thousandfold",
        /// It is more.
        Longer = "longer",
        /// It is nothing, or less than that.
        Nothing = "nothing",
    }
}

impl StatedLifetime {
    /// Holds the number `answer` against the token's `own` lifetime; nothing if that is longer than 136 years.
    pub(super) fn new(answer: f64, own: TimeDelta) -> Option<Self> {
        // A second for the way; both numbers are far below what a float holds exactly, or nowhere near each other.
        const SLACK: f64 = 1000.0;
        let own = own.num_milliseconds();
        let own =
            f64::from(u32::try_from(own / 1000).ok()?) * 1000.0 + f64::from(u32::try_from(own % 1000).ok()?);
        let near = |number: f64, of: f64| (number - of).abs() <= of * 0.001 + 1.0;
        Some(if answer <= 0.0 {
            Self::Nothing
        } else if near(answer * 1000.0, own) {
            Self::Seconds
        } else if near(answer, own * 1000.0) {
            Self::Thousandfold
        } else if answer > own + SLACK {
            Self::Longer
        } else {
            Self::Fits
        })
    }
}
