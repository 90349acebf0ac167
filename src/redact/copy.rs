//! Copying a JSON document with strings replaced, and everything else byte for byte.

use super::marker::{
    self, CERTIFICATE, CLIENT_SECRET, KEY, ORGANIZATION, PRIVATE_KEY, TEXT, TOKEN, is_marker, marker,
};
use super::proof::Secrets;
use super::role::Role;
use super::{Keep, Note, Redacted};
use crate::credential::{self, Certificate, Document, Endpoint, metascope_meaning, presentable, trimmed};
use crate::json::{Kind, Text, Value};
use crate::source::Span;

/// A document on its way into a copy.
pub(super) struct Copier<'d, 's> {
    text: &'s str,
    document: &'d Document<'d, 's>,
    keep: Keep,
    secrets: &'d Secrets,
    /// The copy up to `done`.
    copy: String,
    done: usize,
    /// Where in the copy certificates stand that stay.
    certificates: Vec<Span>,
    hidden_keys: usize,
    /// What there is of unknown values in all of the document.
    unknown: Unknown,
    /// The public names that were met.
    met: Vec<&'static str>,
    notes: Vec<Note>,
}

/// How many values that say little by themselves a document has under names of which nothing is known.
#[derive(Clone, Copy, Default)]
struct Unknown {
    numbers: usize,
    flags: usize,
}

impl Unknown {
    fn count(&mut self, value: &Value<'_>, role: Role) {
        match &value.kind {
            // What is below the name of a secret is hidden anyway.
            _ if matches!(role, Role::Secret(_)) => {}
            Kind::Object(object) => {
                let members = object.members.iter();
                members.for_each(|member| self.count(&member.value, Role::of(member.key.as_str())));
            }
            Kind::Array(items) => items.iter().for_each(|item| self.count(item, role.of_items())),
            Kind::Number(_) => self.numbers += usize::from(!matches!(role, Role::Public(_))),
            Kind::Bool(_) => self.flags += usize::from(!matches!(role, Role::Public(_))),
            Kind::String(_) | Kind::Null => {}
        }
    }
}

/// Longest number that stays when nothing is known about it, in characters.
const LONGEST_NUMBER: usize = 7;

/// How many numbers of a document may stay under names of which nothing is known: two of the longest hold less than eight
/// characters of a secret, and more may spell out a key, however they are nested.
const MOST_NUMBERS: usize = 2;

/// How many `true` and `false` of a document may stay under such names. Each is a bit.
const MOST_FLAGS: usize = 16;

/// A shorter text under a public name may be one piece of many, and too short to look like one.
const SHORTEST_REPEATED: usize = 8;

/// Longest number that stays under a public name, in characters: a lifetime in milliseconds has eight.
const LONGEST_PUBLIC_NUMBER: usize = 12;

impl<'d, 's> Copier<'d, 's> {
    pub(super) fn new(
        text: &'s str,
        document: &'d Document<'d, 's>,
        keep: Keep,
        secrets: &'d Secrets,
    ) -> Self {
        let copy = String::with_capacity(text.len());
        let (certificates, met, notes) = (Vec::new(), Vec::new(), Vec::new());
        let mut unknown = Unknown::default();
        unknown.count(document.root, Role::Unknown);
        Self {
            text,
            document,
            keep,
            secrets,
            copy,
            done: 0,
            certificates,
            hidden_keys: 0,
            unknown,
            met,
            notes,
        }
    }

    /// The copy; nothing if a part of a secret is in it.
    pub(super) fn copy(mut self) -> Option<Redacted> {
        self.value(self.document.root, Role::Unknown);
        self.copy.push_str(&self.text[self.done..]);
        let mut rest = String::with_capacity(self.copy.len());
        let mut from = 0;
        // A certificate that stays was looked at by itself.
        for span in &self.certificates {
            rest.push_str(self.copy.get(from..span.start)?);
            from = span.end;
        }
        rest.push_str(self.copy.get(from..)?);
        (!self.secrets.are_in(&rest)).then_some(Redacted { text: self.copy, notes: self.notes })
    }

    fn value(&mut self, value: &Value<'_>, role: Role) {
        match &value.kind {
            Kind::Object(object) => {
                for member in &object.members {
                    self.key(&member.key, role);
                    let own = Role::of(member.key.as_str());
                    // What stands below a secret's name is secret, whatever it is called itself.
                    self.value(&member.value, if matches!(role, Role::Secret(_)) { role } else { own });
                }
            }
            Kind::Array(items) => items.iter().for_each(|item| self.value(item, role.of_items())),
            Kind::String(text) => self.string(text, role),
            Kind::Number(number) => {
                let stays = match role {
                    Role::Secret(_) => false,
                    Role::Public(name) => number.len() <= LONGEST_PUBLIC_NUMBER && !self.is_repeated(name),
                    _ => self.unknown.numbers <= MOST_NUMBERS && number.len() <= LONGEST_NUMBER,
                };
                if !stays || self.secrets.are_in(number) {
                    self.replace(value.span, "0");
                }
            }
            Kind::Bool(_) => {
                let stays = match role {
                    Role::Public(name) => !self.is_repeated(name),
                    _ => self.unknown.flags <= MOST_FLAGS,
                };
                if !stays {
                    self.replace(value.span, "false");
                }
            }
            Kind::Null => {}
        }
    }

