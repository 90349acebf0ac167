//! Characters that look like others, as far as they can be used to imitate Adobe's names.
//!
//! Owns: what a character looks like. Does not own: which names are imitated.

/// Characters of other alphabets by the lower-case letter that they look like: those of `ims-na1.adobelogin.com` and
/// of the fields' names. From Unicode's table of confusable characters (UTS #39), and letters with accents.
const TABLE: [(char, &str); 20] = [
    ('a', "аɑαàáâãäåāăąǎạả"),
    ('b', "ЬьƄḃḅ"),
    ('c', "сϲⅽçćĉċč"),
    ('d', "ԁⅾďđɖɗḍ"),
    ('e', "еєҽèéêëēĕėęěẹẽ"),
    ('g', "ɡցĝğġģ"),
    ('i', "іıɩιᎥⅰìíîïĩīĭįịỉ"),
    ('j', "јĵ"),
    ('k', "кκķ"),
    ('l', "ӏⅼǀĺļľŀłḷ"),
    ('m', "мⅿṁṃ"),
    ('n', "пոñńņňŉṇ"),
    ('o', "оοօσ०òóôõöøōŏőọỏ"),
    ('p', "рρṗ"),
    ('r', "гŕŗř"),
    ('s', "ѕśŝşšșṣ"),
    ('t', "тτţťț"),
    ('u', "υսùúûüũū"),
    ('y', "уүýÿ"),
    ('-', "‐‑‒–—―−﹣"),
];

/// The lower-case ASCII character that `character` is or looks like; itself if there is none.
pub(super) fn plain(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    let code = u32::from(character);
    match character {
        // Full-width forms of ASCII.
        '\u{FF01}'..='\u{FF5E}' => {
            char::from_u32(code - 0xFEE0).map_or(character, |ascii| ascii.to_ascii_lowercase())
        }
        // The other full stops that a URL parser takes for a dot, and one that only looks like it.
        '\u{3002}' | '\u{FF61}' | '\u{2024}' => '.',
        _ => {
            let lower = character.to_lowercase().next().unwrap_or(character);
            let like = |(_, others): &&(char, &str)| others.contains(character) || others.contains(lower);
            TABLE.iter().find(like).map_or(character, |(ascii, _)| *ascii)
        }
    }
}

/// What `text` looks like at a glance: two texts with the same outline are taken for each other.
pub(super) fn outline(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(plain)
        .map(|character| match character {
            '0' => 'o',
            '1' | 'i' | '|' => 'l',
            other => other,
        })
        .collect();
    plain.replace("rn", "m").replace("cl", "d").replace("vv", "w")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_the_same_has_the_same_outline() {
        let name = outline("ims-na1.adobelogin.com");
        for text in [
            "ims-nal.adobelogin.com",
            "irns-na1.adobelogin.com",
            "ims-na1.ad0belogin.com",
            "ims-na1.adobe1ogin.com",
            "ims-na1.clobelogin.com".replace("clo", "aclo").as_str(),
            "іms-nа1.аdоbеlоgіn.соm",
            "IMS–NA1.ADOBELOGIN.COM",
            "ｉｍｓ－ｎａ１。ａｄｏｂｅｌｏｇｉｎ．ｃｏｍ",
            "ims-na1.adobelogín.com",
        ] {
            assert_eq!(outline(text), name, "{text}");
        }
        assert_ne!(outline("ims-eu1.adobelogin.com"), name);
        for (ascii, others) in TABLE {
            for character in others.chars() {
                assert!(!character.is_ascii(), "{character}");
                assert_eq!(plain(character), ascii, "{character} (U+{:04X})", u32::from(character));
            }
        }
    }
}
