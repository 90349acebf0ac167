use std::ops::Range;

use crate::credential::{Document, Field, Foreign, FormKind};
use crate::finding::{Change, Draft, Edit, Findings, Fix, Level, Replacement};
use crate::json::Object;
use crate::rule::{Basis, Check, Rule, Settings};
use crate::source::Span;

pub(super) const RULE: Rule = Rule {
    name: "document-wrapper",
    level: Level::Error,
    basis: Basis::Client,
    fixable: true,
    summary: "the wrapper around `integration` is missing, or the document is inside another object or array",
    explanation: "\
Issued documents have the credential in `integration`, with `ok` and `statusCode` beside it. Adobe's client reads \
`integration` from the document. It finds nothing if the file contains only the inner object.

The same is true for a whole file in which the document is the only element of an array or the only member of an \
object, such as `[…]` or `{\"data\": …}`. Exports of secret stores, which contain more, are not reported: programs \
extract the document from them.

Some secret stores and tools keep only the inner object. It is complete, but every program that follows Adobe's \
documentation fails with it. An inner object among other settings of a program is that program's own and not reported.",
    example: "\
{
  \"imsEndpoint\": \"ims-na1.adobelogin.com\",
  \"metascopes\": \"ent_aem_cloud_api\",
  …
}",
    remedy: "\
Restore the wrapper: `{\"ok\": true, \"integration\": {…}, \"statusCode\": 200}`. `aemcred check --fix` does this. If \
your own program needs the inner object, turn this rule off for that file in `aemcred.toml`.",
    reference: "https://github.com/adobe/aemcs-api-client-lib (README, exchange)",
    forms: FormKind::AS_ISSUED,
    check: Check::Document(check),
};

fn check(document: &Document<'_, '_>, _: &Settings, findings: &mut Findings) {
    if let Some(Foreign::Enclosed(inner)) = document.foreign {
        findings.push(enclosed(document, inner));
        return;
    }
    if document.credential.as_ref().is_none_or(|credential| credential.wrapped) {
        return;
    }
    findings.push(
        Draft::new(document.beginning(), "the wrapper is missing: this object should be in integration")
            .label("expected {\"ok\": true, \"integration\": {…}, \"statusCode\": 200}")
            .help(
                "Adobe's client reads integration from the document and finds nothing. Put the object back into its \
                 wrapper, or store the complete downloaded file.",
            )
            .fix(wrapping(document)),
    );
}

/// Reports that there is more around the document `inner` than issued.
fn enclosed(document: &Document<'_, '_>, inner: Span) -> Draft {
    let Span { start, end } = document.root.span;
    let what = if document.top().is_some() { "an object" } else { "an array" };
    Draft::new(document.beginning(), format!("the document is inside {what} that contains nothing else"))
        .label("not part of an issued document")
        .help(
            "Adobe's client looks for integration at the top level and finds nothing. Store only the inner document, \
             as it was downloaded.",
        )
        .fix(Fix::remove("remove everything around the document", [Span::new(start, inner.start), Span::new(inner.end, end)]))
}

/// Documents of more lines than this keep their indentation: issued ones have some 20.
const MOST_LINES: usize = 1000;

/// Puts the wrapper around the object, written as the object itself is. An object in which a part of the wrapper stands
/// among the fields was not simply taken out of it, so there is no saying what belongs where.
fn wrapping(document: &Document<'_, '_>) -> Option<Fix> {
    let object = document.top()?;
    if [Field::Ok, Field::Integration, Field::StatusCode].iter().any(|field| object.has(field.name())) {
        return None;
    }
    let Span { start, end } = document.root.span;
    let layout = Layout::of(document.text, start, object)?;
    let Layout { colon, .. } = &layout;
    let before = format!(
        "{{{}\"ok\"{colon}true{}\"integration\"{colon}",
        layout.after_bracket, layout.between_members
    );
    let after = format!("{}\"statusCode\"{colon}200{}}}", layout.between_members, layout.before_bracket);
    let mut edits = vec![(start, before)];
    edits.extend(layout.line_starts(document.text, start..end).map(|offset| (offset, layout.step.clone())));
    edits.push((end, after));
    let edits = edits
        .into_iter()
        .map(|(offset, text)| Edit { span: Span::at(offset), replacement: Replacement::Public(text) });
    Some(Fix {
        label: String::from("put {\"ok\": true, \"integration\": …, \"statusCode\": 200} around it"),
        change: Change::Text(edits.collect()),
    })
}

/// How an object is written: what stands between its parts.
struct Layout {
    after_bracket: String,
    colon: String,
    between_members: String,
    before_bracket: String,
    /// By how much a level is indented; empty where all is on one line.
    step: String,
}

