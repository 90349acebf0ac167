//! What a PEM block says that it holds.

use std::fmt;

/// The words between `-----BEGIN` and the closing dashes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Label {
    /// `RSA PRIVATE KEY`: PKCS#1, as the console issues it.
    RsaPrivateKey,
    /// `PRIVATE KEY`: PKCS#8.
    PrivateKey,
    /// `ENCRYPTED PRIVATE KEY`: PKCS#8 under a pass phrase.
    EncryptedPrivateKey,
    /// `EC PRIVATE KEY`
    EcPrivateKey,
    /// `DSA PRIVATE KEY`
    DsaPrivateKey,
    /// `OPENSSH PRIVATE KEY`
    OpenSshPrivateKey,
    /// `CERTIFICATE`
    Certificate,
    /// `TRUSTED CERTIFICATE`: OpenSSL's own, with trust settings behind the certificate.
    TrustedCertificate,
    /// `X509 CERTIFICATE`: an old name of `CERTIFICATE`.
    X509Certificate,
    /// `CERTIFICATE REQUEST`
    CertificateRequest,
    /// `NEW CERTIFICATE REQUEST`: an old name of `CERTIFICATE REQUEST`.
    NewCertificateRequest,
    /// `X509 CRL`
    X509Crl,
    /// `PUBLIC KEY`
    PublicKey,
    /// `RSA PUBLIC KEY`
    RsaPublicKey,
    /// `PKCS7`
    Pkcs7,
    /// `CMS`
    Cms,
    /// `EC PARAMETERS`
    EcParameters,
    /// `DSA PARAMETERS`
    DsaParameters,
    /// `DH PARAMETERS`
    DhParameters,
    /// Any other. The words are kept only if all of them are ones that labels are made of: when line breaks are lost,
    /// key material can stand where the label should.
    Other(Option<String>),
}

/// The labels known by name: the only place where the spelling of each stands.
const KNOWN: [(&str, Label); 19] = [
    ("RSA PRIVATE KEY", Label::RsaPrivateKey),
    ("PRIVATE KEY", Label::PrivateKey),
    ("ENCRYPTED PRIVATE KEY", Label::EncryptedPrivateKey),
    ("EC PRIVATE KEY", Label::EcPrivateKey),
    ("DSA PRIVATE KEY", Label::DsaPrivateKey),
    ("OPENSSH PRIVATE KEY", Label::OpenSshPrivateKey),
    ("CERTIFICATE", Label::Certificate),
    ("TRUSTED CERTIFICATE", Label::TrustedCertificate),
    ("X509 CERTIFICATE", Label::X509Certificate),
    ("CERTIFICATE REQUEST", Label::CertificateRequest),
    ("NEW CERTIFICATE REQUEST", Label::NewCertificateRequest),
    ("X509 CRL", Label::X509Crl),
    ("PUBLIC KEY", Label::PublicKey),
    ("RSA PUBLIC KEY", Label::RsaPublicKey),
    ("PKCS7", Label::Pkcs7),
    ("CMS", Label::Cms),
    ("EC PARAMETERS", Label::EcParameters),
    ("DSA PARAMETERS", Label::DsaParameters),
    ("DH PARAMETERS", Label::DhParameters),
];

/// Words that labels are made of. A label of other words is not shown.
const WORDS: [&str; 32] = [
    "ANY",
    "ATTRIBUTE",
    "BEGIN",
    "BLOCK",
    "CERTIFICATE",
    "CERTIFICATES",
    "CHAIN",
    "CMS",
    "CRL",
    "DH",
    "DSA",
    "EC",
    "ECDSA",
    "ED25519",
    "END",
    "KEY",
    "MESSAGE",
    "NEW",
    "PARAMETERS",
    "PGP",
    "PKCS",
    "PKCS12",
    "PRIVATE",
    "PUBLIC",
    "REQUEST",
    "RSA",
    "SIGNATURE",
    "SM2",
    "SSH2",
    "TRUSTED",
    "X25519",
    "X509",
];

