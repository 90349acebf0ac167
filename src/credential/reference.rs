//! Expressions that another program replaces by a value, and addresses of secrets that are kept elsewhere.
//!
//! Owns: the notations of templates, programs, build systems and secret stores. Does not own: redactions and samples (see
//! `placeholder`).

use super::Field;
use crate::source::signature::ANSIBLE_VAULT;

/// Returns true if `value`, without white space around it, is or has in it what another program replaces: a template's
/// variable, an expression of a program, or the address of a secret in a store.
pub(super) fn is_reference(field: Field, value: &str) -> bool {
    // Without any other sign only `__NAME__` is one, and what AWS and sealed secrets encrypt.
    let is_word = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if is_word && !value.starts_with("__") && !value.starts_with(AWS_SEALED) && !value.starts_with(SEALED) {
        return false;
    }
    let is_one_line = memchr::memchr2(b'\n', b'\r', value.as_bytes()).is_none();
    has_variable(value)
        || is_one_line
            && (is_variable(value)
                || is_address(field, value)
                || is_sealed(value)
                || is_expression(field, value)
                || (field.secret() || field.pem())
                    && (is_call(value) || is_path(value) || is_parameter(value)))
}

/// Returns true if a template's variable is anywhere in `value`: `${…}`, `$(…)`, `$[…]`, `{{…}}`, `((…))`, `#{…}`, `%{…}`,
/// `<…>`, `[[…]]`, `@@…@@`.
fn has_variable(value: &str) -> bool {
    const BRACKETS: [(&str, &str); 10] = [
        ("${", "}"),
        ("$(", ")"),
        ("$[", "]"),
        ("{{", "}}"),
        ("((", "))"),
        ("#{", "}"),
        ("%{", "}"),
        ("<", ">"),
        ("[[", "]]"),
        ("@@", "@@"),
    ];
    // All but the last have one of these.
    let has_bracket = value.bytes().any(|byte| matches!(byte, b'{' | b'(' | b'[' | b'<'));
    (has_bracket || memchr::memmem::find(value.as_bytes(), b"@@").is_some())
        && BRACKETS.iter().any(|(open, close)| {
            value.find(open).is_some_and(|start| value[start + open.len()..].contains(close))
        })
}

/// Returns true if all of `value` is a variable: `$NAME`, `$env:NAME`, `%NAME%`, `@name@`, `__NAME__`, `#NAME#`, `~NAME~`.
fn is_variable(value: &str) -> bool {
    let inside = |mark: &str| {
        let rest = value.strip_prefix(mark)?.strip_suffix(mark)?;
        rest.chars().next().filter(char::is_ascii_alphabetic)?;
        Some(rest)
    };
    let dollar = value.strip_prefix('$').map(|rest| {
        let scope = rest.get(..4).filter(|scope| scope.eq_ignore_ascii_case("env:"));
        rest.get(scope.map_or(0, str::len)..).unwrap_or_default()
    });
    let is_marked = ["%", "@", "__", "#", "~"].iter().filter_map(|mark| inside(mark)).any(is_path_of_names);
    // TeamCity: `%vault:secret/aem!/client_secret%`.
    let is_looked_up = || inside("%").is_some_and(|rest| is_path_of_names(&rest.replace(['/', '!'], "_")));
    dollar.is_some_and(|name| is_path_of_names(name.trim_start_matches('$'))) || is_marked || is_looked_up()
}

/// Names with points, colons or hyphens between them.
fn is_path_of_names(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte))
}

