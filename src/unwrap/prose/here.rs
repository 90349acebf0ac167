//! Here-documents: a text between a mark and a line that repeats its word, as shells, HCL, PHP, Perl and Ruby have them.
//!
//! Owns: where one begins and ends, and what of it its program takes away: indentation, escapes. Does not own: the text.

use std::collections::HashSet;

use crate::source::Span;
use crate::unwrap::find::candidate::is_candidate;
use crate::unwrap::limits::Attempts;
use crate::unwrap::place::{Builder, Extract};
use crate::unwrap::shared::{Assignment, end_of_line};

/// Longer words mark nothing.
const LONGEST: usize = 64;

/// What a line says of the here-document that begins after it.
struct Mark<'t> {
    word: &'t str,
    /// What stands before the mark.
    before: &'t str,
    /// Whether blanks before its lines are no part of it: all that its lines have in common, or all tabs.
    indented: Option<Indentation>,
    /// Whether `\` before `$`, `` ` `` and `\` escapes them.
    escaped: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Indentation {
    /// What all lines have in common.
    Common,
    /// Tabs.
    Tabs,
}

/// All that may hold a credential.
pub(crate) fn find(text: &str, attempts: &Attempts) -> Vec<(Span, Assignment)> {
    let (mut found, mut from, mut endless) = (Vec::new(), 0, HashSet::new());
    let (mut line_start, mut line_end) = (0, 0);
    for at in memchr::memmem::find_iter(text.as_bytes(), b"<<") {
        if at < from || attempts.exhausted().is_some() {
            continue;
        }
        if at >= line_end {
            line_start = text[from..at].rfind('\n').map_or(from, |line| from + line + 1).max(line_end);
            line_end = end_of_line(text, at);
        }
        let Some(mark) = mark(&text[line_start..line_end], at - line_start) else { continue };
        // What doesn't end from one place on doesn't from a later one.
        if endless.contains(mark.word) {
            continue;
        }
        let start = line_end + 1;
        let Some((end, after)) = end(text, start, mark.word) else {
            endless.insert(mark.word);
            attempts.fail();
            continue;
        };
        (from, line_end) = (after, after);
        let raw = Extract::slice(text, Span::new(start, end));
        if !is_candidate(raw.bytes()) {
            continue;
        }
        let name = name(mark.before);
        let name_at = line_start + text[line_start..line_end].find(name).unwrap_or_default();
        let name_span = Span::new(name_at, name_at + name.len());
        // The last line break is no part of a value of HCL or PHP, and of no matter elsewhere.
        let value = contents(&raw, mark.indented, mark.escaped);
        found.push((Span::new(at, after), Assignment { name: name.to_owned(), name_span, value }));
    }
    found
}

/// What the mark at `at` of `line` says.
fn mark(line: &str, at: usize) -> Option<Mark<'_>> {
    let (before, after) = (&line[..at], &line[at + 2..]);
    // PHP has three signs, Ruby a tilde.
    let (is_php, after) = after.strip_prefix('<').map_or((false, after), |after| (true, after));
    let is_marked = after.starts_with(['-', '~']);
    let rest = after.trim_start_matches(['-', '~']).trim_start_matches([' ', '\t']);
    let quote = rest.chars().next().filter(|first| matches!(first, '\'' | '"' | '\\'));
    let rest = rest.strip_prefix(['\'', '"', '\\']).unwrap_or(rest);
    let length = rest.find(|one: char| !one.is_ascii_alphanumeric() && one != '_').unwrap_or(rest.len());
    let word = &rest[..length];
    if word.is_empty() || length > LONGEST || word.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let is_assigned = before.trim_end().ends_with('=');
    let has_blank = before.ends_with([' ', '\t']);
    // In HCL, `\` is what it is, and blanks are all alike.
    let is_bare = quote.is_none() && !after.starts_with('~') && rest[length..].trim().is_empty();
    let is_hcl = is_assigned && has_blank && !is_php && is_bare;
    let indented = match (is_php || is_hcl, is_marked || is_php) {
        (true, true) => Some(Indentation::Common),
        (false, true) if after.starts_with('~') => Some(Indentation::Common),
        (false, true) => Some(Indentation::Tabs),
        (_, false) => None,
    };
    let escaped = quote.is_none_or(|quote| quote == '"' && is_php) && !is_hcl;
    Some(Mark { word, before, indented, escaped })
}

/// Where the line begins, after the line at `start`, that has nothing but `word`, and where the word ends.
fn end(text: &str, start: usize, word: &str) -> Option<(usize, usize)> {
    let mut at = start;
    while at <= text.len() {
        let line = text.get(at..end_of_line(text, at))?;
        let trimmed = line.trim_start_matches([' ', '\t']);
        // PHP, and programs in other programs, go on after it.
        if let Some(after) = trimmed.strip_prefix(word)
            && !after.starts_with(|next: char| next.is_alphanumeric() || next == '_')
            && after.trim().chars().all(|one| matches!(one, ';' | ')' | ',' | '"' | '\''))
        {
            return Some((at, at + line.len() - after.len()));
        }
        at += line.len() + 1;
    }
    None
}

