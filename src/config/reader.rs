//! From text to a [`Config`], with every mistake in it.

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Config, Ignore, Pattern, Placed, Problem, parse_duration, parse_level, parse_threshold};
use crate::credential::{Endpoint, presentable};
use crate::gate;
use crate::rule::Rule;
use crate::rules;
use crate::source::Span;

/// The keys at the top, in the order of the template.
const KEYS: [&str; 8] =
    ["expiring", "imminent", "fail-on", "trusted-ims-hosts", "exclude", "blocklist", "levels", "ignore"];

/// The keys of an `[[ignore]]` entry.
const IGNORE_KEYS: [&str; 6] = ["rule", "path", "pointer", "fingerprint", "reason", "until"];

/// How many mistakes of one configuration are told.
const MOST: usize = 20;

/// How many places are told at which a text is not TOML: most of them come of the first.
const MOST_SYNTAX: usize = 3;

/// Reads a configuration.
///
/// # Errors
///
/// All that is wrong with it.
pub fn parse(text: &str) -> Result<Config, Vec<Problem>> {
    let (root, errors) = DeTable::parse_recoverable(text);
    if let Some(json) = json(text).filter(|_| !errors.is_empty()) {
        return Err(vec![json]);
    }
    if !errors.is_empty() {
        let mut list: Vec<_> = errors.iter().map(|error| syntax(error, text)).collect();
        list.sort_by_key(|problem| problem.span);
        list.dedup_by_key(|problem| problem.span);
        list.truncate(MOST_SYNTAX);
        return Err(list);
    }
    let mut reader = ConfigReader { text, problems: Vec::new() };
    let config = reader.config(root.get_ref());
    let mut list = reader.problems;
    if list.is_empty() {
        return Ok(config);
    }
    list.sort_by_key(|problem| problem.span);
    list.truncate(MOST);
    Err(list)
}

/// JSON, and probably a credential that was passed by mistake.
fn json(text: &str) -> Option<Problem> {
    let start = text.len() - text.trim_start().len();
    text[start..].starts_with('{').then(|| Problem {
        span: Span::new(start, start + 1),
        message: String::from("this is JSON, but a configuration is TOML"),
        label: String::new(),
        help: String::from(
            "If it is a credential, name it without --config. `aemcred init` writes a configuration.",
        ),
    })
}

fn syntax(error: &toml::de::Error, text: &str) -> Problem {
    let span = error.span().map_or(Span::at(text.len()), |range| Span::new(range.start, range.end));
    // The parser's words name parts of the grammar and never the text's; this makes sure.
    let words = error.message().replace('\n', ", ");
    let message = if presentable(&words) {
        format!("this is not TOML: {words}")
    } else {
        String::from("this is not TOML")
    };
    let help = if words.contains("quote") {
        "Put texts, durations and paths in quotation marks, such as \"30d\"."
    } else {
        ""
    };
    Problem { span, message, label: String::new(), help: help.to_owned() }
}

struct ConfigReader<'t> {
    text: &'t str,
    problems: Vec<Problem>,
}

type Value<'t> = Spanned<DeValue<'t>>;

impl<'t> ConfigReader<'t> {
    fn config(&mut self, root: &DeTable<'t>) -> Config {
        let mut config = Config::default();
        for (key, value) in root {
            match key.get_ref().as_ref() {
                "expiring" => {
                    config.expiring = self.parsed(value, "a duration such as \"30d\"", parse_threshold);
                }
                "imminent" => {
                    config.imminent = self.parsed(value, "a duration such as \"3d\"", parse_duration);
                }
                "fail-on" => {
                    config.fail_on = self.parsed(value, "a level such as \"error\"", |text| {
                        text.parse().map_err(|()| "it is error, warning, note or never")
                    });
                }
                "trusted-ims-hosts" => {
                    let hosts = self.list(value, Self::host);
                    config.trusted_ims_hosts = Some(Placed { value: hosts, span: span(value) });
                }
                "exclude" => {
                    let patterns = self.list(value, Self::pattern);
                    config.exclude = Some(Placed { value: patterns, span: span(value) });
                }
                "blocklist" => {
                    // An empty path is the default: no list.
                    let path = self.parsed(value, "a path", |text| Ok(text.to_owned()));
                    config.blocklist = path.filter(|path| !path.value.is_empty());
                }
                "levels" => config.levels = self.levels(value),
                "ignore" => config.ignores = self.ignores(value),
                _ => self.unknown_key(key, &KEYS),
            }
        }
        config
    }