impl Layout {
    /// The layout of `object`, whose bracket stands at `start`; nothing if it has no members.
    fn of(text: &str, start: usize, object: &Object<'_>) -> Option<Self> {
        /// Wider indentation isn't worth keeping: in a document made for it, it would swell the result.
        const WIDEST: usize = 16;
        let first = object.members.first()?;
        let gap = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        let lead = gap(start + 1, first.key.span().start);
        let colon = gap(first.key.span().end, first.value.span.start);
        let colon = if colon.contains('\n') || colon.len() > WIDEST { ": " } else { colon }.to_owned();
        let Some(line) = lead.rfind('\n') else {
            let second =
                object.members.get(1).map(|second| gap(first.value.span.end, second.key.span().start));
            let comma = second.filter(|comma| !comma.contains('\n') && comma.len() <= WIDEST).unwrap_or(", ");
            let pad = if lead.len() <= WIDEST { lead } else { "" };
            return Some(Self {
                after_bracket: pad.to_owned(),
                colon,
                between_members: comma.to_owned(),
                before_bracket: pad.to_owned(),
                step: String::new(),
            });
        };
        let line_break = if lead.contains("\r\n") { "\r\n" } else { "\n" };
        let indentation = &lead[line + 1..];
        let line_start = text[..start].rfind('\n').map_or(0, |end| end + 1);
        let is_indentation = |text: &&str| text.len() <= WIDEST && text.trim_start().is_empty();
        let outer = Some(gap(line_start, start)).filter(is_indentation).unwrap_or_default();
        let step = indentation.strip_prefix(outer).filter(is_indentation).unwrap_or("  ");
        Some(Self {
            after_bracket: format!("{line_break}{outer}{step}"),
            colon,
            between_members: format!(",{line_break}{outer}{step}"),
            before_bracket: format!("{line_break}{outer}"),
            step: step.to_owned(),
        })
    }

    /// Where lines begin that move one level in. No string of a JSON text goes over a line's end.
    fn line_starts<'t>(&self, text: &'t str, range: Range<usize>) -> impl Iterator<Item = usize> + use<'t> {
        let inside = text.get(range.clone()).unwrap_or_default();
        let breaks = || memchr::memchr_iter(b'\n', inside.as_bytes());
        let moves = !self.step.is_empty() && breaks().take(MOST_LINES + 1).count() <= MOST_LINES;
        let starts = breaks().take(if moves { MOST_LINES } else { 0 }).map(|offset| offset + 1);
        let blank = |offset: &usize| inside[*offset..].starts_with(['\r', '\n']);
        starts.filter(move |offset| !blank(offset)).map(move |offset| range.start + offset)
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Sample, findings, fixed, places};

    #[test]
    fn a_bare_integration_is_reported() {
        let bare = Sample::new().bare();
        assert_eq!(
            findings(&RULE, bare.as_str()),
            ["1:1 the wrapper is missing: this object should be in integration"]
        );
        assert_eq!(places(&RULE, &bare), [["{"]]);
        assert_eq!(fixed(&RULE, bare), Some(Sample::new().text()), "as if it had never been away");
        for text in [Sample::new().text(), "{}".to_owned(), "[]".to_owned()] {
            assert_eq!(findings(&RULE, text), [""; 0]);
        }
    }

    #[test]
    fn the_wrapper_is_written_as_the_object_is() {
        const INNER: &str = "\"imsEndpoint\":1,\"privateKey\":2";
        for (bare, expected) in [
            (format!("{{{INNER}}}"), format!("{{\"ok\":true,\"integration\":{{{INNER}}},\"statusCode\":200}}")),
            (
                "{ \"imsEndpoint\": 1, \"privateKey\": 2 }".to_owned(),
                "{ \"ok\": true, \"integration\": { \"imsEndpoint\": 1, \"privateKey\": 2 }, \"statusCode\": 200 }"
                    .to_owned(),
            ),
            (
                "\r\n{\r\n\t\"imsEndpoint\" : 1,\r\n\r\n\t\"privateKey\" : 2\r\n}\r\n".to_owned(),
                "\r\n{\r\n\t\"ok\" : true,\r\n\t\"integration\" : {\r\n\t\t\"imsEndpoint\" : 1,\r\n\r\n\
                 \t\t\"privateKey\" : 2\r\n\t},\r\n\t\"statusCode\" : 200\r\n}\r\n"
                    .to_owned(),
            ),
            (
                "  {\n    \"imsEndpoint\":1,\n    \"privateKey\":2\n  }".to_owned(),
                "  {\n    \"ok\":true,\n    \"integration\":{\n      \"imsEndpoint\":1,\n      \
                 \"privateKey\":2\n    },\n    \"statusCode\":200\n  }"
                    .to_owned(),
            ),
            (
                "{\"imsEndpoint\": 1,\n\"privateKey\": 2}".to_owned(),
                "{\"ok\": true, \"integration\": {\"imsEndpoint\": 1,\n\"privateKey\": 2}, \"statusCode\": 200}"
                    .to_owned(),
            ),
        ] {
            assert_eq!(fixed(&RULE, bare.as_str()), Some(expected), "{bare}");
        }
    }

    #[test]
    fn parts_of_the_wrapper_among_the_fields_are_left_alone() {
        for member in ["\"ok\": true", "\"statusCode\": 200", "\"integration\": 1"] {
            let text = format!("{{\"imsEndpoint\": 1, \"privateKey\": 2, {member}}}");
            assert_eq!(fixed(&RULE, text.as_str()), None, "{member}");
            assert_eq!(findings(&RULE, text).len(), 1, "{member}");
        }
    }

    #[test]
    fn indentation_made_to_swell_the_result_is_not_kept() {
        let wide = " ".repeat(300_000);
        let lines = "1,\n".repeat(50_000);
        let text = format!("{{\n{wide}\"imsEndpoint\": [{lines}1],\n\"privateKey\": 2}}");
        let fixed = fixed(&RULE, text.as_str()).unwrap();
        assert!(fixed.len() < text.len() + 200);
    }
}