/// `NAME=`, `name = `, `$name = `, `read NAME`, or `cat > name`.
fn name(before: &str) -> &str {
    let is_part = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '-' | '.');
    let last = |text: &'_ str| text.len() - text.trim_end_matches(is_part).len();
    let head = before.trim_end();
    let head = head.strip_suffix("$(cat").unwrap_or(head).trim_end_matches(['"', '\'', '(']);
    let assigned = head.strip_suffix(['=', ':']).map(|head| head.trim_end().trim_end_matches('"'));
    let written = before.split_once('>').map(|(_, file)| file.trim());
    match (assigned, written) {
        (Some(head), _) => &head[head.len() - last(head)..],
        (None, Some(file)) if file.chars().all(|one| is_part(one) || one == '/') => file,
        (None, None) if ["read ", "mapfile "].iter().any(|reads| before.trim_start().starts_with(reads)) => {
            &head[head.len() - last(head)..]
        }
        _ => "",
    }
}

/// What is in a here-document.
fn contents(raw: &Extract, indented: Option<Indentation>, escaped: bool) -> Extract {
    let text = raw.text();
    let blanks = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let common = text.lines().filter(|line| !line.trim().is_empty()).map(blanks).min().unwrap_or_default();
    let mut builder = Builder::new(text.len());
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let skipped = match indented {
            Some(Indentation::Common) => common.min(blanks(line)),
            Some(Indentation::Tabs) => line.len() - line.trim_start_matches('\t').len(),
            None => 0,
        };
        builder.exact(&line[skipped..], start + skipped);
        start += line.len();
    }
    let plain = builder.finish();
    let plain = if escaped { unescaped(&plain) } else { plain };
    plain.through(&raw.origin)
}

/// `text` with what a shell takes away between double quotation marks and in here-documents.
fn unescaped(text: &Extract) -> Extract {
    let whole = text.text();
    let mut builder = Builder::new(whole.len());
    let (mut plain, mut at) = (0, 0);
    while let Some(mark) = memchr::memchr(b'\\', whole.as_bytes().get(at..).unwrap_or_default()) {
        let mark = at + mark;
        at = mark + 1;
        let Some(next @ (b'\\' | b'$' | b'`' | b'\n')) = whole.as_bytes().get(at).copied() else { continue };
        builder.exact(&whole[plain..mark], plain);
        at += 1;
        if next != b'\n' {
            builder.character(char::from(next), Span::new(mark, at));
        }
        plain = at;
    }
    builder.exact(&whole[plain..], plain);
    builder.finish().through(&text.origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<(String, String)> {
        let found = find(text, &Attempts::new(500));
        found.into_iter().map(|(_, one)| (one.name, one.value.text().to_owned())).collect()
    }

    #[test]
    fn here_documents_are_read_as_their_programs_read_them() {
        for (text, name, value) in [
            ("cat > a.json <<EOF\nimsEndpoint\nEOF\n", "a.json", "imsEndpoint\n"),
            ("cat <<'EOF' > x\nimsEndpoint \\\\n\nEOF", "", "imsEndpoint \\\\n\n"),
            ("cat <<EOF\nimsEndpoint \\\\n \\$a \\n \\`\\\nb\nEOF\n", "", "imsEndpoint \\n $a \\n `b\n"),
            ("cat <<-EOF\n\timsEndpoint\n\t  a\n\tEOF\n", "", "imsEndpoint\n  a\n"),
            ("cat <<-\"EOF\"\r\n\timsEndpoint\r\nEOF\r\n", "", "imsEndpoint\r\n"),
            ("C=$(cat <<EOF\nimsEndpoint\nEOF\n)", "C", "imsEndpoint\n"),
            ("export C=\"$(cat <<EOF\nimsEndpoint\nEOF\n)\"", "C", "imsEndpoint\n"),
            ("a = <<EOT\n  imsEndpoint \\\\n\nEOT\nb = 1", "a", "  imsEndpoint \\\\n\n"),
            ("  a = <<-EOT\n    imsEndpoint\n      a\n  EOT\n", "a", "imsEndpoint\n  a\n"),
            ("$a = <<<EOT\n  imsEndpoint\n    b\n  EOT;\n", "a", "imsEndpoint\n  b\n"),
            ("$a = <<<'EOT'\nimsEndpoint \\\\\nEOT;\n", "a", "imsEndpoint \\\\\n"),
            ("a = <<~EOT\n    imsEndpoint \\\\n\n    b\n  EOT\n", "a", "imsEndpoint \\n\nb\n"),
            ("$a = <<END;\nimsEndpoint \\\\n\nEND\n", "a", "imsEndpoint \\n\n"),
            ("f(<<<X\nimsEndpoint\nX);\n", "", "imsEndpoint\n"),
        ] {
            assert_eq!(values(text), [(name.to_owned(), value.to_owned())], "{text}");
        }
        for text in [
            "cat <<EOF\nimsEndpoint\n",
            "cat <<EOF",
            "cat <<\nimsEndpoint\n",
            "a = 1 << 2\nimsEndpoint\n2",
            "cat <<EOF\nimsEndpoint\nEOFS\n_EOF\nEOF x",
            "cat <<é\nimsEndpoint\né",
            "cat <<EOF\nnothing\nEOF\n",
            // As many marks as lines, one after the other, and words without end.
            &"cat <<EOF\nimsEndpoint\n".repeat(10_000),
            &"<<A".repeat(100_000),
            &format!("<<{}\nimsEndpoint", "A".repeat(100_000)),
        ] {
            assert!(values(text).is_empty(), "{}", &text[..text.len().min(100)]);
        }
    }
}
