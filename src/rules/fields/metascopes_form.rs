use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::credential::{
    Credential, Field, FieldEntry, FieldState, FieldValue, FormKind, Metascope, character_name,
    is_client_secret, is_invisible, is_placeholder, presentable,
};
use crate::finding::{Draft, Findings, Fix, Level, Replacement};
use crate::json::{self, Kind, Limits, escaped};
use crate::rule::{Basis, Check, Rule, Settings};
use crate::secret::Secret;

pub(super) const RULE: Rule = Rule {
    name: "metascopes-form",
    level: Level::Error,
    basis: Basis::Service,
    fixable: true,
    summary: "`metascopes` is not a list of names separated by single commas",
    explanation: "\
Adobe's client splits `metascopes` at commas and turns each part into a claim of the signed request, \
`https://<imsEndpoint>/s/<metascope>`, without changing it. A space after a comma becomes part of the claim, an empty \
part becomes a claim without a name, and with another separator the whole list becomes one name. Adobe refuses a \
request with an unknown metascope. An array can't be split: the client throws an error. A duplicate name does no harm \
(a warning).",
    example: "\"metascopes\": \"ent_aem_cloud_sdk, ent_cloudmgr_sdk\"",
    remedy: "\
Write the names with only commas between them: `ent_aem_cloud_api`, or in older documents \
`ent_aem_cloud_sdk,ent_cloudmgr_sdk`. `aemcred check --fix` does this if the names are clear.",
    reference: "https://github.com/adobe/aemcs-api-client-lib (src/exchange: metascopes.split(','))",
    forms: &[FormKind::Issued],
    check: Check::Credential(check),
};

/// How many further places of the same kind are shown.
const SHOWN: usize = 5;

fn check(credential: &Credential<'_, '_>, _: &Settings, findings: &mut Findings) {
    if let Some(names) = credential.entry(Field::Metascopes).and_then(|entry| Some((entry, listed(entry)?))) {
        return findings.push(joined(names.0, &names.1));
    }
    let Some(value) = credential.value(Field::Metascopes) else { return };
    // A client secret in place of the list is identifier-swapped's.
    if is_client_secret(value.as_str()) {
        return;
    }
    let mut found = Findings::default();
    examine(&value, &mut found);
    if found.drafts.is_empty() {
        return;
    }
    // One correction for all that is wrong with the list: what each would do alone depends on the others.
    let list = names(value.as_str()).map(|names| names.join(","));
    let fix = list.filter(|list| !is_placeholder(Field::Metascopes, list)).map(|list| {
        if presentable(&list) {
            let label = format!("write {list}");
            Fix::replace(label, value.place().span, Replacement::Public(escaped(&list).expose().clone()))
        } else {
            let label = "write the same names separated by single commas";
            Fix::replace(label, value.place().span, Replacement::Secret(escaped(&list)))
        }
    });
    for draft in found.drafts {
        findings.push(draft.fix(fix.clone()));
    }
}

/// The strings in an array that stands in place of the list; nothing if there is another value, or none.
pub(super) fn listed<'v>(entry: &FieldEntry<'v, '_>) -> Option<Vec<&'v str>> {
    let FieldState::WrongType(member) = entry.state else { return None };
    let items =
        member.value.as_array().filter(|items| entry.field == Field::Metascopes && !items.is_empty())?;
    items.iter().map(|item| Some(item.as_text()?.as_str())).collect()
}

/// The finding about an array of `items`.
fn joined(entry: &FieldEntry<'_, '_>, items: &[&str]) -> Draft {
    let list = items.join(",");
    let is_plain = names(&list).is_some_and(|names| names.join(",") == list);
    let fix = is_plain.then(|| {
        let text = format!("\"{list}\"");
        let replacement = if presentable(&list) {
            Replacement::Public(text)
        } else {
            Replacement::Secret(Secret::new(text))
        };
        Fix::replace("write the names as one string, separated by commas", entry.place().span, replacement)
    });
    Draft::new(entry.place(), "metascopes is an array instead of one string with commas between the names")
        .claim(Basis::Client, Level::Error)
        .label("must be one string")
        .help(
            "Adobe's client splits a string at its commas, and throws an error before it sends anything if this is not \
             a string. Write \"ent_aem_cloud_api\", or several names separated by commas.",
        )
        .fix(fix)
}