const LONGEST_SHOWN: usize = 40;

impl Label {
    /// The label with this spelling.
    pub fn new(words: &str) -> Self {
        match KNOWN.iter().find(|(name, _)| *name == words) {
            Some((_, label)) => label.clone(),
            None => Self::Other(is_public(words).then(|| words.to_owned())),
        }
    }

    /// The label's words, unless they may be something that must not be shown.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Other(words) => words.as_deref(),
            known => KNOWN.iter().find(|(_, label)| label == known).map(|(name, _)| *name),
        }
    }

    /// What such a block holds, with an article.
    pub fn meaning(&self) -> &'static str {
        match self {
            Self::RsaPrivateKey => "an RSA private key",
            Self::PrivateKey => "a private key",
            Self::EncryptedPrivateKey => "an encrypted private key",
            Self::EcPrivateKey => "an elliptic-curve private key",
            Self::DsaPrivateKey => "a DSA private key",
            Self::OpenSshPrivateKey => "an OpenSSH private key",
            Self::Certificate | Self::TrustedCertificate | Self::X509Certificate => "a certificate",
            Self::CertificateRequest | Self::NewCertificateRequest => "a certificate request",
            Self::X509Crl => "a revocation list",
            Self::PublicKey | Self::RsaPublicKey => "a bare public key",
            Self::Pkcs7 | Self::Cms => "a PKCS#7 envelope",
            Self::EcParameters | Self::DsaParameters | Self::DhParameters => "key parameters",
            Self::Other(_) => "something unknown",
        }
    }

    /// Whether the block holds a private key of any kind, readable by the client or not.
    pub fn is_private_key(&self) -> bool {
        matches!(self, Self::OpenSshPrivateKey) || self.is_openssl_private_key()
    }

    /// Whether the block holds a certificate.
    pub fn is_certificate(&self) -> bool {
        matches!(self, Self::Certificate | Self::TrustedCertificate | Self::X509Certificate)
    }

    /// Whether OpenSSL takes a private key out of a block with this label.
    pub(super) fn is_openssl_private_key(&self) -> bool {
        matches!(
            self,
            Self::RsaPrivateKey
                | Self::PrivateKey
                | Self::EncryptedPrivateKey
                | Self::EcPrivateKey
                | Self::DsaPrivateKey
        )
    }
}

impl fmt::Display for Label {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name().unwrap_or("(another label)"))
    }
}

fn is_public(words: &str) -> bool {
    words.len() <= LONGEST_SHOWN && !words.is_empty() && words.split(' ').all(|word| WORDS.contains(&word))
}

/// Returns true if `words` are only words that labels are made of, in capitals or not, with any number of blanks between.
pub(super) fn is_public_in_any_case(words: &str) -> bool {
    let is_known = |word: &str| WORDS.iter().any(|known| known.eq_ignore_ascii_case(word));
    words.len() <= LONGEST_SHOWN && words.split(' ').all(|word| word.is_empty() || is_known(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_labels_keep_their_names() {
        for (name, label) in KNOWN {
            assert_eq!(Label::new(name), label);
            assert_eq!(label.name(), Some(name));
        }
    }

    #[test]
    fn other_labels_are_shown_only_if_made_of_words() {
        assert_eq!(Label::new("PGP PRIVATE KEY BLOCK").to_string(), "PGP PRIVATE KEY BLOCK");
        for secret in
            ["MIIEOWIBAAKCAQEA", "RSA PRIVATE KEY MIIEOWIBAAKCAQEA", "rsa private key", "KEY  KEY", ""]
        {
            assert_eq!(Label::new(secret), Label::Other(None), "{secret}");
            assert_eq!(Label::new(secret).to_string(), "(another label)");
        }
        assert_eq!(Label::new(&["KEY"; 11].join(" ")), Label::Other(None), "longer than a label is");
    }
}
