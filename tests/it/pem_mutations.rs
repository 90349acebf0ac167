//! Random damage to PEM: the scanner refuses a spelling exactly where the documented client does.

use aemcred::internals::credential::pem::{Wanted, scan};

use crate::pem_client;

const MUTATIONS: usize = 1500;

/// xorshift64*: the same texts in every run, but for the keys in them.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap() % limit.max(1)
    }

    fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }
}

const INSERTIONS: [&str; 38] = [
    "\n",
    "\n",
    "\n\n",
    "\r",
    "\r\n",
    "\\n",
    " ",
    "  ",
    "\t",
    "-",
    "-----",
    "=",
    "==",
    ":",
    "A",
    "AAAA",
    "+",
    "/",
    "_",
    "*",
    "\0",
    "\u{b}",
    "\u{7f}",
    "\u{a0}",
    "\u{200b}",
    "\u{feff}",
    "é",
    "\u{2014}",
    "-----BEGIN ",
    "-----END ",
    "X: y\n\n",
    "\n-----\n",
    "-----BEGIN RSA PRIVATE KEY-----\n",
    "-----END RSA PRIVATE KEY-----\n",
    "-----BEGIN CERTIFICATE-----\n",
    "-----END CERTIFICATE-----\n",
    "Proc-Type: 4,ENCRYPTED\n",
    "\n\u{feff}",
];

fn mutate(text: &str, random: &mut Random) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    // Half of the damage goes near BEGIN and END: most rules are about them.
    let at = if random.below(2) == 0 {
        random.below(characters.len())
    } else {
        let hyphens: Vec<usize> = (0..characters.len()).filter(|&index| characters[index] == '-').collect();
        (hyphens.get(random.below(hyphens.len())).copied().unwrap_or(0) + random.below(9)).saturating_sub(4)
    };
    let at = at.min(characters.len().saturating_sub(1));
    let line = random.below(lines.len());
    match random.below(13) {
        0..=2 => characters.splice(at..at, random.pick(&INSERTIONS).chars()).for_each(drop),
        3 if !characters.is_empty() => drop(characters.remove(at)),
        4 | 5 if !characters.is_empty() => {
            characters.splice(at..=at, random.pick(&INSERTIONS).chars()).for_each(drop);
        }
        6 => {
            lines.insert(line, lines[line]);
            return lines.concat();
        }
        7 => {
            lines.remove(line);
            return lines.concat();
        }
        8 => {
            let insertion = random.pick(&INSERTIONS);
            lines.insert(line, insertion);
            return lines.concat();
        }
        9 => {
            let columns = 1 + random.below(300);
            let end = if random.below(2) == 0 { "\n" } else { "\r\n" };
            return rewrapped(text, columns, end);
        }
        10 => {
            let other = random.below(lines.len());
            lines.swap(line, other);
            return lines.concat();
        }
        11 => {
            let joined = lines[line].trim_end();
            let padded = format!("{joined}{}", random.pick(&["", " ", "  \n", "\u{a0}\n", "\r", "\r\r\n"]));
            lines[line] = &padded;
            return lines.concat();
        }
        12 => {
            let filled = format!("{:<253}\n", lines[line].trim_end());
            lines[line] = &filled;
            return lines.concat();
        }
        _ => {}
    }
    characters.into_iter().collect()
}

fn rewrapped(text: &str, columns: usize, end: &str) -> String {
    let mut result = String::new();
    let mut run = String::new();
    let flush = |run: &mut String, result: &mut String| {
        let characters: Vec<char> = std::mem::take(run).chars().collect();
        for line in characters.chunks(columns) {
            result.extend(line);
            result.push_str(end);
        }
    };
    for line in text.lines() {
        if line.starts_with('-') || line.is_empty() {
            flush(&mut run, &mut result);
            result.push_str(line);
            result.push_str(end);
        } else {
            run.push_str(line);
        }
    }
    flush(&mut run, &mut result);
    result
}

#[test]
#[ignore = "slow: hundreds of runs"]
fn random_damage_is_refused_exactly_where_the_client_refuses_it() {
    let Some(keys) = pem_client::keys() else { return };
    let rsa = &keys.rsa;
    let originals = [
        rsa.clone(),
        rsa.replace('\n', "\r\n"),
        keys.pkcs8.clone(),
        keys.ec.clone(),
        rsa.replacen('\n', "\n\n", 1),
        format!("{}{rsa}", keys.certificate),
        format!("{rsa}{}", keys.other_rsa),
        format!("{}{}{rsa}", keys.other_rsa, keys.certificate),
        keys.rsa_encrypted.clone() + rsa,
    ];
    // What the undamaged blocks hold: with such contents a block that the scanner reads must be read by Node.
    let sound: Vec<_> = [rsa, &keys.other_rsa, &keys.pkcs8, &keys.ec]
        .into_iter()
        .map(|key| (scan(key, Wanted::PrivateKey).block.unwrap(), pem_client::public_key(key)))
        .collect();

    let mut random = Random(0x5eed_5eed_5eed_5eed);
    let texts: Vec<String> = (0..MUTATIONS)
        .map(|index| {
            let mut text = originals[index % originals.len()].clone();
            for _ in 0..=random.below(3) {
                text = mutate(&text, &mut random);
            }
            text
        })
        .collect();
    let borrowed: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut wrong = Vec::new();
    let mut read_by_node = 0;
    for (text, read) in texts.iter().zip(pem_client::node(&borrowed)) {
        let scan = scan(text, Wanted::PrivateKey);
        read_by_node += usize::from(read.is_some());
        if read.is_some() && !scan.defects.is_empty() {
            wrong.push(format!("Node reads it, not refused for {:?}:\n{text:?}", scan.defects));
        }
        let known = scan.block.as_ref().filter(|block| !block.encrypted).and_then(|block| {
            sound.iter().find(|(other, _)| {
                block.label == other.label && block.contents.expose() == other.contents.expose()
            })
        });
        match (&read, known) {
            (None, Some(_)) if scan.defects.is_empty() => wrong.push(format!("Node refuses it:\n{text:?}")),
            (Some(read), Some((_, public))) if read != public => {
                wrong.push(format!("Node reads another block:\n{text:?}"));
            }
            _ => {}
        }
        if scan.defects.is_empty() && scan.block.is_none() {
            wrong.push(format!("neither block nor defect:\n{text:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {MUTATIONS}:\n{}", wrong.len(), wrong.join("\n\n"));
    assert!(
        (MUTATIONS / 5..MUTATIONS * 4 / 5).contains(&read_by_node),
        "Node reads {read_by_node} of {MUTATIONS}"
    );
}
