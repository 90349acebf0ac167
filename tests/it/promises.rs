//! What docs/security.md promises is held by tests that exist.

use std::fs;

use crate::common::root;

/// Names in backquotes, in the order of the text.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_promise_names_tests_that_exist() {
    let page = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let (_, table) = page.split_once("| promise | tested by |").unwrap();
    let rows: Vec<&str> = table.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    assert!(rows.len() >= 9, "the table is read");
    let main = fs::read_to_string(root().join("tests/it/main.rs")).unwrap();
    for row in rows {
        let [_, promise, holders, _] = row.split('|').collect::<Vec<_>>()[..] else { panic!("{row}") };
        let (mut text, mut functions) = (String::new(), 0);
        for name in quoted(holders) {
            if name.contains('.') {
                let path = [name.to_owned(), format!("tests/it/{name}"), format!("src/credential/{name}")]
                    .map(|path| root().join(path))
                    .into_iter()
                    .find(|path| path.is_file())
                    .unwrap_or_else(|| panic!("{promise}: there is no {name}"));
                text = fs::read_to_string(&path).unwrap();
                if path.parent().unwrap().ends_with("tests/it") {
                    let module = name.strip_suffix(".rs").unwrap();
                    assert!(main.contains(&format!("mod {module};")), "{promise}: {name} is not run");
                }
            } else {
                functions += 1;
                let (before, _) = text
                    .split_once(&format!("fn {name}("))
                    .unwrap_or_else(|| panic!("{promise}: no test is called {name} there"));
                let attributes = before.rsplit("\n\n").next().unwrap();
                assert!(attributes.contains("#[test]"), "{promise}: {name} is no test");
            }
        }
        assert!(functions > 0, "{promise}: no test is named");
    }
}