fn examine(value: &FieldValue<'_, '_>, findings: &mut Findings) {
    let text = value.as_str();
    if text.starts_with(['[', '{']) {
        // Quotation marks, spaces and brackets all come from this one mistake.
        let draft = Draft::new(
            value.place(),
            "metascopes is a JSON list as text instead of names separated by commas",
        );
        findings.push(draft.label("a list in a string").help(
            "Adobe's client would treat the brackets and quotation marks as part of the names. Write only the names, \
             separated by commas: ent_aem_cloud_api.",
        ));
        return;
    }
    let spots = Spots::of(text);
    report(value, &spots.spaces, findings, |text| {
        let name = text.chars().find(|character| is_invisible(*character)).map(character_name);
        Draft::new(value.place(), format!("metascopes contains {} inside the list", name.unwrap_or_default()))
            .label("becomes part of a name")
            .help(
                "Adobe's client splits at commas and doesn't trim, so this character becomes part of a claim, and \
                 Adobe refuses the unknown metascope. Remove it.",
            )
    });
    report(value, &spots.separators, findings, |_| {
        Draft::new(value.place(), "metascopes has a separator other than a comma between two names")
            .label("must be a comma")
            .help(
                "Adobe's client splits only at commas, so it would request one metascope with a long, unknown name. \
                 Write a single comma here.",
            )
    });
    report(value, &spots.empty, findings, |_| {
        Draft::new(value.place(), "metascopes has an empty part: a comma without a name beside it")
            .label("a name is missing here")
            .help(
                "Adobe's client makes a claim without a name from it, which Adobe refuses. Remove the comma, or add \
                 the missing name.",
            )
    });
    report(value, &spots.quotes, findings, |_| {
        Draft::new(value.place(), "metascopes contains quotation marks")
            .label("becomes part of a name")
            .help(
                "Adobe's client treats them as part of the name, and Adobe refuses the unknown metascope. Remove them.",
            )
    });
    report(value, &spots.urls, findings, |_| {
        Draft::new(value.place(), "metascopes contains a URL instead of a name")
            .label("only the name after this belongs here")
            .help(
                "Adobe's client itself puts https://<imsEndpoint>/s/ before each name. Write only the name, such as \
                 ent_aem_cloud_api.",
            )
    });
    if let Some((name, first, again)) = &spots.twice {
        let what = if presentable(name) { name } else { "a name" };
        let draft =
            Draft::new(value.place_of(again.clone()), format!("metascopes contains {what} more than once"));
        let draft = draft.claim(Basis::Policy, Level::Warning);
        findings
            .push(draft.label("again").related(value.place_of(first.clone()), "duplicate").help(
            "Once is enough. The list was probably combined from two files: check that nothing else was mixed up.",
        ));
    }
}

/// Reports all `spots` of one kind in one finding, whose words `draft` chooses from the first one's text.
fn report(
    value: &FieldValue<'_, '_>,
    spots: &[Range<usize>],
    findings: &mut Findings,
    draft: impl FnOnce(&str) -> Draft,
) {
    let Some((first, more)) = spots.split_first() else { return };
    let mut draft = draft(&value.as_str()[first.clone()]);
    draft.place = value.place_of(first.clone());
    for spot in more.iter().take(SHOWN) {
        draft = draft.related(value.place_of(spot.clone()), "also here");
    }
    findings.push(draft);
}

/// The places of each kind of problem.
#[derive(Default)]
struct Spots {
    spaces: Vec<Range<usize>>,
    separators: Vec<Range<usize>>,
    empty: Vec<Range<usize>>,
    quotes: Vec<Range<usize>>,
    urls: Vec<Range<usize>>,
    /// A name, where it is first, and where it is again: the first such name only.
    twice: Option<(String, Range<usize>, Range<usize>)>,
}

impl Spots {
    fn of(text: &str) -> Self {
        let mut spots = Self::default();
        // Everything between names is one run of commas, other separators, and what can't be seen.
        let between = |character: char| character == ',' || separates(character) || is_invisible(character);
        let mut start = 0;
        while let Some(offset) = text[start..].find(between) {
            let begin = start + offset;
            let end = text[begin..]
                .find(|character| !between(character))
                .map_or(text.len(), |length| begin + length);
            spots.run(text, begin..end);
            start = end;
        }
        let quotes = text.match_indices(['"', '\'', '`']);
        spots.quotes = quotes.map(|(start, quote)| start..start + quote.len()).collect();
        let mut seen = HashMap::new();
        for scope in Metascope::all(text) {
            spots.urls.extend(scope.url);
            if let Some(first) = seen.insert(scope.name.clone(), scope.range.clone())
                && spots.twice.is_none()
            {
                spots.twice = Some((scope.name, first, scope.range));
            }
        }
        spots
    }

