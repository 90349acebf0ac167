//! Dialects of files with variables.
//!
//! Owns: which one a file's name says. Does not own: what they mean (see `syntax::lines`).

/// How values of variables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Those of shells and `.env` files, as far as they agree.
    Shell,
    /// The same in files of which it is known that nothing is escaped between single quotation marks: shells, `.env`,
    /// TOML, PowerShell.
    Literal,
    /// Those of Java's `Properties.load`, which resolves backslash escapes, and takes a colon for a sign of equality.
    Properties,
    /// Those of Felix's `ConfigurationHandler`, by which `OSGi` configurations are kept.
    Felix,
}

/// What files are called in which single quotation marks take everything as it is.
const LITERAL: [&str; 10] = ["sh", "bash", "zsh", "ksh", "dash", "env", "envrc", "toml", "ps1", "psm1"];

impl Dialect {
    /// The dialect of a file called `name`.
    pub(crate) fn of(name: &str) -> Self {
        let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let (_, extension) = name.rsplit_once('.').unwrap_or_default();
        let is_literal = LITERAL.iter().any(|one| extension.eq_ignore_ascii_case(one));
        if extension.eq_ignore_ascii_case("properties") {
            Self::Properties
        } else if extension.eq_ignore_ascii_case("config") {
            Self::Felix
        } else if is_literal || file.starts_with(".env") {
            Self::Literal
        } else {
            Self::Shell
        }
    }
}
