//! `aemcred renewals`: the formats over a year's worth of credentials, the right day and second of each reminder, odd
//! clocks and names. Programs that read calendars and metrics are asked by `tests/consumers/run`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::Instant;

use aemcred::State;
use aemcred::cli::Environment;
use aemcred::internals::credential::{DocumentKind, Validity};
use aemcred::internals::inventory::Audited;
use aemcred::internals::json::Pointer;
use aemcred::internals::record::{
    CertificateNames, CertificateRecord, InClear, Location, PublicHalf, Record,
};
use aemcred::internals::renewal::{Plan, Terms};
use aemcred::internals::report::renewals::{self as report, Labels, RenewalResults, table};
use aemcred::internals::report::{Drawing, Failure, PathName};
use aemcred::internals::source::Position;
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::Value;

use crate::common::{NOW, Run, children, environment, expect_file, fixtures, interrupted, root, run, run_in};
use crate::no_leak::Secrets;

const FORMATS: [&str; 7] = ["table", "markdown", "json", "csv", "ics", "prometheus", "github"];

/// A name with all that some format must escape.
const NASTY: &str = "a,b;c\\d\"e'f=`g|h<i>&%0A:: \u{1F511}\u{5D0}\u{202E}\n\u{1B}[31m.json";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A usable credential in one file, with a certificate that ends at `not_after` after 365 days.
fn entry(number: u8, client: &str, path: &str, not_after: DateTime<Utc>, now: DateTime<Utc>) -> Record {
    Record {
        kind: DocumentKind::ServiceCredentials,
        state: if not_after < now { State::Expired } else { State::Sound },
        client_id: Some(client.to_owned()),
        organization: Some("0123456789ABCDEF01234567@AdobeOrg".into()),
        certificate: Some(CertificateRecord {
            validity: Validity::of_certificate(not_after - TimeDelta::days(365), not_after),
            sha256: [number; 32].into(),
            public_key_sha256: [number; 32],
            names: Some(Box::new(CertificateNames {
                serial: format!("{number:x}"),
                subject: Some(client.to_owned()),
                issuer: Some(client.to_owned()),
            })),
        }),
        public_key: Some(PublicHalf::new([number; 32], [number].into(), None)),
        locations: vec![location(path)],
        ..Record::default()
    }
}

fn location(path: &str) -> Location {
    Location {
        path: PathName::new(path),
        steps: Box::default(),
        position: Position::START,
        pointer: Pointer::root(),
        usable: true,
        in_clear: InClear::default(),
        keeping: None,
        past: None,
        mode: None,
    }
}

/// From expired to next year, and everything that has no such date.
fn scene() -> RenewalResults {
    let now = at(NOW);
    let dated = |number, client, path, not_after| entry(number, client, path, at(not_after), now);
    let mut manifest = dated(3, "cm-p7603-e99-integration", "deploy/secret.yaml", "2026-12-10T00:00:00Z");
    manifest.locations[0].steps = [String::from("data.\"service.json\""), String::from("base64")].into();
    manifest.locations.extend((1..=4).map(|number| location(&format!("copies/{number}.json"))));
    let mut never = dated(7, "cm-p77-e88-integration-0", "never.json", "9999-12-31T23:59:59Z");
    never.certificate.as_mut().unwrap().validity.not_before = at("2026-11-01T00:00:00Z");
    let mut broken = dated(8, "cm-p1-e3-integration-0", "broken.json", "2027-08-01T00:00:00Z");
    broken.state = State::Broken;
    let mut unreadable = dated(9, "cm-p1-e4-integration-0", "unreadable.json", "2027-08-01T00:00:00Z");
    (unreadable.state, unreadable.certificate) = (State::Broken, None);
    let mut sealed = dated(10, "", "secrets.enc.yaml", "2027-08-01T00:00:00Z");
    (sealed.kind, sealed.state, sealed.certificate) = (DocumentKind::Encrypted, State::Encrypted, None);
    (sealed.client_id, sealed.organization, sealed.public_key) = (None, None, None);
    let mut part = sealed.clone();
    (part.kind, part.state) = (DocumentKind::PrivateKey, State::Partial);
    let entries = vec![
        dated(1, "cm-p7603-e12614-integration-0", "secrets/expired.json", "2026-11-12T11:30:00Z"),
        dated(2, "cm-p7603-e12614-integration-1", "secrets/imminent.json", "2026-11-24T09:30:00Z"),
        manifest,
        dated(4, "cm-p55-e66-integration-0", "secrets/old.json", "2026-12-20T00:00:00Z"),
        dated(5, "cm-p55-e66-integration-0", "secrets/new.json", "2027-11-01T00:00:00Z"),
        dated(6, "cm-p20-e30-integration-2", NASTY, "2027-06-01T00:00:00Z"),
        never,
        broken,
        unreadable,
        sealed,
        part,
    ];
    let failure = |path: Option<&str>, message: &str| Failure {
        path: path.map(PathName::new),
        message: message.to_owned(),
    };
    results(entries, now, vec![failure(Some("locked.json"), "can't be opened: permission denied")])
}

