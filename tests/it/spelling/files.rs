//! Documents that are cut up, and those in other files.

use std::io::{Cursor, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::encode::{beginning, many, pretty};
use super::{DOCUMENT, Table, hold, programs};

/// Each line of the document after `before`, with `after` behind.
fn each(before: &str, after: &str) -> String {
    pretty().lines().map(|line| format!("{before}{line}{after}\n")).collect()
}

/// Each line as the member `name` of an object, as loggers write it.
fn logged(name: &str, end: &str) -> String {
    let line = |line: &str| {
        format!("{}\n", serde_json::json!({ "time": "2026-01-02", name: format!("{line}{end}") }))
    };
    pretty().lines().map(line).collect()
}

#[test]
fn lines_of_logs_are_put_together() {
    hold(&Table {
        file: "a.log",
        good: vec![
            each("2026-01-02T03:04:05.678Z ", ""),
            each("2026-01-02T03:04:05.1234567Z ", "\r"),
            each("2026-01-02T03:04:05.123456789Z stdout F ", ""),
            each("[2026-01-02T03:04:05+02:00] ", ""),
            each("build\ttest\t2026-01-02T03:04:05Z ", ""),
            each("web-1  | ", ""),
            each("// ", ""),
            each("# ", ""),
            each("> ", ""),
            each("+", ""),
            logged("log", "\n"),
            logged("message", ""),
            logged("MESSAGE", ""),
            format!("started\n{}done\n", each("2026-01-02T03:04:05Z ", "")),
        ],
        broken: vec![
            beginning(&each("2026-01-02T03:04:05Z ", ""), 300).to_owned(),
            beginning(&each("# ", ""), 200).to_owned(),
            beginning(&logged("log", "\n"), 400).to_owned(),
            each("2026-01-02T03:04:05Z ", "").replace("{\n", "\n"),
            logged("log", "").replace("\"log\"", "\"other\""),
        ],
        hostile: vec![
            many("2026-01-02T03:04:05Z {\"imsEndpoint\": \n"),
            many("{\"log\": \"{\\\"imsEndpoint\\\": \"}\n"),
            many("+ {imsEndpoint\n"),
            many("# -----BEGIN PRIVATE KEY-----\n"),
        ],
        oracle: None,
    });
}

#[test]
fn rich_text_is_read() {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('{', "\\{").replace('}', "\\}");
    let plain = escaped(DOCUMENT).replace('é', "\\'e9");
    let file = |inner: &str| {
        format!(
            "{{\\rtf1\\ansi\\ansicpg1252\\deff0{{\\fonttbl{{\\f0 Courier;}}}}\n\\f0\\fs20 {inner}\\par\n}}"
        )
    };
    let lines = |end: &str| escaped(&pretty()).replace('é', "\\u233?").replace('\n', end);
    hold(&Table {
        file: "a.rtf",
        good: vec![
            file(&plain),
            file(&plain.replace("\\'e9", "\\u233?")),
            file(&plain.replace("\\'e9", "\\u233\\'e9")),
            file(&lines("\\par\n")),
            file(&lines("\\line ")),
            file(&lines("\\\n")),
            file(&lines("\\par\r\n")),
            file(&format!("{{\\b {plain}}}")),
            file(&plain.replace(",\"", ",\\b0 \"")),
            file(&plain.replace(",\"", ",{\\cf1 \"}").replace("{\\cf1 \"}", "{\\cf1\\i \"}")),
            format!("{{\\rtf1{{\\*\\generator a;}}{{\\info{{\\title b}}}} {plain}}}"),
            file(&plain.replace(",\"", ",\n\"")),
        ],
        broken: vec![
            beginning(&file(&plain), 200).to_owned(),
            file(beginning(&plain, 201)),
            file(&plain.replace("\\{", "{")),
            file(&plain.replace("\\'e9", "\\'zz").replace("\\}", "")),
            format!("{{\\rtf1 {{\\* {plain}}}}}"),
        ],
        hostile: vec![
            format!("{{\\rtf1 imsEndpoint {}", many("{\\b ")),
            format!("{{\\rtf1 imsEndpoint {}", many("\\'")),
            format!("{{\\rtf1 imsEndpoint {}", many("\\u99999999?")),
        ],
        oracle: None,
    });
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder =
        flate2::GzBuilder::new().filename("a.json").write(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::default()).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tarred(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_entry_type(tar::EntryType::Regular);
        archive.append_data(&mut header, name, *bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

fn zipped(files: &[(&str, &[u8])], method: zip::CompressionMethod) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive
            .start_file(*name, zip::write::SimpleFileOptions::default().compression_method(method))
            .unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn archives_are_opened_as_python_opens_them() {
    let text = DOCUMENT.as_bytes();
    let pretty = pretty().into_bytes();
    let files: &[(&str, &[u8])] = &[("a/readme", b"nothing"), ("a/v.json", text)];
    let tar = tarred(files);
    let zip = zipped(files, zip::CompressionMethod::Deflated);
    let cut = |bytes: Vec<u8>| bytes[..bytes.len() * 2 / 3].to_vec();
    let long = format!("{}/v.json", "long/".repeat(60));
    let bomb = gzipped(&vec![b' '; 40 << 20]);
    hold(&Table {
        file: "a.bin",
        good: vec![
            gzipped(text),
            gzipped(&pretty),
            [gzipped(&text[..100]), gzipped(&text[100..])].concat(),
            bzipped(text),
            [bzipped(&text[..100]), bzipped(&text[100..])].concat(),
            xz(&pretty),
            tar.clone(),
            gzipped(&tar),
            bzipped(&tar),
            xz(&tar),
            tarred(&[(&long, text)]),
            zip.clone(),
            zipped(files, zip::CompressionMethod::Stored),
            [b"#!/bin/sh\nexit\n".as_slice(), &zipped(files, zip::CompressionMethod::Deflated)].concat(),
            zipped(&[("a.zip", &zip)], zip::CompressionMethod::Stored),
            zipped(&[("a.tgz", &gzipped(&tar))], zip::CompressionMethod::Deflated),
            gzipped(&gzipped(text)),
        ],
        broken: vec![
            cut(gzipped(text)),
            cut(bzipped(text)),
            cut(xz(text)),
            tar[..1100].to_vec(),
            cut(zip.clone()),
            [&gzipped(text)[..18], b"x".repeat(300).as_slice()].concat(),
        ],
        hostile: vec![
            bomb.clone(),
            zipped(&[("a", &bomb)], zip::CompressionMethod::Deflated),
            tarred(&[("a", b"x".as_slice()); 20_000]),
            [b"PK\x03\x04".as_slice(), b"\xFF".repeat(5000).as_slice(), b"PK\x05\x06"].concat(),
        ],
        oracle: Some(|files| {
            const READ: &str = "
import base64, bz2, gzip, io, lzma, tarfile, zipfile
def opened(data):
    if data.startswith(b'{'): return data.decode()
    for module in (gzip, bz2, lzma):
        try: return opened(module.decompress(data))
        except (OSError, lzma.LZMAError): pass
    if zipfile.is_zipfile(io.BytesIO(data)):
        archive = zipfile.ZipFile(io.BytesIO(data))
        return opened(archive.read(archive.namelist()[-1]))
    archive = tarfile.open(fileobj=io.BytesIO(data))
    return opened(archive.extractfile(archive.getmembers()[-1]).read())
def read(text): return opened(base64.b64decode(text))";
            let texts: Vec<String> = files.iter().map(|bytes| STANDARD.encode(bytes)).collect();
            programs::python_with(READ, &texts)
        }),
    });
}

#[test]
fn compressed_streams_in_other_files_are_inflated() {
    let pdf = |objects: &[(&str, Vec<u8>)]| {
        let mut file = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
        for (number, (dictionary, stream)) in objects.iter().enumerate() {
            let head = format!("{} 0 obj\n<</Length {}{dictionary}>>\nstream\n", number + 1, stream.len());
            file.extend([head.as_bytes(), stream, b"\nendstream\nendobj\n"].concat());
        }
        [file.as_slice(), b"trailer\n<</Root 1 0 R>>\n%%EOF\n"].concat()
    };
    let dump = |blocks: &[Vec<u8>]| [b"PGDMP\x01\x0E\x00\x04\x08\x01".as_slice(), &blocks.concat()].concat();
    let text = DOCUMENT.as_bytes();
    let (flate, page) = ("/Filter/FlateDecode", b"BT /F1 12 Tf (nothing) Tj ET".as_slice());
    let copied = format!("1\t{}\n\\.\n", DOCUMENT.replace('\\', "\\\\"));
    // A number is a sign and its bytes, of which the first counts least.
    let number = |length: usize| [b"\0".as_slice(), &u32::try_from(length).unwrap().to_le_bytes()].concat();
    let stored = |data: &[u8]| [number(data.len()).as_slice(), data, &number(0)].concat();
    let block = |bytes: &[u8]| stored(&deflated(bytes));
    hold(&Table {
        file: "a.bin",
        good: vec![
            pdf(&[(flate, deflated(text))]),
            pdf(&[("", text.to_vec())]),
            pdf(&[(flate, deflated(&pretty().into_bytes()))]),
            pdf(&[(flate, deflated(page)), ("/Type/EmbeddedFile/Filter/FlateDecode", deflated(text))]),
            pdf(&[(flate, deflated(page)), ("/Subtype/application#2Fjson", text.to_vec())]),
            pdf(&[(flate, deflated(text)), (flate, deflated(page)), ("", b"x".to_vec())]),
            dump(&[block(text)]),
            dump(&[block(b"1\tx\n"), block(text)]),
            dump(&[block(copied.as_bytes())]),
            dump(&[block(copied.as_bytes()), block(b"2\ty\n")]),
            dump(&[[
                number(40).as_slice(),
                &deflated(text)[..40],
                &number(deflated(text).len() - 40),
                &deflated(text)[40..],
                &number(0),
            ]
            .concat()]),
        ],
        broken: vec![
            pdf(&[(flate, deflated(text)[..150].to_vec())]),
            pdf(&[(flate, deflated(text)[..150].to_vec())])[..240].to_vec(),
            pdf(&[(flate, b"x".repeat(500))]),
            dump(&[block(text)[..150].to_vec()]),
            dump(&[b"\x78\x9C".repeat(300)]),
        ],
        hostile: vec![
            pdf(&vec![(flate, deflated(b"imsEndpoint {")); 3_000]),
            dump(&[b"\x78\x9C".repeat(60_000)]),
            pdf(&[(flate, deflated(&vec![b' '; 30 << 20]))]),
        ],
        oracle: None,
    });
}

#[test]
fn databases_are_read_as_sqlite_wrote_them() {
    let string = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let insert = format!("INSERT INTO t VALUES ({}, 'x')", string(DOCUMENT));
    let long = format!("INSERT INTO t VALUES ({}, 'x')", string(&format!("{}{DOCUMENT}", " ".repeat(9_000))));
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO t SELECT 'row ' || i, i FROM n";
    let table = "CREATE TABLE t (v TEXT, w)";
    let scripts: Vec<String> = [
        format!("{table}; {insert};"),
        format!("PRAGMA page_size = 512; {table}; {long};"),
        format!("PRAGMA page_size = 1024; {table}; {long};"),
        format!("{table}; {long};"),
        format!("PRAGMA page_size = 65536; {table}; {insert};"),
        format!("PRAGMA page_size = 512; {table}; {many}; {insert}; {many};"),
        format!("PRAGMA auto_vacuum = FULL; {table}; {many}; {insert}; DELETE FROM t WHERE w < 1000;"),
        format!("{table}; INSERT INTO t VALUES ({}, 1.5);", string(&pretty())),
        format!("CREATE TABLE \"a (b)\" (id INTEGER PRIMARY KEY, [v, w] TEXT NOT NULL, CHECK (id > 0)); INSERT INTO \"a (b)\" VALUES (7, {});", string(DOCUMENT)),
        format!("CREATE TABLE a (b); INSERT INTO a VALUES (x'00'), (NULL); {table}; {insert}; CREATE INDEX i ON t (w);"),
        format!("{table}; INSERT INTO t VALUES (CAST({} AS BLOB), 1);", string(DOCUMENT)),
    ]
    .into();
    let Some(good) = programs::sqlite(&scripts) else { return };
    let with = |database: &[u8], at: usize, bytes: &[u8]| {
        let mut database = database.to_vec();
        database[at..at + bytes.len()].copy_from_slice(bytes);
        database
    };
    // In a database of small pages, the second page is the table's first, and long values go on from the third.
    let small = &good[1];
    let loops = with(small, 1024, &[0, 0, 0, 3]);
    hold(&Table {
        file: "a.db",
        broken: vec![
            small[..1200].to_vec(),
            good[5][..good[5].len() / 2].to_vec(),
            with(small, 16, &[3, 7]),
            with(small, 512, &[7]),
            with(small, 515, &[0xFF; 2]),
            loops.clone(),
        ],
        hostile: vec![
            with(&loops, 1028, &[0xFF; 100]),
            with(&good[5], 512, &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 12]),
            with(small, 100, &[0xFF; 400]),
            [&small[..1024], b"\xFF".repeat(100_000).as_slice()].concat(),
        ],
        good,
        oracle: None,
    });
    let rows = format!(
        "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT); INSERT INTO settings VALUES {};",
        [
            ("AEM_CLIENT_ID", "cm-p1-e2-integration-0"),
            ("AEM_CLIENT_SECRET", "p8e-0123456789abcdefABCDEF-_ghijklmn")
        ]
        .map(|(name, value)| format!("('{name}', '{value}')"))
        .join(", ")
    );
    let columns = "CREATE TABLE c (id INTEGER PRIMARY KEY, client TEXT, secret TEXT); INSERT INTO c VALUES (1, \
                   'cm-p1-e2-integration-0', 'p8e-0123456789abcdefABCDEF-_ghijklmn');";
    for database in programs::sqlite(&[rows, columns.to_owned()]).unwrap() {
        let account = &super::found("a.db", &database)[0]["integration"]["technicalAccount"];
        assert_eq!(*account, super::document()["technicalAccount"]);
    }
}