/// The address of a secret in a store, which some other program replaces by the secret.
fn is_address(field: Field, value: &str) -> bool {
    // Every address has one of these, and most values have none.
    if !value.bytes().any(|byte| matches!(byte, b':' | b'/' | b'(' | b'!' | b'@')) {
        return false;
    }
    let parts = |separator: char| value.split(separator).collect::<Vec<&str>>();
    let path = |rest: &str, least: usize| {
        let parts: Vec<&str> = rest.split('/').collect();
        parts.len() >= least && parts.iter().all(|part| !part.is_empty())
    };
    let after = |start: &str| {
        let begin = value.get(..start.len())?;
        begin.eq_ignore_ascii_case(start).then(|| &value[start.len()..])
    };
    // 1Password's `op://vault/item/field`, and everybody else's: a URL of the web is no secret's address.
    let scheme = || {
        let Some(colon) = memchr::memmem::find(value.as_bytes(), b"://") else { return false };
        let (scheme, rest) = (&value[..colon], &value[colon + 3..]);
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        let is = |names: &[&str]| names.iter().any(|name| scheme.eq_ignore_ascii_case(name));
        // Where a host belongs, any other URL is a mistake.
        let is_store =
            if field == Field::ImsEndpoint { is(&["op", "vault"]) } else { !is(&["http", "https"]) };
        let least = if is(&["op"]) { 3 } else { 1 };
        is_store && !scheme.is_empty() && scheme.bytes().all(is_word) && path(rest.trim_matches('/'), least)
    };
    // `vault:path#key`, `ssm:/path`: with a colon alone only what is a path.
    let colon = || {
        [
            "vault:",
            "ssm:",
            "secretsmanager:",
            "aws-secretsmanager:",
            "keyvault:",
            "secretmanager:",
            "gopass:",
            "chamber:",
            "file:",
        ]
        .iter()
        .any(|start| after(start).is_some_and(|rest| path(rest.trim_start_matches('/'), 2)))
    };
    // Azure: Container Apps have the name of a secret, akv2k8s that of one in a vault.
    let azure_name = || {
        let name = after("secretref:").or_else(|| value.strip_suffix("@azurekeyvault"));
        name.is_some_and(is_path_of_names)
    };
    let amazon = || {
        value.starts_with("arn:")
            && matches!(parts(':').as_slice(), ["arn", partition, "secretsmanager" | "ssm" | "kms", _, _, _, ..] if partition.starts_with("aws"))
    };
    let google = || {
        value.starts_with("projects/")
            && matches!(parts('/').as_slice(), ["projects", project, "secrets", secret] | ["projects", project, "secrets", secret, "versions", _]
            | ["projects", project, "locations", _, "secrets", secret, ..] if !project.is_empty() && !secret.is_empty())
    };
    let azure = || after("@Microsoft.KeyVault(").is_some_and(|rest| rest.ends_with(')'));
    let azure_url = || {
        after("https://").is_some_and(|rest| {
            rest.split_once(".vault.azure.net/").is_some_and(|(_, path)| path.starts_with("secrets/"))
        })
    };
    let function = || {
        let name = after("!").and_then(|rest| rest.split_once(' ')).map(|(name, _)| name);
        matches!(
            name,
            Some(
                "Ref"
                    | "GetAtt"
                    | "Sub"
                    | "ImportValue"
                    | "FindInMap"
                    | "reference"
                    | "env"
                    | "secret"
                    | "Join"
            )
        )
    };
    let vals = || {
        after("ref+").or_else(|| after("secretref+")).is_some_and(|rest| {
            rest.split_once("://").is_some_and(|(store, path)| {
                !store.is_empty()
                    && store.bytes().all(|byte| byte.is_ascii_alphanumeric())
                    && !path.is_empty()
            })
        })
    };
    scheme()
        || colon()
        || amazon()
        || google()
        || azure()
        || azure_url()
        || azure_name()
        || function()
        || vals()
}

/// A value that is encrypted on its own: Jasypt, Spring Cloud Config, hiera-eyaml and SOPS, ejson, Mule, AEM's crypto
/// support, Maven, Oracle servers, dotenvx, Ansible Vault, sealed secrets.
fn is_sealed(value: &str) -> bool {
    let inside = |open: &str, close: &str| {
        value.strip_prefix(open)?.strip_suffix(close).filter(|inside| !inside.is_empty())
    };
    let is_hex = |text: &str| text.len() >= 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_base64 = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
    };
    inside("ENC(", ")").is_some()
        || inside("ENC[", "]").is_some()
        || inside("EJ[", "]").is_some()
        || inside("![", "]").is_some()
        || inside("{", "}").is_some_and(|inside| {
            is_hex(inside) || inside.len() >= 16 && inside.ends_with('=') && is_base64(inside)
        })
        || [
            "{cipher}",
            "{AES}",
            "{AES256}",
            "encrypted:",
            "credentialsJSON:",
            ANSIBLE_VAULT,
            "!vault",
            "vault:v1:",
            AWS_SEALED,
        ]
        .iter()
        .any(|start| value.strip_prefix(start).is_some_and(|rest| !rest.is_empty()))
        || value.len() > 300 && value.starts_with(SEALED) && is_base64(value)
}