fn results(entries: Vec<Record>, now: DateTime<Utc>, failures: Vec<Failure>) -> RenewalResults {
    let lead = TimeDelta::days(30).into();
    let terms = Terms { now, lead, imminent: TimeDelta::days(3), tokens: false };
    let audited = |record| Audited { record: Box::new(record), findings: Vec::new(), superseded: false };
    let plan = Plan::new(entries.into_iter().map(audited).collect(), &terms);
    RenewalResults { now, lead, complete: true, plan, failures, labels: Labels::default() }
}

fn table_of(results: &RenewalResults, width: usize, color: bool) -> String {
    let mut out = Vec::new();
    table::write(results, Drawing { color, width, quiet: false }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn rendered(format: &str, results: &RenewalResults) -> String {
    let mut out = Vec::new();
    match format {
        "table" => return table_of(results, 80, false),
        "markdown" => report::markdown::write(results, &mut out),
        "json" => report::json::write(results, &mut out),
        "csv" => report::csv::write(results, &mut out),
        "ics" => report::ics::write(results, &mut out),
        "prometheus" => report::prometheus::write(results, &mut out),
        _ => report::github::write(results, &mut out),
    }
    .unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn all_formats_over_a_year() {
    let results = scene();
    for width in [60, 80, 140] {
        let table = table_of(&results, width, false);
        for line in table.lines() {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{width}: {line}");
        }
        insta::assert_snapshot!(format!("table-{width}"), table);
    }
    for format in FORMATS.into_iter().skip(1) {
        // Snapshots are text, in which carriage returns don't survive everywhere.
        let shown = rendered(format, &results).replace('\r', "");
        insta::assert_snapshot!(format, shown.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    }
}

#[test]
fn the_picture_is_what_the_table_prints() {
    let mut usual = scene();
    usual.plan.renewals.retain(|row| row.record.locations[0].path.as_str().starts_with(['s', 'd']));
    usual.plan.renewals.retain(|row| row.record.client_id.is_some());
    (usual.plan.undated, usual.failures) = (0, Vec::new());
    let printed = table_of(&usual, 120, true);
    let picture = anstyle_svg::Term::new().render_svg(&format!("$ aemcred renewals .\n\n{printed}"));
    expect_file(&root().join("docs/images/renewals.svg"), picture.as_bytes());
}

/// Color is never the only signal: without it the same words and symbols are there.
#[test]
fn colors_add_nothing() {
    let results = scene();
    let colored = table_of(&results, 120, true);
    let mut plain = String::new();
    let mut rest = colored.as_str();
    while let Some((before, after)) = rest.split_once('\u{1B}') {
        plain.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    plain.push_str(rest);
    let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert_eq!(trimmed(&plain), trimmed(&table_of(&results, 120, false)));
    assert_ne!(colored, plain);
}

#[test]
fn the_json_is_as_its_schema_says() {
    let schema: Value = serde_json::from_str(&run(["schema", "renewals"]).out).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for results in [scene(), results(Vec::new(), DateTime::<Utc>::MAX_UTC, Vec::new())] {
        let report: Value = serde_json::from_str(&rendered("json", &results)).unwrap();
        let errors: Vec<_> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    let paths = serde_json::from_str::<Value>(&rendered("json", &scene())).unwrap();
    let paths = paths["renewals"].as_array().unwrap().iter().map(|row| row["places"][0]["path"].clone());
    assert!(paths.into_iter().any(|path| path == NASTY), "names are there letter by letter");
}

/// Generated credentials in a folder: name, client, begin.
fn generated(files: &[(&str, &str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (number, (name, client, begin)) in files.iter().enumerate() {
        let path = folder.path().join(name);
        let seed = (number + 1).to_string();
        // Otherwise the seed decides on the organization, too, and no other one's credential takes another's place.
        let organization = "7E57DA7A0000000000000001@AdobeOrg";
        let arguments = ["generate", "--seed", &seed, "--client-id", client, "--not-before", begin];
        let arguments = [&arguments[..], &["--organization", organization]].concat();
        let arguments = arguments.into_iter().map(OsString::from).chain([path.into_os_string()]);
        let run = run(arguments);
        assert_eq!(run.code, 0, "{}", run.err);
    }
    folder
}

fn renewals(folder: &Path, now: &str, more: &[&str]) -> Run {
    let arguments = ["renewals", "--now", now].into_iter().chain(more.iter().copied()).map(OsString::from);
    run(arguments.chain([folder.as_os_str().to_owned()]))
}

#[test]
fn each_reminder_begins_on_its_day_and_in_its_second() {
    let folder = generated(&[("service.json", "cm-p1-e2-integration-0", "2026-03-06T00:33:34Z")]);
    let end = at("2027-03-06T00:33:34Z");
    let look = |now: DateTime<Utc>, more: &[&str]| {
        let now = report_instant(now);
        let run = renewals(folder.path(), &now, &[&["--format", "json"], more].concat());
        let status = serde_json::from_str::<Value>(&run.out)
            .map_or_else(|_| String::from("nothing"), |report| report["renewals"][0]["status"].to_string());
        (status.trim_matches('"').to_owned(), run.code)
    };
    // Day by day, as a pipeline would, in the morning.
    let mut first_days = BTreeMap::new();
    let mut day = at("2026-03-06T06:00:00Z");
    while day < at("2027-03-20T00:00:00Z") {
        let (status, code) = look(day, &[]);
        assert_eq!(code == 1, status == "imminent" || status == "expired", "{day}");
        first_days.entry(status).or_insert(day.date_naive().to_string());
        day += TimeDelta::days(1);
    }
    let days: Vec<_> = first_days.iter().map(|(status, day)| (status.as_str(), day.as_str())).collect();
    let expected = [
        // 30 days before the end is the night of 4 February, three days before is that of 3 March.
        ("due", "2027-02-04"),
        ("expired", "2027-03-06"),
        ("imminent", "2027-03-03"),
        ("later", "2026-03-06"),
    ];
    assert_eq!(days, expected);
    // And second by second around each boundary.
    let second = TimeDelta::seconds(1);
    for (before, outside, inside, codes) in [
        (TimeDelta::days(30), "later", "due", (0, 0)),
        (TimeDelta::days(3), "due", "imminent", (0, 1)),
        (-second, "imminent", "expired", (1, 1)),
    ] {
        assert_eq!(look(end - before - second, &[]), (outside.to_owned(), codes.0), "{before}");
        assert_eq!(look(end - before, &[]), (inside.to_owned(), codes.1), "{before}");
    }
    // The thresholds of the command line, each in its second.
    for days in [1, 45, 100] {
        let (limit, duration) = (end - TimeDelta::days(days), format!("{days}d"));
        let fail = |now| look(now, &["--fail-within", &duration]).1;
        assert_eq!((fail(limit - second), fail(limit)), (0, 1), "{days}");
        let lead = |now| look(now, &["--lead", &duration, "--imminent", "0s"]).0;
        assert_eq!((lead(limit - second), lead(limit)), (String::from("later"), String::from("due")));
        let quiet = |now| look(now, &["--quiet-until", &duration, "--fail-within", "0s"]).0 == "nothing";
        assert_eq!((quiet(limit - second), quiet(limit)), (true, false), "{days}");
    }
    assert_eq!(
        look(end - TimeDelta::days(10), &["--expiring", "5d"]).0,
        "later",
        "the lead is that of --expiring"
    );
}

fn report_instant(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

#[test]
fn the_exit_code_is_the_same_in_every_format() {
    let folder = generated(&[
        ("old.json", "cm-p1-e2-integration-0", "2025-12-01T00:00:00Z"),
        ("new.json", "cm-p1-e2-integration-0", "2026-11-01T00:00:00Z"),
        ("other.json", "cm-p1-e3-integration-0", "2025-12-20T00:00:00Z"),
    ]);
    let missing = folder.path().join("missing.json");
    for format in FORMATS {
        let code = |now: &str, more: &[&str]| {
            renewals(folder.path(), now, &[&["--format", format], more].concat()).code
        };
        assert_eq!(code("2026-11-22", &[]), 0, "{format}: what is superseded doesn't count");
        assert_eq!(code("2026-11-22", &["--fail-within", "28d"]), 1, "{format}");
        assert_eq!(code("2026-12-19", &[]), 1, "{format}");
        assert_eq!(code("2026-11-22", &[missing.to_str().unwrap()]), 2, "{format}");
        assert_eq!(code("2026-12-19", &[missing.to_str().unwrap()]), 2, "{format}");
    }
    let quiet = renewals(folder.path(), "2026-11-01", &["--quiet-until", "30d"]);
    assert_eq!((quiet.code, quiet.out.as_str(), quiet.err.as_str()), (0, "", ""));
    let loud = renewals(folder.path(), "2026-11-22", &["--quiet-until", "30d"]);
    assert!(loud.out.contains("cm-p1-e3-integration-0") && loud.code == 0, "{}", loud.out);
    let fails = renewals(folder.path(), "2026-11-22", &["--quiet-until", "3d", "--fail-within", "30d"]);
    assert!(fails.code == 1 && fails.out.contains("cm-p1-e3-integration-0"), "a run that fails says why");
    let failed = renewals(folder.path(), "2026-11-01", &["--quiet-until", "30d", missing.to_str().unwrap()]);
    assert!(failed.code == 2 && !failed.out.is_empty(), "what can't be read may be due");
}

#[test]
fn reports_go_to_files_whole_and_always() {
    let folder = generated(&[("a.json", "cm-p1-e2-integration-0", "2026-11-01T00:00:00Z")]);
    let target = |name: &str| folder.path().join(name);
    let prometheus = format!("prometheus={}", target("aemcred.prom").display());
    let ics = format!("ics={}", target("aemcred.ics").display());
    let more = ["--output", &prometheus, "--output", &ics, "--quiet-until", "30d"];
    let quiet = renewals(folder.path(), NOW, &more);
    assert_eq!((quiet.code, quiet.out.as_str()), (0, ""));
    assert!(fs::read_to_string(target("aemcred.prom")).unwrap().contains("x509_cert_not_after{"));
    assert!(fs::read_to_string(target("aemcred.ics")).unwrap().starts_with("BEGIN:VCALENDAR\r\n"));
    assert_eq!(children(folder.path()).len(), 3, "no temporary file stays");
    let twice = renewals(folder.path(), NOW, &["--output", &ics, "--output", &ics]);
    assert!(twice.code == 2 && twice.err.contains("two outputs"), "{}", twice.err);
    let nowhere = renewals(folder.path(), NOW, &["--output", "ics=/nonexistent/a.ics"]);
    assert!(nowhere.code == 2 && nowhere.out.is_empty(), "{}", nowhere.err);
}

/// What is no whole answer takes the place of no other: an issue would be closed, and every metric would be gone.
#[test]
fn files_stay_when_the_answer_is_not_whole() {
    let folder = generated(&[("a.json", "cm-p1-e2-integration-0", "2026-11-01T00:00:00Z")]);
    let empty = tempfile::tempdir().unwrap();
    fs::write(empty.path().join("a.txt"), "nothing").unwrap();
    let target = empty.path().join("aemcred.prom");
    let output = format!("prometheus={}", target.display());
    let written = renewals(folder.path(), NOW, &["--error-on-no-credentials", "--output", &output]);
    assert_eq!((written.code, written.err.as_str()), (0, ""));
    let before = fs::read(&target).unwrap();

    let arguments = ["renewals", "--now", NOW, "--output", &output].map(OsString::from);
    let arguments = arguments.into_iter().chain([folder.path().as_os_str().to_owned()]);
    let interrupted = Environment { interruption: interrupted(), ..environment() };
    let run = run_in(&interrupted, arguments, b"");
    assert!(run.code == 130 && run.err.contains("interrupted, so the files of --output stay"), "{}", run.err);
    assert!(fs::read(&target).unwrap() == before);

    let more = ["--error-on-no-credentials", "--quiet-until", "3d"];
    let nothing = empty.path().join("a.txt");
    let missing = empty.path().join("missing");
    for path in [&nothing, &missing] {
        let run = renewals(path, NOW, &[&more[..], &["--output", &output]].concat());
        assert!(run.code == 2 && !run.out.is_empty(), "{}", run.out);
        assert!(
            run.err.contains("no credential was found that could be renewed, so the files"),
            "{}",
            run.err
        );
        assert!(fs::read(&target).unwrap() == before);
    }
    let run = renewals(&nothing, NOW, &more);
    assert!(run.code == 2 && !run.err.contains("--output"), "{}", run.err);
    assert_eq!(renewals(&nothing, NOW, &["--output", &output]).code, 0);
    assert!(fs::read(&target).unwrap() != before, "without the option nothing is an answer");
}

#[test]
fn in_github_actions_the_table_is_followed_by_commands() {
    let folder = generated(&[("a.json", "cm-p1-e2-integration-0", "2025-11-24T00:00:00Z")]);
    let summary = folder.path().join("summary.md");
    let environment =
        Environment { github_actions: true, github_step_summary: Some(summary.clone()), ..environment() };
    let arguments = |more: &[&str]| -> Vec<OsString> {
        let more = more.iter().map(OsString::from);
        let path = folder.path().join("a.json").into_os_string();
        std::iter::once(OsString::from("renewals")).chain(more).chain([path]).collect()
    };
    let both = run_in(&environment, arguments(&["--github-summary"]), b"");
    assert_eq!(both.code, 1);
    assert!(both.out.contains("imminent") && both.out.contains("\n::error file="), "{}", both.out);
    assert!(fs::read_to_string(&summary).unwrap().contains("## AEM credential renewals"));
    let table = run_in(&environment, arguments(&["--format", "table"]), b"");
    assert!(!table.out.contains("::error"), "{}", table.out);
    let nowhere = run(arguments(&["--github-summary"]));
    assert!(nowhere.code == 2 && nowhere.err.contains("GITHUB_STEP_SUMMARY"), "{}", nowhere.err);
}

#[test]
fn odd_clocks_and_dates_are_no_trouble() {
    let ends =
        ["1950-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2027-01-01T00:00:00Z", "9999-12-31T23:59:58Z"];
    let clocks = [
        DateTime::<Utc>::MIN_UTC,
        at("0000-01-01T00:00:00Z"),
        at("1969-12-31T23:59:59Z"),
        at(NOW),
        at("9999-12-31T23:59:59Z"),
        at("9999-12-31T23:59:59Z") + TimeDelta::days(400),
        DateTime::<Utc>::MAX_UTC,
    ];
    for now in clocks {
        let entries = ends.iter().enumerate().map(|(number, end)| {
            let client = format!("cm-p1-e{number}-integration-0");
            entry(u8::try_from(number).unwrap(), &client, "a.json", at(end), now)
        });
        let results = results(entries.collect(), now, Vec::new());
        for format in FORMATS {
            let text = rendered(format, &results);
            assert!(!text.is_empty() || format == "github", "{format} at {now}");
            if format == "ics" {
                for line in text.lines().filter(|line| line.starts_with("DT")) {
                    let value = line.split_once(':').unwrap().1;
                    assert!(value.len() == 8 || value.len() == 16, "{line} at {now}");
                }
            }
        }
    }
    let folder = generated(&[("a.json", "cm-p1-e2-integration-0", "2026-11-01T00:00:00Z")]);
    for (now, status) in [("1969-07-20T20:17:40Z", "later"), ("9999-12-31T23:59:59Z", "expired")] {
        let run = renewals(folder.path(), now, &["--format", "csv"]);
        // A certificate that is not yet valid is broken by then, but nothing is to be renewed.
        assert!(run.out.lines().nth(1).unwrap().starts_with(status), "{now}: {}", run.out);
    }
    assert_eq!(renewals(folder.path(), "+10000-01-01T00:00:00Z", &[]).code, 2, "a year has four digits");
}

#[test]
fn leads_of_any_length_give_dates_that_agree_with_the_advice() {
    let folder = generated(&[("a.json", "cm-p1-e2-integration-0", "2025-11-24T18:00:00Z")]);
    let row = |more: &[&str]| renewals(folder.path(), NOW, &[&["--format", "csv"], more].concat()).out;
    let long = row(&["--lead", "4294967295d"]);
    assert!(long.contains("0001-01-01") && !long.contains(",-"), "{long}");
    let short = renewals(folder.path(), NOW, &["--lead", "1d"]).out;
    assert!(short.contains("renew by 2026-11-23") && !short.contains("renew today"), "{short}");
    assert!(renewals(folder.path(), NOW, &[]).out.contains("renew today"));
}

#[test]
fn nothing_to_renew_is_said() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "nothing").unwrap();
    for format in FORMATS {
        let run = renewals(folder.path(), NOW, &["--format", format]);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{format}");
        assert!(!run.out.is_empty() || format == "github", "{format}");
    }
    assert!(renewals(folder.path(), NOW, &[]).out.contains("nothing to renew"));
    let none = run(["renewals", "--files-from=-", "--error-on-no-input"]);
    assert!(none.code == 2 && none.err.contains("nothing to look at"), "{}", none.err);
    // A calendar without any component would be none.
    let calendar = renewals(folder.path(), NOW, &["--format", "ics"]).out;
    assert!(calendar.contains("BEGIN:VTIMEZONE\r\n") && !calendar.contains("VEVENT"), "{calendar}");
}

#[test]
fn thousands_of_rows_are_no_trouble() {
    let now = at(NOW);
    let entries: Vec<Record> = (0..5000_u32)
        .map(|number| {
            let end = now + TimeDelta::hours(i64::from(number) * 2 - 500);
            let mut entry = entry(1, "cm-p1-e2-integration-0", &format!("{number}.json"), end, now);
            // Half of them belong to one client, the rest each to another.
            entry.public_key.as_mut().unwrap().sha256[..4].copy_from_slice(&number.to_be_bytes());
            if number % 2 == 0 {
                entry.client_id = Some(format!("cm-p1-e{number}-integration-0"));
            }
            entry
        })
        .collect();
    let start = Instant::now();
    let results = results(entries, now, Vec::new());
    assert_eq!(results.plan.renewals.len(), 5000);
    for format in FORMATS {
        assert!(!rendered(format, &results).is_empty(), "{format}");
    }
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

/// GitHub refuses an issue of more than 65,536 characters, and then nobody is reminded of anything.
#[test]
fn the_markdown_fits_into_an_issue() {
    let now = at(NOW);
    let many = |count: u32, path: &str, end: DateTime<Utc>| -> RenewalResults {
        let entries = (0..count).map(|number| {
            let client = format!("cm-p{}-e{number}-integration-0", number / 10);
            let mut entry = entry(1, &client, &format!("{path}{number}.json"), end, now);
            entry.public_key.as_mut().unwrap().sha256[..4].copy_from_slice(&number.to_be_bytes());
            entry
        });
        let failures = (0..count).map(|number| Failure {
            path: Some(PathName::new(format!("{path}{number}.yaml"))),
            message: String::from("can't be opened: permission denied"),
        });
        results(entries.collect(), now, failures.collect())
    };
    let long = "folder/".repeat(60);
    for (count, path) in [(134, "secrets/"), (3000, "secrets/"), (3000, long.as_str()), (200, NASTY)] {
        for end in [now + TimeDelta::days(2), now + TimeDelta::days(200)] {
            let text = rendered("markdown", &many(count, path, end));
            assert!(text.len() <= 60_000, "{} bytes for {count}", text.len());
            assert!(text.matches("Open the AEM Developer Console").count() <= 1);
            let rows = text.lines().filter(|line| line.contains("integration")).count();
            assert!(rows > 20, "{rows} of {count}");
            let more = format!("and {} more, none more urgent", count as usize - rows);
            assert!(rows == count as usize || text.contains(&more), "{rows} of {count}");
        }
    }
    // What can't be read comes late in the order of rows, but is more urgent than what has time.
    let mut mixed = many(3000, "secrets/", now + TimeDelta::days(200));
    for renewal in mixed.plan.renewals.iter_mut().skip(2990) {
        renewal.status = aemcred::internals::renewal::Status::Unknown;
    }
    assert_eq!(rendered("markdown", &mixed).matches("| 🟠 unknown |").count(), 10);
}

#[test]
fn an_event_keeps_its_identifier() {
    let now = at(NOW);
    let identifiers = |results: &RenewalResults| -> Vec<String> {
        let text = rendered("ics", results);
        text.lines().filter_map(|line| Some(line.strip_prefix("UID:")?.to_owned())).collect()
    };
    let client = "cm-p1-e2-integration-0";
    let one = |number, client, path, end, now| {
        identifiers(&results(vec![entry(number, client, path, at(end), now)], now, Vec::new()))
    };
    let first = one(1, client, "a.json", "2027-01-01T00:00:00Z", now);
    assert_eq!(first, one(1, client, "elsewhere.json", "2027-01-01T00:00:00Z", now + TimeDelta::days(9)));
    assert_eq!(
        first,
        one(1, client, "a.json", "2028-01-01T00:00:00Z", now),
        "a longer certificate moves the event"
    );
    assert_ne!(first, one(2, client, "a.json", "2027-01-01T00:00:00Z", now), "another key");
    assert_ne!(
        first,
        one(1, "cm-p1-e2-integration-1", "a.json", "2027-01-01T00:00:00Z", now),
        "another client"
    );
    let all = identifiers(&scene());
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert!(all.len() == 7 && distinct.len() == 7, "{all:?}");
}

/// A calendar ignores an event whose revision is lower than the one it has (RFC 5546 section 2.1.4).
#[test]
fn an_event_that_comes_back_is_newer_than_its_cancellation() {
    let client = "cm-p1-e2-integration-0";
    let event = |now: &str, replaced: bool| -> (i64, String) {
        let now = at(now);
        let mut entries = vec![entry(1, client, "a.json", at("2027-01-01T00:00:00Z"), now)];
        if replaced {
            entries.push(entry(2, client, "b.json", at("2027-11-01T00:00:00Z"), now));
        }
        let calendar = rendered("ics", &results(entries, now, Vec::new()));
        let events: Vec<&str> =
            calendar.split("BEGIN:VEVENT").filter(|event| event.contains("20270101")).collect();
        let value = |name: &str| calendar_texts(events[0], name).remove(0);
        (value("SEQUENCE").parse().unwrap(), value("STATUS"))
    };
    let first = event("2026-11-22T12:00:00Z", false);
    let cancelled = event("2026-11-22T12:01:00Z", true);
    let back = event("2026-11-22T12:02:00Z", false);
    assert_eq!([&first.1, &cancelled.1, &back.1], ["CONFIRMED", "CANCELLED", "CONFIRMED"]);
    assert!(first.0 < cancelled.0 && cancelled.0 < back.0, "{first:?} {cancelled:?} {back:?}");
    assert_eq!(event("2019-12-31T00:00:00Z", false).0, 0);
    assert_eq!(event("9999-12-31T00:00:00Z", false).0, i64::from(i32::MAX));
}

/// The value of a content line, read without any help of the writer: unfolded, then unescaped (RFC 5545 3.1, 3.3.11).
fn calendar_texts(calendar: &str, name: &str) -> Vec<String> {
    let unfolded = calendar.replace("\r\n ", "");
    let values = unfolded.split("\r\n").filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let unescaped = |value: &str| {
        let mut text = String::new();
        let mut characters = value.chars();
        while let Some(character) = characters.next() {
            match (character, character == '\\') {
                (_, true) => match characters.next().unwrap() {
                    'n' | 'N' => text.push('\n'),
                    other => text.push(other),
                },
                (character, false) => text.push(character),
            }
        }
        text
    };
    values.map(unescaped).collect()
}

/// The labels of all samples of a metric, read without any help of the writer.
fn metric_labels(metrics: &str, name: &str) -> Vec<BTreeMap<String, String>> {
    let samples = metrics.split('\n').filter_map(|line| line.strip_prefix(name)?.strip_prefix('{'));
    let labels = |sample: &str| {
        let mut labels = BTreeMap::new();
        let mut rest = sample;
        while let Some((label, after)) = rest.split_once("=\"") {
            let mut value = String::new();
            let mut end = 0;
            let mut characters = after.char_indices();
            while let Some((index, character)) = characters.next() {
                match character {
                    '"' => {
                        end = index + 1;
                        break;
                    }
                    '\\' => value.push(match characters.next().unwrap().1 {
                        'n' => '\n',
                        other => other,
                    }),
                    _ => value.push(character),
                }
            }
            labels.insert(label.trim_start_matches(',').to_owned(), value);
            rest = &after[end..];
        }
        labels
    };
    samples.map(labels).collect()
}

proptest! {
    #[test]
    fn names_and_instants_are_read_back_the_same(
        path in "([a-z/]|[,;:\\\\\"'\n\t ]|\\PC){1,120}",
        seconds in -2_208_988_800_i64..253_402_300_798,
    ) {
        let end = DateTime::from_timestamp(seconds, 0).unwrap();
        let entry = entry(1, "cm-p1-e2-integration-0", &path, end, at(NOW));
        let results = results(vec![entry], at(NOW), Vec::new());
        let calendar = rendered("ics", &results);
        for line in calendar.split("\r\n") {
            prop_assert!(line.len() <= 75, "{} bytes in {line:?}", line.len());
            prop_assert!(!line.contains(['\n', '\r']));
        }
        prop_assert_eq!(calendar_texts(&calendar, "X-AEMCRED-PATH;VALUE=TEXT"), vec![path.clone()]);
        let instant = end.format("%Y%m%dT%H%M%SZ").to_string();
        prop_assert_eq!(calendar_texts(&calendar, "X-AEMCRED-NOT-AFTER"), vec![instant]);
        let day = (end - TimeDelta::days(30)).format("%Y%m%d").to_string();
        prop_assert_eq!(calendar_texts(&calendar, "DTSTART;VALUE=DATE"), vec![day]);
        let metrics = rendered("prometheus", &results);
        let labels = metric_labels(&metrics, "x509_cert_not_after");
        prop_assert_eq!(labels.len(), 1);
        prop_assert_eq!(&labels[0]["filepath"], &path);
        prop_assert_eq!(&labels[0]["filename"], path.rsplit('/').next().unwrap());
        let value = format!("}} {seconds}\n");
        prop_assert!(metrics.contains(&value));
    }

    #[test]
    fn no_name_breaks_a_table(path in "\\PC{1,200}", width in 1_usize..200) {
        let entry = entry(1, &path, &path, at("2027-01-01T00:00:00Z"), at(NOW));
        let results = results(vec![entry], at(NOW), Vec::new());
        for line in table_of(&results, width, false).lines() {
            let columns = unicode_width::UnicodeWidthStr::width(line);
            prop_assert!(columns <= width.max(40) + 1, "{columns} columns: {line}");
        }
        let commands = rendered("github", &results);
        prop_assert!(commands.lines().all(|line| line.starts_with("::")), "{commands}");
    }
}

#[test]
fn what_counts_once_is_a_series_once() {
    let now = at(NOW);
    let end = at("2027-01-01T00:00:00Z");
    // The same certificate twice in one file, and another with the same labels.
    let mut twice = entry(1, "cm-p1-e2-integration-0", "a.yaml", end, now);
    let mut second = location("a.yaml");
    second.steps = [String::from("base64")].into();
    twice.locations.push(second);
    let mut alike = entry(1, "cm-p1-e2-integration-0", "a.yaml", end - TimeDelta::days(9), now);
    alike.public_key.as_mut().unwrap().sha256 = [2; 32];
    alike.client_id = Some(String::from("cm-p1-e2-integration-7"));
    let metrics = rendered("prometheus", &results(vec![twice, alike], now, Vec::new()));
    let samples: Vec<&str> = metrics.lines().filter(|line| !line.starts_with('#')).collect();
    let series: std::collections::BTreeSet<_> =
        samples.iter().map(|line| line.rsplit_once(' ').unwrap().0).collect();
    assert_eq!(series.len(), samples.len(), "{metrics}");
    let earlier = (end - TimeDelta::days(9)).timestamp().to_string();
    assert!(metrics.lines().any(|line| line.starts_with("x509_cert_not_after{") && line.ends_with(&earlier)));
}

#[test]
fn a_credential_that_was_cut_off_is_due_rather_than_lost() {
    let folder = generated(&[("a.json", "cm-p1-e2-integration-0", "2026-11-01T00:00:00Z")]);
    let path = folder.path().join("a.json");
    let text = fs::read_to_string(&path).unwrap();
    let secrets = Secrets::of(text.as_bytes());
    let mut cuts = 0;
    // From somewhere in the client ID to just before the end.
    for end in (300..text.len() - 2).step_by(97).chain([text.len() - 3]) {
        fs::write(&path, &text[..end]).unwrap();
        for where_from in [folder.path(), path.as_path()] {
            let run = renewals(where_from, NOW, &[]);
            assert_eq!(run.code, 1, "{end}: {}{}", run.out, run.err);
            assert!(run.out.contains("broken: ") && run.err.contains("is unknown"), "{end}: {}", run.out);
            secrets.assert_absent(&run.out, "a credential that was cut off");
        }
        cuts += 1;
    }
    assert!(cuts > 20);
    // A text that talks of credentials is none.
    fs::write(&path, "const { imsEndpoint, metascopes, privateKey } = integration;\n").unwrap();
    assert_eq!(renewals(folder.path(), NOW, &[]).code, 0);
}

#[test]
fn nothing_secret_is_in_any_report() {
    for path in fixtures() {
        let secrets = Secrets::of(&fs::read(&path).unwrap());
        for format in FORMATS {
            let run = run(["renewals", "--tokens", "--format", format, path.to_str().unwrap()]);
            let what = format!("{format} of {}", path.display());
            secrets.assert_absent(&run.out, &what);
            secrets.assert_absent(&run.err, &what);
        }
    }
}
