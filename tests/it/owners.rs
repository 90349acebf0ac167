//! Which secret, key and token belongs to which client, in what people's programs and tools write.

use std::sync::OnceLock;

use aemcred::internals::generate::{Kind, Seed, Specification, generate};
use aemcred::internals::secret::Secret;
use aemcred::internals::unwrap::{Limits, Unwrapped, unwrap};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::common::NOW;

/// What is put into a text: a letter for the kind, a digit for the client.
struct Values {
    marks: Vec<(String, String)>,
    texts: Vec<(String, String)>,
}

/// Credentials of three clients in each spelling that the tables use.
fn values() -> &'static Values {
    static VALUES: OnceLock<Values> = OnceLock::new();
    VALUES.get_or_init(|| {
        let (mut marks, mut texts) = (Vec::new(), Vec::new());
        for number in 1..=3_u64 {
            let mut specification = Specification::new(Seed::from(number), NOW.parse().unwrap());
            specification.client_id = format!("cm-p99999-e{number}-integration-0");
            specification.organization = format!("5EED000000000000000000{number:02}@AdobeOrg");
            specification.bits = 1024;
            let document: Value = serde_json::from_slice(generate(&specification).unwrap().expose()).unwrap();
            let integration = &document["integration"];
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let key = text(&integration["privateKey"]).replace("\r\n", "\n");
            let token = specification_token(number);
            let certificate = text(&integration["publicKey"]);
            marks.push((format!("P{number}"), certificate.lines().nth(2).unwrap().to_owned()));
            for (letter, value) in [
                ("C", text(&integration["technicalAccount"]["clientId"])),
                ("S", text(&integration["technicalAccount"]["clientSecret"])),
                ("O", text(&integration["org"])),
                ("A", text(&integration["id"])),
                ("T", token),
            ] {
                marks.push((format!("{letter}{number}"), value.clone()));
                texts.push((format!("<{letter}{number}>"), value));
            }
            marks.push((format!("K{number}"), key.lines().nth(2).unwrap().to_owned()));
            let indented = key.trim_end().replace('\n', "\n      ");
            texts.push((format!("<K{number}>"), key.trim_end().to_owned()));
            texts.push((format!("<i{number}>"), indented));
            texts.push((format!("<k{number}>"), key.replace('\n', "\\n")));
            texts.push((format!("<kk{number}>"), key.replace('\n', "\\\\n")));
            texts.push((format!("<b{number}>"), STANDARD.encode(&key)));
            texts.push((format!("<l{number}>"), key.trim_end().replace('\n', "\", \"")));
            let secret = text(&integration["technicalAccount"]["clientSecret"]);
            let digits: Vec<String> = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            texts.push((format!("<x{number}>"), digits.join(",").replace("31,", "31,\\\n  ") + ",00"));
        }
        Values { marks, texts }
    })
}

/// An access token of the client `number`.
fn specification_token(number: u64) -> String {
    let mut specification = Specification::new(Seed::from(number), NOW.parse().unwrap());
    specification.kind = Some(Kind::AccessToken);
    specification.client_id = format!("cm-p99999-e{number}-integration-0");
    let text = String::from_utf8(generate(&specification).unwrap().expose().clone()).unwrap();
    text[text.find("eyJ").unwrap()..].chars().take_while(|one| !one.is_whitespace() && *one != '"').collect()
}

/// `text` with its values.
pub(crate) fn filled(text: &str) -> String {
    values().texts.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
}

/// What is found: for each credential its values, for each part that is alone the same.
fn found(name: &str, text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let marks = |text: &str| {
        let marks = values().marks.iter().filter(|(_, value)| text.contains(value.as_str()));
        let mut names: Vec<&str> = marks.map(|(name, _)| name.as_str()).collect();
        names.sort_by_key(|name| ("CSKPAOT".find(&name[..1]), &name[1..]));
        names.join(" ")
    };
    let limits = Limits::default();
    let _ =
        unwrap(
            name,
            Secret::new(text.as_bytes().to_vec()),
            &limits,
            &|| false,
            &mut |found, _| match found {
                Unwrapped::Document(document) => all.push(marks(document.source.text())),
                Unwrapped::Part(part) => all.push(format!("alone: {}", marks(part.text.expose()))),
                Unwrapped::Encrypted(_) => all.push(String::from("encrypted")),
                Unwrapped::LimitHit { .. } | Unwrapped::Unreadable { .. } => all.push(String::from("limit")),
            },
        );
    all.sort();
    all.dedup();
    all
}

pub(crate) fn hold(table: &[(&str, &str, &[&str])]) {
    let mut faults = Vec::new();
    for (name, text, expected) in table {
        let found = found(name, &filled(text));
        let mut expected: Vec<&str> = expected.to_vec();
        expected.sort_unstable();
        if found != expected {
            faults.push(format!("{name}: {found:?} instead of {expected:?}\n{text}"));
        }
    }
    assert!(faults.is_empty(), "{} of {}\n{}", faults.len(), table.len(), faults.join("\n"));
}