/// How base64 of what AWS KMS encrypts begins.
const AWS_SEALED: &str = "AQICAH";

/// How sealed secrets begin.
const SEALED: &str = "Ag";

/// How expressions of programs and build systems begin that stand for a value from elsewhere.
const EXPRESSIONS: [&str; 21] = [
    "process.env",
    "import.meta.env",
    "os.environ",
    "os.getenv",
    "System.getenv",
    "System.getProperty",
    "Environment.GetEnvironmentVariable",
    "Deno.env",
    "Bun.env",
    "std::env",
    "env::var",
    "ENV[",
    "ENV.fetch",
    "$_ENV[",
    "$_SERVER[",
    "secrets.",
    "vars.",
    "env.",
    "var.",
    "local.",
    "data.",
];

/// An expression of a program, of Terraform or of a pipeline.
fn is_expression(field: Field, value: &str) -> bool {
    // A host may well begin with one of the short words.
    let counts = |start: &&&str| field != Field::ImsEndpoint || !start.ends_with('.');
    EXPRESSIONS.iter().filter(counts).any(|start| {
        let rest = value.strip_prefix(start);
        rest.is_some_and(|rest| {
            let is_part = |one: char| one.is_ascii_alphanumeric() || "_.-:[]()'\"?!, ".contains(one);
            rest.chars().all(is_part) && (!start.ends_with('.') || rest.starts_with(is_part))
        })
    })
}

/// A call: `env('X')`, `credentials('x')`, `config("a.b")`, `os.getenv("X", "")`.
fn is_call(value: &str) -> bool {
    let Some((name, arguments)) = value.split_once('(') else { return false };
    is_path_of_names(name) && arguments.trim_end_matches(';').ends_with(')')
}

/// A parameter of a request or a query: `{client_secret}`, `:client_secret`, `@ClientSecret`.
fn is_parameter(value: &str) -> bool {
    let braced = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let name = braced.or_else(|| value.strip_prefix([':', '@']));
    name.is_some_and(|name| is_path_of_names(name) && !name.contains(['.', ':']))
}