    /// Judges what stands between two names, or at an end.
    fn run(&mut self, text: &str, run: Range<usize>) {
        let written = &text[run.clone()];
        let commas = written.matches(',').count();
        let separators = written.contains(separates);
        let at_an_end = run.start == 0 || run.end == text.len();
        if commas > 1 || commas == 1 && at_an_end {
            self.empty.push(run);
        } else if separators || commas == 0 && written.contains(char::is_whitespace) {
            self.separators.push(run);
        } else if commas == 0 {
            // Something invisible inside a name.
            self.spaces.push(run);
        } else {
            let comma = run.start + written.find(',').unwrap_or(0);
            for side in [run.start..comma, comma + 1..run.end] {
                if !side.is_empty() {
                    self.spaces.push(side);
                }
            }
        }
    }
}

/// The names that `text` means beyond doubt, each once, in order.
fn names(text: &str) -> Option<Vec<String>> {
    let mut names = if text.starts_with('[') { names_in_list(text)? } else { names_in_text(text)? };
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    let plain = |name: &String| {
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
            // Two names of which something invisible was the separator.
            && name.matches(PREFIX).count() <= 1
    };
    let list = names.join(",");
    let spots = Spots::of(&list);
    let kinds = [&spots.spaces, &spots.separators, &spots.empty, &spots.quotes, &spots.urls];
    let sound = kinds.iter().all(|kind| kind.is_empty()) && spots.twice.is_none();
    (!names.is_empty() && names.iter().all(plain) && sound).then_some(names)
}

/// How every metascope of Adobe's begins that is known from issued documents.
const PREFIX: &str = "ent_";

/// The strings of a JSON list that was put into the string.
fn names_in_list(text: &str) -> Option<Vec<String>> {
    let value = json::parse(text, Limits { depth: 1, values: 100 }).ok()?;
    let Kind::Array(items) = &value.kind else { return None };
    items.iter().map(|item| Some(item.as_text()?.as_str().to_owned())).collect()
}

fn names_in_text(text: &str) -> Option<Vec<String>> {
    let scopes = Metascope::all(text);
    let mut end = 0;
    for (index, scope) in scopes.iter().enumerate() {
        let start = scope.url.as_ref().map_or(scope.range.start, |url| url.start);
        let gap = text.get(end..start)?;
        let separated = gap.contains(|character| character == ',' || separates(character));
        let neighbors = index.checked_sub(1).and_then(|previous| scopes.get(previous));
        // Blanks alone may also have come into the middle of a name.
        let blanks = || {
            gap.contains(char::is_whitespace)
                && scope.name.starts_with(PREFIX)
                && neighbors.is_some_and(|previous| previous.name.starts_with(PREFIX))
        };
        let whole_claim = |url: &Range<usize>| {
            let url = &text[url.clone()];
            (url.starts_with("https://") || url.starts_with("http://")) && url.ends_with("/s/")
        };
        let fits = index == 0 || separated || blanks();
        if !fits || gap.contains(bracket) || !scope.url.as_ref().is_none_or(whole_claim) {
            return None;
        }
        // Slashes at a name's end are no part of it.
        end = scope.range.end + text[scope.range.end..].bytes().take_while(|byte| *byte == b'/').count();
    }
    if text.get(end..)?.contains(bracket) {
        return None;
    }
    Some(scopes.into_iter().map(|scope| scope.name).collect())
}

fn bracket(character: char) -> bool {
    matches!(character, '[' | ']' | '{' | '}' | '(' | ')')
}

