//! Templates and declarations: nothing to steal and nothing to repair, whatever program they are written for.

use serde_json::Value;

use crate::common::run;

/// What an audit lists of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Listed {
    Nothing,
    Template,
}

use Listed::{Nothing, Template};

/// Types, schemas, labels and samples: name, contents, what is listed.
const DECLARATIONS: &[(&str, &str, Listed)] = &[
    (
        "terraform-type",
        r#"["object", {"integration": ["object", {"imsEndpoint": "string", "metascopes": "string", "technicalAccount": ["object", {"clientId": "string", "clientSecret": "string"}], "privateKey": "string"}]}]"#,
        Nothing,
    ),
    (
        "state.tfstate",
        r#"{"version": 4, "outputs": {"aem": {"type": ["object", {"imsEndpoint": "string", "metascopes": "string", "privateKey": "string", "publicKey": "string"}]}}}"#,
        Nothing,
    ),
    (
        "plan.json",
        r#"{"resource_changes": [{"change": {"after_sensitive": {"input": {"ok": false, "integration": {"imsEndpoint": false, "technicalAccount": {"clientSecret": true}, "privateKey": true}}}}}]}"#,
        Nothing,
    ),
    (
        "schema.json",
        r#"{"properties": {"integration": {"properties": {"imsEndpoint": {"type": "string"}, "metascopes": {"type": "string"}, "technicalAccount": {"type": "object", "properties": {"clientId": {"type": "string"}}}, "privateKey": {"type": "string", "format": "pem"}}}}}"#,
        Nothing,
    ),
    (
        "example.json",
        r#"{"imsEndpoint": {"type": "string"}, "metascopes": {"type": "string"}, "privateKey": {"type": "string"}, "clientSecret": {"type": "string"}}"#,
        Nothing,
    ),
    (
        "config.schema.json",
        r#"{"definitions": {"oauth_server_to_server": {"type": "object", "properties": {"client_id": {"type": "string"}, "client_secrets": {"type": "array"}, "technical_account_email": {"type": "string"}, "technical_account_id": {"type": "string"}, "scopes": {"type": "array"}}}}}"#,
        Nothing,
    ),
    (
        "en.json",
        r#"{"form": {"imsEndpoint": "IMS endpoint", "metascopes": "Metascopes", "clientId": "Client ID", "clientSecret": "Client secret", "technicalAccount": "Technical account", "privateKey": "Private key"}}"#,
        Nothing,
    ),
    (
        "de.json",
        r#"{"imsEndpoint": "Adresse des Dienstes", "technicalAccount": "Technisches Konto", "privateKey": "Privater Schlüssel", "publicKey": "Öffentlicher Schlüssel"}"#,
        Nothing,
    ),
    (
        "messages.properties",
        "aem.clientId=Client ID\naem.clientSecret=Client secret\naem.privateKey=Private key\naem.orgId=Organization ID\naem.metascopes=Scopes\n",
        Template,
    ),
    (
        "types.ts",
        "export interface AemCredentials {\n  imsEndpoint: string;\n  metascopes: string;\n  technicalAccount: { clientId: string; clientSecret: string };\n  privateKey: string;\n}\n",
        Nothing,
    ),
    (
        "zod.ts",
        "const credentials = z.object({ imsEndpoint: z.string(), metascopes: z.string(), privateKey: z.string() });\n",
        Nothing,
    ),
    (
        "Credentials.java",
        "public record Credentials(String imsEndpoint, String metascopes, String clientSecret, String privateKey) {}\n",
        Nothing,
    ),
    (
        "model.py",
        "class Credentials(BaseModel):\n    ims_endpoint: str\n    metascopes: str\n    client_secret: SecretStr\n    private_key: SecretStr\n",
        Nothing,
    ),
    (
        "variables.tf",
        "variable \"aem_client_secret\" {\n  type      = string\n  sensitive = true\n}\nvariable \"aem_private_key\" {\n  type = string\n}\n",
        Nothing,
    ),
    (
        "openapi.yaml",
        "components:\n  schemas:\n    Integration:\n      example:\n        imsEndpoint: ims-na1.adobelogin.com\n        metascopes: ent_aem_cloud_api\n        technicalAccount:\n          clientId: string\n          clientSecret: string\n        privateKey: string\n",
        Nothing,
    ),
    (
        "action.yml",
        "inputs:\n  client_id:\n    description: AEM client ID\n    required: true\n  client_secret:\n    description: AEM client secret\n  private_key:\n    description: the private key of the technical account\n",
        Nothing,
    ),
    (
        "table.sql",
        "CREATE TABLE aem_credentials (client_id text, client_secret text, technical_account_id text, org_id text, private_key text);\n",
        Nothing,
    ),
    (
        "schema.graphql",
        "input AemCredentials {\n  imsEndpoint: String!\n  metascopes: String!\n  clientSecret: String!\n  privateKey: String!\n}\n",
        Nothing,
    ),
    (
        "aem.proto",
        "message Credentials {\n  string ims_endpoint = 1;\n  string client_id = 2;\n  string client_secret = 3;\n  string private_key = 4;\n}\n",
        Nothing,
    ),
    (
        "avro.avsc",
        r#"{"type": "record", "name": "Aem", "fields": [{"name": "imsEndpoint", "type": "string"}, {"name": "metascopes", "type": "string"}, {"name": "privateKey", "type": "string"}]}"#,
        Nothing,
    ),
    (
        "strings.xml",
        "<resources><string name=\"client_id\">Client ID</string><string name=\"client_secret\">Client secret</string><string name=\"private_key\">Private key</string></resources>",
        Nothing,
    ),
    (
        "Options.cs",
        "public sealed class AemOptions {\n  public required string ClientId { get; init; }\n  public string PrivateKey { get; init; } = string.Empty;\n}\n",
        Nothing,
    ),
    (
        "help.txt",
        "  --client-id ID          client ID of the technical account\n  --client-secret SECRET  its client secret\n  --private-key FILE      path to the private key\n",
        Nothing,
    ),
    (
        "crd.yaml",
        "spec:\n  versions:\n  - schema:\n      openAPIV3Schema:\n        properties:\n          imsEndpoint: {type: string}\n          metascopes: {type: string}\n          privateKey: {type: string}\n",
        Nothing,
    ),
];

