//! Labels of Prometheus that the user adds to every series: `team="web"`, or taken from the path of the file.
//!
//! Owns: how they are written on the command line, and which names are free. Does not own: escaping, the series.

use std::collections::BTreeMap;

use super::prometheus::{CERTIFICATE_LABELS, CREDENTIAL_LABELS, OTHER_LABELS};
use crate::gate;

/// What Prometheus itself says of every series.
const SCRAPED: [&str; 2] = ["job", "instance"];

/// So many `**` may be in a pattern: each multiplies the time that matching takes by the length of the path.
const MOST_GAPS: usize = 1;

/// What every series is labeled with.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    /// The same for all.
    pub constant: Vec<Label>,
    /// By the path of the file; of several that give a label the first counts, and each comes before a constant one.
    pub from_path: Vec<PathLabels>,
}

/// A label: `NAME=VALUE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    name: String,
    value: String,
}

/// Labels out of a path: `secrets/{team}/{environment}/*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathLabels(Vec<Part>);

/// What the name of a folder or file must be.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// `**`: any number of folders.
    Gap,
    /// This name.
    Name(String),
    /// A name with this beginning and end; what is between them is the label's value, if it has a name.
    Open { before: String, label: Option<String>, after: String },
}

impl Labels {
    /// The labels of what stands in the file `path`.
    pub(super) fn of<'l>(&'l self, path: &'l str) -> BTreeMap<&'l str, &'l str> {
        let mut labels = BTreeMap::new();
        for (name, value) in self.from_path.iter().flat_map(|pattern| pattern.of(path)) {
            labels.entry(name).or_insert(value);
        }
        for (name, value) in self.of_all() {
            labels.entry(name).or_insert(value);
        }
        labels
    }

    /// The labels that don't depend on a file.
    pub(super) fn of_all(&self) -> BTreeMap<&str, &str> {
        self.constant.iter().map(|label| (label.name.as_str(), label.value.as_str())).collect()
    }

    /// The name that two constant labels have, if any.
    pub fn repeated(&self) -> Option<&str> {
        let mut names: Vec<&str> = self.constant.iter().map(|label| label.name.as_str()).collect();
        names.sort_unstable();
        names.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
    }
}

impl Label {
    /// Reads `NAME=VALUE`.
    ///
    /// # Errors
    ///
    /// In plain words, which don't quote a value.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').ok_or("it has the form NAME=VALUE, such as team=web")?;
        let name = label_name(name)?;
        if value.is_empty() {
            return Err(format!("the value of {name} is missing after the equals sign"));
        }
        if gate::word(value) != value {
            return Err(format!("the value of {name} may be a secret, and metrics are read by many"));
        }
        Ok(Self { name, value: value.to_owned() })
    }
}

/// `text` as the name of a label that is free (<https://prometheus.io/docs/concepts/data_model/>).
fn label_name(text: &str) -> Result<String, String> {
    let shown = gate::word(text);
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let is_name = text.bytes().next().is_some_and(is_letter)
        && text.bytes().all(|byte| is_letter(byte) || byte.is_ascii_digit());
    if text.starts_with("__") {
        return Err(format!("“{shown}” is Prometheus' own: its names begin with __"));
    }
    if !is_name || shown != text {
        return Err(format!(
            "“{shown}” is not a label's name: it has letters, digits and _ only, and begins with no digit"
        ));
    }
    let mut taken = CERTIFICATE_LABELS.iter().chain(&CREDENTIAL_LABELS).chain(&OTHER_LABELS).chain(&SCRAPED);
    if taken.any(|name| *name == text) {
        return Err(format!("“{text}” is a label that the series have already"));
    }
    Ok(text.to_owned())
}

impl PathLabels {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// In plain words.
    pub fn parse(text: &str) -> Result<Self, String> {
        // A path that isn't absolute may go on before its beginning.
        let (mut parts, text) = match text.strip_prefix('/') {
            Some(rest) => (vec![Part::Name(String::new())], rest),
            None => (vec![Part::Gap], text),
        };
        for part in text.split('/') {
            parts.push(part_of(part)?);
        }
        let names = || parts.iter().filter_map(Part::label);
        if names().next().is_none() {
            return Err(String::from("it names a label in braces, as secrets/{team}/** does"));
        }
        if let Some(twice) =
            names().enumerate().find(|(at, name)| names().take(*at).any(|other| other == *name))
        {
            return Err(format!("it has the label {} twice", twice.1));
        }
        // The first is the beginning of a path that isn't absolute.
        if parts.iter().skip(1).filter(|part| **part == Part::Gap).count() > MOST_GAPS {
            return Err(String::from("it has ** more than once"));
        }
        Ok(Self(parts))
    }

    /// The labels that `path` gives; none if it doesn't match.
    fn of<'l>(&'l self, path: &'l str) -> Vec<(&'l str, &'l str)> {
        let names: Vec<&str> = path.split('/').filter(|name| *name != ".").collect();
        matched(&self.0, &names).unwrap_or_default()
    }
}

