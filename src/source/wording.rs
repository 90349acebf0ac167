//! How messages write numbers, sizes and digests.
//!
//! Owns: thousands, plurals, units of bytes, hexadecimal digits. Does not own: times (see `rules::words`).

/// `1 bit`, `2,048 bits`
pub fn counted(count: impl TryInto<u64>, noun: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// `16,384`
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of bytes in the unit that people would use, and exactly: `1.5 MiB (1,572,864 bytes)`.
pub(crate) fn size(bytes: u64) -> String {
    let exact = counted(bytes, "byte");
    let units = [(1_u64 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let Some((unit, name)) = units.into_iter().find(|(unit, _)| bytes >= *unit) else { return exact };
    let (whole, tenth) = (bytes / unit, bytes % unit * 10 / unit);
    let about = if bytes.is_multiple_of(unit) { whole.to_string() } else { format!("{whole}.{tenth}") };
    format!("{about} {name} ({exact})")
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let written = [0, 7, 999, 1000, 16_384, 1_000_000].map(grouped);
        assert_eq!(written, ["0", "7", "999", "1,000", "16,384", "1,000,000"]);
        assert_eq!(counted(1_u64, "bit"), "1 bit");
        assert_eq!(counted(2048_usize, "bit"), "2,048 bits");
    }

    #[test]
    fn sizes_are_told_for_people() {
        for (bytes, expected) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (1023, "1,023 bytes"),
            (1 << 20, "1 MiB (1,048,576 bytes)"),
            ((1 << 20) + 1, "1.0 MiB (1,048,577 bytes)"),
            (3 << 19, "1.5 MiB (1,572,864 bytes)"),
            (u64::MAX, "17179869183.9 GiB (18,446,744,073,709,551,615 bytes)"),
        ] {
            assert_eq!(size(bytes), expected);
        }
    }
}
