//! The names in a certificate (RFC 5280 section 4.1.2.4), as text.
//!
//! Owns: what of a name OpenSSL reads, which is stricter than others are, and the attributes' short names. Does not own:
//! whether a name may be shown.

use std::fmt::Write as _;

use der::asn1::ObjectIdentifier;

use crate::credential::DerDefect;
use crate::credential::der::{Element, Tag};

/// Short names as OpenSSL prints them; other attributes are told by their object identifier.
const SHORT: [(&str, &str); 13] = [
    (COMMON_NAME, "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.42", "GN"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
];

const COMMON_NAME: &str = "2.5.4.3";

/// A distinguished name.
pub(super) struct Name {
    /// Its attributes in the certificate's order: `C=US, O=Example, CN=a`, with ` + ` within one relative name.
    pub(super) text: String,
    /// The common name, if it has exactly one and it is text.
    pub(super) common_name: Option<String>,
}

impl Name {
    pub(super) fn read(element: &Element<'_>) -> Result<Self, DerDefect> {
        let mut text = String::new();
        let mut common_names = Vec::new();
        let mut names = element.inside();
        while !names.is_finished() {
            let mut attributes = names.sound(Tag::SET)?.inside();
            let mut separator = if text.is_empty() { "" } else { ", " };
            loop {
                let mut attribute = attributes.sound(Tag::SEQUENCE)?.inside();
                let kind = dotted(&attribute.sound(Tag::OBJECT)?);
                let value = attribute.next()?;
                is_readable(&value)?;
                attribute.finish("more follows after a name's value")?;
                let contents = value.contents();
                let value = string(value.tag, contents);
                let short = SHORT.iter().find(|(identifier, _)| *identifier == kind);
                text.push_str(separator);
                text.push_str(short.map_or(&kind, |(_, short)| short));
                text.push('=');
                match &value {
                    Some(value) => text.push_str(value),
                    None => text.push_str(&hexadecimal(contents)),
                }
                if kind == COMMON_NAME {
                    common_names.push(value);
                }
                separator = " + ";
                if attributes.is_finished() {
                    break;
                }
            }
        }
        let common_name = if common_names.len() == 1 { common_names.remove(0) } else { None };
        Ok(Self { text, common_name })
    }
}

/// An object identifier in numbers, or in its bytes where those are too many or none that it may have.
fn dotted(element: &Element<'_>) -> String {
    ObjectIdentifier::from_bytes(element.contents())
        .map_or_else(|_| hexadecimal(element.contents()), |identifier| identifier.to_string())
}

/// OpenSSL takes only some kinds of value (`B_ASN1_PRINTABLE`), and turns those that are texts into UTF-8
/// (`asn1_string_canon`).
fn is_readable(value: &Element<'_>) -> Result<(), DerDefect> {
    value.sound()?;
    match value.tag.universal_number() {
        Some(3 | 7..=9 | 11..=16 | 18..=20 | 22 | 28..=31) => {}
        _ => return Err(value.defect("a value of this type can't be part of a name")),
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

/// The text of a string type, of which X.520 allows several; `None` if it isn't one, or holds other bytes than it may.
fn string(tag: Tag, contents: &[u8]) -> Option<String> {
    match tag.universal_number()? {
        // UTF8String, NumericString, PrintableString, T61String, VideotexString, IA5String, GraphicString,
        // VisibleString, GeneralString; in practice all of them hold UTF-8.
        12 | 18..=22 | 25..=27 => std::str::from_utf8(contents).ok().map(str::to_owned),
        // BMPString.
        30 if contents.len().is_multiple_of(2) => {
            let units: Vec<u16> =
                contents.as_chunks().0.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
            String::from_utf16(&units).ok()
        }
        _ => None,
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02X}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::der::Walk;

    /// `contents` behind a tag and a length of one byte.
    fn tlv(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
        let contents = contents.concat();
        [&[tag, u8::try_from(contents.len()).unwrap()], &contents[..]].concat()
    }

    fn attribute(identifier: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
        tlv(0x30, &[&tlv(0x06, &[identifier]), &tlv(tag, &[value])])
    }

    fn read(relative: &[&[Vec<u8>]]) -> Result<(String, Option<String>), DerDefect> {
        let sets = relative.iter().map(|attributes| tlv(0x31, &[&attributes.concat()])).collect::<Vec<_>>();
        let der = tlv(0x30, &[&sets.concat()]);
        let name = Name::read(&Walk::new(&der).next()?)?;
        Ok((name.text, name.common_name))
    }

    const CN: &[u8] = &[0x55, 0x04, 0x03];

    #[test]
    fn names_are_written_in_order() {
        let cn = |tag, value: &[u8]| attribute(CN, tag, value);
        let (country, email) = ([0x55, 4, 6], [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 1]);
        let some = |name: &str| Some(name.to_owned());
        for (relative, text, common_name) in [
            (&[][..], "", None),
            (&[&[cn(0x0C, "é".as_bytes())][..]][..], "CN=é", some("é")),
            (&[&[attribute(&country, 0x13, b"US")], &[cn(0x13, b"a*")]], "C=US, CN=a*", some("a*")),
            (&[&[cn(0x16, b"a"), attribute(&email, 0x16, b"b@c")]], "CN=a + emailAddress=b@c", some("a")),
            (&[&[cn(0x0C, b"a")], &[cn(0x0C, b"b")]], "CN=a, CN=b", None),
            (&[&[cn(0x1E, &[0, 0x61, 0x20, 0xAC])]], "CN=a€", some("a€")),
            // A type that is printed as bytes.
            (&[&[cn(0x1C, &[0, 0, 0, 0x61])]], "CN=00000061", None),
            (&[&[attribute(&[0x2A, 3, 4], 0x0C, b"x")]], "1.2.3.4=x", None),
        ] {
            assert_eq!(read(relative).unwrap(), (text.to_owned(), common_name));
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let cn = attribute(CN, 0x0C, b"a");
        let longer = [&cn[..cn.len() - 2], &[9], &cn[cn.len() - 1..]].concat();
        let two_values = tlv(0x30, &[&tlv(0x06, &[CN]), &tlv(0x0C, &[b"a"]), &tlv(0x0C, &[b"b"])]);
        for relative in [
            &[][..],
            &[attribute(CN, 0x0C, &[0xFF])],
            &[attribute(CN, 0x02, &[5])],
            &[attribute(CN, 0x1E, &[0])],
            &[attribute(&[0xFF; 50], 0x0C, b"x")],
            &[longer],
            &[two_values],
            &[tlv(0x30, &[&tlv(0x06, &[CN])])],
            &[tlv(0x30, &[])],
        ] {
            assert!(read(&[relative]).is_err(), "{relative:02x?}");
        }
    }
}
