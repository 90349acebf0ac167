//! The names in a certificate.
//!
//! Owns: what of a name OpenSSL reads, which is stricter than others are, and the common name. Does not own: what a name
//! should be.

use x509_parser::prelude::FromDer as _;
use x509_parser::x509::X509Name;

use crate::credential::DerDefect;
use crate::credential::der::{Element, Tag};

/// Reads a name that OpenSSL reads as well.
pub(super) fn name<'d>(element: &Element<'d>) -> Result<X509Name<'d>, DerDefect> {
    let mut names = element.inside();
    while !names.is_finished() {
        let mut attributes = names.sound(Tag::SET)?.inside();
        while !attributes.is_finished() {
            let mut attribute = attributes.sound(Tag::SEQUENCE)?.inside();
            attribute.sound(Tag::OBJECT)?;
            is_readable(&attribute.next()?)?;
            attribute.finish("more follows after a name's value")?;
        }
    }
    match X509Name::from_der(element.bytes) {
        Ok(([], name)) => Ok(name),
        _ => Err(element.defect("a name can't be read")),
    }
}

/// OpenSSL takes only some kinds of value (`B_ASN1_PRINTABLE`), and turns those that are texts into UTF-8
/// (`asn1_string_canon`).
fn is_readable(value: &Element<'_>) -> Result<(), DerDefect> {
    value.sound()?;
    match value.tag.universal_number() {
        Some(3 | 7..=9 | 11..=16 | 18..=20 | 22 | 28..=31) => {}
        _ => return Err(value.defect("a value of this kind can't be part of a name")),
    }
    let bytes = value.contents();
    let is_text = match value.tag {
        Tag::UTF8_STRING => std::str::from_utf8(bytes).is_ok(),
        Tag::BMP_STRING => bytes.chunks(2).all(|unit| !matches!(unit, [0xD8..=0xDF, _])),
        Tag::UNIVERSAL_STRING => bytes.chunks(4).all(|unit| {
            <[u8; 4]>::try_from(unit).is_ok_and(|unit| char::from_u32(u32::from_be_bytes(unit)).is_some())
        }),
        _ => true,
    };
    if is_text { Ok(()) } else { Err(value.defect("a part of a name has characters that don't exist")) }
}

/// The one common name.
pub(super) fn common_name(name: &X509Name<'_>) -> Option<String> {
    let mut names = name.iter_common_name();
    match (names.next(), names.next()) {
        (Some(name), None) => name.as_str().ok().map(str::to_owned),
        _ => None,
    }
}