    fn levels(&mut self, value: &Value<'t>) -> Vec<(&'static Rule, Placed<Option<crate::finding::Level>>)> {
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(
                value,
                "a table of rules with their levels",
                "Write it as [levels], with one rule per line.",
            );
            return Vec::new();
        };
        let mut levels = Vec::new();
        for (key, value) in table {
            let rule = self.rule(key.get_ref(), Span::new(key.span().start, key.span().end));
            let level = self.parsed(value, "a level such as \"warning\"", parse_level);
            levels.extend(rule.zip(level));
        }
        levels.sort_by_key(|(_, level)| level.span);
        levels
    }

    fn ignores(&mut self, value: &Value<'t>) -> Vec<Ignore> {
        let help = "Write each entry under its own heading [[ignore]].";
        let Some(entries) = value.get_ref().as_array() else {
            self.wrong_type(value, "a list of entries", help);
            return Vec::new();
        };
        let mut ignores = Vec::new();
        for entry in entries {
            match entry.get_ref().as_table() {
                Some(table) => ignores.extend(self.ignore(table, span(entry))),
                None => self.wrong_type(entry, "an entry", help),
            }
        }
        ignores
    }

    fn ignore(&mut self, table: &DeTable<'t>, entry: Span) -> Option<Ignore> {
        let before = self.problems.len();
        let mut rule = None;
        let mut reason = None;
        let (mut path, mut pointer, mut fingerprint, mut until) = (None, None, None, None);
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "rule" => rule = self.content_rule(value),
                "path" => path = self.pattern(value),
                "pointer" => {
                    pointer =
                        self.parsed(value, "a JSON pointer such as \"/integration/privateKey\"", |text| {
                            let fits = text.is_empty() || text.starts_with('/');
                            fits.then(|| text.to_owned()).ok_or("a JSON pointer begins with a slash")
                        });
                }
                "fingerprint" => {
                    fingerprint = self.parsed(value, "a fingerprint", |text| {
                        let fits = text.len() == 64
                            && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
                        fits.then(|| text.to_owned())
                            .ok_or("a fingerprint has 64 hexadecimal digits in lowercase")
                    });
                }
                "reason" => reason = self.reason(value),
                "until" => until = self.date(value),
                _ => self.unknown_key(key, &IGNORE_KEYS),
            }
        }
        for (name, help) in [
            ("rule", "An entry names one rule; `aemcred rules` lists them."),
            ("reason", "Every entry needs a reason, for whoever reads it in a year."),
        ] {
            if !table.contains_key(name) {
                let span = self.first_line(entry);
                self.problem(span, format!("an ignore entry has no {name}"), "this entry", help);
            }
        }
        if self.problems.len() > before {
            return None;
        }
        let (path, pointer, fingerprint) =
            (path, pointer.map(|pointer| pointer.value), fingerprint.map(|fingerprint| fingerprint.value));
        Some(Ignore { rule: rule?, path, pointer, fingerprint, reason: reason?, until })
    }

    fn reason(&mut self, value: &Value<'t>) -> Option<String> {
        let text = self.string(value, "a text")?.trim();
        if text.is_empty() {
            let help = "Say why the finding is accepted, for whoever reads it in a year.";
            self.problem(span(value), String::from("the reason is empty"), "", help);
            return None;
        }
        // Reports show it.
        Some(gate::prose(text))
    }

    fn content_rule(&mut self, value: &Value<'t>) -> Option<Placed<&'static Rule>> {
        let span = span(value);
        let name = self.string(value, "the name of a rule")?;
        let rule = self.rule(name, span)?;
        if !rule.is_about_files() {
            let message = format!("findings of {} can't be ignored", rule.name);
            self.problem(
                span,
                message,
                "about the configuration itself",
                "Turn the rule off under [levels] instead.",
            );
            return None;
        }
        Some(Placed { value: rule, span })
    }

    fn rule(&mut self, name: &str, span: Span) -> Option<&'static Rule> {
        let rule = rules::find(name);
        if rule.is_none() {
            let help = match rules::similar(name, rules::all().map(|rule| rule.name)) {
                Some(similar) => format!("Did you mean “{similar}”?"),
                None => String::from("`aemcred rules` lists them."),
            };
            self.problem(span, format!("there is no rule {}", quoted(name)), "unknown rule", &help);
        }
        rule
    }

    fn host(&mut self, value: &Value<'t>) -> Option<String> {
        self.parsed(value, "a host name", |text| {
            let endpoint = Endpoint::parse(text);
            let name = endpoint.name.as_str();
            let labels = |name: &str| {
                let label = |label: &str| {
                    !label.is_empty()
                        && label.len() <= 63
                        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                        && !label.starts_with('-')
                        && !label.ends_with('-')
                };
                name.split('.').all(label) && name.len() <= 253
            };
            let fits = text.eq_ignore_ascii_case(name) && labels(name);
            fits.then(|| name.to_owned()).ok_or(
                "a trusted host is a plain name such as ims.example.com: no scheme, port, path or wildcard",
            )
        })
        .map(|host| host.value)
    }

    fn pattern(&mut self, value: &Value<'t>) -> Option<Pattern> {
        let text = self.string(value, "a path such as \"config/*.json\"")?;
        match Pattern::new(text) {
            Ok(pattern) => Some(pattern),
            Err((message, help)) => {
                self.problem(span(value), message.to_owned(), "", help);
                None
            }
        }
    }

    fn date(&mut self, value: &Value<'t>) -> Option<Placed<NaiveDate>> {
        let date = match value.get_ref() {
            DeValue::Datetime(datetime) if datetime.time.is_none() => datetime.date.and_then(|date| {
                NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
            }),
            DeValue::String(text) if text.len() == 10 => text.parse().ok(),
            _ => None,
        };
        if date.is_none() {
            let help = "A date has the form 2027-01-31; the entry is in force through that day (UTC).";
            self.problem(span(value), String::from("`until` is not a date"), "", help);
        }
        date.map(|date| Placed { value: date, span: span(value) })
    }

    fn list<T>(&mut self, value: &Value<'t>, item: impl Fn(&mut Self, &Value<'t>) -> Option<T>) -> Vec<T> {
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type(value, "a list of texts", "Write it in brackets, such as [\"one\", \"two\"].");
            return Vec::new();
        };
        items.iter().filter_map(|value| item(self, value)).collect()
    }

    /// The text in `value`, read by `parse`, whose complaint quotes nothing.
    fn parsed<T>(
        &mut self,
        value: &Value<'t>,
        expected: &str,
        parse: impl Fn(&str) -> Result<T, &'static str>,
    ) -> Option<Placed<T>> {
        let text = self.string(value, expected)?;
        match parse(text) {
            Ok(parsed) => Some(Placed { value: parsed, span: span(value) }),
            Err(reason) => {
                self.problem(span(value), format!("this is not {expected}"), "", &sentence(reason));
                None
            }
        }
    }

    fn string<'v>(&mut self, value: &'v Value<'t>, expected: &str) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(value, expected, "Put it in quotation marks.");
        }
        text
    }

    fn wrong_type(&mut self, value: &Value<'t>, expected: &str, help: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let span = self.first_line(span(value));
        self.problem(span, format!("this must be {expected}, but is {found}"), found, help);
    }

    fn unknown_key(&mut self, key: &Spanned<toml::de::DeString<'t>>, known: &[&'static str]) {
        let name = key.get_ref().as_ref();
        let help = match rules::similar(name, known.iter().copied()) {
            Some(similar) => format!("Did you mean “{similar}”?"),
            None if rules::find(name).is_some() => {
                String::from("Levels of rules go under the heading [levels].")
            }
            None => format!("Keys are {}.", known.join(", ")),
        };
        let span = Span::new(key.span().start, key.span().end);
        self.problem(span, format!("there is no key {}", quoted(name)), "unknown key", &help);
    }

    fn problem(&mut self, span: Span, message: String, label: &str, help: &str) {
        self.problems.push(Problem { span, message, label: label.to_owned(), help: help.to_owned() });
    }

    /// A span of many lines, cut at the end of its first.
    fn first_line(&self, span: Span) -> Span {
        let line = self.text.get(span.range()).and_then(|text| text.lines().next()).map_or(0, str::len);
        Span::new(span.start, span.start + line)
    }
}

fn span(value: &Value<'_>) -> Span {
    Span::new(value.span().start, value.span().end)
}

/// What somebody wrote, unless it looks like a secret.
fn quoted(text: &str) -> String {
    if presentable(text) { format!("“{text}”") } else { String::from("of this name") }
}

fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_in_the_template_and_the_schema() {
        let schema: serde_json::Value = serde_json::from_str(&super::super::schema()).unwrap();
        let keys = |value: &serde_json::Value| -> Vec<String> {
            value.as_object().unwrap().keys().cloned().collect()
        };
        let sorted = |keys: &[&str]| {
            let mut keys: Vec<_> = keys.iter().map(|key| (*key).to_owned()).collect();
            keys.sort();
            keys
        };
        assert_eq!(keys(&schema["properties"]), sorted(&KEYS));
        let entry = &schema["properties"]["ignore"]["items"];
        assert_eq!(keys(&entry["properties"]), sorted(&IGNORE_KEYS));
        for key in KEYS.iter().chain(&IGNORE_KEYS) {
            let mentioned = [format!(" {key} = "), format!("# [{key}]")];
            assert!(mentioned.iter().any(|line| super::super::TEMPLATE.contains(line)), "{key}");
        }
    }
}
