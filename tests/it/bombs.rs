//! Archives and texts that are built to exhaust: each ends soon, with the limit named, in every command.

use std::fs;
use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::common::{run_quickly, sound};
use crate::unwrap::{bzip2, gzip, tar, xz, zip, zstd};

/// A zip archive in which `count` names lead to one member, which is compressed by `method`.
fn overlapping(member: &[u8], count: u16, method: u16) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(member).unwrap();
    let data = if method == 0 { member.to_vec() } else { encoder.finish().unwrap() };
    let mut crc = flate2::Crc::new();
    crc.update(member);
    let mut sizes = Vec::new();
    for number in [crc.sum(), u32::try_from(data.len()).unwrap(), u32::try_from(member.len()).unwrap()] {
        sizes.extend(number.to_le_bytes());
    }
    let method = method.to_le_bytes();
    let start = [&b"PK\x03\x04\x14\0\0\0"[..], &method, &[0; 4], &sizes[..], b"\x01\0\0\0a"].concat();
    let entry = [&b"PK\x01\x02\x14\0\x14\0\0\0"[..], &method, &[0; 4], &sizes[..], b"\x01\0", &[0; 16], b"a"]
        .concat();
    let directory = entry.repeat(usize::from(count));
    let mut archive = [start, data].concat();
    let offset = u32::try_from(archive.len()).unwrap().to_le_bytes();
    let length = u32::try_from(directory.len()).unwrap().to_le_bytes();
    archive.extend(directory);
    let count = count.to_le_bytes();
    archive.extend([&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &length, &offset, &[0; 2]].concat());
    archive
}

/// A frame of Zstandard with `size` bytes, all of them the same.
fn zstd_run(size: u32) -> Vec<u8> {
    let block = [((size << 3) | 0b011).to_le_bytes()[..3].to_vec(), vec![0]].concat();
    [&b"\x28\xB5\x2F\xFD\xA0"[..], &size.to_le_bytes(), &block[..]].concat()
}

#[test]
#[ignore = "slow: inflates gigabytes"]
fn bombs_end_soon_and_are_named() {
    const MIB: usize = 1 << 20;
    let zeros = vec![0; 8 * MIB];
    let document = sound();
    let nested = |wrap: &dyn Fn(&[u8]) -> Vec<u8>, times: usize| {
        (0..times).fold(document.clone().into_bytes(), |bytes, _| wrap(&bytes))
    };
    let archive = gzip(&tar(&[("a", &zeros), ("b", &zeros)]));
    let names: Vec<String> = (0..40).map(|number| number.to_string()).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), zeros.as_slice())).collect();
    let overlap = "whose files overlap";
    let deep = "wrapped more than 6 times";
    let much = "unwraps to more than 268435456 bytes in all";
    let large = "unwraps to a text of more than 67108864 bytes";
    for (name, bytes, said) in [
        ("overlapping.zip", overlapping(&zeros, 100, 8), overlap),
        ("overlapping-60000.zip", overlapping(&zeros, 60_000, 8), overlap),
        ("overlapping-stored.zip", overlapping(&zeros, 100, 0), overlap),
        ("overlapping-tar.zip", overlapping(&archive, 200, 8), overlap),
        ("overlapping-overlapping.zip", overlapping(&overlapping(&zeros, 100, 8), 100, 8), overlap),
        ("deflate64.zip", overlapping(document.as_bytes(), 60_000, 9), "compressed in a way"),
        ("members.zip", zip(&members), much),
        ("members.gz", gzip(&zeros[..MIB]).repeat(10_000), large),
        ("empty-members.gz", gzip(b"").repeat(100_000), ""),
        ("members.bz2", bzip2(&zeros[..MIB]).repeat(1_000), large),
        ("members.xz", xz(&zeros[..MIB]).repeat(1_000), large),
        ("frames.zst", zstd_run(100_000).repeat(10_000), large),
        ("empty-frames.zst", zstd(b"").repeat(10_000), ""),
        ("skipped-frames.zst", b"\x50\x2A\x4D\x18\0\0\0\0".repeat(10_000), ""),
        ("percent.txt", format!("x %7B{}", "%3Dcm-p".repeat(1_000_000)).into_bytes(), ""),
        ("nested.gz", nested(&gzip, 40), deep),
        ("nested.zip", nested(&|bytes| overlapping(bytes, 2, 8), 40), deep),
        ("nested.tar", nested(&|bytes| tar(&[("a", bytes)]), 40), deep),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        for command in ["check", "audit"] {
            let start = Instant::now();
            let (run, processor) = run_quickly([command, "--max-size=64M", path.to_str().unwrap()]);
            // This program is built to be tested, beside others.
            let limit = Duration::from_secs(if processor.is_some() { 1 } else { 60 });
            let taken = processor.unwrap_or_else(|| start.elapsed());
            println!("{name}: {command} takes {taken:?}");
            assert!(taken < limit, "{name}: {command} takes {taken:?}");
            assert!(said.is_empty() || run.err.contains(said), "{name}: {command}: {}", run.err);
            assert!(run.err.lines().count() < 10, "{name}: {command}: {}", run.err);
            assert!(said.is_empty() || run.code == 2, "{name}: {command}: {}", run.err);
        }
    }
}