/// References to secrets that are kept elsewhere, as the value of a client secret and of a private key.
const REFERENCES: &[&str] = &[
    "${{ secrets.AEM }}",
    "${AEM:?not set}",
    "${AEM:-}",
    "$AEM_SECRET",
    "$(AEM_SECRET)",
    "$[secret:AEM_SECRET]",
    "$[env:AEM_SECRET;default=x]",
    "{{ .Values.aem.secret }}",
    "((aem-secret))",
    "#{AemSecret}#",
    "__AEM_SECRET__",
    "%AEM_SECRET%",
    "@aem.secret@",
    "ENC(G6N718UuyPE5bHyWKyuLQSm02auQPUtm)",
    "{cipher}AQB0Zm9vYmFyAQB0Zm9vYmFy",
    "op://infrastructure/aem/secret",
    "sm://project/aem-secret",
    "vault:secret/data/aem#secret",
    "ref+vault://secret/aem#/secret",
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:aem-Ab1cDe",
    "projects/x/secrets/aem/versions/latest",
    "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/aem/)",
    "{{resolve:secretsmanager:aem:SecretString:secret}}",
    "var.aem_secret",
    "data.aws_secretsmanager_secret_version.aem.secret_string",
    "process.env.AEM_SECRET",
    "os.environ['AEM_SECRET']",
    "env('AEM_SECRET')",
    "credentials('aem-secret')",
    "%vault:secret/aem!/client_secret%",
    "credentialsJSON:1b2c3d4e-0000-4000-8000-000000000000",
    "gcp-secretmanager://projects/x/secrets/aem",
    "![nJ8YyvR2Vt0lCq2Q6r0m5w==]",
    "EJ[1:WGj2t4znULHT1IRveMEdvvNXqZzNBNMsJ5iZVy6Dvxs=:kA6ekF8ViYR5ZLeSmMXWsdLfWr7wn9qS:fcHQtdt6nqcNOXa97]",
    "{COQLCE6DU6GtcS5P=}",
    "gopass:aem/prod/secret",
    "bws://0a1b2c3d-0000-4000-8000-000000000001",
    "secretref:aem-secret",
    "aem-secret@azurekeyvault",
    "{client_secret}",
    "/run/secrets/aem_client_secret",
    "********xR5J",
    "your-secret",
    "xxxxxxxx",
    "changeme",
    "<secret>",
];

