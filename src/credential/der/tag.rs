//! The kinds of ASN.1 values (X.680 section 8).
//!
//! Owns: their numbers. Does not own: reading them.

/// The kind of a value: its class (the two high bits of the first byte) and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::credential) struct Tag {
    class: u8,
    number: u32,
}

impl Tag {
    pub(in crate::credential) const BOOLEAN: Self = Self::universal(1);
    pub(in crate::credential) const INTEGER: Self = Self::universal(2);
    pub(in crate::credential) const BIT_STRING: Self = Self::universal(3);
    pub(in crate::credential) const OCTET_STRING: Self = Self::universal(4);
    pub(in crate::credential) const NULL: Self = Self::universal(5);
    pub(in crate::credential) const OBJECT: Self = Self::universal(6);
    pub(super) const EXTERNAL: Self = Self::universal(8);
    pub(super) const ENUMERATED: Self = Self::universal(10);
    pub(super) const EMBEDDED: Self = Self::universal(11);
    pub(in crate::credential) const UTF8_STRING: Self = Self::universal(12);
    pub(in crate::credential) const SEQUENCE: Self = Self::universal(16);
    pub(in crate::credential) const SET: Self = Self::universal(17);
    pub(in crate::credential) const UTC_TIME: Self = Self::universal(23);
    pub(in crate::credential) const GENERALIZED_TIME: Self = Self::universal(24);
    pub(in crate::credential) const UNIVERSAL_STRING: Self = Self::universal(28);
    pub(in crate::credential) const BMP_STRING: Self = Self::universal(30);

    pub(super) const fn new(class: u8, number: u32) -> Self {
        Self { class, number }
    }

    const fn universal(number: u32) -> Self {
        Self { class: 0, number }
    }

    /// `[number]` of the structure around it.
    pub(in crate::credential) const fn context(number: u32) -> Self {
        Self { class: 0x80, number }
    }

    /// The number, of a universal type.
    pub(in crate::credential) const fn universal_number(self) -> Option<u32> {
        if self.class == 0 { Some(self.number) } else { None }
    }
}
