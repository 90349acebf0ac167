//! The inventory of many inputs, for callers.

use std::path::Path;

use super::{Credential, Finding, Place};
use crate::examine::{Examination, Input, Request, examine_with};
use crate::gate;
use crate::inventory::{AuditFinding, InventoryBuilder, Occurrence};
use crate::rule::Settings;
use crate::secret::Secret;

/// Finds every credential in `inputs`, whatever they are: documents, manifests, `.env` files, source code, archives.
///
/// An input is a name and its contents. The name says where a place is, and its extension what the input is meant to be; no
/// file is opened. The rules about storage look at all inputs together, but know nothing of permissions and of git.
///
/// ```
/// use aemcred::{Settings, State, audit};
///
/// let settings = Settings::new("2026-11-22T12:00:00Z".parse()?);
/// let document = include_str!("../../fixtures/field-unknown/good.json");
/// let inputs = [("a.json", document), ("copy/b.json", document), ("notes.txt", "nothing here")];
/// let inventory = audit(inputs, &settings);
/// let [credential] = inventory.credentials() else { panic!("both are the same") };
/// assert_eq!(credential.state(), State::Sound);
/// let names: Vec<_> = credential.places().iter().map(|place| place.input()).collect();
/// assert_eq!(names, ["a.json", "copy/b.json"]);
/// assert_eq!(credential.findings()[0].rule(), "storage-duplicate");
/// assert!(inventory.failures().is_empty());
/// # Ok::<(), aemcred::chrono::ParseError>(())
/// ```
pub fn audit<N, B>(inputs: impl IntoIterator<Item = (N, B)>, settings: &Settings) -> Inventory
where
    N: AsRef<Path>,
    B: Into<Vec<u8>>,
{
    // Nobody sees an excerpt here.
    let settings = Settings { excerpts: false, ..settings.clone() };
    let request = Request { named: false, ..Request::new(&settings) };
    let (mut gathering, mut failures) = (InventoryBuilder::default(), Vec::new());
    for (name, bytes) in inputs {
        let (input, bytes) = (Input::new(gate::path_name(name.as_ref())), Secret::new(bytes.into()));
        let size = bytes.expose().len() as u64;
        if size > settings.max_size {
            let name = input.name.one_line();
            failures.push(format!("{name}: has {size} bytes, and the limit is {}", settings.max_size));
            continue;
        }
        let examination: Examination = examine_with(&input, bytes, &request, &mut |_, _| ());
        let name = examination.display_name(&input.name).one_line();
        failures.extend(examination.failures(&[]).into_iter().map(|reason| format!("{name}: {reason}")));
        Occurrence::all(examination).for_each(|sighting| gathering.add(sighting));
    }
    // No file keeps anything of it.
    let (credentials, _) = gathering.finish(&settings);
    let credentials = credentials.into_iter().map(|audited| {
        let findings = audited.findings.iter().map(finding).collect();
        Credential::new(&audited.record, findings, audited.superseded)
    });
    Inventory { credentials: credentials.collect(), failures }
}

fn finding(finding: &AuditFinding) -> Finding {
    Finding {
        rule: finding.rule,
        level: finding.level,
        basis: finding.basis,
        message: finding.message.clone(),
        help: finding.help.clone(),
        place: Place::new(&finding.location),
    }
}

/// What [`audit`] found.
///
/// ```
/// # use aemcred::{Settings, audit};
/// let settings = Settings::new("2026-11-22T12:00:00Z".parse()?).max_size(10);
/// let inventory = audit([("large.bin", "more than ten bytes")], &settings);
/// assert!(inventory.credentials().is_empty());
/// assert_eq!(inventory.failures(), ["large.bin: has 19 bytes, and the limit is 10"]);
/// # Ok::<(), aemcred::chrono::ParseError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Inventory {
    credentials: Vec<Credential>,
    failures: Vec<String>,
}

impl Inventory {
    /// Returns the credentials, the most urgent first. One that is in several places is there once.
    pub fn credentials(&self) -> &[Credential] {
        &self.credentials
    }

    /// Returns what could not be looked at, and why.
    pub fn failures(&self) -> &[String] {
        &self.failures
    }
}