/// Values that nobody can use, whatever they mean: samples, labels, patterns, and references in notations that aren't known.
const OF_NO_USE: &[&str] = &[
    "client_secret",
    "clientSecret",
    "example-secret",
    "change-it",
    "unit-test-secret-2024",
    "FILL_ME_IN",
    "HIER_EINTRAGEN",
    "dein-geheimer-wert",
    "Client-Geheimnis",
    "s3cr3t",
    "123456",
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "11111111-2222-3333-4444-555555555555",
    "00000000000000000000000000000000",
    "p8e-secret",
    "p8e-0123456789abcdef",
    "removed for security",
    "%env(AEM_SECRET)%",
    "[parameters('aemSecret')]",
    "random_password.aem.result",
    "enc:system.encryption.key.v1:yP1n2b3c4d5e6f7g8h9i0j==",
    "U2FsdGVkX1+Zq3vT9xLw2Rk7Bn5Yh3Gm6Js0Pf2=",
    "eW91ci1jbGllbnQtc2VjcmV0",
    "$1",
];

/// The states of all that an audit lists of the file.
fn states(path: &std::path::Path) -> Vec<String> {
    let report: Value = serde_json::from_str(
        &run([std::ffi::OsStr::new("audit"), "--format=json".as_ref(), path.as_os_str()]).out,
    )
    .unwrap();
    let credentials = report["credentials"].as_array().unwrap();
    credentials.iter().map(|one| one["state"].as_str().unwrap().to_owned()).collect()
}

/// What a hook says of the file: its status and the rules that it reports.
fn hook(path: &std::path::Path) -> (u8, String) {
    let arguments = ["check", "--skip-unrelated", "--format=concise"].map(std::ffi::OsStr::new);
    let run = run(arguments.into_iter().chain([path.as_os_str()]));
    (run.code, run.out)
}

#[test]
fn declarations_are_no_credentials() {
    let folder = tempfile::tempdir().unwrap();
    for (name, contents, listed) in DECLARATIONS {
        let path = folder.path().join(name);
        std::fs::write(&path, contents).unwrap();
        assert_eq!(hook(&path), (0, String::new()), "{name}");
        let states = states(&path);
        assert!(states.iter().all(|state| state == "redacted"), "{name}: {states:?}");
        assert!(*listed == Template || states.is_empty(), "{name}: {states:?}");
    }
}

#[test]
fn references_to_secret_stores_make_templates() {
    let folder = tempfile::tempdir().unwrap();
    for reference in REFERENCES {
        let quoted = serde_json::to_string(reference).unwrap();
        let object = format!(
            "{{\"AEM_CLIENT_ID\": \"cm-p1-e2-integration-0\", \"AEM_CLIENT_SECRET\": {quoted}, \"AEM_PRIVATE_KEY\": {quoted}, \
             \"AEM_ORG_ID\": \"5EED00000000000000000001@AdobeOrg\", \"AEM_METASCOPES\": \"ent_aem_cloud_api\"}}"
        );
        let issued = format!(
            "{{\"ok\": true, \"integration\": {{\"imsEndpoint\": \"ims-na1.adobelogin.com\", \"metascopes\": \
             \"ent_aem_cloud_api\", \"technicalAccount\": {{\"clientId\": \"cm-p1-e2-integration-0\", \"clientSecret\": \
             {quoted}}}, \"email\": {quoted}, \"id\": \"5EED00000000000000000002@techacct.adobe.com\", \"org\": \
             \"5EED00000000000000000001@AdobeOrg\", \"privateKey\": {quoted}, \"publicKey\": {quoted}}}, \"statusCode\": 200}}"
        );
        for (name, contents) in [("fields.json", &object), ("issued.json", &issued)] {
            let path = folder.path().join(name);
            std::fs::write(&path, contents).unwrap();
            assert_eq!(hook(&path), (0, String::new()), "{reference}: {name}");
            assert_eq!(states(&path), ["redacted"], "{reference}: {name}");
        }
        // Only a whole issued document that is named is told, in one finding.
        let path = folder.path().join("issued.json");
        let named = run([std::ffi::OsStr::new("check"), "--format=concise".as_ref(), path.as_os_str()]);
        let lines: Vec<&str> = named.out.lines().filter(|line| line.contains(": error")).collect();
        assert!(named.code == 1 && lines.len() == 1, "{reference}: {}", named.out);
        assert!(lines[0].contains("field-placeholder"), "{reference}: {}", named.out);
    }
}

