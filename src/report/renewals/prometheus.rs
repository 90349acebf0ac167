//! `prometheus`: the text exposition format, for the textfile collector of Prometheus'
//! `node_exporter`.
//!
//! Names and labels of the series about certificates are those of x509-certificate-exporter, so that dashboards and
//! alerts made for it work; `aemcred_credential_info` says whose a certificate is. What is superseded is in the latter
//! only: nobody must be woken by what has been replaced. Its findings are counted all the same, because what gives it away
//! does so until its end.
//!
//! Owns: the series and the format's syntax. Does not own: what is superseded. There are no timestamps: the collector
//! refuses them. <https://prometheus.io/docs/instrumenting/exposition_formats/>

use std::collections::BTreeMap;
use std::io::{self, Write};

use dashu_int::UBig;

use super::super::escape::label;
use super::{Labels, RenewalResults};
use crate::credential::ClientId;
use crate::credential::{Phase, Validity};
use crate::finding::Level;
use crate::record::{CertificateNames, CertificateRecord, Record, State};
use crate::renewal::{Renewal, Status};
use crate::rule::Basis;
use crate::source::PathName;

/// The labels by which x509-certificate-exporter tells certificates apart.
pub(super) const CERTIFICATE_LABELS: [&str; 5] =
    ["filename", "filepath", "serial_number", "subject_CN", "issuer_CN"];

/// What `aemcred_credential_info` adds.
pub(super) const CREDENTIAL_LABELS: [&str; 6] =
    ["client_id", "program", "environment", "organization", "kind", "superseded"];

/// What the other series add.
pub(super) const OTHER_LABELS: [&str; 5] = ["state", "rule", "level", "basis", "status"];

/// The longest serial number that becomes a label, in hexadecimal digits: RFC 5280 section 4.1.2.2 allows 40.
const LONGEST_SERIAL: usize = 64;

/// Writes the report.
pub fn write(results: &RenewalResults, out: &mut dyn Write) -> io::Result<()> {
    let all = series(results);
    let mut metrics = Metrics { labels: &results.labels, name: "", out };
    let certificates = || all.iter().filter_map(|(labels, about)| Some((labels, about.certificate?)));

    metrics
        .family("x509_cert_not_before", "When the certificate's validity begins, in seconds since 1970.")?;
    for (labels, validity) in certificates() {
        metrics.sample(labels, &[], validity.not_before.timestamp())?;
    }
    metrics.family("x509_cert_not_after", "When the certificate's validity ends, in seconds since 1970.")?;
    for (labels, validity) in certificates() {
        metrics.sample(labels, &[], validity.not_after.timestamp())?;
    }
    metrics.family("x509_cert_expired", "Whether the certificate's validity was over when aemcred ran.")?;
    for (labels, validity) in certificates() {
        metrics.sample(labels, &[], i64::from(validity.at(results.now) == Phase::Expired))?;
    }
    metrics.family("x509_cert_error", "Whether the file or the certificate could not be read.")?;
    for (labels, about) in all.iter().filter(|(_, about)| about.certificate.is_some() || about.failed) {
        metrics.sample(labels, &[], i64::from(about.failed))?;
    }
    metrics.family("aemcred_credential_info", "Whose the credential is; the labels are the information.")?;
    for (labels, about) in &all {
        if let Some(credential) = &about.credential {
            let whose: Vec<_> =
                CREDENTIAL_LABELS.into_iter().zip(credential.iter().map(String::as_str)).collect();
            metrics.sample(labels, &whose, 1)?;
        }
    }
    metrics
        .family("aemcred_credential_state", "Whether the credential was in this state when aemcred ran.")?;
    for (labels, about) in &all {
        for state in State::ALL.into_iter().filter(|_| about.state.is_some()) {
            metrics.sample(labels, &[("state", state.name())], i64::from(about.state == Some(state)))?;
        }
    }
    metrics.family("aemcred_findings", "At how many places a rule has found something.")?;
    for (labels, about) in &all {
        for ((rule, level, basis), count) in &about.findings {
            let found = [("rule", *rule), ("level", level.name()), ("basis", basis.name())];
            metrics.sample(labels, &found, i64::try_from(*count).unwrap_or(i64::MAX))?;
        }
    }
    metrics.family("aemcred_credentials", "How many credentials are in each status.")?;
    for (status, count) in Status::ALL.into_iter().zip(results.counts()) {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        metrics.plain_sample(&[("status", status.name())], count)?;
    }
    Ok(())
}

