//! `just bench-stages`: the stages of a check, each by itself.

use std::hint::black_box;

use aemcred::Settings;
use aemcred::chrono::{DateTime, Utc};
use aemcred::internals::credential::{Certificate, PrivateKey, pem, recognise};
use aemcred::internals::generate::{Seed, Specification, generate};
use aemcred::internals::json::{self, Limits};
use aemcred::internals::report::{FileResult, Results};
use aemcred::internals::secret::Secret;
use aemcred::internals::source::PathName;
use aemcred::internals::unwrap::is_candidate_file;
use aemcred::internals::{examine, report};
use divan::Bencher;

fn main() {
    divan::main();
}

/// A sound credential, and the clock by which it is.
struct Sample {
    text: String,
    private_key: String,
    certificate: String,
    now: DateTime<Utc>,
    settings: Settings,
}

#[expect(clippy::unwrap_used, reason = "the sample is always the same")]
fn sample() -> Sample {
    let now: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
    let document = generate(&Specification::new(Seed::from(1), now)).unwrap();
    let text = String::from_utf8(document.expose().clone()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let field = |name: &str| value["integration"][name].as_str().unwrap().to_owned();
    Sample {
        private_key: field("privateKey"),
        certificate: field("publicKey"),
        text,
        now,
        settings: Settings::new(now),
    }
}

/// What a hook and a walk do with each file: a megabyte of names that are almost those which are looked for.
#[divan::bench]
fn prefilter_near_misses(bencher: Bencher<'_, '_>) {
    let names = "imsEndpoin metascope technicalAccoun PRIVATE KEY---- BEGIN CERTIFICAT META_SCOP @AdobeOr p8e ent_aem ";
    let text = names.repeat((1 << 20) / names.len());
    bencher.bench(|| is_candidate_file(black_box(text.as_bytes())));
}

/// The same with a megabyte of source code.
#[divan::bench]
fn prefilter_source_code(bencher: Bencher<'_, '_>) {
    let text = include_str!("table.rs").repeat(128);
    bencher.bench(|| is_candidate_file(black_box(text.as_bytes())));
}

#[divan::bench]
fn json(bencher: Bencher<'_, '_>) {
    let sample = sample();
    bencher.bench(|| json::parse(black_box(&sample.text), Limits::default()).is_ok());
}

#[divan::bench]
fn pem(bencher: Bencher<'_, '_>) {
    let sample = sample();
    bencher.bench(|| pem::scan(black_box(&sample.private_key), pem::Wanted::PrivateKey));
}

#[divan::bench]
fn key(bencher: Bencher<'_, '_>) {
    let sample = sample();
    bencher.bench(|| PrivateKey::from_pem(black_box(&sample.private_key)).is_ok());
}

/// With its signature modulo n: no private key is at hand here.
#[divan::bench]
fn certificate_and_signature(bencher: Bencher<'_, '_>) {
    let sample = sample();
    bencher.bench(|| Certificate::from_pem(black_box(&sample.certificate)).is_ok());
}

/// PEM, key, certificate, and the signature modulo both primes.
#[divan::bench]
#[expect(clippy::unwrap_used, reason = "the sample is always the same")]
fn model(bencher: Bencher<'_, '_>) {
    let sample = sample();
    let root = json::parse(&sample.text, Limits::default()).unwrap();
    bencher.bench(|| recognise(black_box(&sample.text), &root));
}

/// Everything, rules included.
#[divan::bench]
fn check(bencher: Bencher<'_, '_>) {
    let sample = sample();
    let bytes = || Secret::new(sample.text.clone().into_bytes());
    bencher.with_inputs(bytes).bench_values(|bytes| examine::check(bytes, &sample.settings));
}

#[divan::bench]
#[expect(clippy::unwrap_used, reason = "memory can be written")]
fn report(bencher: Bencher<'_, '_>) {
    let sample = sample();
    let checked = examine::check(Secret::new(sample.text.clone().into_bytes()), &sample.settings);
    let files = vec![FileResult { path: PathName::new("a.json"), checked, is_file: true }];
    let results = Results { now: sample.now, files, skipped: 0, failures: Vec::new() };
    bencher.bench(|| report::json::write(&results, &mut Vec::new()).unwrap());
}
