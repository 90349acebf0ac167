//! What Prometheus gets: states, findings and labels of the user's, and that the alerts and the dashboard ask for nothing
//! else. `tests/consumers/run` has the same read by promtool.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::common::{NOW, Run, root, run};

/// A folder with a sound credential of one team and a broken one of another, both tracked by nobody.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let fixtures = root().join("fixtures/key-pair-mismatch");
    for (team, name) in [("web", "good.json"), ("shop", "bad.json")] {
        let place = folder.path().join("secrets").join(team);
        fs::create_dir_all(&place).unwrap();
        fs::copy(fixtures.join(name), place.join("service.json")).unwrap();
    }
    folder
}

fn renewals(folder: &Path, more: &[&str]) -> Run {
    let arguments = ["renewals", "--now", NOW, "--format", "prometheus"];
    let arguments = arguments.into_iter().chain(more.iter().copied()).map(OsString::from);
    run(arguments.chain([folder.as_os_str().to_owned()]))
}

/// The samples of a metric that have all of these pieces.
fn samples<'t>(text: &'t str, name: &str, pieces: &[&str]) -> Vec<&'t str> {
    let samples =
        text.lines().filter(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with('{')));
    samples.filter(|line| pieces.iter().all(|piece| line.contains(piece))).collect()
}

