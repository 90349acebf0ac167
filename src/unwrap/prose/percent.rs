//! Objects and PEM in percent encoding, as addresses and forms have them.
//!
//! Owns: where one begins and ends. Does not own: undoing the encoding (see `decode`).

use crate::source::Span;
use crate::unwrap::decode::decode;
use crate::unwrap::limits::Attempts;
use crate::unwrap::place::Extract;
use crate::unwrap::prose::Occurrence;
use crate::unwrap::shared::object_length;

/// Shorter ones hold no document.
const SHORTEST: usize = 64;

/// All of them: from `%7B`, over what is never encoded and what always is.
pub(crate) fn find<'t>(text: &'t str, _: &Attempts) -> Vec<Occurrence<'t>> {
    let bytes = text.as_bytes();
    // Browsers and libraries leave some of what a query may hold as it is (RFC 3986 section 3.4).
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"%+-_.~*/:@".contains(byte);
    let (mut found, mut end) = (Vec::new(), 0);
    let objects = ["%7B", "%7b"].map(|mark| memchr::memmem::find_iter(bytes, mark));
    let keys = ["-----BEGIN+", "-----BEGIN%20"].map(|mark| memchr::memmem::find_iter(bytes, mark));
    let mut starts: Vec<usize> = objects.into_iter().chain(keys).flatten().collect();
    starts.sort_unstable();
    for start in starts {
        if start < end {
            continue;
        }
        end = start + bytes[start..].iter().take_while(|byte| is_part(byte)).count();
        if end - start >= SHORTEST {
            found.push(Occurrence::new(Span::new(start, end), |span, scope| {
                let (step, decoded) = decode(&scope.part[span.range()])?;
                scope.text(step, object_alone(decoded), span.start)
            }));
        }
    }
    found
}

/// Without what follows an object: of an address, not all need belong to it.
fn object_alone(decoded: Extract) -> Extract {
    let length = object_length(decoded.text()).filter(|length| *length < decoded.text().len());
    let object =
        length.map(|length| Extract::slice(decoded.text(), Span::new(0, length)).through(&decoded.origin));
    object.unwrap_or(decoded)
}