#[test]
fn each_value_belongs_to_the_nearest_client() {
    hold(&[
        (
            "run.sh",
            "curl -d client_id=<C1> -d client_secret=<S1> https://ims-na1.adobelogin.com/x\ncurl -d client_id=<C2> -d client_secret=<S2> https://ims-na1.adobelogin.com/x\n",
            &["C1 S1", "C2 S2"],
        ),
        ("form.txt", "client_id=<C1>&client_secret=<S1>&grant_type=jwt\n", &["C1 S1"]),
        ("run.ps1", "./deploy --client-id <C1> --client-secret <S1> --key \"<k1>\"\n", &["C1 S1 K1"]),
        (
            "objects.json",
            r#"{"prod": {"clientId": "<C1>", "clientSecret": "<S1>", "privateKey": "<k1>"}, "stage": {"clientId": "<C2>", "clientSecret": "<S2>", "privateKey": "<k2>"}}"#,
            &["C1 S1 K1", "C2 S2 K2"],
        ),
        (
            "elements.xml",
            "<clients><client id='prod'><clientId><C1></clientId><clientSecret><S1></clientSecret><privateKey><K1></privateKey></client><client id='stage'><clientId><C2></clientId><clientSecret><S2></clientSecret><privateKey><K2></privateKey></client></clients>",
            &["C1 S1 K1", "C2 S2 K2"],
        ),
        (
            "Two.java",
            "class Prod {\n  String clientId = \"<C1>\";\n  String clientSecret = \"<S1>\";\n  String privateKey = \"<k1>\";\n}\n\nclass Stage {\n  String clientId = \"<C2>\";\n  String clientSecret = \"<S2>\";\n  String privateKey = \"<k2>\";\n}\n",
            &["C1 S1 K1", "C2 S2 K2"],
        ),
        (
            ".env",
            "# prod\nPROD_CLIENT_ID=<C1>\nSTAGE_CLIENT_ID=<C2>\nPROD_CLIENT_SECRET=<S1>\nSTAGE_CLIENT_SECRET=<S2>\nPROD_PRIVATE_KEY=\"<k1>\"\nSTAGE_PRIVATE_KEY=\"<k2>\"\n",
            &["C1 S1 K1", "C2 S2 K2"],
        ),
        (
            "blocks.env",
            "CLIENT_ID=<C1>\nCLIENT_SECRET=<S1>\nPRIVATE_KEY=\"<k1>\"\n\n#CLIENT_ID=<C2>\n#CLIENT_SECRET=<S2>\n",
            &["C1 S1 K1", "C2 S2"],
        ),
        (
            "clients.ini",
            "[prod]\nclient_id = <C1>\nclient_secret = <S1>\n[stage]\nclient_id = <C2>\nclient_secret = <S2>\n",
            &["C1 S1", "C2 S2"],
        ),
        (
            "clients.csv",
            "name,client_id,client_secret,org\nprod,<C1>,<S1>,<O1>\nstage,<C2>,<S2>,<O2>\n",
            &["C1 S1 O1", "C2 S2 O2"],
        ),
        (
            "keys.csv",
            "name,client_id,private_key,client_secret\nprod,<C1>,\"<K1>\",<S1>\nstage,<C2>,\"<K2>\",<S2>\n",
            &["C1 S1 K1", "C2 S2 K2"],
        ),
        (
            "clients.sql",
            "INSERT INTO clients (name, client_id, client_secret, private_key) VALUES\n('prod', '<C1>', '<S1>', '<K1>'),\n('stage', '<C2>', '<S2>', '<K2>');\n",
            &["C1 S1 K1", "C2 S2 K2"],
        ),
        (
            "README.md",
            "| env | client | secret |\n|---|---|---|\n| prod | `<C1>` | `<S1>` |\n| stage | `<C2>` | `<S2>` |\n",
            &["C1 S1", "C2 S2"],
        ),
        (
            "name-value.json",
            r#"[{"env": [{"name": "CLIENT_ID", "value": "<C1>"}, {"name": "CLIENT_SECRET", "value": "<S1>"}, {"name": "KEY", "value": "<k1>"}]}, {"env": [{"name": "CLIENT_ID", "value": "<C2>"}, {"name": "CLIENT_SECRET", "value": "<S2>"}, {"name": "KEY", "value": "<k2>"}]}]"#,
            &["C1 S1 K1", "C2 S2 K2"],
        ),
        (
            "key-value.json",
            r#"[{"key": "client_id", "value": "<C1>"}, {"key": "client_secret", "value": "<S1>"}, {"key": "private_key", "value": "<k1>"}]"#,
            &["C1 S1 K1"],
        ),
        (
            "label-value.json",
            r#"{"fields": [{"label": "client id", "value": "<C1>"}, {"label": "client secret", "value": "<S1>"}, {"label": "private key", "value": "<k1>"}]}"#,
            &["C1 S1 K1"],
        ),
        (
            "title-value.json",
            r#"{"sections": [{"fields": [{"title": "client id", "value": {"string": "<C1>"}}, {"title": "secret", "value": {"concealed": "<S1>"}}, {"title": "key", "value": {"string": "<k1>"}}]}]}"#,
            &["C1 S1 K1"],
        ),
        (
            "name-holds-value.json",
            r#"{"variables": {"AEM_CLIENT_ID": {"value": "<C1>"}, "AEM_CLIENT_SECRET": {"value": "<S1>", "isSecret": false}, "AEM_PRIVATE_KEY": {"value": "<k1>"}}}"#,
            &["C1 S1 K1"],
        ),
        (
            "key-value.xml",
            "<Entry><String><Key>client</Key><Value><C1></Value></String><String><Key>secret</Key><Value><S1></Value></String><String><Key>pem</Key><Value><K1></Value></String></Entry>",
            &["C1 S1 K1"],
        ),
        (
            "key-string.plist",
            "<plist><array><dict><key>client</key><string><C1></string><key>secret</key><string><S1></string><key>pem</key><string><K1></string></dict><dict><key>client</key><string><C2></string><key>secret</key><string><S2></string><key>pem</key><string><K2></string></dict></array></plist>",
            &["C1 S1 K1", "C2 S2 K2"],
        ),
        (
            "env.reg",
            "Windows Registry Editor Version 5.00\n\n[HKEY_CURRENT_USER\\Environment]\n\"AEM_CLIENT_ID\"=\"<C1>\"\n\"AEM_CLIENT_SECRET\"=\"<S1>\"\n\"AEM_PRIVATE_KEY\"=\"<kk1>\"\n",
            &["C1 S1 K1"],
        ),
        (
            "two-keys.json",
            r#"{"clientId": "<C1>", "clientSecret": "<S1>", "other": {"clientId": "<C2>", "privateKey": "<k2>"}}"#,
            &["C1 S1", "C2 K2"],
        ),
        ("alone.txt", "the secret is <S1>\n", &["alone: S1"]),
        ("unclear.txt", "clients: <C1> and <C2>\n\nsecrets: <S1> and <S2>\n", &["alone: S1", "alone: S2"]),
        (
            "base64.yaml",
            "env:\n- name: CLIENT_ID\n  value: <C1>\n- name: CLIENT_SECRET\n  value: <S1>\n- name: PRIVATE_KEY_B64\n  value: <b1>\n",
            &["C1 S1 K1"],
        ),
    ]);
}

