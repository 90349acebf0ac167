//! The rows of a `SQLite` database, each table as JSON: a value may be in several pages, and nothing is between two values.
//!
//! Owns: the format (<https://www.sqlite.org/fileformat2.html>): pages, cells, records, names of columns. Does not own: limits, what
//! the values are. Tables without row IDs, indexes and the write-ahead log are not read.

use std::collections::HashSet;
use std::ops::Range;

use crate::secret::Secret;
use crate::unwrap::find::candidate::is_candidate;
use crate::unwrap::find::prefilter::has_client;

/// So many bytes of values make one text, unless a single row has more.
const TOGETHER: usize = 256 * 1024;

/// Tables are not nested deeper, nor are there more of them.
const MOST: usize = 10_000;

/// No row has more values (`SQLITE_MAX_COLUMN`).
const MOST_VALUES: usize = 32_767;

/// Longer names of columns say nothing, and each row would repeat them.
const LONGEST_NAME: usize = 100;

/// Of a table with more rows, only those are looked at in which there may be something.
const MANY: usize = 10_000;

/// A part of a table.
pub(crate) struct Part {
    /// The table's name.
    pub(crate) table: String,
    columns: Vec<String>,
    all: Vec<Row>,
}

/// The tables of a database in which there may be credentials, and what is left of `bytes` without their rows.
pub(crate) fn tables(bytes: &[u8]) -> Option<(Vec<Part>, Secret<Vec<u8>>)> {
    let mut database = Database::new(bytes)?;
    let mut left = bytes.to_vec();
    let mut tables = Vec::new();
    for schema in database.rows(1).into_iter().take(MOST) {
        let Some(columns) = schema.values() else { continue };
        let [Value::Text("table"), Value::Text(name), _, Value::Integer(root), Value::Text(sql)] =
            columns[..]
        else {
            continue;
        };
        let Ok(root) = u32::try_from(root) else { continue };
        let mut rows = database.rows(root);
        let may_hold = |row: &Row| {
            let bytes = row.payload.expose();
            is_candidate(bytes) || has_client(bytes)
        };
        if !rows.iter().any(may_hold) {
            continue;
        }
        if rows.len() > MANY {
            rows.retain(may_hold);
        }
        let mut length = TOGETHER;
        for row in rows {
            for range in &row.places {
                left[range.clone()].fill(0);
            }
            length += row.payload.expose().len();
            if length > TOGETHER {
                length = row.payload.expose().len();
                tables.push(Part { table: name.to_owned(), columns: names(sql), all: Vec::new() });
            }
            if let Some(last) = tables.last_mut() {
                last.all.push(row);
            }
        }
    }
    Some((tables, Secret::new(left)))
}

/// A row: its record, and where that is.
struct Row {
    payload: Secret<Vec<u8>>,
    places: Vec<Range<usize>>,
}

#[derive(Clone, Copy)]
enum Value<'r> {
    Text(&'r str),
    Integer(i64),
    Other,
}

impl Row {
    /// The values of its columns; nothing if it is damaged.
    fn values(&self) -> Option<Vec<Value<'_>>> {
        let record = self.payload.expose();
        let (length, mut at) = varint(record)?;
        let header = record.get(..usize::try_from(length).ok()?)?;
        let mut body = record.get(header.len()..)?;
        let mut values = Vec::new();
        while at < header.len() && values.len() < MOST_VALUES {
            let (kind, width) = varint(header.get(at..)?)?;
            at += width;
            let length = match kind {
                0 | 8 | 9 => 0,
                1..=4 => usize::try_from(kind).ok()?,
                5 => 6,
                6 | 7 => 8,
                10 | 11 => return None,
                _ => usize::try_from((kind - 12) / 2).ok()?,
            };
            let value = body.get(..length)?;
            body = body.get(length..)?;
            values.push(match kind {
                1..=6 => Value::Integer(value.iter().fold(0, |number, byte| number << 8 | i64::from(*byte))),
                8 | 9 => Value::Integer(i64::from(kind == 9)),
                // A text may be kept as bytes.
                12.. => std::str::from_utf8(value).map_or(Value::Other, Value::Text),
                _ => Value::Other,
            });
        }
        Some(values)
    }
}

struct Database<'b> {
    bytes: &'b [u8],
    page_size: usize,
    /// How much of a page is used.
    usable: usize,
    /// The pages that were read.
    seen: HashSet<u32>,
    /// How many bytes of rows may still come: rows lie beside each other, so that all of them are no longer than the file.
    left: usize,
}

