//! The 10,000 credentials that the benchmarks run over.

#![expect(clippy::print_stdout, reason = "it takes a minute, and says so")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use aemcred::internals::generate::{PrimePool, Seed, Specification, generate_with_key};
use rayon::prelude::*;

/// The clock by which all are sound.
pub(crate) const NOW: &str = "2026-11-22T12:00:00Z";
/// Distinct credentials in the folder.
pub(crate) const MANY: usize = 10_000;
/// Every two of these primes make a modulus of their own: 142 · 141 / 2 = 10,011.
const PRIMES: usize = 142;

/// The folder with the credentials, made if it isn't there.
pub(crate) fn folder() -> Result<PathBuf, Box<dyn Error>> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench-credentials");
    generate_all(&folder)?;
    Ok(folder)
}

/// Makes the folder once; it is the same every time, so a later run finds it ready.
fn generate_all(folder: &Path) -> Result<(), Box<dyn Error>> {
    let complete = folder.join(format!("{:05}.json", MANY - 1));
    if complete.exists() {
        return Ok(());
    }
    println!("making {MANY} credentials in {} (once)", folder.display());
    fs::create_dir_all(folder)?;
    let pool = PrimePool::new(&Seed::from(1), PRIMES, 2048)?;
    let make = |index: usize| -> Result<Vec<u8>, String> {
        let mut specification =
            Specification::new(Seed::from(index as u64), NOW.parse().map_err(|_| String::from("clock"))?);
        specification.client_id = format!("cm-p{}-e{}-integration-0", 10_000 + index, 100_000 + index);
        let key = pool.key(index).map_err(|error| error.to_string())?;
        let document = generate_with_key(&specification, &key).map_err(|error| error.to_string())?;
        Ok(document.expose().clone())
    };
    // The last file marks the folder as complete, so it is written last.
    (0..MANY - 1).into_par_iter().try_for_each(|index| {
        let path = folder.join(format!("{index:05}.json"));
        fs::write(path, make(index)?).map_err(|error| error.to_string())
    })?;
    fs::write(complete, make(MANY - 1)?)?;
    Ok(())
}