/// Ten clients and ten keys, one after the other, and the same with their ends first.
#[test]
fn interleaved_clients_keep_their_own() {
    let key = |number: u64| {
        let mut specification = Specification::new(Seed::from(number), NOW.parse().unwrap());
        specification.client_id = format!("cm-p99999-e{number}-integration-0");
        specification.bits = 1024;
        let document: Value = serde_json::from_slice(generate(&specification).unwrap().expose()).unwrap();
        let integration = &document["integration"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (
            text(&integration["technicalAccount"]["clientId"]),
            text(&integration["privateKey"]).replace("\r\n", "\n"),
        )
    };
    let all: Vec<(String, String)> = (10..20).map(key).collect();
    let pairs = |text: String| {
        let mut pairs = 0;
        let _ = unwrap(
            "a.txt",
            Secret::new(text.into_bytes()),
            &Limits::default(),
            &|| false,
            &mut |found, _| {
                let Unwrapped::Document(document) = found else { return };
                let text = document.source.text();
                let clients: Vec<usize> = (0..10).filter(|index| text.contains(&all[*index].0)).collect();
                let keys: Vec<usize> =
                    (0..10).filter(|index| text.contains(all[*index].1.lines().nth(2).unwrap())).collect();
                assert_eq!(clients, keys);
                assert_eq!(clients.len(), 1);
                pairs += 1;
            },
        );
        pairs
    };
    let before: Vec<String> =
        all.iter().map(|(client, key)| format!("client: {client}\nkey:\n{key}\n")).collect();
    assert_eq!(pairs(before.concat()), 10);
    let after: Vec<String> = all.iter().map(|(client, key)| format!("{key}\nis of {client}\n\n")).collect();
    assert_eq!(pairs(after.concat()), 10);
}

#[test]
fn tools_keep_them_in_ways_of_their_own() {
    hold(&[
        (
            ".aio",
            "{\n  ims: {\n    contexts: {\n      aem: {\n        client_id: <C1>\n        client_secret: <S1>\n        ims_org_id: <O1>\n        private_key:\n          '''\n          <i1>\n          '''\n      }\n    }\n  }\n}\n",
            &["C1 S1 K1 O1"],
        ),
        (
            "aio.yaml",
            "ims:\n contexts:\n  prod:\n   client_id: <C1>\n   client_secret: <S1>\n   private_key: |\n      <i1>\n  stage:\n   client_id: <C2>\n   client_secret: <S2>\n",
            &["C1 S1 K1", "C2 S2"],
        ),
        (
            // No YAML: the block isn't indented.
            "broken.yaml",
            "prod:\n      client_id: <C1>\n      client_secret: <S1>\n      private_key: |\n      <i1>\nstage:\n      client_id: <C2>\n      client_secret: <S2>\n",
            &["C1 S1 K1", "C2 S2"],
        ),
        (
            // The key is another program's: there is one more of them than clients.
            "others.json",
            r#"{"services": {"aem": {"clientId": "<C1>", "clientSecret": "<S1>"}, "ssh": {"privateKey": "<k2>"}}, "tls": {"privateKey": "<k3>"}}"#,
            &["C1 S1", "alone: K2", "alone: K3"],
        ),
        (
            "aio.env",
            "AIO_ims_contexts_prod_client__id=<C1>\nAIO_ims_contexts_prod_client__secret=<S1>\nAIO_ims_contexts_prod_private__key=\"<k1>\"\nAIO_ims_contexts_stage_client__id=<C2>\nAIO_ims_contexts_stage_client__secret=<S2>\n",
            &["C1 S1 K1", "C2 S2"],
        ),
        (
            "com.x.Ims~prod.cfg.json",
            r#"{"clientId": "<C1>", "clientSecret": "<S1>", "privateKey": "<k1>", "amcOrgId": "<O1>"}"#,
            &["C1 S1 K1 O1"],
        ),
        (
            "com.x.Ims.xml",
            "<?xml version=\"1.0\"?>\n<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" xmlns:sling=\"http://sling.apache.org/jcr/sling/1.0\" jcr:primaryType=\"sling:OsgiConfig\"\n  clientId=\"<C1>\" clientSecret=\"<S1>\" orgId=\"<O1>\"/>\n",
            &["C1 S1 O1"],
        ),
        (
            "postman_environment.json",
            r#"{"id": "1", "name": "AEM", "values": [{"key": "client_id", "value": "<C1>", "type": "default", "enabled": true}, {"key": "client_secret", "value": "<S1>", "type": "secret", "enabled": true}, {"key": "token", "value": "<T1>", "enabled": true}], "_postman_variable_scope": "environment"}"#,
            &["C1 S1", "alone: T1"],
        ),
        (
            "postman_collection.json",
            r#"{"info": {"name": "AEM"}, "item": [{"name": "exchange", "request": {"method": "POST", "body": {"mode": "urlencoded", "urlencoded": [{"key": "client_id", "value": "<C1>", "type": "text"}, {"key": "client_secret", "value": "<S1>", "type": "text"}]}, "url": {"raw": "https://ims-na1.adobelogin.com/ims/exchange/jwt"}}}]}"#,
            &["C1 S1"],
        ),
        (
            "insomnia.json",
            r#"{"_type": "export", "resources": [{"_id": "req_1", "body": {"mimeType": "application/x-www-form-urlencoded", "params": [{"id": "p1", "name": "client_id", "value": "<C1>"}, {"id": "p2", "name": "client_secret", "value": "<S1>"}]}}]}"#,
            &["C1 S1"],
        ),
        (
            "exchange.bru",
            "meta {\n  name: exchange\n  type: http\n}\n\npost {\n  url: https://ims-na1.adobelogin.com/ims/exchange/jwt\n  body: formUrlEncoded\n}\n\nbody:form-urlencoded {\n  client_id: <C1>\n  client_secret: <S1>\n}\n",
            &["C1 S1"],
        ),
        (
            "log.har",
            r#"{"log": {"entries": [{"request": {"url": "https://ims-na1.adobelogin.com/ims/exchange/jwt", "postData": {"mimeType": "application/x-www-form-urlencoded", "text": "client_id=<C1>&client_secret=<S1>", "params": [{"name": "client_id", "value": "<C1>"}, {"name": "client_secret", "value": "<S1>"}]}}}]}}"#,
            &["C1 S1"],
        ),
        (
            "aem.http",
            "POST https://ims-na1.adobelogin.com/ims/exchange/jwt\nContent-Type: application/x-www-form-urlencoded\n\nclient_id=<C1>\n&client_secret=<S1>\n\n###\nPOST https://ims-na1.adobelogin.com/ims/exchange/jwt\n\nclient_id=<C2>\n&client_secret=<S2>\n",
            &["C1 S1", "C2 S2"],
        ),
        (
            "plan.jmx",
            "<jmeterTestPlan><hashTree><elementProp name=\"client_id\" elementType=\"HTTPArgument\"><boolProp name=\"HTTPArgument.always_encode\">true</boolProp><stringProp name=\"Argument.value\"><C1></stringProp><stringProp name=\"Argument.name\">client_id</stringProp></elementProp><elementProp name=\"client_secret\" elementType=\"HTTPArgument\"><boolProp name=\"HTTPArgument.always_encode\">true</boolProp><stringProp name=\"Argument.value\"><S1></stringProp><stringProp name=\"Argument.name\">client_secret</stringProp></elementProp></hashTree></jmeterTestPlan>",
            &["C1 S1"],
        ),
        (
            "vars.yml",
            "aem_client_id: <C1>\naem_client_secret: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  62313365396662343061393464336163383764373764613633653634306231386433626436623361\n  6134333665353966363534333632666535333761666131620a663537646436643839616531643561\n",
            &["encrypted"],
        ),
        (
            "Jenkinsfile",
            "pipeline {\n  environment {\n    AEM_CLIENT_ID = '<C1>'\n    AEM_CLIENT_SECRET = '<S1>'\n  }\n}\n",
            &["C1 S1"],
        ),
        (
            "config.xml",
            "<project><properties><hudson.model.ParametersDefinitionProperty><parameterDefinitions><hudson.model.StringParameterDefinition><name>CLIENT_ID</name><defaultValue><C1></defaultValue><trim>true</trim></hudson.model.StringParameterDefinition><hudson.model.StringParameterDefinition><name>CLIENT_SECRET</name><defaultValue><S1></defaultValue><trim>true</trim></hudson.model.StringParameterDefinition></parameterDefinitions></hudson.model.ParametersDefinitionProperty></properties></project>",
            &["C1 S1"],
        ),
        (
            ".gitlab-ci.yml",
            "variables:\n  AEM_CLIENT_ID: <C1>\n  AEM_CLIENT_SECRET:\n    value: <S1>\n    description: secret\n",
            &["C1 S1"],
        ),
        (
            "variables.json",
            r#"[{"variable_type": "env_var", "key": "AEM_CLIENT_ID", "value": "<C1>", "protected": false}, {"variable_type": "env_var", "key": "AEM_CLIENT_SECRET", "value": "<S1>", "protected": false}, {"variable_type": "file", "key": "AEM_KEY", "value": "<k1>", "protected": false}]"#,
            &["C1 S1 K1"],
        ),
        (
            "azure-pipelines.yml",
            "variables:\n- name: AEM_CLIENT_ID\n  value: <C1>\n- name: AEM_CLIENT_SECRET\n  value: <S1>\n",
            &["C1 S1"],
        ),
        (
            "bitwarden.json",
            r#"{"items": [{"name": "AEM", "login": {"username": "<C1>", "password": "<S1>"}, "fields": [{"name": "key", "value": "<k1>", "type": 1}]}, {"name": "AEM 2", "login": {"username": "<C2>", "password": "<S2>"}, "fields": [{"name": "key", "value": "<k2>", "type": 1}]}]}"#,
            &["C1 S1 K1", "C2 S2 K2"],
        ),
        (
            "1password.json",
            r#"{"title": "AEM", "fields": [{"id": "username", "type": "STRING", "purpose": "USERNAME", "label": "username", "value": "<C1>"}, {"id": "password", "type": "CONCEALED", "purpose": "PASSWORD", "label": "password", "value": "<S1>"}, {"id": "x", "type": "CONCEALED", "label": "private key", "value": "<k1>"}]}"#,
            &["C1 S1 K1"],
        ),
        (
            "keepass.csv",
            "\"Group\",\"Title\",\"Username\",\"Password\",\"URL\",\"Notes\"\n\"Root\",\"AEM\",\"<C1>\",\"<S1>\",\"\",\"<K1>\"\n\"Root\",\"AEM 2\",\"<C2>\",\"<S2>\",\"\",\"\"\n",
            &["C1 S1 K1", "C2 S2"],
        ),
        (
            "inspect.json",
            r#"[{"Id": "1", "Config": {"Env": ["AEM_CLIENT_ID=<C1>", "AEM_CLIENT_SECRET=<S1>"]}}, {"Id": "2", "Config": {"Env": ["AEM_CLIENT_ID=<C2>", "AEM_CLIENT_SECRET=<S2>"]}}]"#,
            &["C1 S1", "C2 S2"],
        ),
        (
            "history.txt",
            "IMAGE          CREATED        CREATED BY                                      SIZE      COMMENT\n1234           2 hours ago    ENV AEM_CLIENT_ID=<C1> AEM_CLIENT_SECRET=<S1>   0B        buildkit.dockerfile.v0\n",
            &["C1 S1"],
        ),
        (
            "history.json",
            r#"{"history": [{"created": "2026-11-01T10:00:00Z", "created_by": "ENV AEM_CLIENT_ID=<C1>", "empty_layer": true}, {"created": "2026-11-01T10:00:00Z", "created_by": "ENV AEM_CLIENT_SECRET=<S1>", "empty_layer": true}]}"#,
            &["C1 S1"],
        ),
        (
            "cache.json",
            r#"{"ims": {"contexts": {"$cli": {"access_token": {"token": "<T1>", "expiry": 1795939200000}}}}}"#,
            &["alone: T1"],
        ),
        (
            "page.html",
            "<html><body><p>Client: <span class='x'><C1></span><br>Secret: <code><S1></code></p><script>var a = 1 < 2;</script></body></html>",
            &["C1 S1"],
        ),
        (
            "load.js",
            "import http from 'k6/http';\nconst clientId = __ENV.ID || '<C1>';\nconst clientSecret = __ENV.SECRET || '<S1>';\nexport default function () {\n  http.get('https://x', { headers: { Authorization: `Bearer <T1>` } });\n}\n",
            &["C1 S1", "alone: T1"],
        ),
        (
            "com.x.Ims.config",
            "# Configuration created by Apache Sling\nclientId=\"<C1>\"\nclientSecret=\"<S1>\"\nscopes=[ \\\n  \"ent_aem_cloud_api\", \\\n  ]\nenabled=B\"true\"\nprivateKey=\"<k1>\"\n",
            &["C1 S1 K1"],
        ),
        (
            "insomnia.yaml",
            "type: collection.insomnia.rest/5.0\nname: AEM\ncollection:\n- url: https://ims-na1.adobelogin.com/ims/exchange/jwt\n  body:\n    params:\n    - name: client_id\n      value: <C1>\n    - name: client_secret\n      value: <S1>\nenvironments:\n  name: Base\n  data:\n    token: <T1>\n",
            &["C1 S1", "alone: T1"],
        ),
        (
            "environments/prod.bru",
            "vars {\n  client_id: <C1>\n  client_secret: <S1>\n}\nvars:secret [\n  token\n]\n",
            &["C1 S1"],
        ),
        (
            "keepass.xml",
            "<KeePassFile><Root><Group><Entry><String><Key>Title</Key><Value>AEM</Value></String><String><Key>UserName</Key><Value><C1></Value></String><String><Key>Password</Key><Value ProtectInMemory=\"True\"><S1></Value></String><String><Key>key</Key><Value><K1></Value></String></Entry><Entry><String><Key>UserName</Key><Value><C2></Value></String><String><Key>Password</Key><Value ProtectInMemory=\"True\"><S2></Value></String></Entry></Group></Root></KeePassFile>",
            &["C1 S1 K1", "C2 S2"],
        ),
        (
            "bitwarden.csv",
            "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp\n,,login,AEM,,\"key: <k1>\",0,,<C1>,<S1>,\n,,login,AEM 2,,,0,,<C2>,<S2>,\n",
            &["C1 S1 K1", "C2 S2"],
        ),
        (
            "1password.csv",
            "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes\nAEM,,<C1>,<S1>,,false,false,,\"<K1>\"\n",
            &["C1 S1 K1"],
        ),
        (
            "group.json",
            r#"{"id": 4, "name": "aem", "type": "Vsts", "variables": {"AEM_CLIENT_ID": {"isSecret": null, "value": "<C1>"}, "AEM_CLIENT_SECRET": {"isSecret": null, "value": "<S1>"}, "AEM_PRIVATE_KEY": {"isSecret": true, "value": null}}}"#,
            &["C1 S1"],
        ),
        (
            "credentials.xml",
            "<list><com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl><scope>GLOBAL</scope><id>aem</id><username><C1></username><password><S1></password></com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl></list>",
            &["C1 S1"],
        ),
        (
            // The secret is another program's to open.
            "encrypted.xml",
            "<com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl><username><C1></username><password>{AQAAABAAAAAQ5m3xYzabcdefghijklmnopqrstuv0123456789ABCDEF=}</password></com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl>",
            &[],
        ),
        (
            "find.txt",
            "[\n  {\n    _id: ObjectId('65a1b2c3d4e5f60718293a4b'),\n    clientId: '<C1>',\n    clientSecret: '<S1>',\n    privateKey: '<k1>',\n    created: ISODate('2026-11-01T00:00:00.000Z'),\n    uses: Long('7')\n  }\n]\n",
            &["C1 S1 K1"],
        ),
        (
            "dump.json",
            r#"{"_id": {"$oid": "65a1b2c3d4e5f60718293a4b"}, "clientId": "<C1>", "clientSecret": "<S1>", "key": {"$binary": {"base64": "<b1>", "subType": "00"}}, "created": {"$date": {"$numberLong": "1793491200000"}}, "uses": {"$numberInt": "7"}}"#,
            &["C1 S1 K1"],
        ),
        (
            "old.reg",
            "REGEDIT4\n\n[HKEY_CURRENT_USER\\Environment]\n\"AEM_CLIENT_ID\"=\"<C1>\"\n\"AEM_CLIENT_SECRET\"=hex(2):<x1>\n",
            &["C1 S1"],
        ),
        (
            "hand.hjson",
            "{\n  # ours\n  client_id: <C1>\n  client_secret: <S1>\n  // theirs\n  ims_org_id: <O1>\n  private_key:\n    '''\n      <i1>\n    '''\n}\n",
            &["C1 S1 K1 O1"],
        ),
        (
            "lists.env",
            "AIO_ims_contexts_aem_client__id=<C1>\nAIO_ims_contexts_aem_client__secret=<S1>\nAIO_ims_contexts_aem_meta__scopes=[\"ent_aem_cloud_api\"]\nAIO_ims_contexts_aem_private__key=[\"<l1>\"]\n",
            &["C1 S1 K1"],
        ),
        (
            "plan.txt",
            "  # aem_x.y will be created\n  + resource \"aem_x\" \"y\" {\n      + client_id     = \"<C1>\"\n      + client_secret = \"<S1>\"\n    }\n",
            &["C1 S1"],
        ),
    ]);
}

/// A document with a line break after each member, and something around each line.
#[test]
fn a_document_cut_into_lines_is_put_together() {
    let mut specification = Specification::new(Seed::from(1), NOW.parse().unwrap());
    specification.client_id = String::from("cm-p99999-e1-integration-0");
    specification.organization = String::from("5EED00000000000000000001@AdobeOrg");
    specification.bits = 1024;
    let document = String::from_utf8(generate(&specification).unwrap().expose().clone()).unwrap();
    let each = |line: &dyn Fn(&str) -> String| document.lines().map(line).collect::<String>();
    let json = |text: &str| serde_json::to_string(text).unwrap();
    let markup = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let mut faults = Vec::new();
    for (name, text) in [
        (
            "json-file.log",
            each(&|line| {
                let line = json(&format!("{line}\n"));
                format!(
                    "{{\"log\":{line},\"stream\":\"stdout\",\"time\":\"2026-11-20T10:00:00.123456789Z\"}}\n"
                )
            }),
        ),
        (
            "twice.log",
            each(&|line| format!("{{\"log\":{},\"stream\":\"stdout\"}}\n", json(&format!("{line}\n"))))
                + "{\"log\":\"done\\n\",\"stream\":\"stdout\"}\n"
                + &each(&|line| {
                    format!(
                        "{{\"log\":{},\"stream\":\"stdout\"}}\n",
                        json(&format!("{}\n", line.replace("integration-0", "integration-1")))
                    )
                }),
        ),
        ("containerd.log", each(&|line| format!("2026-11-20T10:00:00.123456789Z stdout F {line}\n"))),
        ("log4j.log", each(&|line| format!("2026-11-20 10:00:00,123 INFO  [main] com.x.Ims - {line}\n"))),
        ("log4j2.log", each(&|line| format!("10:00:00.123 [main] DEBUG com.x.Ims - {line}\n"))),
        ("sling.log", each(&|line| format!("20.11.2026 10:00:00.123 *INFO* [main] com.x.Ims {line}\n"))),
        ("python.log", each(&|line| format!("2026-11-20 10:00:00,123 - ims - INFO - {line}\n"))),
        ("journal.log", each(&|line| format!("Nov 20 10:00:00 host app[1234]: {line}\n"))),
        ("journal-iso.log", each(&|line| format!("2026-11-20T10:00:00+0100 host app[1234]: {line}\n"))),
        (
            "journal.json",
            each(&|line| {
                format!("{{\"__REALTIME_TIMESTAMP\":\"1\",\"PRIORITY\":\"6\",\"MESSAGE\":{}}}\n", json(line))
            }),
        ),
        (
            "gitlab.log",
            format!(
                "\u{1b}[0KRunning with gitlab-runner\u{1b}[0;m\n\u{1b}[32;1m$ cat a.json\u{1b}[0;m\n{document}\n"
            ),
        ),
        ("gitlab-time.log", each(&|line| format!("2026-11-20T10:00:00.123456Z 01O {line}\n"))),
        ("colors.log", each(&|line| format!("\u{1b}[36m{line}\u{1b}[0m\n"))),
        ("compose.log", each(&|line| format!("\u{1b}[36mweb-1  |\u{1b}[0m {line}\n"))),
        (
            "plan.txt",
            format!(
                "  + resource \"x\" \"y\" {{\n      + value = <<-EOT\n{}        EOT\n    }}\n",
                each(&|line| format!("            {line}\n"))
            ),
        ),
        (
            "page.html",
            format!("<html><pre>{}</pre></html>", each(&|line| format!("<span>{}</span>\n", markup(line)))),
        ),
        (
            "rows.html",
            format!("<table>{}</table>", each(&|line| format!("<tr><td>{}</td></tr>", markup(line)))),
        ),
        ("lines.html", format!("<div>{}</div>", each(&|line| format!("{}<br>", markup(line))))),
        (
            "content.xml",
            format!(
                "<office:document-content><office:body>{}</office:body></office:document-content>",
                each(&|line| format!("<text:p><text:span>{}</text:span></text:p>", markup(line)))
            ),
        ),
        (
            "slide.xml",
            format!(
                "<p:sld>{}</p:sld>",
                each(&|line| format!("<a:p><a:r><a:t>{}</a:t></a:r></a:p>", markup(line)))
            ),
        ),
    ] {
        let found = found(name, &text);
        let second = String::from("S1 K1 P1 A1 O1");
        let expected =
            if name == "twice.log" { vec!["C1 S1 K1 P1 A1 O1", &second] } else { vec!["C1 S1 K1 P1 A1 O1"] };
        if found != expected {
            faults.push(format!("{name}: {found:?}\n{}", text.chars().take(400).collect::<String>()));
        }
    }
    assert!(faults.is_empty(), "{}\n{}", faults.len(), faults.join("\n"));
}

/// Other languages, consoles and tools.
#[test]
fn more_tools_keep_them_in_ways_of_their_own() {
    hold(&[
        (
            "A.swift",
            "let aem = [\"clientId\": \"<C1>\", \"clientSecret\": \"<S1>\", \"privateKey\": \"<k1>\"]\nlet stage = [\"clientId\": \"<C2>\", \"clientSecret\": \"<S2>\"]\n",
            &["C1 S1 K1", "C2 S2"],
        ),
        (
            "a.m",
            "NSDictionary *aem = @{@\"clientId\": @\"<C1>\", @\"clientSecret\": @\"<S1>\", @\"privateKey\": @\"<k1>\"};\n",
            &["C1 S1 K1"],
        ),
        (
            "a.kts",
            "val aem = mapOf(\"clientId\" to \"<C1>\", \"clientSecret\" to \"<S1>\", \"privateKey\" to \"<k1>\")\n",
            &["C1 S1 K1"],
        ),
        (
            "config.edn",
            "{:aem {:client-id \"<C1>\" :client-secret \"<S1>\" :private-key \"<k1>\"}\n :stage {:client-id \"<C2>\" :client-secret \"<S2>\" :private-key \"<k2>\"}}\n",
            &["C1 S1 K1", "C2 S2 K2"],
        ),
        (
            "wp-config.php",
            "<?php\ndefine('AEM_CLIENT_ID', '<C1>');\ndefine('AEM_CLIENT_SECRET', '<S1>');\ndefine('AEM_PRIVATE_KEY', '<K1>');\n",
            &["C1 S1 K1"],
        ),
        (
            "main.go",
            "var prod = Config{\n\tClientID:     \"<C1>\",\n\tClientSecret: \"<S1>\",\n\tPrivateKey: `<K1>`,\n}\n\nvar stage = Config{\n\tClientID:     \"<C2>\",\n\tClientSecret: \"<S2>\",\n\tPrivateKey: `<K2>`,\n}\n",
            &["C1 S1 K1", "C2 S2 K2"],
        ),
        (
            "Aem.cs",
            "var prod = new AemOptions {\n    ClientId = \"<C1>\",\n    ClientSecret = \"<S1>\",\n    PrivateKey = @\"<K1>\",\n};\nvar stage = new AemOptions {\n    ClientId = \"<C2>\",\n    ClientSecret = \"<S2>\",\n};\n",
            &["C1 S1 K1", "C2 S2"],
        ),
        (
            "site.pp",
            "class { 'aem':\n  client_id     => '<C1>',\n  client_secret => '<S1>',\n  private_key   => \"<k1>\",\n}\nclass { 'aem2':\n  client_id     => '<C2>',\n  client_secret => '<S2>',\n}\n",
            &["C1 S1 K1", "C2 S2"],
        ),
        (
            "a.lua",
            "return { prod = { client_id = \"<C1>\", client_secret = \"<S1>\", key = [[<K1>]] }, stage = { client_id = \"<C2>\", client_secret = \"<S2>\" } }\n",
            &["C1 S1 K1", "C2 S2"],
        ),
        (
            "suite.robot",
            "*** Variables ***\n${CLIENT_ID}        <C1>\n${CLIENT_SECRET}    <S1>\n${STAGE_CLIENT_ID}        <C2>\n${STAGE_CLIENT_SECRET}    <S2>\n",
            &["C1 S1", "C2 S2"],
        ),
        (
            "web.config",
            "<configuration><appSettings><add key=\"Aem:ClientId\" value=\"<C1>\" /><add key=\"Aem:ClientSecret\" value=\"<S1>\" /></appSettings></configuration>",
            &["C1 S1"],
        ),
        (
            "cfn.json",
            "[{\"ParameterKey\": \"ClientId\", \"ParameterValue\": \"<C1>\"}, {\"ParameterKey\": \"ClientSecret\", \"ParameterValue\": \"<S1>\"}, {\"ParameterKey\": \"PrivateKey\", \"ParameterValue\": \"<k1>\"}]",
            &["C1 S1 K1"],
        ),
        (
            "ssm.json",
            "{\"Parameters\": [{\"Name\": \"/aem/prod/client_id\", \"Type\": \"String\", \"Value\": \"<C1>\", \"Version\": 1}, {\"Name\": \"/aem/prod/client_secret\", \"Type\": \"SecureString\", \"Value\": \"<S1>\"}, {\"Name\": \"/aem/stage/client_id\", \"Value\": \"<C2>\"}, {\"Name\": \"/aem/stage/client_secret\", \"Value\": \"<S2>\"}, {\"Name\": \"/aem/stage/private_key\", \"Value\": \"<k2>\"}]}",
            &["C1 S1", "C2 S2 K2"],
        ),
        (
            "kustomization.yaml",
            "secretGenerator:\n- name: aem\n  literals:\n  - CLIENT_ID=<C1>\n  - CLIENT_SECRET=<S1>\n- name: stage\n  literals:\n  - CLIENT_ID=<C2>\n  - CLIENT_SECRET=<S2>\n",
            &["C1 S1", "C2 S2"],
        ),
        (
            "vault.txt",
            "======= Data =======\nKey              Value\n---              -----\nclient_id        <C1>\nclient_secret    <S1>\nprivate_key      <K1>\n",
            &["C1 S1 K1"],
        ),
        (
            "mysql.txt",
            "*************************** 1. row ***************************\n    client_id: <C1>\nclient_secret: <S1>\n  private_key: <K1>\n*************************** 2. row ***************************\n    client_id: <C2>\nclient_secret: <S2>\n  private_key: <K2>\n",
            &["C1 S1 K1", "C2 S2 K2"],
        ),
        (
            "psql.out",
            "-[ RECORD 1 ]-+-----\nclient_id     | <C1>\nclient_secret | <S1>\n-[ RECORD 2 ]-+-----\nclient_id     | <C2>\nclient_secret | <S2>\n",
            &["C1 S1", "C2 S2"],
        ),
        (
            ".zsh_history",
            ": 1764000000:0;export AEM_CLIENT_ID=<C1>\n: 1764000001:0;export AEM_CLIENT_SECRET=<S1>\n: 1764000002:0;ls\n",
            &["C1 S1"],
        ),
        (
            "fish_history",
            "- cmd: set -x AEM_CLIENT_ID <C1>\n  when: 1764000000\n- cmd: set -x AEM_CLIENT_SECRET <S1>\n  when: 1764000001\n",
            &["C1 S1"],
        ),
        (
            "app.log",
            "ts=2026-11-29T07:00:00Z level=info msg=\"exchange\" client_id=<C1> client_secret=<S1>\nts=2026-11-29T07:00:01Z level=info msg=\"exchange\" client_id=<C2> client_secret=<S2>\n",
            &["C1 S1", "C2 S2"],
        ),
        ("values.tsv", "client_id\tclient_secret\n<C1>\t<S1>\n<C2>\t<S2>\n", &["C1 S1", "C2 S2"]),
        (
            "aem.bicepparam",
            "param clientId = '<C1>'\nparam clientSecret = '<S1>'\nparam privateKey = '''\n<K1>\n'''\n",
            &["C1 S1 K1"],
        ),
        ("notes.adoc", "= AEM\n\nClient:: `<C1>`\nSecret:: `<S1>`\n\n----\n<K1>\n----\n", &["C1 S1 K1"]),
        (
            "story.txt",
            "Prod uses <C1> with the secret <S1>, and stage uses <C2> with the secret <S2>.\n",
            &["C1 S1", "C2 S2"],
        ),
        (
            "fallback.py",
            "CLIENT_ID = os.getenv('AEM_CLIENT_ID', '<C1>')\nCLIENT_SECRET = os.getenv('AEM_CLIENT_SECRET', '<S1>')\n",
            &["C1 S1"],
        ),
    ]);
}

/// Who stands nearest is told by blocks, by names that are set again, and by what the names of an object are.
#[test]
fn structure_tells_clients_apart() {
    let two = &["C1 S1", "C2 S2"][..];
    hold(&[
        (
            "T.java",
            "class Dev {\n  static final String ID = \"<C1>\";\n  static final String SECRET = \"<S1>\";\n}\nclass Prod {\n  static final String SECRET = \"<S2>\";\n  static final String ID = \"<C2>\";\n}\n",
            two,
        ),
        (
            "T.cs",
            "namespace A\n{\n    class Dev\n    {\n        const string Id = \"<C1>\";\n\n        const string Secret = \"<S1>\";\n    }\n    class Prod\n    {\n        const string Secret = \"<S2>\";\n        const string Id = \"<C2>\";\n    }\n}\n",
            two,
        ),
        (
            "a.kt",
            "object Dev {\n    const val SECRET = \"<S1>\"\n    const val ID = \"<C1>\"\n}\nobject Prod {\n    const val ID = \"<C2>\"\n    const val SECRET = \"<S2>\"\n}\n",
            two,
        ),
        (
            "a.go",
            "var dev = Config{\n\tID: \"<C1>\",\n\tSecret: \"<S1>\",\n}\nvar prod = Config{\n\tSecret: \"<S2>\",\n\tID: \"<C2>\",\n}\n",
            two,
        ),
        (
            "a.sh",
            "curl -d client_secret=<S1> \\\n  -d client_id=<C1> x\ncurl -d client_id=<C2> \\\n  -d client_secret=<S2> x\n",
            two,
        ),
        (
            "by-id.json",
            "{\"clients\": {\"<C1>\": {\"secret\": \"<S1>\"}, \"<C2>\": {\"secret\": \"<S2>\"}}}",
            two,
        ),
        ("by-id.py", "SECRETS = {\"<C1>\": \"<S1>\", \"<C2>\": \"<S2>\"}\n", two),
        ("by-id.rb", "SECRETS = { \"<C1>\" => \"<S1>\", \"<C2>\" => \"<S2>\" }\n", two),
        ("by-id.yaml", "clients:\n  <C1>: <S1>\n  <C2>: <S2>\n", two),
        (
            "names.json",
            "[{\"client\": \"<C1>\", \"secret\": \"<S1>\", \"key\": \"<k1>\"}, {\"client\": \"<C2>\", \"secret\": \"<S2>\", \"key\": \"<k2>\"}]",
            &["C1 S1 K1", "C2 S2 K2"],
        ),
        (
            "halves.json",
            "[{\"name\": \"<C1>\", \"value\": \"<S1>\"}, {\"name\": \"<C2>\", \"value\": \"<S2>\"}]",
            two,
        ),
        ("login.json", "{\"title\": \"AEM\", \"username\": \"<C1>\", \"password\": \"<S1>\"}", &["C1 S1"]),
        ("key-first.json", "{\"id\": \"<C1>\", \"key\": \"<k1>\", \"secret\": \"<S1>\"}", &["C1 S1 K1"]),
        // The same names again, with another client's secret.
        (".env", "CLIENT_ID=<C1>\nCLIENT_SECRET=<S1>\nCLIENT_ID=<C2>\nCLIENT_SECRET=<S2>\n", two),
        (
            ".bash_history",
            "export SECRET=<S1>\nexport CLIENT=<C1>\n./x\nexport SECRET=<S2>\nexport CLIENT=<C2>\n",
            two,
        ),
        (
            "two.md",
            "Dev\n```\nCLIENT_ID=<C1>\nCLIENT_SECRET=<S1>\n```\nProd\n```\nCLIENT_ID=<C2>\nCLIENT_SECRET=<S2>\n```\n",
            two,
        ),
        (".env", "# CLIENT_ID=<C1>\n# CLIENT_SECRET=<S1>\nCLIENT_ID=<C2>\nCLIENT_SECRET=<S2>\n", two),
        // With one secret it is one client, whose ID was corrected.
        (".env", "CLIENT_ID=<C1>\nCLIENT_SECRET=<S1>\nCLIENT_ID=<C2>\n", &["C2 S1"]),
        // A token beside a client isn't all that is there.
        (
            "cache.json",
            "{\"client_id\": \"<C1>\", \"client_secret\": \"<S1>\", \"access_token\": \"<T1>\", \"expires_in\": 86399}",
            &["C1 S1", "alone: T1"],
        ),
        // Under Adobe's names, but without an object for the two, it isn't the issued document.
        (
            "flat.json",
            "{\"clientId\": \"<C1>\", \"clientSecret\": \"<S1>\", \"privateKey\": \"<k1>\", \"imsEndpoint\": \"ims-na1.adobelogin.com\", \"metascopes\": \"ent_aem_cloud_api\", \"org\": \"<O1>\"}",
            &["C1 S1 K1 O1"],
        ),
        ("conn.env", "AIRFLOW_CONN_AEM=http://<C1>:<S1>@ims-na1.adobelogin.com/\n", &["C1 S1"]),
        (
            "azure.log",
            "2026-11-29T07:00:00.0000001Z AEM_CLIENT_ID=<C1>\n2026-11-29T07:00:00.0000002Z AEM_CLIENT_SECRET=<S1>\n",
            &["C1 S1"],
        ),
    ]);
}

/// Each names its client on another side of the secret, or keeps a kind in each row.
#[test]
fn runs_and_rows_tell_clients_apart() {
    let two = &["C1 S1", "C2 S2"][..];
    hold(&[
        ("a.md", "## A\n- id <C1>\n- secret <S1>\n\n## B\n- secret <S2>\n- id <C2>\n", two),
        ("a.md", "## A\nid <C1>, secret <S1>\n## B\nsecret <S2>, id <C2>\n", two),
        (
            "a.md",
            "Dev:\n```yaml\nclient_id: <C1>\nclient_secret: <S1>\n```\nProd:\n```yaml\nclient_secret: <S2>\nclient_id: <C2>\n```\n",
            two,
        ),
        ("a.yaml", "- id <C1>\n- secret <S1>\n- secret <S2>\n- id <C2>\n", two),
        ("a.json", "[\"<S1>\", \"<C1>\", \"<C2>\", \"<S2>\"]", two),
        (
            "a.java",
            "a.setClientId(\"<C1>\");\na.setClientSecret(\"<S1>\");\nb.setClientSecret(\"<S2>\");\nb.setClientId(\"<C2>\");\n",
            two,
        ),
        (
            "a.java",
            "a.setClientId(\"<C1>\");\nb.setClientId(\"<C2>\");\nb.setClientSecret(\"<S2>\");\na.setClientSecret(\"<S1>\");\n",
            two,
        ),
        ("a.html", "<div><p><C1></p><p><S1></p></div><div><p><S2></p><p><C2></p></div>", two),
        ("a.csv", "variable,dev,prod\nclient_id,<C1>,<C2>\nclient_secret,<S1>,<S2>\n", two),
        (
            "a.md",
            "| | Dev | Prod |\n|---|---|---|\n| Secret | <S1> | <S2> |\n| Client ID | <C1> | <C2> |\n",
            two,
        ),
        (
            "a.html",
            "<table><tr><th>ID</th><td><C1></td><td><C2></td></tr><tr><th>Secret</th><td><S1></td><td><S2></td></tr></table>",
            two,
        ),
        ("a.json", "{\"client_id\": [\"<C1>\", \"<C2>\"], \"client_secret\": [\"<S1>\", \"<S2>\"]}", two),
        (
            "variables.json",
            "[{\"key\": \"ID\", \"value\": \"<C1>\", \"environment_scope\": \"dev\"}, {\"key\": \"ID\", \"value\": \"<C2>\", \"environment_scope\": \"prod\"}, {\"key\": \"SECRET\", \"value\": \"<S2>\", \"environment_scope\": \"prod\"}, {\"key\": \"SECRET\", \"value\": \"<S1>\", \"environment_scope\": \"dev\"}]",
            two,
        ),
        (
            "a.plist",
            "<plist version=\"1.0\"><dict><key>aem</key><dict><key>imsEndpoint</key><string>ims-na1.adobelogin.com</string><key>technicalAccount</key><dict><key>clientId</key><string><C1></string><key>clientSecret</key><string><S1></string></dict><key>privateKey</key><string><K1></string></dict></dict></plist>",
            &["C1 S1 K1"],
        ),
        // Where nothing says whose a secret is, it is nobody's.
        ("a.md", "<C1> <C2> <S1> <S2>\n", &["alone: S1", "alone: S2"]),
        ("a.md", "- <C1>\n- <C2>\n- <S1>\n- <S2>\n", &["alone: S1", "alone: S2"]),
        (
            "a.json",
            "{\"a\": [\"<C1>\", \"<C2>\"], \"b\": \"<S1>\", \"c\": \"<S2>\"}",
            &["alone: S1", "alone: S2"],
        ),
    ]);
}

/// What is around a value or in the middle of it isn't of it.
#[test]
fn values_are_freed_of_what_is_around_them() {
    let markdown = |text: &str| text.replace('-', "\\-").replace('_', "\\_");
    let texts: Vec<(&str, String, Vec<&str>)> = vec![
        ("a.md", markdown(&filled("Client ID: <C1>\nSecret: <S1>\n")), vec!["C1 S1"]),
        ("a.js", filled("const a = { id: '<C1>', secret: '<S1>' };\n").replace('-', "\\x2d"), vec!["C1 S1"]),
        (
            "a.ts",
            filled("const id = '<C1>';\nconst secret = '<S1>';\n").replace('-', "\\u002d"),
            vec!["C1 S1"],
        ),
        (
            "access.log",
            filled("1.2.3.4 \"POST /x\" \"client_id=\\x22<C1>\\x22 secret=\\x22<S1>\\x22\"\n"),
            vec!["C1 S1"],
        ),
        (
            "a.cfg.json",
            filled(
                "{\"clientId\": \"$[env:ID;default=<C1>]\", \"clientSecret\": \"$[secret:S;default=<S1>]\"}",
            ),
            vec!["C1 S1"],
        ),
        (
            "setup.cfg",
            filled(
                "[aem]\nclient_id = <C1>\nclient_secret = <S1>\nprivate_key =\n      <i1>\n\n[other]\na = b\n",
            ),
            vec!["C1 S1 K1"],
        ),
        ("key.yaml", filled("metascopes: ent_aem_cloud_api\nprivate_key: |\n      <i1>\n"), vec!["K1"]),
        (
            "cut.py",
            {
                let token = &filled("<T1>");
                let pieces: Vec<String> = token
                    .as_bytes()
                    .chunks(60)
                    .map(|one| format!("\"{}\"", String::from_utf8_lossy(one)))
                    .collect();
                format!("TOKEN = ({})\n", pieces.join("\n"))
            },
            vec!["alone: T1"],
        ),
        (
            "cut.js",
            {
                let token = &filled("Bearer <T1>");
                let pieces: Vec<String> = token
                    .as_bytes()
                    .chunks(60)
                    .map(|one| format!("'{}'", String::from_utf8_lossy(one)))
                    .collect();
                format!("headers.authorization = {};\n", pieces.join(" +\n  "))
            },
            vec!["alone: T1"],
        ),
        (
            "config.json",
            filled(
                "{\"port\": 1, \"aem\": {\"imsEndpoint\": \"ims-na1.adobelogin.com\", \"technicalAccount\": {\"clientId\": \"<C1>\", \"clientSecret\": \"<S1>\"}, \"privateKey\": \"<k1>\"}}",
            ),
            vec!["C1 S1 K1"],
        ),
        (
            "two.json",
            filled(
                "{\"dev\": {\"technicalAccount\": {\"clientId\": \"<C1>\", \"clientSecret\": \"<S1>\"}, \"privateKey\": \"<k1>\"}, \"prod\": {\"privateKey\": \"<k2>\", \"technicalAccount\": {\"clientId\": \"<C2>\", \"clientSecret\": \"<S2>\"}}}",
            ),
            vec!["C1 S1 K1", "C2 S2 K2"],
        ),
    ];
    let mut faults = Vec::new();
    for (name, text, expected) in texts {
        let found = found(name, &text);
        if found != expected {
            faults.push(format!("{name}: {found:?} instead of {expected:?}\n{text}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
