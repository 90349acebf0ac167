//! Paths with wildcards, relative to the configuration's folder.

use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

/// A path with wildcards. `*` and `?` stay within a folder's name, `**` stands for any folders, and a folder stands for
/// everything below it.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    matcher: GlobMatcher,
    prefix: PathBuf,
    is_literal: bool,
}

const WILDCARDS: [char; 4] = ['*', '?', '[', '{'];

impl Pattern {
    /// Reads a pattern as written.
    ///
    /// # Errors
    ///
    /// In plain words, with nothing quoted: what is wrong, and what to do.
    pub fn new(written: &str) -> Result<Self, (&'static str, &'static str)> {
        let mut text = written;
        while let Some(rest) = text.strip_prefix("./") {
            text = rest;
        }
        // What is below a folder is said by the folder.
        while let Some(rest) = text.strip_suffix('/').or_else(|| text.strip_suffix("/**")) {
            text = rest;
        }
        let inside = text.trim_start_matches("../");
        if written.contains('\\') {
            return Err(("a path has a backslash", "Write `/` between folders, on Windows too."));
        }
        if written.starts_with('/') || written.get(1..3).is_some_and(|start| start == ":/") {
            return Err((
                "a path is absolute",
                "Paths are relative to the configuration's folder: leave out what comes before it.",
            ));
        }
        if text.is_empty() || text == "." {
            return Err(("a path is empty", "`**` matches every file."));
        }
        if inside.split('/').any(|part| part == "..") {
            return Err(("`..` is inside a path", "`..` is allowed only at the beginning of a path."));
        }
        let glob = GlobBuilder::new(text).literal_separator(true).backslash_escape(false).build();
        let matcher = glob
            .map_err(|_| {
                (
                    "a path has wildcards that don't fit together",
                    "Each `[` needs its `]`, each `{` its `}`; a range must be ascending, and `**` must be alone \
                     between slashes. A literal `[` is written `[[]`.",
                )
            })?
            .compile_matcher();
        let literal: Vec<_> = text.split('/').take_while(|part| !part.contains(WILDCARDS)).collect();
        Ok(Self {
            is_literal: !text.contains(WILDCARDS),
            prefix: literal.iter().collect(),
            text: written.to_owned(),
            matcher,
        })
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it stands for `path` or for a folder that `path` is in. `path` is relative to the configuration's folder.
    pub fn matches(&self, path: &Path) -> bool {
        path.ancestors().any(|path| self.matches_exactly(path))
    }

    /// Whether it stands for `path` itself.
    pub fn matches_exactly(&self, path: &Path) -> bool {
        !path.as_os_str().is_empty() && self.matcher.is_match(path)
    }

    /// The folders (and the file) before the first wildcard.
    pub fn prefix(&self) -> &Path {
        &self.prefix
    }

    /// Whether it might stand for something in `folder`. A yes may be wrong, a no never.
    pub fn reaches_into(&self, folder: &Path) -> bool {
        self.matches(folder)
            || self.prefix.starts_with(folder)
            || !self.is_literal && folder.starts_with(&self.prefix)
    }
}

/// `path` as seen from `folder`; both are absolute and without `.` and `..`.
pub fn relative(path: &Path, folder: &Path) -> PathBuf {
    let common = path.components().zip(folder.components()).take_while(|(left, right)| left == right).count();
    let up = folder.components().skip(common).map(|_| Component::ParentDir);
    up.chain(path.components().skip(common)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_paths_and_what_is_below_them() {
        for (pattern, path, expected) in [
            ("a.json", "a.json", true),
            ("a.json", "x/a.json", false),
            ("*.json", "a.json", true),
            ("*.json", "x/a.json", false),
            ("**/*.json", "a.json", true),
            ("**/*.json", "x/y/a.json", true),
            ("x", "x/y/a.json", true),
            ("x/", "x/y/a.json", true),
            ("x/**", "x/y/a.json", true),
            ("x/**", "xy/a.json", false),
            ("./x/*", "x/y/a.json", true),
            ("x/*.json", "x/y/a.json", false),
            ("**", "x/y/a.json", true),
            ("../o/*.json", "../o/a.json", true),
            ("{a,b}.json", "b.json", true),
            ("[[]x].json", "[x].json", true),
        ] {
            assert_eq!(Pattern::new(pattern).unwrap().matches(Path::new(path)), expected, "{pattern} {path}");
        }
        for wrong in ["", ".", "/", "/x", "C:/x", "a\\b", "a/../b", "[a", "{a", "[z-a]", "./"] {
            assert!(Pattern::new(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_comes_before_a_wildcard_is_known() {
        let reaches =
            |pattern: &str, folder: &str| Pattern::new(pattern).unwrap().reaches_into(Path::new(folder));
        assert_eq!(Pattern::new("a/b/*.json").unwrap().prefix(), Path::new("a/b"));
        assert!(reaches("**/a.json", "x") && reaches("x/a.json", "x") && reaches("x/*/y", "x/z"));
        assert!(!reaches("x/a.json", "y") && !reaches("x/*.json", "y") && !reaches("x/a.json", "x/a"));
    }

    #[test]
    fn paths_are_seen_from_a_folder() {
        for (path, folder, expected) in
            [("/a/b/c", "/a", "b/c"), ("/a/b", "/a/c/d", "../../b"), ("/a", "/a", "")]
        {
            assert_eq!(relative(Path::new(path), Path::new(folder)), Path::new(expected));
        }
    }
}
