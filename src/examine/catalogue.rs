//! One document's run through the catalogue of rules.
//!
//! Owns: which rule runs on what, and whether anything found keeps a credential from being used. Does not own: levels in
//! force, order, places.

use crate::credential::{Credential, Document, FormKind, Token};
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, File, Rule, SecretVariable, Settings};
use crate::rules;

/// One document's run.
pub(super) struct RuleRun<'s> {
    pub(super) settings: &'s Settings,
    /// What was found: the rule's place in the catalogue, the rule, and what it says.
    pub(super) drafts: Vec<(usize, &'static Rule, Draft)>,
    pub(super) failures: Vec<String>,
    /// Whether anything found keeps the credential from being used.
    pub(super) broken: bool,
}

impl<'s> RuleRun<'s> {
    pub(super) fn new(settings: &'s Settings) -> Self {
        Self { settings, drafts: Vec::new(), failures: Vec::new(), broken: false }
    }

    pub(super) fn file(&mut self, file: &File<'_>) {
        self.each(None, |check, findings| {
            if let Check::File(check) = check {
                check(file, findings);
            }
        });
    }

    pub(super) fn document(&mut self, document: &Document<'_, '_>) {
        let settings = self.settings;
        self.each(document.form(), |check, findings| match check {
            Check::Document(check) => check(document, settings, findings),
            Check::Token(check) => {
                if let Some(token) = &document.token {
                    check(token, settings, findings);
                }
            }
            _ => {
                if let Some(credential) = &document.credential {
                    run_on_credential(check, credential, settings, findings);
                }
            }
        });
    }

    /// Looks at the names of variables with secrets in them.
    pub(super) fn variables(&mut self, variables: &[SecretVariable<'_>]) {
        if variables.is_empty() {
            return;
        }
        self.each(None, |check, findings| {
            if let Check::Variables(check) = check {
                check(variables, findings);
            }
        });
    }

    pub(super) fn token(&mut self, token: &Token<'_, '_>) {
        let settings = self.settings;
        self.each(Some(FormKind::Token), |check, findings| {
            if let Check::Token(check) = check {
                check(token, settings, findings);
            }
        });
    }

    /// Calls `run` with the check of every rule in force that applies to `form`, where it has one. Those that are turned off or not selected and would say that the
    /// document can't be used are run as well, so that nothing is called sound because nobody looked.
    pub(super) fn each(&mut self, form: Option<FormKind>, run: impl Fn(Check, &mut Findings)) {
        let applicable = |rule: &Rule| form.is_none_or(|form| rule.applies_to(form));
        for (order, rule) in rules::all().enumerate().filter(|(_, rule)| applicable(rule)) {
            let in_force = self.settings.level_of(rule).is_some();
            if !in_force && (rule.level != Level::Error || self.broken) {
                continue;
            }
            let mut findings = Findings::default();
            run(rule.check, &mut findings);
            self.broken |=
                rule.is_about_use() && findings.drafts.iter().any(|draft| keeps_from_use(draft.own(rule)));
            if !in_force {
                continue;
            }
            if let (1.., Some(last)) = (findings.more, findings.drafts.last_mut()) {
                last.message = format!("{} (and {} more like it, not listed)", last.message, findings.more);
            }
            self.drafts.extend(findings.drafts.into_iter().map(|draft| (order, rule, draft)));
            self.failures.extend(findings.failures);
        }
    }
}

/// Whether a finding with this basis and level of its own means that the credential can't be used, or that nobody can vouch
/// for it.
fn keeps_from_use((basis, level): (Basis, Level)) -> bool {
    level == Level::Error && basis != Basis::Policy
}

fn run_on_credential(
    check: Check,
    credential: &Credential<'_, '_>,
    settings: &Settings,
    findings: &mut Findings,
) {
    let (private_key, certificate) = (credential.private_key.as_ref(), credential.certificate.as_ref());
    match check {
        Check::File(_)
        | Check::Document(_)
        | Check::Token(_)
        | Check::Variables(_)
        | Check::Configuration(_)
        | Check::Inventory(_)
        | Check::Place(_) => {}
        Check::Credential(check) => check(credential, settings, findings),
        Check::Pem(check) => {
            let fields = [private_key.map(|field| &field.pem), certificate.map(|field| &field.pem)];
            fields.into_iter().flatten().for_each(|field| check(field, findings));
        }
        Check::Certificate(check) => {
            if let Some(field) = certificate.filter(|field| field.pem.block().is_some()) {
                check(field, settings, findings);
            }
        }
        Check::PrivateKey(check) => {
            if let Some(field) = private_key.filter(|field| field.pem.block().is_some()) {
                check(credential, field, settings, findings);
            }
        }
        Check::KeyPair(check) => {
            if let Some(pair) = credential.key_pair() {
                check(&pair, findings);
            }
        }
    }
}
