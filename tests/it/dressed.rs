//! Values with something around them, or made of several: what they are is told by their shape, whatever they are called.

use std::fs;

use crate::common::{NOW, run};
use crate::owners::{filled, hold};
use crate::unwrap::zip;

#[test]
fn what_is_around_a_value_is_none_of_it() {
    hold(&[
        ("settings.py", "CLIENT_ID = u'<C1>'\nCLIENT_SECRET = u'<S1>'\n", &["C1 S1"]),
        ("settings.py", "CLIENT_ID = b'<C1>'\nCLIENT_SECRET = rb\"<S1>\"\n", &["C1 S1"]),
        ("settings.py", "CLIENT_SECRET = b'<S1>'\n", &["alone: S1"]),
        ("settings.py", "PRIVATE_KEY = b'''<K1>'''\nCLIENT_ID = b'<C1>'\n", &["C1 K1"]),
        ("app.log", "{b'client_id': b'<C1>', b'client_secret': b'<S1>'}\n", &["C1 S1"]),
        ("a.m", "self.clientId = @\"<C1>\";\nself.clientSecret = @\"<S1>\";\n", &["C1 S1"]),
        ("a.cpp", "CLIENT_ID = L\"<C1>\";\nCLIENT_SECRET = u8\"<S1>\";\n", &["C1 S1"]),
        ("a.rs", "client_id = r#\"<C1>\"#;\nclient_secret = r#\"<S1>\"#;\n", &["C1 S1"]),
        ("a.sql", "client_id = N'<C1>'\nclient_secret = N'<S1>'\n", &["C1 S1"]),
        ("a.yaml", "client_id: <<C1>>\nclient_secret: <<S1>>\n", &["C1 S1"]),
        ("a.yaml", "client_secret: \\\"<S1>\\\"\n", &["alone: S1"]),
        (".env", "CLIENT_ID=<C1>;\nCLIENT_SECRET=plain:<S1>\n", &["C1 S1"]),
        (".env", "CLIENT_ID=<C1>,\nCLIENT_SECRET=**<S1>**\n", &["C1 S1"]),
        ("a.json", "{\"client_id\": \"<C1>\", \"client_secret\": \"id:<S1>\"}", &["C1 S1"]),
        ("a.xml", "<a><clientId>#<C1></clientId><clientSecret>#<S1></clientSecret></a>", &["C1 S1"]),
        (".env", "CLIENT_SECRET=https://x.example/?s=<S1>\nCLIENT_ID=<C1>\n", &["C1 S1"]),
        (".env", "CLIENT_ID=<C1>\nCLIENT_SECRET=<S1>,<S2>\n", &["C1 S1", "C1 S2"]),
        // Of a redaction, what was left is no value.
        (".env", "CLIENT_ID=<C1>\nCLIENT_SECRET=p8e-Ab1cDe2fGh3iJk4lMn5oPq6r...xyz\n", &["C1"]),
    ]);
}

