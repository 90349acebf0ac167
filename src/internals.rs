//! What this project's own tests and benchmarks use besides the program: no part of the face, and off by default.
//!
//! Owns: the list. The tests of these rooms hold a whole table against another program (Node, OpenSSL, git), need hundreds of
//! credentials around one key because finding a key takes long, or draw reports of what no file brings about, or are fed by a
//! fuzzer. A test that needs a name which isn't here is better off using the program.

pub mod config {
    pub use crate::config::parse;
}
pub mod credential {
    pub use crate::credential::{Certificate, DocumentKind, PrivateKey, PublicKey, Validity, pem, recognise};
}
pub mod examine {
    pub use crate::examine::{Checked, Input, check, examine};
}
pub mod finding {
    pub use crate::finding::Suppression;
}
pub mod fix {
    pub use crate::fix::fix;
}
pub mod gate {
    pub use crate::gate::path_name;
}
pub mod generate {
    pub use crate::generate::{
        Defect, KeyPair, Kind, PrimePool, Seed, Specification, generate, generate_with_key,
    };
}
pub mod git {
    pub use crate::git::{
        Environment, GitError, History, HistoryRequest, IndexDefect, ObjectError, Place, Repository, Status,
        Trouble, Unread, What,
    };
}
pub mod inventory {
    pub use crate::inventory::Audited;
}
pub mod json {
    pub use crate::json::{Limits, Pointer, parse};
}
pub mod record {
    pub use crate::record::{CertificateNames, CertificateRecord, InClear, Location, PublicHalf, Record};
}
pub mod redact {
    pub use crate::redact::{Keep, redact};
}
pub mod renewal {
    pub use crate::renewal::{Plan, Status, Terms};
}
pub mod report {
    pub use crate::report::*;
}
pub mod rules {
    pub use crate::rules::{SUBJECTS, about_content, all, find};
}
pub mod secret {
    pub use crate::secret::Secret;
}
pub mod source {
    pub use crate::source::{PathName, Position, Source, Span};
}
pub mod unwrap {
    pub use crate::unwrap::{Limits, Unwrapped, is_candidate_file, prefilter, unwrap};
}