#[test]
fn a_credential_has_one_state_and_its_findings() {
    let folder = folder();
    let text = renewals(folder.path(), &[]).out;
    for (team, state) in [("web", "sound"), ("shop", "broken")] {
        let path = format!("secrets/{team}/service.json\"");
        let all = samples(&text, "aemcred_credential_state", &[&path]);
        assert_eq!(all.len(), 7, "{text}");
        let now: Vec<_> = all.iter().filter(|line| line.ends_with(" 1")).collect();
        assert!(now.len() == 1 && now[0].contains(&format!("state=\"{state}\"")), "{now:?}");
        assert!(all.iter().all(|line| line.ends_with(" 0") || line.ends_with(" 1")));
    }
    let found = ["rule=\"key-pair-mismatch\"", "level=\"error\"", "basis=\"service\"", "shop/service.json"];
    let found = samples(&text, "aemcred_findings", &found);
    assert!(found.len() == 1 && found[0].ends_with(" 1"), "{text}");
    assert!(
        samples(&text, "aemcred_findings", &["web/service.json", "level=\"error\""]).is_empty(),
        "{text}"
    );

    // In a repository, git is asked about each file.
    let key = fs::read_to_string(root().join("fixtures/key-pair-mismatch/good.json")).unwrap();
    fs::create_dir_all(folder.path().join(".git/objects")).unwrap();
    fs::create_dir_all(folder.path().join(".git/refs")).unwrap();
    fs::write(folder.path().join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
    fs::write(folder.path().join("copy.json"), key).unwrap();
    let exposed = |more: &[&str]| {
        let run = renewals(folder.path(), more);
        samples(&run.out, "aemcred_findings", &["storage-git-unignored"]).len()
    };
    assert!(exposed(&[]) > 0);
    assert_eq!(exposed(&["--no-git"]), 0);
}

#[test]
fn people_are_told_first_that_a_credential_is_broken() {
    let folder = folder();
    for format in ["table", "markdown"] {
        let out = run(["renewals", "--now", NOW, "--format", format, folder.path().to_str().unwrap()]).out;
        let at = |what: &str| out.find(what).unwrap_or_else(|| panic!("{what} is not in {out}"));
        let plain = out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(plain.contains("broken: ") && plain.contains("1 broken"), "{out}");
        assert!(at("secrets/shop") < at("secrets/web"), "what is broken comes first: {out}");
    }
    let out = run(["renewals", "--now", NOW, "--format", "github", folder.path().to_str().unwrap()]).out;
    assert!(out.contains("::error") && out.contains("title=AEM credential%3A broken"), "{out}");
    let out = run(["renewals", "--now", NOW, "--format", "ics", folder.path().to_str().unwrap()]).out;
    assert_eq!(out.matches("It is broken\\, whatever its date: ").count(), 1, "{out}");
}

#[test]
fn series_get_labels() {
    let folder = folder();
    let more = ["--label", "site=a\"b\\c", "--label", "team=none", "--label-from-path", "secrets/{team}/*"];
    let run = renewals(folder.path(), &more);
    assert_eq!(run.code, 0, "{}", run.err);
    for line in run.out.lines().filter(|line| !line.starts_with('#')) {
        let team = ["web", "shop"].into_iter().find(|team| line.contains(&format!("secrets/{team}/")));
        let team = format!("team=\"{}\"", team.unwrap_or("none"));
        assert!(line.contains("site=\"a\\\"b\\\\c\"") && line.contains(&team), "{line}");
        assert_eq!(line.matches("team=").count(), 1, "{line}");
    }
    let secret = "p8e-Ab_cdefGHIjklmnopqrSTUvwxyz01234";
    for (arguments, reason) in [
        (vec![String::from("--label"), format!("team={secret}")], "looks like a credential"),
        (vec![String::from("--label"), String::from("client_id=a")], "already"),
        (vec![String::from("--label=a=b"), String::from("--label=a=c")], "two values"),
        (vec![String::from("--label-from-path"), String::from("secrets/*")], "braces"),
    ] {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let run = renewals(folder.path(), &arguments);
        assert!(
            run.code == 2 && run.out.is_empty() && run.err.contains(reason),
            "{arguments:?}: {}",
            run.err
        );
        assert!(!run.err.contains("cdefGHIj"), "{}", run.err);
    }
}

#[test]
fn a_lead_may_be_a_share_of_the_validity() {
    let folder = folder();
    let report = |more: &[&str]| -> Value {
        let arguments =
            ["renewals", "--now", NOW, "--format", "json"].into_iter().chain(more.iter().copied());
        let arguments = arguments.map(OsString::from).chain([folder.path().as_os_str().to_owned()]);
        serde_json::from_str(&run(arguments).out).unwrap()
    };
    for more in [["--expiring", "25%"], ["--lead", "25%"]] {
        let report = report(&more);
        assert_eq!(report["lead_percent"], 25);
        for row in report["renewals"].as_array().unwrap() {
            let at =
                |name: &str| row[name].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
            let (begin, by, end) = (at("not_before"), at("renew_by"), at("not_after"));
            assert_eq!((end - by).num_seconds(), (end - begin).num_seconds() / 4);
        }
    }
    assert_eq!(report(&[])["lead_percent"], Value::Null);
    assert_eq!(report(&[])["lead_seconds"], 30 * 86_400);
    let good = root().join("fixtures/key-pair-mismatch/good.json");
    let check = |expiring: &str| run(["check", "--now", NOW, "--expiring", expiring, good.to_str().unwrap()]);
    assert!(check("100%").out.contains("certificate-expiring") && check("100%").code == 0);
    assert!(!check("0%").out.contains("certificate-expiring"));
    let wrong = check("101%");
    assert!(wrong.code == 2 && wrong.err.contains("from 0% to 100%"), "{}", wrong.err);
}

/// The names of all metrics and labels that aemcred writes, with what Prometheus and `node_exporter` add.
fn written() -> (BTreeSet<String>, BTreeSet<String>) {
    let text = renewals(folder().path(), &[]).out;
    let metrics = text.lines().filter_map(|line| line.strip_prefix("# HELP ")?.split(' ').next());
    let labels = text.lines().filter(|line| !line.starts_with('#')).flat_map(|line| {
        line.split(['{', ',']).filter_map(|pair| Some(pair.split_once("=\"")?.0)).collect::<Vec<_>>()
    });
    let metrics = metrics.chain(["node_textfile_mtime_seconds"]).map(str::to_owned).collect();
    (metrics, labels.chain(["instance", "job", "file"]).map(str::to_owned).collect())
}

/// The words of an expression outside of quotation marks.
fn words(expression: &str) -> impl Iterator<Item = &str> {
    let outside = expression.split('"').step_by(2);
    let words =
        outside.flat_map(|text| text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_'));
    words.filter(|word| word.starts_with(|letter: char| letter.is_ascii_alphabetic()))
}

const PROMQL: [&str; 10] =
    ["sum", "by", "on", "group_left", "and", "time", "count", "max", "sort", "sort_desc"];

#[test]
fn alerts_and_dashboard_ask_for_what_is_written() {
    let (metrics, labels) = written();
    let dashboard = fs::read_to_string(root().join("contrib/grafana/aemcred.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    let panels: Vec<&str> = targets.map(|target| target["expr"].as_str().unwrap()).collect();
    let rules = fs::read_to_string(root().join("contrib/prometheus/aemcred.rules.yml")).unwrap();
    let rules: Vec<&str> = rules
        .split("expr:")
        .skip(1)
        .map(|rule| rule.split("        labels:").next().unwrap().split("        for:").next().unwrap())
        .collect();
    assert!(panels.len() > 8 && rules.len() > 7);
    let mut asked = BTreeSet::new();
    for expression in panels.into_iter().chain(rules) {
        for word in words(expression) {
            let is_known = metrics.contains(word) || labels.contains(word) || PROMQL.contains(&word);
            assert!(is_known, "{word} in {expression}");
            asked.insert(word.to_owned());
        }
        for (name, values) in [
            ("state", aemcred::State::ALL.map(aemcred::State::name).to_vec()),
            ("basis", aemcred::Basis::ALL.map(aemcred::Basis::name).to_vec()),
            ("level", aemcred::Level::ALL.map(aemcred::Level::name).to_vec()),
        ] {
            for (_, rest) in expression
                .match_indices(&format!("{name}=\""))
                .map(|(at, mark)| (at, &expression[at + mark.len()..]))
            {
                assert!(values.contains(&rest.split('"').next().unwrap()), "{name} in {expression}");
            }
        }
    }
    let own = metrics.iter().filter(|name| name.starts_with("aemcred_"));
    assert!(own.clone().count() == 4 && own.clone().all(|name| asked.contains(name)), "{asked:?}");
}
