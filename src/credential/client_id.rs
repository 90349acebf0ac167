//! The client ID: `cm-p<program>-e<environment>-integration`, newer ones with `-<index>` at the end.

use super::CLIENT_ID;

/// A client ID that is shaped as issued, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientId<'t> {
    /// The number of the Cloud Manager program.
    pub program: &'t str,
    /// The number of the environment.
    pub environment: &'t str,
    /// Which of the environment's technical accounts; issued since there can be several.
    pub index: Option<&'t str>,
}

impl<'t> ClientId<'t> {
    /// Takes `text` apart if it is shaped as issued.
    pub fn parse(text: &'t str) -> Option<Self> {
        let (program, rest) = number(text.strip_prefix(CLIENT_ID)?)?;
        let (environment, rest) = number(rest.strip_prefix("-e")?)?;
        let index = match rest.strip_prefix("-integration")? {
            "" => None,
            rest => Some(number(rest.strip_prefix('-')?).filter(|(_, rest)| rest.is_empty())?.0),
        };
        Some(Self { program, environment, index })
    }
}

/// The number that `text` begins with, and what follows.
fn number(text: &str) -> Option<(&str, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=12).contains(&digits).then(|| text.split_at(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issued_shapes_are_read_and_others_are_not() {
        let parsed = |text| ClientId::parse(text).map(|id| (id.program, id.environment, id.index));
        assert_eq!(parsed("cm-p7603-e12614-integration"), Some(("7603", "12614", None)));
        assert_eq!(parsed("cm-p7603-e12614-integration-10"), Some(("7603", "12614", Some("10"))));
        for text in [
            "",
            "cm-p-e1-integration",
            "cm-p1-e2",
            "cm-p1-e2-integration-",
            "cm-p1-e2-integration-0x",
            "cm-p1-e2-integrations",
            "CM-P1-E2-integration",
            "cm-p1e2-integration",
            "cm-p1234567890123-e2-integration",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
