//! What is found in small texts, and what isn't.

use super::*;

fn found(text: &str, limits: &Limits) -> Vec<Unwrapped> {
    let mut found = Vec::new();
    let bytes = Secret::new(text.as_bytes().to_vec());
    let rest = unwrap("test", bytes, limits, &|| false, &mut |one, _| found.push(one));
    assert!(rest.is_none_or(|rest| rest.source.text() == text));
    found
}

fn paths(text: &str) -> Vec<String> {
    let found = found(text, &Limits::default());
    found
        .iter()
        .map(|one| match one {
            Unwrapped::Document(document) => document.trail.to_string(),
            other => format!("{other:?}"),
        })
        .collect()
}

#[test]
fn only_what_is_adobes_is_a_credential() {
    const DOCUMENT: &str = r#"{"imsEndpoint": "x", "privateKey": "y"}"#;
    for (text, expected) in [
        (String::new(), vec![]),
        (String::from("{}"), vec![]),
        (String::from(r#"[{"privateKey": "x", "publicKey": "y"}]"#), vec![]),
        (format!("[{DOCUMENT}, {{\"a b\": [0, {DOCUMENT}]}}]"), vec!["[0]", "[1].\"a b\"[1]"]),
        (format!("{{\"p8e-0123456789abcdef\": {DOCUMENT}}}"), vec!["…"]),
        (format!("{{\"a\": {}}}", serde_json::to_string(&DOCUMENT[..30]).unwrap()), vec![]),
        // Broken, but meant to be one: the check says what is wrong with it.
        (format!("{{\"a\": {}}}", serde_json::to_string(&DOCUMENT[..38]).unwrap()), vec!["a"]),
        // OAuth clients of anybody.
        (String::from("CLIENT_ID=x\nCLIENT_SECRET=y\nORG_ID=z\nPRIVATE_KEY=a\n"), vec![]),
        (String::from("GOOGLE_CLIENT_ID=x\nGOOGLE_CLIENT_SECRET=p8e\n"), vec![]),
        // A template without values.
        (String::from("AEM_CLIENT_ID=\nAEM_META_SCOPES=\nAEM_PRIVATE_KEY=\n"), vec![]),
        (String::from("AEM_CLIENT_ID=x\nAEM_META_SCOPES=z\nAEM_PRIVATE_KEY=-----\n"), vec!["AEM_*"]),
        (
            String::from("A_ORG=0@AdobeOrg\nA_PRIVATE_KEY=-----a\nB_ORG=1@AdobeOrg\nB_PRIVATE_KEY=-----b\n"),
            vec!["A_*", "B_*"],
        ),
    ] {
        assert_eq!(paths(&text), expected, "{text}");
    }
}

#[test]
fn the_last_variable_of_a_name_counts() {
    let text =
        "AEM_CLIENT_ID=old\nAEM_ORG_ID=0@AdobeOrg\nAEM_PRIVATE_KEY=-----\\nb\\\\c\"\nAEM_CLIENT_ID=new\n";
    let found = found(text, &Limits::default());
    let [Unwrapped::Document(document)] = found.as_slice() else { panic!("one document: {found:?}") };
    assert_eq!(
        document.source.text(),
        r#"{"ok":true,"integration":{"technicalAccount":{"clientId":"new"},"org":"0@AdobeOrg","privateKey":"-----\nb\\\\c\""},"statusCode":200}"#
    );
    let Form::Variables(variables) = &document.form else { panic!("variables") };
    let names = |list: &[crate::credential::Variable]| {
        list.iter().map(|one| format!("{} {}", one.name, one.span.start)).collect::<Vec<_>>()
    };
    assert_eq!(names(&variables.present), ["AEM_CLIENT_ID 69", "AEM_ORG_ID 18", "AEM_PRIVATE_KEY 40"]);
}

/// `IMS_ORG_ID` is the organisation of `IMS_*` as well as that of variables without a prefix.
#[test]
fn ims_is_a_prefix_where_others_have_it() {
    let field = |prefix: &str, name: &str| format!("{prefix}{name}=-----\n");
    let fields = ["CLIENT_ID", "CLIENT_SECRET", "META_SCOPES", "PRIVATE_KEY"];
    for (prefix, organization, path) in [
        ("IMS_", "IMS_ORG_ID", "IMS_*"),
        ("AEM_", "AEM_IMS_ORG_ID", "AEM_*"),
        ("AEM_IMS_", "AEM_IMS_ORG_ID", "AEM_IMS_*"),
    ] {
        let text: String =
            fields.iter().map(|name| field(prefix, name)).chain([field("", organization)]).collect();
        let found = found(&text, &Limits::default());
        let [Unwrapped::Document(document)] = found.as_slice() else { panic!("{prefix}: {found:?}") };
        assert_eq!(document.trail.to_string(), path);
        let Form::Variables(variables) = &document.form else { panic!("{prefix}") };
        assert_eq!(variables.present.len(), 5, "{prefix}");
    }
}

#[test]
fn limits_are_named_once() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let mut text = String::from(r#"{"imsEndpoint": "x", "privateKey": "y"}"#);
    for _ in 0..10 {
        text = STANDARD.encode(text);
    }
    let limits = Limits::default();
    let hit = |text: &str, limits: &Limits| {
        let found = found(text, limits);
        found
            .iter()
            .filter_map(|one| match one {
                Unwrapped::LimitHit { limit, trail } => Some((*limit, trail.to_string())),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(hit(&text, &limits), [(Limit::Depth(6), ["base64"; 7].join(" → "))]);
    let string = serde_json::to_string(r#"{"imsEndpoint": "x", "privateKey": "y"}"#).unwrap();
    let many = format!("[{}1]", format!("{string},").repeat(9));
    for (limits, expected) in [
        (Limits { layers: 3, ..limits }, Limit::Layers(3)),
        (Limits { expansion: 100, ..limits }, Limit::Expansion(100)),
        (Limits { finds: 2, ..limits }, Limit::Finds(2)),
        (Limits { structure: crate::json::Limits { depth: 128, values: 5 }, ..limits }, Limit::Values(5)),
    ] {
        let hit = hit(&many, &limits);
        assert!(matches!(hit.as_slice(), [(limit, _)] if *limit == expected), "{hit:?}");
    }
}

/// A program's table of symbols has more strings than are looked at.
/// Values are told apart before all of a long line is known, but not in the middle of a client.
#[test]
fn clients_of_a_long_line_keep_their_secrets() {
    let client =
        |number: u32| format!("cm-p1-e{number}-integration-0 p8e-{number:032} {number:024X}@AdobeOrg ");
    let line: String = (0..7_000).map(client).collect();
    let limits = Limits { finds: usize::MAX, ..Limits::default() };
    let found = found(&format!("note {line}\n"), &limits);
    let mut clients = found.iter().map(|one| match one {
        Unwrapped::Document(document) => document.source.text(),
        other => panic!("a part is left: {other:?}"),
    });
    let has_all =
        |text: &str| ["clientId", "clientSecret", "AdobeOrg"].iter().all(|part| text.contains(part));
    assert!(clients.all(has_all));
    assert_eq!(found.len(), 7_000);
}

#[test]
fn a_document_after_too_many_texts_is_found() {
    let document =
        serde_json::to_string(r#"{"imsEndpoint": "x", "metascopes": "z", "privateKey": "y"}"#).unwrap();
    let text = format!("\"{} imsEndpoint metascopes\", ", "a b ".repeat(20));
    let limits = Limits { layers: 3, ..Limits::default() };
    let all = found(&format!("[{}{document}]", text.repeat(9)), &limits);
    let [Unwrapped::LimitHit { limit: Limit::Layers(3), .. }, Unwrapped::Document(document)] = &all[..]
    else {
        panic!("{all:?}");
    };
    assert_eq!(document.trail.to_string(), "[9]");
}

/// What is too much for a structure is still a text.
#[test]
fn a_document_among_too_many_values_is_found() {
    let structure = crate::json::Limits { depth: 4, values: 50 };
    let limits = Limits { structure, ..Limits::default() };
    let document = r#"{"imsEndpoint": "x", "privateKey": "y"}"#;
    let quoted = serde_json::to_string(document).unwrap();
    let (many, deep) = ("0,".repeat(60), "[".repeat(5));
    for (text, limit, path) in [
        (format!("[{many}{document}]"), Limit::Values(50), "JSON"),
        (format!("[{many}{quoted}]"), Limit::Values(50), "escapes"),
        (format!("{deep}{document}{}", "]".repeat(5)), Limit::Nesting(4), "JSON"),
        (format!("{{\"a\": 1}}\n[{many}{document}]\n"), Limit::Values(50), "document 2 → JSON"),
    ] {
        let (mut limits_hit, mut paths) = (Vec::new(), Vec::new());
        for one in found(&text, &limits) {
            match one {
                Unwrapped::LimitHit { limit, .. } => limits_hit.push(limit),
                Unwrapped::Document(document) => paths.push(document.trail.to_string()),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((limits_hit, paths), (vec![limit], vec![path.to_owned()]));
    }
}

/// Adobe's client secrets are digits of base64url, and of a length that base64 may have.
#[test]
fn a_lone_client_secret_is_found_in_every_format() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let digits = "q7Rk2vLx9TzW4bNc8YpD3fGh6JmS1aQeUt5H";
    for length in [31, 32, 33, 34, 36] {
        let secret = format!("p8e-{}", &digits[..length]);
        let texts = [
            secret.clone(),
            format!("{secret}\n"),
            format!("the secret is\n{secret}\n"),
            format!("{{\"clientSecret\":\"{secret}\"}}"),
            format!("clientSecret: {secret}\n"),
            format!("a:\n  - clientSecret: |\n      {secret}\n"),
            format!("<a><clientSecret>{secret}</clientSecret></a>"),
            format!("A_CLIENT_SECRET={secret}\nB=c\n"),
            format!("A_CLIENT_SECRET='{secret}'\n"),
            format!("kind: Secret\ndata:\n  secret: {}\n", STANDARD.encode(&secret)),
            format!("{{\"data\": {{\"secret\": \"{}\"}}}}", STANDARD.encode(format!("{secret}\n"))),
        ];
        for (index, text) in texts.iter().enumerate() {
            let found = found(text, &Limits::default());
            let [Unwrapped::Part(part)] = found.as_slice() else { panic!("{length}, {index}: {found:?}") };
            assert_eq!(part.kind, PartKind::ClientSecret);
            assert!(*part.text.expose() == secret, "{length}, {index}: all of it");
        }
    }
}

#[test]
fn what_is_whole_in_a_broken_document_is_named() {
    let key = "-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----";
    let document = format!("{{\"imsEndpoint\": \"x\", \"privateKey\": \"{key}\"}}");
    let text = format!("{document} and more");
    let found = found(&text, &Limits::default());
    let [Unwrapped::Part(part)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(part.kind, PartKind::PrivateKey);
    assert_eq!(&text[part.span.range()], key);
}

/// A document as what people use writes it: once, whole, and where it is.
#[test]
fn a_document_is_read_in_the_spelling_of_its_program() {
    let document = r#"{"imsEndpoint": "x", "privateKey": "-----BEGIN PRIVATE KEY-----\nA==\n-----END PRIVATE KEY-----\n"}"#;
    let (first, second) = document.split_at(30);
    let quoted = document.replace('=', "=3D").replace("A=3D", "A=\n=3D");
    let clixml =
        document.replace('"', "_x0022_").replace("_x0022_", "&quot;").replace(", ", ",_x000D__x000A_");
    let lines = document.replace(", ", ",\n").replace('{', "{\n");
    let doubled = document.replace('\\', "\\\\");
    let (one, two) = doubled.split_at(30);
    let digits: Vec<String> =
        document.encode_utf16().flat_map(u16::to_le_bytes).map(|byte| format!("{byte:02x}")).collect();
    let registry = digits.chunks(20).map(|line| line.join(",")).collect::<Vec<_>>().join(",\\\r\n  ");
    let rich = doubled.replace('{', "\\{").replace('}', "\\}").replace(", ", ",\\par ");
    let notebook: Vec<String> =
        lines.lines().map(|line| serde_json::to_string(&format!("{line}\n")).unwrap()).collect();
    for (text, path) in [
        (format!("From: a\nContent-Transfer-Encoding: quoted-printable\n\n{quoted}\n"), "quoted-printable"),
        (format!("Use this:\n\n{quoted}\n"), "quoted-printable → JSON"),
        (format!("<Objs Version=\"1.1\"><S>{clixml}</S></Objs>"), "Objs.S"),
        (format!("[Service]\nSetCredential=aem:{}\n", doubled.replace(", ", ",\\n\\\n  ")), "aem"),
        (format!("{{\"cells\": [{{\"source\": [{}]}}]}}", notebook.join(", ")), "cells[0].source"),
        (format!("const c = '{one}' +\n  '{two}';\n"), "c"),
        (format!("C = ('{one}'\n     '{two}')\n"), "C"),
        (format!("C = '{one}' \\\n    '{two}'\n"), "C"),
        (format!("$c = '{first}' .\n  '{second}';\n"), "c"),
        (format!("cat > aem.json <<'EOF'\n{lines}\nEOF\n"), "\"aem.json\""),
        (format!("C=$(cat <<-EOF\n\t{lines}\n\tEOF\n)\n"), "C"),
        (format!("aem = <<-EOT\n    {lines}\n  EOT\n"), "aem"),
        (format!("Windows Registry Editor Version 5.00\r\n\r\n[a]\r\n\"aem\"=hex(1):{registry}\r\n"), "aem"),
        (format!("{{\\rtf1\\ansi{{\\fonttbl x;}}\\f0 {rich}}}"), "text"),
    ] {
        assert_eq!(paths(&text), [path], "{text}");
        let [Unwrapped::Document(found)] = &found(&text, &Limits::default())[..] else { panic!("{text}") };
        let value: serde_json::Value = serde_json::from_str(found.source.text()).unwrap();
        assert_eq!(value, serde_json::from_str::<serde_json::Value>(document).unwrap(), "{text}");
    }
}
