//! The documented client's own reader, and synthetic keys for it: Node and the `openssl` program.

use std::process::Command;
use std::sync::OnceLock;

use crate::common::{oracle, oracle_with};

/// Keys made for this run alone.
pub(crate) struct Keys {
    /// PKCS#1, 2048 bits.
    pub(crate) rsa: String,
    pub(crate) other_rsa: String,
    /// The first key as PKCS#8.
    pub(crate) pkcs8: String,
    pub(crate) rsa_encrypted: String,
    pub(crate) pkcs8_encrypted: String,
    pub(crate) ec: String,
    pub(crate) ec_with_parameters: String,
    pub(crate) dsa: String,
    pub(crate) certificate: String,
    pub(crate) request: String,
    pub(crate) public: String,
    pub(crate) rsa_public: String,
}

/// The keys; `None`, and the check is skipped, where `openssl` or `node` is not installed.
pub(crate) fn keys() -> Option<&'static Keys> {
    static KEYS: OnceLock<Option<Keys>> = OnceLock::new();
    let installed = |program: &str| oracle(Command::new(program).arg("--version")).is_some();
    KEYS.get_or_init(|| (installed("openssl") && installed("node")).then(make_keys)).as_ref()
}

fn make_keys() -> Keys {
    let openssl = |arguments: &str, input: &str| run("openssl", arguments.split(' '), input);
    // Of a length that needs padding, so that its absence can be tried.
    let padded = || {
        loop {
            let key = openssl("genrsa -traditional 2048", "");
            if key.contains('=') {
                return key;
            }
        }
    };
    let rsa = padded();
    Keys {
        other_rsa: padded(),
        pkcs8: openssl("pkcs8 -topk8 -nocrypt", &rsa),
        rsa_encrypted: openssl("rsa -aes128 -traditional -passout pass:synthetic", &rsa),
        pkcs8_encrypted: openssl("pkcs8 -topk8 -passout pass:synthetic", &rsa),
        ec: openssl("ecparam -name prime256v1 -genkey -noout", ""),
        ec_with_parameters: openssl("ecparam -name prime256v1 -genkey", ""),
        dsa: {
            let parameters = openssl("dsaparam 1024", "");
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), parameters).unwrap();
            let key = openssl(&format!("gendsa {}", file.path().display()), "");
            openssl("pkey -traditional", &key)
        },
        certificate: openssl("req -new -x509 -key /dev/stdin -subj /CN=synthetic", &rsa),
        request: openssl("req -new -key /dev/stdin -subj /CN=synthetic", &rsa),
        public: openssl("pkey -pubout", &rsa),
        rsa_public: openssl("rsa -RSAPublicKey_out", &rsa),
        rsa,
    }
}

fn run<'a>(program: &str, arguments: impl Iterator<Item = &'a str>, input: &str) -> String {
    let (success, output) = try_run(program, arguments, input);
    assert!(success, "{program} failed");
    output
}

fn try_run<'a>(program: &str, arguments: impl Iterator<Item = &'a str>, input: &str) -> (bool, String) {
    let output = oracle_with(Command::new(program).args(arguments), input.as_bytes()).unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

/// What Node makes of each text: the public key of the private key that it read, or nothing. Two ways must agree:
/// `createPrivateKey`, and the client's own `createSign().sign()`.
pub(crate) fn node(texts: &[&str]) -> Vec<Option<String>> {
    const SCRIPT: &str = "
        const crypto = require('crypto');
        const texts = JSON.parse(require('fs').readFileSync(0));
        console.log(JSON.stringify(texts.map(text => {
            let read = null, signs = false;
            try {
                const key = crypto.createPublicKey(crypto.createPrivateKey(text));
                read = key.export({type: 'spki', format: 'der'}).toString('base64');
            } catch {}
            try { crypto.createSign('RSA-SHA256').update('x').sign(text); signs = true } catch {}
            if (signs !== (read !== null)) throw new Error('createPrivateKey and createSign disagree');
            return read;
        })));";
    let output = run_node(&["-e", SCRIPT], &serde_json::to_string(texts).unwrap());
    serde_json::from_str(&output.unwrap()).unwrap()
}

/// What Node prints, given `input`; `None`, and the check is skipped, where it isn't installed.
pub(crate) fn run_node(arguments: &[&str], input: &str) -> Option<String> {
    let output = oracle_with(Command::new("node").args(arguments), input.as_bytes())?;
    assert!(output.status.success(), "node failed: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// Whether `openssl pkey` reads a private key.
pub(crate) fn openssl_pkey(text: &str) -> bool {
    try_run("openssl", "pkey -noout -passin pass:wrong".split(' '), text).0
}

/// Whether `openssl x509` reads a certificate.
pub(crate) fn openssl_x509(text: &str) -> bool {
    try_run("openssl", "x509 -noout".split(' '), text).0
}

/// The public key in the form of [`node`], of a key that OpenSSL reads.
pub(crate) fn public_key(private: &str) -> String {
    let public = run("openssl", "pkey -pubout".split(' '), private);
    public.lines().filter(|line| !line.starts_with('-')).collect()
}