impl<'b> Database<'b> {
    fn new(bytes: &'b [u8]) -> Option<Self> {
        let page_size = match usize::from(u16::from_be_bytes(*bytes.get(16..)?.first_chunk()?)) {
            1 => 65_536,
            size => size,
        };
        let usable = page_size.checked_sub(usize::from(*bytes.get(20)?))?;
        let is_utf8 = bytes.get(56..60)? == [0, 0, 0, 1];
        let is_sound = page_size.is_power_of_two() && page_size >= 512 && usable >= 480 && is_utf8;
        is_sound.then(|| Self { bytes, page_size, usable, seen: HashSet::new(), left: bytes.len() })
    }

    /// Where a page begins, and its bytes.
    fn page(&self, number: u32) -> Option<(usize, &'b [u8])> {
        let start = usize::try_from(number).ok()?.checked_sub(1)?.checked_mul(self.page_size)?;
        Some((start, self.bytes.get(start..start.checked_add(self.usable)?)?))
    }

    /// The rows of the table whose first page is `root`, in order. What is damaged is left out.
    fn rows(&mut self, root: u32) -> Vec<Row> {
        let (mut rows, mut waiting) = (Vec::new(), vec![root]);
        while let Some(number) = waiting.pop() {
            let Some((start, page)) = self.page(number).filter(|_| self.seen.insert(number)) else {
                continue;
            };
            let head = if number == 1 { 100 } else { 0 };
            let count = short(page, head + 3).unwrap_or_default();
            let cell = |index: usize, after: usize| short(page, head + after + 2 * index);
            match page.get(head) {
                Some(5) => {
                    let right = long(page, head + 8);
                    let left = (0..count).filter_map(|index| long(page, cell(index, 12)?));
                    waiting.extend(left.chain(right).collect::<Vec<_>>().into_iter().rev());
                }
                Some(13) => {
                    rows.extend((0..count).filter_map(|index| self.row(start, page, cell(index, 8)?)));
                }
                _ => {}
            }
        }
        rows
    }

    /// The row in the cell at `at` of the `page` that begins at `start`.
    fn row(&mut self, start: usize, page: &[u8], at: usize) -> Option<Row> {
        let (length, first) = varint(page.get(at..)?)?;
        let (_, second) = varint(page.get(at + first..)?)?;
        let at = at + first + second;
        let length = usize::try_from(length).ok()?;
        self.left = self.left.checked_sub(length)?;
        let (most, least) = (self.usable - 35, (self.usable - 12) * 32 / 255 - 23);
        let local = match length.checked_sub(least) {
            Some(over) if length > most => {
                Some(least + over % (self.usable - 4)).filter(|local| *local <= most)
            }
            _ => Some(length),
        };
        let local = local.unwrap_or(least);
        let mut payload = Secret::new(Vec::with_capacity(length));
        payload.append(page.get(at..at + local)?);
        let mut places: Vec<_> = std::iter::once(start + at..start + at + local).collect();
        let mut next = if local < length { long(page, at + local) } else { None };
        while let Some(number) = next.filter(|_| payload.expose().len() < length) {
            let (start, page) = self.page(number).filter(|_| self.seen.insert(number))?;
            let size = (length - payload.expose().len()).min(self.usable - 4);
            payload.append(page.get(4..4 + size)?);
            places.push(start + 4..start + 4 + size);
            next = long(page, 0);
        }
        (payload.expose().len() == length).then_some(Row { payload, places })
    }
}

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?)))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// The number that `bytes` begin with, seven bits in each, and how many bytes it has.
fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut number = 0;
    for (index, byte) in bytes.iter().take(9).enumerate() {
        if index == 8 {
            return Some((number << 8 | u64::from(*byte), 9));
        }
        number = number << 7 | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            return Some((number, index + 1));
        }
    }
    None
}

/// The names of the columns that `CREATE TABLE` says.
fn names(sql: &str) -> Vec<String> {
    let Some(open) = sql.find('(') else { return Vec::new() };
    let (mut depth, mut start, mut parts) = (0_usize, open + 1, Vec::new());
    for (at, one) in sql.char_indices().skip_while(|(at, _)| *at <= open) {
        match one {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            ',' | ')' if depth == 0 => {
                parts.push(&sql[start..at]);
                start = at + 1;
                if one == ')' {
                    break;
                }
            }
            _ => {}
        }
    }
    let name = |part: &'_ str| -> (usize, usize) {
        let part = part.trim_start();
        match part.chars().next() {
            Some(quote @ ('"' | '`' | '\'')) => (1, part[1..].find(quote).map_or(part.len(), |end| end + 1)),
            Some('[') => (1, part.find(']').unwrap_or(part.len())),
            _ => (0, part.find(char::is_whitespace).unwrap_or(part.len())),
        }
    };
    parts
        .into_iter()
        .map(|part| {
            let (from, to) = name(part);
            let name = part.trim_start().get(from..to).unwrap_or_default();
            if name.len() > LONGEST_NAME { String::new() } else { name.to_owned() }
        })
        .collect()
}

