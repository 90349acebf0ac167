//! What a caller may set. The settings themselves are below, where rules see them.

use chrono::TimeDelta;

use crate::finding::Level;
use crate::rule::{Rule, Settings};
use crate::rules;

/// No rule has the given name.
///
/// ```
/// # use aemcred::Settings;
/// let settings = Settings::new("2026-11-22T12:00:00Z".parse()?);
/// let error = settings.level("field-unknwon", None).unwrap_err();
/// assert_eq!(error.to_string(), "no rule has this name; did you mean field-unknown?");
/// # Ok::<(), aemcred::chrono::ParseError>(())
/// ```
// The name itself isn't repeated: it may be anything.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no rule has this name{}", .similar.map(|name| format!("; did you mean {name}?")).unwrap_or_default())]
#[non_exhaustive]
pub struct UnknownRule {
    similar: Option<&'static str>,
}

impl UnknownRule {
    /// Returns the rule that was probably meant.
    pub const fn similar(&self) -> Option<&'static str> {
        self.similar
    }
}

fn find(name: &str) -> Result<&'static Rule, UnknownRule> {
    let names = || rules::all().map(|rule| rule.name);
    rules::find(name).ok_or_else(|| UnknownRule { similar: rules::similar(name, names()) })
}

impl Settings {
    /// Warns with `certificate-expiring` if no more than `left` is left. 30 days unless set.
    #[must_use]
    pub fn expiring(self, left: TimeDelta) -> Self {
        Self { expiring: left.into(), ..self }
    }

    /// Reports `certificate-expiry-imminent` if no more than `left` is left. 3 days unless set.
    #[must_use]
    pub fn imminent(self, left: TimeDelta) -> Self {
        Self { imminent: left, ..self }
    }

    /// Gives a rule another level; `None` turns it off.
    ///
    /// # Errors
    ///
    /// If no rule has the name.
    pub fn level(mut self, rule: &str, level: Option<Level>) -> Result<Self, UnknownRule> {
        self.levels.insert(find(rule)?.name, level);
        Ok(self)
    }

    /// Reports these rules alone.
    ///
    /// # Errors
    ///
    /// If no rule has one of the names.
    pub fn only<'r>(mut self, rules: impl IntoIterator<Item = &'r str>) -> Result<Self, UnknownRule> {
        let names = rules.into_iter().map(|rule| Ok(find(rule)?.name));
        self.only = Some(names.collect::<Result<_, _>>()?);
        Ok(self)
    }

    /// Lets `host` receive the secrets besides Adobe's hosts.
    #[must_use]
    pub fn trust_ims_host(mut self, host: impl Into<String>) -> Self {
        self.trusted_ims_hosts.push(host.into());
        self
    }

    /// Looks at no input that is longer than `bytes`. 1 MiB unless set.
    #[must_use]
    pub fn max_size(self, bytes: u64) -> Self {
        Self { max_size: bytes, ..self }
    }
}
