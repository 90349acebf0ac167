//! The name that stands before a value in source code, a command line or a sentence: `AEM_KEY = "`.

/// How far before a value its name ends, and how long it is.
const REACH: usize = 64;

/// The name of what begins at `start` of `text`; empty if there is none.
pub(crate) fn before(text: &str, start: usize) -> &str {
    let before = text.get(..start).unwrap_or_default();
    // A string of several lines begins on the line before.
    let trimmed = before.trim_end();
    let before = if trimmed.ends_with(['"', '\'', '`']) { trimmed } else { before };
    let unquoted = before.trim_end_matches(['"', '\'', '`', '\\', '(', '{', '<']);
    // `'process.env.NAME': JSON.stringify('…')`
    let unquoted = unquoted.strip_suffix("JSON.stringify").unwrap_or(unquoted);
    let is_sign = |one: char| matches!(one, '=' | ':' | '>' | ' ' | '\t' | '"' | '\'');
    let head = unquoted.trim_end_matches(is_sign);
    let sign = &unquoted[head.len()..];
    if !sign.contains(['=', ':', '>']) && !sign.is_empty() || sign.len() > REACH {
        return "";
    }
    let is_part = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '-' | '.');
    let name = &head[head.trim_end_matches(is_part).len()..];
    let is_setter =
        || unquoted.len() == head.len() && before[head.len()..].starts_with('(') && is_setter(name);
    if sign.is_empty() && !is_setter() || name.len() > REACH { "" } else { name }
}

/// Whether `name` is that of a method that sets what it is called after, with the object whose it is.
fn is_setter(name: &str) -> bool {
    let method = name.rsplit_once('.').and_then(|(_, method)| method.strip_prefix("set"));
    method.is_some_and(|field| field.starts_with(|first: char| first.is_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::before;

    #[test]
    fn names_stand_before_signs() {
        for (text, expected) in [
            ("const AEM_KEY = \"", "AEM_KEY"),
            ("static final String CLIENT_ID=\"", "CLIENT_ID"),
            ("{\"client_id\": \"", "client_id"),
            ("'a.b-c' => '", "a.b-c"),
            ("-d client_secret=", "client_secret"),
            ("<aem.key>", "aem.key"),
            ("Authorization: Bearer ", ""),
            ("const key = `\n", "key"),
            ("'process.env.A_B': JSON.stringify('", "process.env.A_B"),
            ("a.setClientId(\"", "a.setClientId"),
            ("setClientId(\"", ""),
            ("a.settle(\"", ""),
            ("use ", ""),
            ("", ""),
        ] {
            assert_eq!(before(text, text.len()), expected, "{text}");
        }
    }
}