/// What is to be said under one set of labels.
#[derive(Default)]
struct Series {
    certificate: Option<Validity>,
    failed: bool,
    credential: Option<[String; CREDENTIAL_LABELS.len()]>,
    /// The most urgent one.
    state: Option<State>,
    findings: BTreeMap<(&'static str, Level, Basis), usize>,
}

type SeriesLabels = [String; CERTIFICATE_LABELS.len()];

/// One for each certificate in each file: the collector refuses a file in which the same labels come twice. Where two
/// certificates have the same labels, the one that ends first speaks.
fn series(results: &RenewalResults) -> BTreeMap<SeriesLabels, Series> {
    let mut all: BTreeMap<SeriesLabels, Series> = BTreeMap::new();
    // What counts comes before what is superseded, and the earlier end before the later.
    for renewal in &results.plan.renewals {
        let record = &renewal.record;
        let certificate = record.certificate.as_ref();
        let counts = renewal.status != Status::Superseded;
        let has_certificate = certificate.is_some() && counts;
        for location in &record.locations {
            let series = all.entry(labels(Some(&location.path), certificate)).or_default();
            let validity = record.validity().filter(|_| has_certificate);
            series.certificate = series.certificate.or(validity);
            series.failed |= renewal.is_unreadable();
            series.credential.get_or_insert_with(|| credential(renewal));
            let state = Some(record.state).filter(|_| counts);
            series.state = series.state.into_iter().chain(state).min();
        }
    }
    let findings = results.plan.renewals.iter().map(|renewal| (&renewal.record, &renewal.findings));
    let left_out = results.plan.left_out.iter().map(|audited| (&*audited.record, &audited.findings));
    for (Record { certificate, .. }, findings) in findings.chain(left_out) {
        for finding in findings {
            let labels = labels(Some(&finding.location.path), certificate.as_ref());
            let found = (finding.rule.name, finding.level, finding.basis);
            *all.entry(labels).or_default().findings.entry(found).or_default() += finding.times;
        }
    }
    for failure in &results.failures {
        let labels = labels(failure.path.as_ref(), None);
        all.entry(labels).or_default().failed = true;
    }
    all
}

fn labels(path: Option<&PathName>, certificate: Option<&CertificateRecord>) -> SeriesLabels {
    let path = path.map(PathName::as_str).unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    let names = certificate.and_then(|certificate| certificate.names.as_deref());
    let text = |text: fn(&CertificateNames) -> Option<String>| names.and_then(text).unwrap_or_default();
    [
        name.to_owned(),
        path.to_owned(),
        text(|names| Some(decimal(&names.serial))),
        text(|names| names.subject.clone()),
        text(|names| names.issuer.clone()),
    ]
}

/// The serial number in decimal, as x509-certificate-exporter has it.
fn decimal(hexadecimal: &str) -> String {
    if hexadecimal.len() > LONGEST_SERIAL {
        return String::new();
    }
    UBig::from_str_radix(hexadecimal, 16).map(|serial| serial.to_string()).unwrap_or_default()
}

fn credential(renewal: &Renewal) -> [String; CREDENTIAL_LABELS.len()] {
    let record = &renewal.record;
    let client = record.client_id.as_deref().and_then(ClientId::parse);
    let superseded = renewal.status == Status::Superseded;
    [
        record.client_id.clone().unwrap_or_default(),
        client.map(|client| client.program.to_owned()).unwrap_or_default(),
        client.map(|client| client.environment.to_owned()).unwrap_or_default(),
        record.organization.as_deref().unwrap_or_default().to_owned(),
        record.kind.name().to_owned(),
        superseded.to_string(),
    ]
}

/// The text that is written.
struct Metrics<'o> {
    labels: &'o Labels,
    name: &'static str,
    out: &'o mut dyn Write,
}

impl Metrics<'_> {
    /// The lines that go before the samples of `name`. The help has nothing in it that would need escaping.
    fn family(&mut self, name: &'static str, help: &str) -> io::Result<()> {
        self.name = name;
        writeln!(self.out, "# HELP {name} {help}\n# TYPE {name} gauge")
    }

    /// A sample of what stands in a file.
    fn sample(&mut self, labels: &SeriesLabels, more: &[(&str, &str)], value: i64) -> io::Result<()> {
        let [_, path, ..] = labels;
        let own = CERTIFICATE_LABELS.into_iter().zip(labels.iter().map(String::as_str));
        let own: Vec<(&str, &str)> = own.chain(more.iter().copied()).collect();
        self.line(&own, self.labels.of(path), value)
    }

    /// A sample of all files together.
    fn plain_sample(&mut self, labels: &[(&str, &str)], value: i64) -> io::Result<()> {
        self.line(labels, self.labels.of_all(), value)
    }

    fn line(&mut self, own: &[(&str, &str)], given: BTreeMap<&str, &str>, value: i64) -> io::Result<()> {
        let labels = own.iter().copied().chain(given);
        let labels: Vec<String> =
            labels.map(|(name, value)| format!("{name}=\"{}\"", label(value))).collect();
        writeln!(self.out, "{}{{{}}} {value}", self.name, labels.join(","))
    }
}