/// In no form is anything stopped that has nothing to steal.
#[test]
fn values_of_no_use_make_templates() {
    let folder = tempfile::tempdir().unwrap();
    for value in OF_NO_USE {
        let quoted = serde_json::to_string(value).unwrap();
        let issued = format!(
            "{{\"ok\": true, \"integration\": {{\"imsEndpoint\": \"ims-na1.adobelogin.com\", \"metascopes\": \
             \"ent_aem_cloud_api\", \"technicalAccount\": {{\"clientId\": \"cm-p1-e2-integration-0\", \"clientSecret\": \
             {quoted}}}, \"org\": \"5EED00000000000000000001@AdobeOrg\", \"privateKey\": {quoted}}}, \"statusCode\": 200}}"
        );
        for (name, contents) in [
            ("issued.json", issued.clone()),
            ("README.md", format!("# Setup\n\n```json\n{issued}\n```\n")),
            (
                "flat.json",
                format!(
                    "{{\"clientId\": \"cm-p1-e2-integration-0\", \"clientSecret\": {quoted}, \"privateKey\": {quoted}, \"org\": \"5EED00000000000000000001@AdobeOrg\"}}"
                ),
            ),
            (
                ".env.example",
                format!(
                    "AEM_CLIENT_ID=cm-p1-e2-integration-0\nAEM_CLIENT_SECRET='{}'\n",
                    value.replace('\'', "")
                ),
            ),
            (
                "auth.test.js",
                format!("const aem = {{ clientId: 'cm-p1-e2-integration-0', clientSecret: {quoted} }};\n"),
            ),
        ] {
            let path = folder.path().join(name);
            std::fs::write(&path, contents).unwrap();
            assert_eq!(hook(&path), (0, String::new()), "{value}: {name}");
            let states = states(&path);
            assert!(states.iter().all(|state| state == "redacted"), "{value}: {name}: {states:?}");
        }
    }
}

#[test]
fn what_a_template_falls_back_to_is_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("compose.yml");
    let secret = "${AEM_CLIENT_SECRET:-p8e-Qz_7Rk2vLx9TzW4-bNc8YpD3fGh6JmS1}";
    std::fs::write(
        &path,
        format!(
            "environment:\n  AEM_CLIENT_ID: cm-p1-e2-integration-0\n  AEM_CLIENT_SECRET: {secret}\n  AEM_ORG_ID: \
             5EED00000000000000000001@AdobeOrg\n  AEM_METASCOPES: ent_aem_cloud_api\n  AEM_PRIVATE_KEY: ${{KEY}}\n"
        ),
    )
    .unwrap();
    assert_eq!(states(&path), ["partial"]);
}

#[test]
fn what_is_not_meant_to_be_json_is_not_lectured() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "A.java",
        "README.md",
        "README",
        ".env",
        "dump.sql",
        "app.log",
        "mail.eml",
        "pom.xml",
        "aem.service",
        "a.pdf",
        "Dockerfile",
        "a.properties",
        "a.yaml",
        "schema.graphql",
        "aem.proto",
        "pillar.sls",
        "main.tf",
        "notes.adoc",
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, "// nothing in here\nx = y\n").unwrap();
        let run = run([std::ffi::OsStr::new("check"), path.as_os_str()]);
        assert!(run.code == 0 && run.err.contains("without a credential"), "{name}: {}{}", run.out, run.err);
    }
    for name in ["a.json", "service_token"] {
        let path = folder.path().join(name);
        std::fs::write(&path, "// nothing in here\nx = y\n").unwrap();
        assert_eq!(run([std::ffi::OsStr::new("check"), path.as_os_str()]).code, 1, "{name}");
    }
}