fn separates(character: char) -> bool {
    matches!(character, ';' | '|')
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Sample, findings, fixed, places};

    fn sample(metascopes: &str) -> Sample {
        Sample::new().with("metascopes", &format!("\"{metascopes}\""))
    }

    #[test]
    fn an_array_of_names_becomes_one_string() {
        let sample = |array: &str| Sample::new().with("metascopes", array).text();
        for (array, list) in [
            ("[\"ent_a\"]", Some("\"ent_a\"")),
            ("[ \"ent_a\" , \"ent_b\" ]", Some("\"ent_a,ent_b\"")),
            ("[\"ent_a \"]", None),
            ("[\"ent_a,ent_b\", \"ent_a\"]", None),
            ("[\"p8e-SampleSampleSampleSampleSample12\", \"\"]", None),
        ] {
            let expected = "5:19 metascopes is an array instead of one string with commas between the names";
            assert_eq!(findings(&RULE, sample(array)), [expected]);
            assert_eq!(fixed(&RULE, sample(array)), list.map(sample), "{array}");
        }
        assert_eq!(findings(&RULE, sample("[]")), [""; 0], "that is field-type's");
    }

    #[test]
    fn each_kind_of_problem_is_one_finding() {
        for (value, expected) in [
            ("ent_a, ent_b", vec!["5:26 metascopes contains a space (U+0020) inside the list"]),
            ("ent_a ,\\tent_b , ent_c", vec!["5:25 metascopes contains a space (U+0020) inside the list"]),
            ("ent_\u{200B}a", vec!["5:24 metascopes contains a zero-width space (U+200B) inside the list"]),
            ("ent_a ent_b", vec!["5:25 metascopes has a separator other than a comma between two names"]),
            ("ent_a;ent_b", vec!["5:25 metascopes has a separator other than a comma between two names"]),
            ("ent_a | ent_b", vec!["5:25 metascopes has a separator other than a comma between two names"]),
            (",ent_a", vec!["5:20 metascopes has an empty part: a comma without a name beside it"]),
            ("ent_a,", vec!["5:25 metascopes has an empty part: a comma without a name beside it"]),
            ("ent_a, ,ent_b", vec!["5:25 metascopes has an empty part: a comma without a name beside it"]),
            (",", vec!["5:20 metascopes has an empty part: a comma without a name beside it"]),
            ("'ent_a'", vec!["5:20 metascopes contains quotation marks"]),
            (
                "[\\\"ent_a\\\", \\\"ent_b\\\"]",
                vec!["5:20 metascopes is a JSON list as text instead of names separated by commas"],
            ),
            (
                "https://ims-na1.adobelogin.com/s/ent_a",
                vec!["5:20 metascopes contains a URL instead of a name"],
            ),
            ("ent_a,ent_b,ent_a", vec!["5:32 metascopes contains ent_a more than once"]),
            (
                "ent_a, ent_b;ent_c,,ent_a",
                vec![
                    "5:26 metascopes contains a space (U+0020) inside the list",
                    "5:32 metascopes has a separator other than a comma between two names",
                    "5:38 metascopes has an empty part: a comma without a name beside it",
                    "5:40 metascopes contains ent_a more than once",
                ],
            ),
        ] {
            assert_eq!(findings(&RULE, sample(value)), expected, "{value}");
        }
    }

    #[test]
    fn names_beyond_doubt_are_put_in_a_list() {
        for (value, list) in [
            ("ent_a, ent_b", Some("ent_a,ent_b")),
            ("a ,\\tb;c|d,,e,", Some("a,b,c,d,e")),
            ("ent_a ent_b\\n\\nent_c", Some("ent_a,ent_b,ent_c")),
            ("ent_\u{200B}a", Some("ent_a")),
            ("'ent_a', \\\"ent_b\\\"", Some("ent_a,ent_b")),
            ("[\\\"ent_a\\\", \\\"ent_b\\\"]", Some("ent_a,ent_b")),
            ("https://ims-na1.adobelogin.com/s/ent_a/,ent_b", Some("ent_a,ent_b")),
            ("b,a,b,a", Some("b,a")),
            ("ent_a,\\u0065nt_a", Some("ent_a")),
            // What is meant by these is not for a program to say.
            ("ent_aem cloud_api", None),
            ("ent_a\u{200B}ent_b", None),
            ("ent'a", None),
            ("ent_a/ent_b", None),
            ("https://example.org/ent_a", None),
            ("(ent_a, ent_b)", None),
            ("ent_a, ent_b)", None),
            ("['ent_a']", None),
            ("[\\\"ent_a\\\", 1]", None),
            ("[[\\\"ent_a\\\"]]", None),
            ("[]", None),
            ("{\\\"ent_a\\\": 1}", None),
            ("ent_a, ent_\u{e9}", None),
            (", ,", None),
        ] {
            let expected = list.map(|list| sample(list).text());
            assert_eq!(fixed(&RULE, sample(value)), expected, "{value}");
        }
        // White space around the list is for another rule.
        assert_eq!(fixed(&RULE, sample(" a, b ")), Some(sample(" a,b ").text()));
    }

    #[test]
    fn the_bad_characters_are_pointed_at() {
        assert_eq!(places(&RULE, &sample("a ,\\tb, c").text()), [[" ", "\\t", " "]]);
        assert_eq!(places(&RULE, &sample("a; b").text()), [["; "]]);
        assert_eq!(places(&RULE, &sample("a,\\u0061").text()), [["\\u0061", "a"]]);
        assert_eq!(places(&RULE, &sample("x,https://h/s/a").text()), [["https://h/s/"]]);
    }

    #[test]
    fn names_with_commas_are_right() {
        for value in [
            "ent_aem_cloud_api",
            "ent_aem_cloud_sdk,ent_cloudmgr_sdk",
            " ent_aem_cloud_api\\n",
            "",
            "<scopes>",
        ] {
            assert_eq!(findings(&RULE, sample(value)), [""; 0], "{value}");
        }
    }
}
