//! Words for what is wrong with DER. A parser's own message is never forwarded, because some quote the bytes.

use der::{Error, ErrorKind};

/// The first place at which bytes are not the DER that they should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DerDefect {
    /// Byte offset within the DER.
    pub offset: usize,
    /// What is wrong there: a clause such as `the bytes end too early`.
    pub reason: &'static str,
}

impl DerDefect {
    pub(super) const fn new(offset: usize, reason: &'static str) -> Self {
        Self { offset, reason }
    }
}

impl From<Error> for DerDefect {
    fn from(error: Error) -> Self {
        let offset = error.position().and_then(|length| usize::try_from(u32::from(length)).ok()).unwrap_or(0);
        let reason = match error.kind() {
            ErrorKind::Incomplete { .. } => "the bytes end before the structure does (it was cut off)",
            ErrorKind::TrailingData { .. } => "more bytes follow after the structure's end",
            ErrorKind::Length { .. } | ErrorKind::Overlength | ErrorKind::Overflow => {
                "a length doesn't agree with what it encloses"
            }
            ErrorKind::IndefiniteLength => "a length is left open (BER's indefinite form), which DER forbids",
            ErrorKind::Noncanonical { .. } => "a value is not in the one form that DER allows",
            ErrorKind::TagUnexpected { .. } | ErrorKind::TagNumberInvalid | ErrorKind::TagModeUnknown => {
                "another kind of value stands here than the structure has in this place"
            }
            ErrorKind::TagUnknown { .. } => {
                "a byte that is no known ASN.1 tag stands where a value should begin"
            }
            _ => "a value here can't be read",
        };
        Self { offset, reason }
    }
}
