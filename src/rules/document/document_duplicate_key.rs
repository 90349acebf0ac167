use std::collections::{BTreeMap, HashMap};

use crate::credential::{Document, FormKind, presentable};
use crate::finding::{Draft, Findings, Level, Place};
use crate::json::{Kind, Object, Pointer, Value};
use crate::rule::{Basis, Check, Rule, Settings};

pub(super) const RULE: Rule = Rule {
    name: "document-duplicate-key",
    level: Level::Warning,
    basis: Basis::Policy,
    fixable: false,
    summary: "a key appears more than once in an object",
    explanation: "\
RFC 8259 doesn't say which value a program must use if a key appears twice. `JSON.parse` silently uses the last one. \
Other parsers use the first one or refuse the document. So two programs can read different credentials from one file. \
If both values are equal, this is only a note. Usually two documents were merged by hand, and the value that should \
have been replaced is still there.

Keys are compared after their escapes are decoded: `\"org\"` and `\"\\u006frg\"` are the same key.",
    example: "\
\"technicalAccount\": {
  \"clientId\": \"cm-p7603-e12614-integration\",
  \"clientId\": \"cm-p7603-e99999-integration\"
}",
    remedy: "\
Keep the correct entry and remove the others. If you can't tell which one is correct, download the service credentials \
again.",
    reference: "RFC 8259 section 4",
    forms: FormKind::AS_ISSUED,
    check: Check::Document(check),
};

/// How many of the earlier places are shown.
const SHOWN: usize = 5;

fn check(document: &Document<'_, '_>, _: &Settings, findings: &mut Findings) {
    Search { steps: Vec::new(), findings }.value(document.root);
}

/// A walk through all objects. It builds a pointer only where there is something to say, because the pointers of all
/// values together can be as long as the square of the document.
struct Search<'v, 'f> {
    steps: Vec<Step<'v>>,
    findings: &'f mut Findings,
}

enum Step<'v> {
    Key(&'v str),
    Index(usize),
}

impl<'v> Search<'v, '_> {
    fn value(&mut self, value: &'v Value<'_>) {
        match &value.kind {
            Kind::Object(object) => {
                self.object(object);
                for member in &object.members {
                    self.below(Step::Key(member.key.as_str()), &member.value);
                }
            }
            Kind::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.below(Step::Index(index), item);
                }
            }
            _ => {}
        }
    }

    fn below(&mut self, step: Step<'v>, value: &'v Value<'_>) {
        self.steps.push(step);
        self.value(value);
        self.steps.pop();
    }

    fn object(&mut self, object: &Object<'_>) {
        let mut first = HashMap::with_capacity(object.members.len());
        let mut repeated: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, member) in object.members.iter().enumerate() {
            let earliest = *first.entry(member.key.as_str()).or_insert(index);
            if earliest != index {
                repeated.entry(earliest).or_insert_with(|| vec![earliest]).push(index);
            }
        }
        for places in repeated.values() {
            self.findings.push_with(|| draft(object, places, &self.steps));
        }
    }
}

/// The finding about one key, which stands at `places` of `object`.
fn draft(object: &Object<'_>, places: &[usize], steps: &[Step<'_>]) -> Draft {
    let [earlier @ .., last] = places else { return Draft::new(Place::default(), RULE.summary) };
    let value = &object.members[*last].value;
    let all_same = earlier.iter().all(|index| object.members[*index].value.is_same(value, &|_, _| false));
    let last = &object.members[*last].key;
    let pointer = steps.iter().fold(Pointer::root(), |pointer, step| match step {
        Step::Key(key) => pointer.key(key),
        Step::Index(index) => pointer.index(*index),
    });
    let place = Place::new(pointer.key(last.as_str()), last.span());
    let key = if presentable(last.as_str()) {
        format!("the key {last}", last = last.as_str())
    } else {
        "a key".into()
    };
    let times = if places.len() == 2 { "twice".to_owned() } else { format!("{} times", places.len()) };
    let mut draft = Draft::new(
        place.clone(),
        format!(
            "{key} appears {times} in this object{}; Adobe's client uses the last one",
            if all_same { " with the same value" } else { "" }
        ),
    )
    .claim(Basis::Policy, if all_same { Level::Note } else { Level::Warning })
    .label("Adobe's client uses this value")
    .help(if all_same {
        "Some programs refuse such a document. Keep one entry and remove the others."
    } else {
        "Other programs use the first one or refuse the document, so not all programs read the same credential. Keep \
         the correct one and remove the others."
    });
    for index in earlier.iter().take(SHOWN) {
        let message = if *index == places[0] { "it first appears here" } else { "and again here" };
        draft = draft.related(place.narrowed(object.members[*index].key.span()), message);
    }
    draft
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::time::{Duration, Instant};

    use super::{Level, RULE};
    use crate::rules::testing::{Sample, findings, places, run};

    #[test]
    fn repeated_keys_are_shown_at_any_depth() {
        let again = Sample::new().and("technicalAccount", "clientId", "\"cm-p1-e2-integration\"").text();
        assert_eq!(
            findings(&RULE, again),
            ["9:7 the key clientId appears twice in this object; Adobe's client uses the last one"]
        );
        let text = r#"{"a": 1, "x": [{"b": 1, "\u0062": 2, "b": 3}], "a": 2}"#;
        assert_eq!(
            findings(&RULE, text),
            [
                "1:38 the key b appears 3 times in this object; Adobe's client uses the last one",
                "1:48 the key a appears twice in this object; Adobe's client uses the last one",
            ]
        );
        assert_eq!(places(&RULE, text)[0], ["\"b\"", "\"b\"", "\"\\u0062\""]);
        let checked = run(&RULE, text);
        assert_eq!(checked.findings[0].draft.place.pointer.as_str(), "/x/0/b");
        let secret = "{\"p8e-SampleSample\": 1, \"p8e-SampleSample\": 2}";
        assert!(findings(&RULE, secret)[0].contains(" a key appears twice"));
        let same = r#"{"a": [1, {"b": null}], "a": [ 1, {"\u0062": null} ]}"#;
        let checked = run(&RULE, same);
        assert!(
            checked.findings[0].level == Level::Note
                && checked.findings[0].draft.message.contains(" with the same value")
        );
        for text in [Sample::new().text(), "[1, 1]".into(), "{\"a\": {\"a\": 1}, \"A\": 1}".into()] {
            assert_eq!(findings(&RULE, text), [""; 0]);
        }
    }

    #[test]
    fn floods_cost_linear_time() {
        let begin = Instant::now();
        let mut text = format!("{{\"{}\": {{", "k".repeat(300_000));
        for index in 0..30_000 {
            let _ = write!(text, "\"{index}\":0,\"{index}\":0,");
        }
        text.push_str("\"end\": 0}}");
        let checked = run(&RULE, text);
        assert_eq!(checked.findings.len(), 100);
        assert!(checked.findings[99].draft.message.ends_with("(and 29900 more like it, not listed)"));
        assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
    }
}