impl Part {
    fn label(&self) -> Option<&str> {
        match self {
            Self::Open { label, .. } => label.as_deref(),
            Self::Gap | Self::Name(_) => None,
        }
    }
}

fn part_of(text: &str) -> Result<Part, String> {
    if text == "**" {
        return Ok(Part::Gap);
    }
    let open = |before: &str, label: Option<String>, after: &str| {
        if [before, after].iter().any(|rest| rest.contains(['*', '{', '}'])) {
            return Err(String::from("a name between two slashes has one * or one label in braces"));
        }
        Ok(Part::Open { before: before.to_owned(), label, after: after.to_owned() })
    };
    match (text.split_once('{'), text.split_once('*')) {
        (Some((before, rest)), _) => {
            let (name, after) = rest.split_once('}').ok_or("a brace is not closed")?;
            open(before, Some(label_name(name)?), after)
        }
        (None, Some((before, after))) => open(before, None, after),
        (None, None) if text.contains('}') => Err(String::from("a brace is closed that was not opened")),
        (None, None) if text.is_empty() => Err(String::from("a name is missing between two slashes")),
        (None, None) => Ok(Part::Name(text.to_owned())),
    }
}

/// The labels of `names`, if all of them match; a gap takes as few as it can.
fn matched<'l>(parts: &'l [Part], names: &[&'l str]) -> Option<Vec<(&'l str, &'l str)>> {
    let Some((part, parts)) = parts.split_first() else { return names.is_empty().then(Vec::new) };
    if *part == Part::Gap {
        return (0..=names.len()).find_map(|taken| matched(parts, names.get(taken..)?));
    }
    let (name, names) = names.split_first()?;
    match part {
        Part::Gap => None,
        Part::Name(expected) => (name == expected).then(|| matched(parts, names))?,
        Part::Open { before, label, after } => {
            let value = name.strip_prefix(before.as_str())?.strip_suffix(after.as_str())?;
            let mut labels = matched(parts, names)?;
            labels.extend(label.as_deref().filter(|_| !value.is_empty()).map(|label| (label, value)));
            Some(labels)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_and_refused() {
        let parsed = Label::parse("team=web=shop");
        assert_eq!(parsed, Ok(Label { name: String::from("team"), value: String::from("web=shop") }));
        for (text, reason) in [
            ("team", "NAME=VALUE"),
            ("=web", "not a label's name"),
            ("te am=web", "not a label's name"),
            ("1team=web", "not a label's name"),
            ("équipe=web", "not a label's name"),
            ("__name__=web", "Prometheus' own"),
            ("client_id=web", "already"),
            ("state=web", "already"),
            ("instance=web", "already"),
            ("team=", "missing"),
            ("team=p8e-Ab_cdefGHIjklmnopqrSTUvwxyz01234", "may be a secret"),
        ] {
            let error = Label::parse(text).unwrap_err();
            assert!(error.contains(reason) && !error.contains("cdef"), "{text}: {error}");
        }
    }

    #[test]
    fn paths_give_labels() {
        for (pattern, path, expected) in [
            ("secrets/{team}/**", "secrets/web/prod/a.json", vec![("team", "web")]),
            ("secrets/{team}/**", "/srv/secrets/web/a.json", vec![("team", "web")]),
            ("secrets/{team}/**", "./secrets/web/a.json", vec![("team", "web")]),
            ("/srv/{team}/*", "/srv/web/a.json", vec![("team", "web")]),
            ("/srv/{team}/*", "/x/srv/web/a.json", vec![]),
            ("{team}/{stage}/*.json", "a/b/web/prod/a.json", vec![("stage", "prod"), ("team", "web")]),
            ("{team}/{stage}/*.json", "web/a.json", vec![]),
            ("aem-{team}.json", "x/aem-web.json", vec![("team", "web")]),
            ("aem-{team}.json", "x/aem-.json", vec![]),
            ("{team}/**/x/*", "a/b/c/x/y", vec![("team", "a")]),
        ] {
            let parsed = PathLabels::parse(pattern).unwrap();
            let mut labels = parsed.of(path).into_iter().collect::<Vec<_>>();
            labels.sort_unstable();
            assert_eq!(labels, expected, "{pattern} of {path}");
        }
        for wrong in [
            "",
            "a/*",
            "{team",
            "team}",
            "{}",
            "{team}{x}",
            "{team}*",
            "a//{team}",
            "{team}/{team}",
            "{state}",
            "{a}/**/b/**",
        ] {
            assert!(PathLabels::parse(wrong).is_err(), "{wrong}");
        }
        let long = "a/".repeat(2000);
        assert!(PathLabels::parse("a/{team}/**/z").unwrap().of(&long).is_empty());
        let labels = Labels {
            constant: vec![Label::parse("team=all").unwrap(), Label::parse("site=b").unwrap()],
            from_path: vec![PathLabels::parse("s/{team}/*").unwrap(), PathLabels::parse("{team}/*").unwrap()],
        };
        assert_eq!(labels.of("s/web/a"), [("site", "b"), ("team", "web")].into());
        assert_eq!(labels.of("web"), labels.of_all());
        assert_eq!(labels.repeated(), None);
    }
}