impl Part {
    /// An array of objects, without what is no text.
    pub(crate) fn json(&self) -> Secret<Vec<u8>> {
        let rows = || self.all.iter().filter_map(|row| Some(self.texts(row.values()?)));
        // A character has six at most; so nothing is moved and left behind.
        let room = |(name, value): (&str, &str)| 6 * (name.len() + value.len()) + 8;
        let length = rows().map(|texts| texts.map(room).sum::<usize>() + 8).sum::<usize>();
        let mut text = Vec::with_capacity(length + 8);
        text.push(b'[');
        for (number, texts) in rows().enumerate() {
            text.extend_from_slice(if number > 0 { b",\n{" } else { b"\n{" });
            for (number, (name, value)) in texts.enumerate() {
                text.extend_from_slice(if number > 0 { b"," } else { b"" });
                string(&mut text, name);
                text.push(b':');
                string(&mut text, value);
            }
            text.push(b'}');
        }
        text.extend_from_slice(b"\n]\n");
        Secret::new(text)
    }

    /// Those of the `values` of a row that are texts, each with the name of its column.
    fn texts<'r>(&self, values: Vec<Value<'r>>) -> impl Iterator<Item = (&str, &'r str)> {
        values.into_iter().enumerate().filter_map(|(index, value)| match value {
            Value::Text(value) => Some((self.columns.get(index).map_or("", String::as_str), value)),
            _ => None,
        })
    }
}

fn string(text: &mut Vec<u8>, value: &str) {
    // Writing into memory can't fail.
    let _ = serde_json::to_writer(text, value);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A database of one page, in which each of so many cells is the one row that there is.
    fn overlapping(cells: u16) -> Vec<u8> {
        const PAGE: usize = 32_768;
        const BODY: usize = 8_000;
        let mut bytes = vec![0; PAGE];
        bytes[16..18].copy_from_slice(&0x8000_u16.to_be_bytes());
        bytes[59] = 1;
        bytes[100] = 13;
        bytes[103..105].copy_from_slice(&cells.to_be_bytes());
        // The length of the record, the row's number; the length of the header, a text.
        let kind = 13 + 2 * BODY;
        let digit = |bits: usize| u8::try_from(bits & 0x7F).unwrap();
        let start = PAGE - BODY - 10;
        let head = [0xBE, 0x44, 1, 4, 0x80 | digit(kind >> 14), 0x80 | digit(kind >> 7), digit(kind)];
        bytes[start..start + head.len()].copy_from_slice(&head);
        bytes[start + head.len()..start + head.len() + BODY].fill(b'a');
        for cell in 0..usize::from(cells) {
            bytes[108 + 2 * cell..110 + 2 * cell]
                .copy_from_slice(&u16::try_from(start).unwrap().to_be_bytes());
        }
        bytes
    }

    #[test]
    fn all_rows_together_are_no_longer_than_the_file() {
        for (cells, expected) in [(0, 0), (1, 1), (3, 3), (10_000, 4)] {
            let bytes = overlapping(cells);
            let rows = Database::new(&bytes).unwrap().rows(1);
            assert_eq!(rows.len(), expected, "{cells}");
            for row in rows {
                let values = row.values().unwrap();
                assert!(matches!(values[..], [Value::Text(text)] if text == "a".repeat(8_000)));
            }
        }
    }

    #[test]
    fn a_row_takes_no_room_for_columns_that_it_has_no_text_in() {
        let bytes = overlapping(3);
        let rows = || Database::new(&bytes).unwrap().rows(1);
        let sql = |length: usize| {
            let column = |number: usize| format!("{}{number}", "c".repeat(length));
            format!("CREATE TABLE t ({})", (0..2_000).map(column).collect::<Vec<_>>().join(", "))
        };
        for (length, name) in [(3, "ccc0"), (1_000, "")] {
            let part = Part { table: String::new(), columns: names(&sql(length)), all: rows() };
            assert_eq!(part.columns.len(), 2_000);
            let json = part.json();
            let row = format!("{{\"{name}\":\"{}\"}}", "a".repeat(8_000));
            let expected = format!("[\n{row},\n{row},\n{row}\n]\n");
            assert!(json.expose() == expected.as_bytes() && json.expose().capacity() < 8 * expected.len());
        }
    }
}