#[test]
fn what_is_put_together_keeps_its_name() {
    let name = |text: &str| text.to_owned();
    for text in [
        "const AEM_PRIVATE_KEY = [\"<l1>\"].join(\"\\n\");",
        "const AEM_PRIVATE_KEY: string = [\n  \"<l1>\"\n].join('\\n');",
        "AEM_PRIVATE_KEY = (\n  \"<k1>\"\n)",
        "static const char* AEM_PRIVATE_KEY =\n  \"<k1>\";",
        "String AEM_PRIVATE_KEY = String.join(\"\\n\",\n  \"<l1>\");",
        "val aemPrivateKey = \"\"\"\n      <i1>\n\"\"\".trimIndent()",
        "const string AemPrivateKey = @\"<K1>\";",
        "$AemPrivateKey = @\"\n<K1>\n\"@",
        "const AEM_PRIVATE_KEY: &str = concat!(\n  \"<k1>\");",
        "  aem_private_key = join(\"\\n\", [\n    \"<l1>\"])",
        "define AEM_PRIVATE_KEY\n<K1>\nendef",
        "define('AEM_PRIVATE_KEY', '<K1>');",
        "os.Setenv(\"AEM_PRIVATE_KEY\", `<K1>`)",
        "read -r -d '' AEM_PRIVATE_KEY <<EOF\n<K1>\nEOF",
        "AEM_PRIVATE_KEY=[\"<l1>\"]",
    ] {
        hold(&[("a.txt", &name(text), &["alone: K1"])]);
        let other = text
            .replace("AEM", "STAGE")
            .replace("aem", "stage")
            .replace("Aem", "Stage")
            .replace("<k1>", "<k2>");
        let other = other.replace("<K1>", "<K2>").replace("<l1>", "<l2>").replace("<i1>", "<i2>");
        let first = text.replace("AEM", "PROD").replace("aem", "prod").replace("Aem", "Prod");
        let both = format!("PROD_CLIENT_ID = '<C1>'\nSTAGE_CLIENT_ID = '<C2>'\n{other}\n{first}\n");
        hold(&[("a.txt", &both, &["C1 K1", "C2 K2"])]);
    }
}

#[test]
fn codes_of_a_terminal_are_none_of_a_value() {
    let colored = |text: &str| {
        text.split('\n').map(|line| format!("\x1b[32m{line}\x1b[0m")).collect::<Vec<_>>().join("\n")
    };
    let key = "CLIENT_ID=<C1>\n<K1>";
    hold(&[
        ("job.log", &colored(&filled(key)), &["C1 K1"]),
        (
            "job.log",
            "\x1b[1mCLIENT_ID\x1b[0m=<C1>\n\x1b[1mCLIENT_SECRET\x1b[0m=\x1b[32m<S1>\x1b[0m\n",
            &["C1 S1"],
        ),
        (
            "a.txt",
            "\x1b[1;39m{\n  \x1b[34;1m\"clientId\"\x1b[0m: \x1b[32m\"<C1>\"\x1b[0m, \"clientSecret\": \"<S1>\"\x1b[1;39m}",
            &["C1 S1"],
        ),
    ]);
}

#[test]
fn each_secret_of_a_client_counts() {
    hold(&[
        // But none of another service.
        (
            ".env",
            "GOOGLE_CLIENT_SECRET=GOCSPX-abcdefg1hijklmnop1234\nAEM_CLIENT_ID=<C1>\nAEM_CLIENT_SECRET=<S1>\n",
            &["C1 S1"],
        ),
        (
            ".env",
            "GITHUB_PRIVATE_KEY=<k2>\nAEM_CLIENT_ID=<C1>\nAEM_PRIVATE_KEY=<k1>\n",
            &["C1 K1", "alone: K2"],
        ),
        (
            "a.json",
            "{\"clientId\": \"<C1>\", \"privateKey\": \"<k1>\", \"github\": {\"privateKey\": \"<k2>\"}}",
            &["C1 K1", "alone: K2"],
        ),
        ("a.json", "{\"clientId\": \"<C1>\", \"privateKey\": \"<k1>\", \"tlsKey\": \"<k2>\"}", &["C1 K1"]),
        (
            "a.json",
            "{\"clientId\": \"<C1>\", \"privateKey\": \"see key\", \"key\": \"<k1>\"}",
            &["C1", "C1 K1"],
        ),
        (".env", "CLIENT_ID=<C1>\nCLIENT_SECRET=<S1>\nCLIENT_SECRET=<S2>\n", &["C1 S1", "C1 S2"]),
        (".env", "CLIENT_ID=<C1>\n#CLIENT_SECRET=<S1>\nCLIENT_SECRET=<S2>\n", &["C1 S1", "C1 S2"]),
        (
            "a.json",
            "{\"clientId\": \"<C1>\", \"privateKey\": \"<k1>\", \"previousPrivateKey\": \"<k2>\"}",
            &["C1 K1", "C1 K2"],
        ),
        ("a.json", "{\"clientId\": \"<C1>\", \"old\": \"<S1>\", \"new\": \"<S2>\"}", &["C1 S1", "C1 S2"]),
        ("a.yaml", "clientId: <C1>\nsecrets:\n  - <S1>\n  - <S2>\n", &["C1 S1", "C1 S2"]),
        (".env", "CLIENT_ID=<C1>\nCLIENT_SECRET=<S1>\nCLIENT_SECRET=<S1>\n", &["C1 S1"]),
        (".env", "CLIENT_ID=<C1>\nCLIENT_SECRET=changeme\nCLIENT_SECRET=<S1>\n", &["C1 S1"]),
        (".env", "CLIENT_ID=<C1>\nCLIENT_SECRET=<S1>\nCLIENT_SECRET=changeme\n", &["C1", "C1 S1"]),
    ]);
}