    /// Whether a value under this public name was met before: one says what it is for, many may be anything.
    fn is_repeated(&mut self, name: &'static str) -> bool {
        let is_repeated = self.met.contains(&name);
        if !is_repeated {
            self.met.push(name);
        }
        is_repeated
    }

    fn key(&mut self, key: &Text<'_>, role: Role) {
        let name = key.as_str();
        let hidden = matches!(role, Role::Secret(_)) || !presentable(name) || self.secrets.are_in(name);
        if hidden && !is_marker(name) {
            self.hidden_keys += 1;
            self.replace(key.inner_span(), &marker(&format!("{KEY} {}", self.hidden_keys)));
        }
    }

    fn string(&mut self, text: &Text<'_>, role: Role) {
        let value = text.as_str();
        if trimmed(value).is_empty() || is_marker(value) {
            return;
        }
        let harmless = || presentable(value) && !self.secrets.are_in(value);
        let stays = match role {
            Role::Secret(_) => false,
            Role::Unknown => metascope_meaning(value).is_some(),
            Role::Identifier(_) => self.keep.identifiers && harmless(),
            Role::Organization => self.keep.organization && harmless(),
            Role::Public(name) => {
                let is_piece = self.is_repeated(name) && value.len() < SHORTEST_REPEATED;
                !is_piece
                    && presentable(value)
                    && !self.secrets.are_in(value)
                    && Endpoint::parse(value).user.is_none()
            }
            Role::Certificate => return self.certificate(text),
        };
        if !stays {
            let what = describe(value).unwrap_or(match role {
                Role::Secret(what) | Role::Identifier(what) => what,
                Role::Organization => ORGANIZATION,
                Role::Certificate => CERTIFICATE,
                Role::Public(_) | Role::Unknown => TEXT,
            });
            self.replace(text.inner_span(), &marker(what));
        }
    }

    fn certificate(&mut self, text: &Text<'_>) {
        let value = text.as_str();
        let certificate = self.read_certificate(text);
        if self.keep.certificate {
            if certificate.is_some_and(|certificate| self.may_stay(value, certificate)) {
                let inner = text.inner_span();
                self.copy_to(inner.start);
                let start = self.copy.len();
                self.copy_to(inner.end);
                self.certificates.push(Span::new(start, self.copy.len()));
                return;
            }
            self.notes.push(Note::CertificateHidden);
        }
        let what = match (describe(value), certificate) {
            (None | Some(CERTIFICATE), Some(certificate)) => marker::certificate(certificate),
            (what, _) => what.unwrap_or(CERTIFICATE).to_owned(),
        };
        self.replace(text.inner_span(), &marker(&what));
    }

    /// Whether `value` is nothing but that certificate, and there is no secret in it.
    fn may_stay(&self, value: &str, certificate: &Certificate) -> bool {
        let key = certificate.public_key.to_info_der().unwrap_or_default();
        is_one_certificate(value) && !self.secrets.are_in_certificate(value, &key)
    }

    /// The certificate in `text`, if that is the field in which one belongs and it could be read.
    fn read_certificate(&self, text: &Text<'_>) -> Option<&'d Certificate> {
        let field = self.document.credential.as_ref()?.certificate.as_ref()?;
        field.certificate.as_ref().ok().filter(|_| field.pem.text.span() == text.span())
    }

    fn copy_to(&mut self, end: usize) {
        self.copy.push_str(self.text.get(self.done..end).unwrap_or_default());
        self.done = end;
    }

    fn replace(&mut self, span: Span, with: &str) {
        self.copy_to(span.start);
        self.copy.push_str(with);
        self.done = span.end;
    }
}

/// What a string is, as far as it says so itself.
fn describe(value: &str) -> Option<&'static str> {
    let inside = value.trim_start();
    if value.contains("PRIVATE KEY") {
        Some(PRIVATE_KEY)
    } else if value.contains("CERTIFICATE-----") {
        Some(CERTIFICATE)
    } else if inside.starts_with("eyJ") && value.matches('.').count() == 2 {
        Some(TOKEN)
    } else if inside.starts_with(credential::CLIENT_SECRET) {
        Some(CLIENT_SECRET)
    } else {
        None
    }
}

/// Whether `value` is PEM of one certificate and nothing beside it that could say anything else.
fn is_one_certificate(value: &str) -> bool {
    let body = value
        .trim()
        .strip_prefix("-----BEGIN CERTIFICATE-----")
        .and_then(|rest| rest.strip_suffix("-----END CERTIFICATE-----"));
    body.is_some_and(|body| {
        body.chars().all(|letter| letter.is_ascii_alphanumeric() || "+/=\r\n \t".contains(letter))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_certificate_alone_is_one() {
        let pem =
            |body: &str| format!("-----BEGIN CERTIFICATE-----\r\n{body}\r\n-----END CERTIFICATE-----\r\n");
        assert!(is_one_certificate(&pem("MIIB\r\nAg==")));
        for other in
            [pem("MI-B"), format!("note\n{}", pem("MIIB")), pem("MIIB").repeat(2), pem("***"), String::new()]
        {
            assert!(!is_one_certificate(&other), "{other}");
        }
    }
}