/// The path of a file with a key or certificate.
pub fn is_path(value: &str) -> bool {
    const ENDINGS: [&str; 10] =
        [".key", ".pem", ".crt", ".cer", ".p8", ".pk8", ".der", ".txt", ".rsa", ".json"];
    let lower = value.to_ascii_lowercase();
    let is_short = value.len() <= 260 && !value.contains(['"', '*', '|']);
    let is_file = || ENDINGS.iter().any(|ending| lower.ends_with(ending));
    let is_rooted = || {
        ["/", "./", "../", "~/", "file:", "@/", "@./"].iter().any(|start| value.starts_with(start))
            && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-~:@ ".contains(&byte))
    };
    is_short && (is_file() || is_rooted() && value.len() <= 120)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_programs_replace_is_a_reference() {
        for value in [
            "{{ .Values.aem.clientSecret }}",
            "{{ .Values.aem.clientSecret | quote }}",
            "${{ secrets.AEM_CLIENT_SECRET }}",
            "${X:?}",
            "${X:-}",
            "${X:-default}",
            "${env.X}",
            "$X",
            "$env:AEM_CLIENT_SECRET",
            "$$X",
            "$(AEM_CLIENT_SECRET)",
            "$(cat secret.txt)",
            "$[secret:AEM_CLIENT_SECRET]",
            "$[env:AEM_CLIENT_SECRET;default=x]",
            "((aem-client-secret))",
            "#{AEM_CLIENT_SECRET}#",
            "%AEM_CLIENT_SECRET%",
            "@aem.client.secret@",
            "@@AEM_CLIENT_SECRET@@",
            "__AEM_CLIENT_SECRET__",
            "#AEM_CLIENT_SECRET#",
            "<%= ENV['X'] %>",
            "ENC(G6N718UuyPE5bHyWKyuLQSm02auQPUtm)",
            "ENC[PKCS7,MIIBiQYJKoZIhvcNAQcDoIIBejCC]",
            "{cipher}AQB0Zm9vYmFy",
            "{6ea0a2a1f0b1b2d6e8f0a2a1f0b1b2d6e8f0a2a1f0b1b2d6}",
            "encrypted:BDqDBibm4wsYqMpCjTQ6BsDHmMadg9K3dAt",
            "$ANSIBLE_VAULT;1.1;AES256",
            "op://vault/aem/client secret",
            "sm://project/secret",
            "vault:secret/data/aem#KEY",
            "vault://secret/aem",
            "ssm:/aem/prod/client-secret",
            "ref+awssecrets://aem/key",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:aem-Ab1cDe",
            "projects/x/secrets/y/versions/latest",
            "projects/x/locations/europe-west1/secrets/y",
            "@Microsoft.KeyVault(VaultName=v;SecretName=aem)",
            "https://v.vault.azure.net/secrets/aem/0123456789abcdef",
            "!Ref ClientSecret",
            "!Sub ${X}",
            "{{resolve:secretsmanager:aem:SecretString:clientSecret}}",
            "var.aem_client_secret",
            "data.aws_secretsmanager_secret_version.aem.secret_string",
            "process.env.AEM_CLIENT_SECRET",
            "process.env[\"AEM_CLIENT_SECRET\"]",
            "import.meta.env.VITE_X",
            "os.environ[\"X\"]",
            "os.environ.get('X', '')",
            "System.getenv(\"X\")",
            "env('AEM_CLIENT_SECRET')",
            "credentials('aem-client-secret')",
            "secrets.AEM_CLIENT_SECRET",
            "![nJ8YyvR2Vt0lCq2Q6r0m5w==]",
            "EJ[1:WGj2t4znULHT1IRveMEdvvNXqZzNBNMsJ5iZVy6Dvxs=:kA6ekF8ViYR5ZLeSmMXWsdLfWr7wn9qS:fcHQtdt6nqcNOXa97]",
            "{COQLCE6DU6GtcS5P=}",
            "{AES}Y2lwaGVydGV4dA==",
            "gopass:aem/prod/secret",
            "lpass://aem/secret",
            "bws://0a1b2c3d-0000-4000-8000-000000000001",
            "secretref:aem-secret",
            "aem-secret@azurekeyvault",
            "{client_secret}",
            ":client_secret",
            "@ClientSecret",
            "/run/secrets/aem_client_secret",
        ] {
            assert!(is_reference(Field::ClientSecret, value), "{value}");
            assert!(is_reference(Field::PrivateKey, value), "{value}");
        }
        for path in
            ["private.key", "./keys/private.key", "/run/secrets/aem_key", "file:/x/key.pem", "C:\\a.pem"]
        {
            assert!(is_reference(Field::PrivateKey, path), "{path}");
        }
    }

    #[test]
    fn values_are_none() {
        for value in [
            "p8e-Qz_7Rk2vLx9TzW4-bNc8YpD3fGh6JmS1",
            "ims-na1.adobelogin.com",
            "https://ims-na1.adobelogin.com/s/ent_aem_cloud_api",
            "ent_aem_cloud_api",
            "0a1b2c3d-0000-4000-8000-000000000001@techacct.adobe.com",
            "Ab1.Cd2.Ef3",
            "$Ab1~Cd2",
            "a@b@c",
            "op://vault",
            "vault:0123456789abcdef",
            "vaulted.secret",
            "{0123}",
            "database",
        ] {
            assert!(!is_reference(Field::ClientSecret, value), "{value}");
        }
        assert!(!is_reference(
            Field::PrivateKey,
            "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"
        ));
    }
}
