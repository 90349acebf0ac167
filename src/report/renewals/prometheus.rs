//! `prometheus`: the text exposition format, for the textfile collector of Prometheus'
//! `node_exporter`.
//!
//! Names and labels of the series about certificates are those of x509-certificate-exporter, so that dashboards and
//! alerts made for it work; `aemcred_credential_info` says whose a certificate is. What is superseded is in the latter
//! only: nobody must be woken by what has been replaced.
//!
//! Owns: the series and the format's syntax. Does not own: what is superseded. There are no timestamps: the collector
//! refuses them. <https://prometheus.io/docs/instrumenting/exposition_formats/>

use std::collections::BTreeMap;
use std::io::{self, Write};

use dashu_int::UBig;

use super::super::escape::label;
use super::RenewalResults;
use crate::credential::ClientId;
use crate::credential::{Phase, Validity};
use crate::record::CertificateRecord;
use crate::renewal::{Renewal, Status};
use crate::source::PathName;

/// The labels by which x509-certificate-exporter tells certificates apart.
const CERTIFICATE_LABELS: [&str; 5] = ["filename", "filepath", "serial_number", "subject_CN", "issuer_CN"];

/// What `aemcred_credential_info` adds.
const CREDENTIAL_LABELS: [&str; 6] =
    ["client_id", "program", "environment", "organization", "kind", "superseded"];

/// The longest serial number that becomes a label, in hexadecimal digits: RFC 5280 section 4.1.2.2 allows 40.
const LONGEST_SERIAL: usize = 64;

/// Writes the report.
pub fn write(results: &RenewalResults, out: &mut dyn Write) -> io::Result<()> {
    let series = series(results);
    let certificates = || series.iter().filter_map(|(labels, about)| Some((labels, about.certificate?)));

    family(out, "x509_cert_not_before", "When the certificate's validity begins, in seconds since 1970.")?;
    for (labels, validity) in certificates() {
        sample(out, "x509_cert_not_before", &pairs(labels), validity.not_before.timestamp())?;
    }
    family(out, "x509_cert_not_after", "When the certificate's validity ends, in seconds since 1970.")?;
    for (labels, validity) in certificates() {
        sample(out, "x509_cert_not_after", &pairs(labels), validity.not_after.timestamp())?;
    }
    family(out, "x509_cert_expired", "Whether the certificate's validity was over when aemcred ran.")?;
    for (labels, validity) in certificates() {
        let expired = validity.at(results.now) == Phase::Expired;
        sample(out, "x509_cert_expired", &pairs(labels), i64::from(expired))?;
    }
    family(out, "x509_cert_error", "Whether the file or the certificate could not be read.")?;
    for (labels, about) in series.iter().filter(|(_, about)| about.certificate.is_some() || about.failed) {
        sample(out, "x509_cert_error", &pairs(labels), i64::from(about.failed))?;
    }
    family(out, "aemcred_credential_info", "Whose the credential is; the labels are the information.")?;
    for (labels, about) in &series {
        if let Some(credential) = &about.credential {
            let mut pairs = pairs(labels);
            pairs.extend(CREDENTIAL_LABELS.into_iter().zip(credential.iter().map(String::as_str)));
            sample(out, "aemcred_credential_info", &pairs, 1)?;
        }
    }
    family(out, "aemcred_credentials", "How many credentials are in each status.")?;
    for (status, count) in Status::ALL.into_iter().zip(results.counts()) {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        sample(out, "aemcred_credentials", &[("status", status.name())], count)?;
    }
    Ok(())
}

/// What is to be said under one set of labels.
#[derive(Default)]
struct Series {
    certificate: Option<Validity>,
    failed: bool,
    credential: Option<[String; CREDENTIAL_LABELS.len()]>,
}

type Labels = [String; CERTIFICATE_LABELS.len()];

/// One for each certificate in each file: the collector refuses a file in which the same labels come twice. Where two
/// certificates have the same labels, the one that ends first speaks.
fn series(results: &RenewalResults) -> BTreeMap<Labels, Series> {
    let mut all: BTreeMap<Labels, Series> = BTreeMap::new();
    // What counts comes before what is superseded, and the earlier end before the later.
    for renewal in &results.plan.renewals {
        let record = &renewal.record;
        let certificate = record.certificate.as_ref();
        let has_certificate = certificate.is_some() && renewal.status != Status::Superseded;
        for location in &record.locations {
            let series = all.entry(labels(Some(&location.path), certificate)).or_default();
            let validity = record.validity().filter(|_| has_certificate);
            series.certificate = series.certificate.or(validity);
            series.failed |= renewal.is_unreadable();
            series.credential.get_or_insert_with(|| credential(renewal));
        }
    }
    for failure in &results.failures {
        let labels = labels(failure.path.as_ref(), None);
        all.entry(labels).or_default().failed = true;
    }
    all
}

fn labels(path: Option<&PathName>, certificate: Option<&CertificateRecord>) -> Labels {
    let path = path.map(PathName::as_str).unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    let text =
        |text: fn(&CertificateRecord) -> Option<String>| certificate.and_then(text).unwrap_or_default();
    [
        name.to_owned(),
        path.to_owned(),
        text(|certificate| Some(decimal(&certificate.serial))),
        text(|certificate| certificate.subject.clone()),
        text(|certificate| certificate.issuer.clone()),
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
        record.organization.clone().unwrap_or_default(),
        record.kind.name().to_owned(),
        superseded.to_string(),
    ]
}

fn pairs(labels: &Labels) -> Vec<(&'static str, &str)> {
    CERTIFICATE_LABELS.into_iter().zip(labels.iter().map(String::as_str)).collect()
}

/// The lines that go before the samples of `name`. The help has nothing in it that would need escaping.
fn family(out: &mut dyn Write, name: &str, help: &str) -> io::Result<()> {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge")
}

fn sample(out: &mut dyn Write, name: &str, labels: &[(&str, &str)], value: i64) -> io::Result<()> {
    let labels: Vec<String> =
        labels.iter().map(|(name, value)| format!("{name}=\"{}\"", label(value))).collect();
    writeln!(out, "{name}{{{}}} {value}", labels.join(","))
}
