//! The name that stands before a value in source code, a command line or a sentence: `AEM_KEY = "`.

/// How far before a value its name ends, and how long it is.
const REACH: usize = 64;

/// How far before a value that is made of several its name ends.
const FAR: usize = 160;

/// What programs call strings.
const TYPES: [&str; 9] = ["string", "String", "str", "char", "byte", "bytes", "Buffer", "NSString", "Text"];

/// What is of a name.
const fn is_part(one: char) -> bool {
    one.is_ascii_alphanumeric() || matches!(one, '_' | '-' | '.')
}

/// The name of what begins at `start` of `text`; empty if there is none.
pub(crate) fn before(text: &str, start: usize) -> &str {
    let before = text.get(..start).unwrap_or_default();
    match next_to(before) {
        "" => first_argument(before).or_else(|| made(before)).unwrap_or_default(),
        name => name,
    }
}

/// The name that `before` ends with, but for its sign and quotation marks.
fn next_to(before: &str) -> &str {
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
    let name = declared(head);
    let is_setter =
        || unquoted.len() == head.len() && before[head.len()..].starts_with('(') && is_setter(name);
    if sign.is_empty() && !is_setter() || name.len() > REACH { "" } else { name }
}

/// The name at the end of `head`: not the type that is after it in `const KEY: string =` and `var key string =`.
fn declared(head: &str) -> &str {
    let last = |text: &'_ str| text.len() - text.trim_end_matches(is_part).len();
    let (rest, word) = head.split_at(head.len() - last(head));
    let outer = rest.trim_end_matches([' ', '\t', '&', '*', '?']);
    if !TYPES.contains(&word) || outer.len() == rest.len() {
        return word;
    }
    let owner = outer.strip_suffix(':').unwrap_or(outer).trim_end_matches(['"', '\'', ' ']);
    let name = &owner[owner.len() - last(owner)..];
    if name.is_empty() || name.len() > REACH { word } else { name }
}

/// The name that is handed over before the value: `define('AEM_KEY', '`.
fn first_argument(before: &str) -> Option<&str> {
    let arguments =
        before.trim_end_matches(['"', '\'', '`', '@', ' ', '\t', '\n', '\r']).strip_suffix(',')?;
    let inner = arguments.trim_end_matches([' ', '\t']).strip_suffix(['"', '\'', '`'])?;
    let (rest, name) = inner.split_at(inner.trim_end_matches(is_part).len());
    let is_first = rest
        .strip_suffix(['"', '\'', '`'])?
        .trim_end_matches([' ', '\t', '\n', '\r', '@', ':'])
        .ends_with('(');
    (is_first && (1..=REACH).contains(&name.len())).then_some(name)
}

/// The name of what is made of the value that comes after `before`: `AEM_KEY = String.join("\n", [`, `read -r AEM_KEY <<EOF`, `define
/// AEM_KEY`.
fn made(before: &str) -> Option<&str> {
    let far = (before.len().saturating_sub(FAR)..=before.len()).find(|at| before.is_char_boundary(*at))?;
    let near = &before[far..];
    let line = near.trim_end_matches([' ', '\t']).strip_suffix('\n').unwrap_or_default().trim_end();
    let line = &line[line.rfind('\n').map_or(0, |newline| newline + 1)..];
    if let Some(name) = line.trim_start().strip_prefix("define ") {
        return name.trim().split(' ').next().filter(|name| name.chars().all(is_part));
    }
    let sign = |sign: &str| near.rfind(sign).filter(|at| is_construction(&near[at + sign.len()..]));
    let here = || near.rfind(" <<").filter(|at| near[at + 3..].trim_end().bytes().all(is_of_mark));
    let sign = sign("=").or_else(|| sign(": [")).or_else(here)?;
    let head = near[..sign].trim_end_matches([' ', '\t', ':', '+', '"', '\'']);
    Some(declared(head)).filter(|name| (1..=REACH).contains(&name.len()))
}

/// Whether `text` begins something that a value is put into, and nothing of it ends: calls, lists, types, literals of a line break.
fn is_construction(text: &str) -> bool {
    let text = text.trim_start_matches('>').replace("[]", "");
    // A word that ends a line ends what it is in.
    let is_open = |line: &str| {
        let line = line.trim_end();
        line.is_empty() || line.contains("<<") || line.ends_with(|one: char| !one.is_alphanumeric())
    };
    let (lines, last) = text.rsplit_once('\n').unwrap_or(("", &text));
    lines.split('\n').all(is_open)
        && !last.trim_start().starts_with("//")
        && !text.contains([';', ')', ']', '}'])
}

/// Whether `byte` may be in the word that ends a here-document, as it stands at its beginning.
const fn is_of_mark(byte: u8) -> bool {
    byte.is_ascii_uppercase() || matches!(byte, b'_' | b'-' | b'~' | b'"' | b'\'')
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
            ("const AEM_KEY: string = \"", "AEM_KEY"),
            ("var aemKey string = `", "aemKey"),
            ("const K: &str = concat!(\n    \"", "K"),
            ("K = ['", "K"),
            ("K = (\n    \"", "K"),
            ("char* K =\n  \"", "K"),
            ("String K = String.join(\"\\n\",\n    \"", "K"),
            ("  key = join(\"\\n\", [\n    \"", "key"),
            ("val key = \"\"\"\n    |", "key"),
            ("$Key = @\"\n", "Key"),
            ("K = new String[] {\n\"", "K"),
            ("k := strings.Join([]string{\n\t\"", "k"),
            ("read -r -d '' K <<EOF\n", "K"),
            ("K=$(cat <<'EOF'\n", "K"),
            ("key = <<-EOT\n  ", "key"),
            ("x = 1\ndefine K\n", "K"),
            ("define('K', '", "K"),
            ("map.put(\"a.b\", \"", "a.b"),
            ("os.Setenv(\n  \"K\",\n  `", "K"),
            ("\"K\": [\n  \"", "K"),
            ("INFO: client_secret = \"", "client_secret"),
            ("INFO client_secret=\"", "client_secret"),
            ("string = \"", "string"),
            ("K = a;\n\"", ""),
            ("K = a\n\"", ""),
            ("K = a()\n\"", ""),
            ("f(a, \"", ""),
            ("", ""),
        ] {
            assert_eq!(before(text, text.len()), expected, "{text}");
        }
    }
}
