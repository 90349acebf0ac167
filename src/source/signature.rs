//! What kind of file some bytes are, by how they begin or end.
//!
//! Owns: the one table of signatures. What is opened, what is encrypted and what is worth a look derive from it.

/// A kind of file that is not plain text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// gzip (RFC 1952).
    Gzip,
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
    /// Zstandard (RFC 8878).
    Zstandard,
    /// A ZIP archive (PKWARE's APPNOTE 6.3).
    Zip,
    /// A tar archive (POSIX.1-1988 and later).
    Tar,
    /// A 7z archive.
    SevenZip,
    /// A RAR archive.
    Rar,
    /// A PDF file (ISO 32000-1), in which streams are compressed.
    Pdf,
    /// A dump of `PostgreSQL`'s in its own format, in which data are compressed.
    PostgresDump,
    /// A `SQLite` database, whose values are in pages.
    Sqlite,
    /// A file that git-crypt has encrypted.
    GitCrypt,
    /// An age file, in binary or in armor.
    Age,
    /// An Ansible Vault.
    AnsibleVault,
    /// DER: a bare key, certificate or PKCS#12 store.
    Der,
    /// A Java key store.
    JavaKeyStore,
}

/// How a file begins that age has encrypted.
pub const AGE: &str = "age-encryption.org/v1\n";
/// The first line of such a file in armor.
pub const AGE_ARMOR: &str = "-----BEGIN AGE ENCRYPTED FILE-----";
/// How an Ansible Vault begins.
pub const ANSIBLE_VAULT: &str = "$ANSIBLE_VAULT;";

/// How files begin.
const BEGINNINGS: [(&[u8], FileKind); 16] = [
    (b"\x1F\x8B\x08", FileKind::Gzip),
    (b"\xFD7zXZ\0", FileKind::Xz),
    (b"\x28\xB5\x2F\xFD", FileKind::Zstandard),
    (b"PK\x03\x04", FileKind::Zip),
    (b"PK\x05\x06", FileKind::Zip),
    (b"7z\xBC\xAF\x27\x1C", FileKind::SevenZip),
    (b"Rar!\x1A\x07", FileKind::Rar),
    (b"%PDF-", FileKind::Pdf),
    (b"PGDMP", FileKind::PostgresDump),
    (b"SQLite format 3\0", FileKind::Sqlite),
    (b"\0GITCRYPT\0", FileKind::GitCrypt),
    (AGE.as_bytes(), FileKind::Age),
    (AGE_ARMOR.as_bytes(), FileKind::Age),
    (ANSIBLE_VAULT.as_bytes(), FileKind::AnsibleVault),
    (b"\xFE\xED\xFE\xED", FileKind::JavaKeyStore),
    // What else a file is that begins with a size of blocks is told by the first block.
    (b"BZh", FileKind::Bzip2),
];

impl FileKind {
    /// The kind of `bytes`; `None` if they seem to be text, or nothing that is known.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let begins = |(magic, _): &&(&[u8], Self)| bytes.starts_with(magic);
        let kind = BEGINNINGS.iter().find(begins).map(|(_, kind)| *kind);
        match kind {
            Some(Self::Bzip2) if !is_bzip2(bytes) => None,
            Some(kind) => Some(kind),
            // A frame that holds no data (RFC 8878 section 3.1.2).
            None if matches!(bytes, [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..]) => Some(Self::Zstandard),
            // SEQUENCE with a length in one to three further bytes.
            None if matches!(bytes, [0x30, 0x81..=0x83, ..]) => Some(Self::Der),
            None if is_tar(bytes) => Some(Self::Tar),
            None if ends_as_zip(bytes) => Some(Self::Zip),
            None => None,
        }
    }

    /// Whether it is an archive, or compressed, so that it must be opened to be looked at.
    pub const fn is_container(self) -> bool {
        !self.is_encrypted() && !matches!(self, Self::Der | Self::JavaKeyStore)
    }

    /// Whether it can't be text, whatever follows.
    pub const fn is_binary(self) -> bool {
        !matches!(self, Self::Age | Self::AnsibleVault)
    }

    /// Whether it is kept encrypted.
    pub const fn is_encrypted(self) -> bool {
        matches!(self, Self::GitCrypt | Self::Age | Self::AnsibleVault)
    }
}

/// Whether `bytes` have the mark of POSIX or of GNU in their first header, zero byte included: a text may have the word there.
fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(257..).is_some_and(|mark| mark.starts_with(b"ustar\0") || mark.starts_with(b"ustar  \0"))
}

/// Whether `bytes` begin as bzip2 does: the size of blocks, and the first block or the end.
fn is_bzip2(bytes: &[u8]) -> bool {
    let after = bytes.get(3..).and_then(<[u8]>::split_first);
    after.is_some_and(|(size, rest)| {
        matches!(size, b'1'..=b'9')
            && (rest.starts_with(b"1AY&SY") || rest.starts_with(b"\x17\x72\x45\x38\x50\x90"))
    })
}

/// Whether `bytes` end as a zip archive without a comment does (APPNOTE 6.3 section 4.3.16): a program may stand before it.
fn ends_as_zip(bytes: &[u8]) -> bool {
    let record = bytes.len().checked_sub(22).and_then(|start| bytes.get(start..));
    record.is_some_and(|record| record.starts_with(b"PK\x05\x06") && record.ends_with(&[0, 0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_first_bytes() {
        let tar = [&[b'a'; 257][..], b"ustar\0"].concat();
        let program_of_tar = [&[b'a'; 257][..], b"ustar'"].concat();
        let program = [b"#!/bin/sh\n", &b"PK\x05\x06"[..], &[0; 18]].concat();
        for (bytes, kind) in [
            (&b"\x1F\x8B\x08\0"[..], Some(FileKind::Gzip)),
            (b"BZh91AY&SY", Some(FileKind::Bzip2)),
            (b"BZhello", None),
            (b"\x50\x2A\x4D\x18", Some(FileKind::Zstandard)),
            (b"\x30\x82\x01\x00\x02", Some(FileKind::Der)),
            (&tar, Some(FileKind::Tar)),
            (&program_of_tar, None),
            (&program, Some(FileKind::Zip)),
            (b"$ANSIBLE_VAULT;1.1;AES256\n", Some(FileKind::AnsibleVault)),
            (b"{\"ok\": true}", None),
            (b"", None),
        ] {
            assert_eq!(FileKind::of(bytes), kind, "{bytes:?}");
        }
    }
}