/// Lines of a key in one call each, behind a mark, or with a line break that their program escapes.
#[test]
fn what_each_line_stands_between_is_none_of_it() {
    let framed = |before: &str, behind: &str| {
        let key = filled("<K1>");
        let lines: Vec<String> = key.lines().map(|line| format!("{before}{line}{behind}")).collect();
        format!("client = '<C1>'\n{}\n", lines.join("\n"))
    };
    for (before, behind) in [
        ("echo ", ">> aem.key"),
        ("echo \"", "\" >> aem.key"),
        ("Add-Content aem.key '", "'"),
        ("print(\"", "\")"),
        ("f.write(\"", "\\n\")"),
        ("    \\\\", ""),
        ("  \"", "\" & linefeed & ¬"),
        ("\\texttt{", "}"),
        ("[1] ", ""),
    ] {
        hold(&[("a.txt", &framed(before, behind), &["C1 K1"])]);
    }
    let rust = filled("<K1>").replace('\n', "\\n\\\n    ");
    hold(&[
        ("a.rs", &format!("const CLIENT: &str = \"<C1>\";\nconst KEY: &str = \"{rust}\";\n"), &["C1 K1"]),
        ("a.py", "CLIENT_ID = '<C1>'\nKEY = dedent(\"\"\"\\\n      <i1>\n      \"\"\")\n", &["C1 K1"]),
        ("a.json5", "{clientId: '<C1>', clientSecret: '<S1>', n: +200, m: +.5}", &["C1 S1"]),
    ]);
}

#[test]
fn a_key_counts_whatever_its_line_breaks_became() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".env");
    for instead in [
        "<br>",
        "<br/>",
        "***",
        "|",
        ";",
        "%0A",
        "${NL}",
        "\\x0a",
        "\\012",
        "&#10;",
        "_x000D_",
        "<newline>",
        "~",
    ] {
        let key = filled("<K1>").replace('\n', instead);
        fs::write(&path, format!("AEM_PRIVATE_KEY=\"{key}\"\n")).unwrap();
        let out = run(["audit", "--no-git", "--now", NOW, path.to_str().unwrap()]).out;
        assert!(out.contains("partial"), "{instead}: {out}");
    }
}

#[test]
fn what_cannot_be_unpacked_is_not_passed_over_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let archive = zip(&[("a.json", b"{\"clientSecret\": \"x\"}".as_slice())]);
    fs::write(folder.path().join("a.zip"), &archive[..archive.len() - 30]).unwrap();
    fs::write(folder.path().join("b.txt"), "nothing").unwrap();
    let all = run(["check", folder.path().to_str().unwrap()]);
    assert_eq!(all.code, 0, "{}", all.err);
    assert!(all.err.contains("1 without a credential, 1 that can't be unpacked"), "{}", all.err);
    let named = run(["check", folder.path().join("a.zip").to_str().unwrap()]);
    assert_eq!(named.code, 2, "{}", named.err);
}
