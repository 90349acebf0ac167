//! What a JSON document is: a service credential, another document that people confuse with it, or neither.

use super::distinctive::DISTINCTIVE;
use super::field::Holder;
use super::foreign::{Foreign, foreign};
use super::{
    CertificateField, Field, FieldEntry, FieldState, FieldValue, Form, FormKind, KeyPair, PemField,
    PrivateKey, PrivateKeyField, Project, Token, TokenForm,
};
use crate::finding::Place;
use crate::json::{Kind, Object, Pointer, Text, Value};
use crate::source::Span;

named! {
    /// The kinds of document, and of what is found outside of one.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum DocumentKind {
        /// Service credentials as the AEM Developer Console issues them.
        ServiceCredentials = "service-credentials",
        /// A local development token of the AEM Developer Console.
        DevelopmentToken = "development-token",
        /// An access token: the token service's answer, or the token alone.
        AccessToken = "access-token",
        /// A project of the Adobe Developer Console.
        DeveloperConsoleProject = "developer-console-project",
        /// One credential of the Adobe Developer Console without its project.
        DeveloperConsoleCredential = "developer-console-credential",
        /// A private key by itself.
        PrivateKey = "private-key",
        /// A certificate by itself, which is no secret.
        Certificate = "certificate",
        /// A client secret by itself.
        ClientSecret = "client-secret",
        /// Something that is kept encrypted, and so well.
        Encrypted = "encrypted",
        /// aemcred's own configuration or baseline.
        Configuration = "configuration",
        /// Something else.
        #[default]
        Unknown = "unknown",
    }
}

impl DocumentKind {
    /// Whether it is a token.
    pub const fn is_token(self) -> bool {
        matches!(self, Self::DevelopmentToken | Self::AccessToken)
    }

    /// Whether it is a part of a credential without the rest.
    pub const fn is_part(self) -> bool {
        matches!(self, Self::PrivateKey | Self::Certificate | Self::ClientSecret)
    }
}

/// A JSON document, recognized.
#[derive(Debug)]
pub struct Document<'v, 's> {
    /// The text that it was parsed from.
    pub text: &'s str,
    /// The whole value.
    pub root: &'v Value<'s>,
    /// The credential, if it is one.
    pub credential: Option<Credential<'v, 's>>,
    /// The token, if it is one.
    pub token: Option<Token<'v, 's>>,
    /// The project, if it is one.
    pub project: Option<Project<'v, 's>>,
    /// What it is if it is none of these.
    pub foreign: Option<Foreign>,
}

/// A service credential: its fields, and what its PEM fields hold.
#[derive(Debug)]
pub struct Credential<'v, 's> {
    /// How its text came about.
    pub form: Form,
    /// Whether the `integration` object has its wrapper.
    pub wrapped: bool,
    /// The `integration` object, if it is one.
    pub integration: Option<&'v Object<'s>>,
    /// One entry for each field of [`Field::SERVICE`] that the document's form allows, in that order.
    pub fields: Vec<FieldEntry<'v, 's>>,
    /// The private key, if its field holds text.
    pub private_key: Option<PrivateKeyField<'v, 's>>,
    /// The certificate, if its field holds text.
    pub certificate: Option<CertificateField<'v, 's>>,
}

impl<'v, 's> Document<'v, 's> {
    /// The kind in machine-readable output.
    pub fn kind(&self) -> DocumentKind {
        if self.credential.is_some() {
            DocumentKind::ServiceCredentials
        } else if let Some(project) = &self.project {
            project.kind()
        } else {
            self.token.as_ref().map_or(DocumentKind::Unknown, Token::kind)
        }
    }

    /// The form that it has, if it is known at all.
    pub fn form(&self) -> Option<FormKind> {
        let credential = self.credential.as_ref().map(|credential| credential.form.kind());
        let token = || self.token.as_ref().map(|_| FormKind::Token);
        let project = || self.project.as_ref().map(|_| FormKind::Console);
        credential.or_else(token).or_else(project)
    }

    /// Whether it holds a credential, so that it is worth a report where nobody asked for this file by name.
    pub fn holds_credential(&self) -> bool {
        self.credential.is_some()
            || self.token.as_ref().is_some_and(Token::is_adobes)
            || self.project.as_ref().is_some_and(|project| !project.credentials.is_empty())
    }

    /// The fields of what was recognized, those that stand together in one slice.
    pub fn groups(&self) -> impl Iterator<Item = &[FieldEntry<'v, 's>]> {
        let credential = self.credential.iter().map(|credential| credential.fields.as_slice());
        let token = self.token.iter().map(|token| token.fields.as_slice());
        let project = self.project.iter().flat_map(|project| {
            let credentials = project.credentials.iter().map(|credential| credential.fields.as_slice());
            std::iter::once(std::slice::from_ref(&project.organization)).chain(credentials)
        });
        credential.chain(token).chain(project)
    }

    /// All fields of what was recognized.
    pub fn fields(&self) -> impl Iterator<Item = &FieldEntry<'v, 's>> {
        self.groups().flatten()
    }

    /// The fields that issued documents of this kind have, where those are known.
    pub fn issued(&self) -> &'static [Field] {
        match self.token.as_ref().map(|token| token.form) {
            Some(TokenForm::Development) => &Field::DEVELOPMENT_TOKEN,
            Some(TokenForm::Answer) => &Field::ACCESS_TOKEN,
            None if self.credential.is_some() => &Field::SERVICE,
            Some(TokenForm::Bare) | None => &[],
        }
    }

    /// The object that holds the fields with this parent, and where it stands, if there is one.
    pub fn holder(&self, parent: Option<Field>) -> Option<(&'v Object<'s>, Pointer)> {
        let top = || Some((self.top()?, Pointer::root()));
        match (&self.credential, parent) {
            (Some(credential), Some(parent)) => credential.object(parent),
            (Some(credential), None) => top().filter(|_| credential.wrapped),
            (None, None) if self.token.is_some() => top(),
            (None, _) => None,
        }
    }

    /// The document's top-level object.
    pub fn top(&self) -> Option<&'v Object<'s>> {
        self.root.as_object()
    }

    /// Where a credential stands inside a document that isn't one itself: the first object or string that looks so.
    pub fn nested_credential(&self) -> Option<Place> {
        let mut steps = Vec::new();
        let span = nested(self.root, &mut steps).filter(|_| !steps.is_empty())?;
        // Built only now, because a pointer for every value would cost the square of the document's size.
        let pointer = steps.iter().fold(Pointer::root(), |pointer, step| match step {
            Step::Key(key) => pointer.key(key),
            Step::Index(index) => pointer.index(*index),
        });
        Some(Place::new(pointer, span))
    }

    /// Where people look for it: at its beginning, or at the secret of what a program keeps in fields of its own; at what stands
    /// in place of one only where there is none.
    pub fn offset(&self) -> usize {
        let beginning = self.beginning().span.start;
        let fields = self.credential.as_ref().filter(|credential| credential.form != Form::Document);
        let Some(credential) = fields else { return beginning };
        let secrets = || {
            [Field::PrivateKey, Field::ClientSecret].into_iter().filter_map(|field| credential.entry(field))
        };
        let secret = secrets()
            .find(|entry| entry.text().is_some())
            .or_else(|| secrets().find(|entry| entry.member().is_some()));
        secret.and_then(FieldEntry::member).map_or(beginning, |member| member.value.span.start)
    }

    /// The place of the whole document, pointing at its first character.
    pub fn beginning(&self) -> Place {
        Place::new(Pointer::root(), Span::new(self.root.span.start, self.root.span.start + 1))
    }
}

impl<'v, 's> Credential<'v, 's> {
    /// The entry of `field`.
    pub fn entry(&self, field: Field) -> Option<&FieldEntry<'v, 's>> {
        self.fields.iter().find(|entry| entry.field == field)
    }

    /// The string in `field` and its place, if it can be read further.
    pub fn text(&self, field: Field) -> Option<(&'v Text<'s>, Place)> {
        let entry = self.entry(field)?;
        Some((entry.text()?, entry.place()))
    }

    /// The string in `field` without what is invisible at its ends, if it can be read further.
    pub fn value(&self, field: Field) -> Option<FieldValue<'v, 's>> {
        self.entry(field)?.value()
    }

    /// The object in `field` and where it stands, if there is one.
    pub fn object(&self, field: Field) -> Option<(&'v Object<'s>, Pointer)> {
        if field == Field::Integration && !self.wrapped {
            return Some((self.integration?, Pointer::root()));
        }
        let entry = self.entry(field)?;
        Some((entry.member()?.value.as_object()?, entry.pointer.clone()))
    }

    /// Returns true if its fields say what a credential has and not what one is: types (`"string"`), schemas (an object for
    /// each field), labels (`"Client secret"`), what is sensitive (`true`).
    pub fn is_declaration(&self) -> bool {
        const VALUES: [Field; 7] = [
            Field::ClientId,
            Field::ClientSecret,
            Field::Email,
            Field::Id,
            Field::Org,
            Field::PrivateKey,
            Field::PublicKey,
        ];
        let values = || self.fields.iter().filter(|entry| VALUES.contains(&entry.field));
        let declares = |entry: &FieldEntry<'_, '_>| match entry.state {
            FieldState::Text(_, text) | FieldState::Placeholder(_, text) => {
                is_label(entry.field, text.as_str())
            }
            FieldState::WrongType(member) => match &member.value.kind {
                Kind::Bool(_) => true,
                Kind::Object(object) => !object.members.is_empty(),
                Kind::Array(items) => items
                    .first()
                    .is_some_and(|first| first.as_text().is_some_and(|text| is_type(text.as_str()))),
                _ => false,
            },
            FieldState::Missing(_) | FieldState::Unreachable => true,
            FieldState::Empty(..) | FieldState::Other(_) => false,
        };
        values().any(|entry| entry.member().is_some()) && values().all(declares)
    }

    /// The certificate and the private key, if both could be read.
    pub fn key_pair(&self) -> Option<KeyPair<'_, 'v, 's>> {
        KeyPair::new(self.private_key.as_ref()?, self.certificate.as_ref()?)
    }
}

/// Recognizes the document `root`, which was parsed from `text`, by its structure. Two of the fields that only a
/// credential has are enough, so that a credential with missing or misspelt fields is still one.
pub fn recognise<'v, 's>(text: &'s str, root: &'v Value<'s>) -> Document<'v, 's> {
    recognise_in(text, root, &Form::Document)
}

/// The same of a text that came about as `form` says.
pub fn recognise_in<'v, 's>(text: &'s str, root: &'v Value<'s>, form: &Form) -> Document<'v, 's> {
    let top = root.as_object();
    let wrapped = top.and_then(|object| object.get(Field::Integration.name())).and_then(|member| {
        let object = member.value.as_object()?;
        Some(Holder {
            object,
            pointer: Pointer::root().key(Field::Integration.name()),
            name: member.key.span(),
        })
    });
    let whole = top.map(|object| Holder {
        object,
        pointer: Pointer::root(),
        name: Span::new(root.span.start, root.span.start + 1),
    });
    let is_encrypted = top.is_some_and(|top| {
        let record = top.get("sops").and_then(|member| member.value.as_object());
        record.is_some_and(|record| record.has("mac") || record.has("lastmodified"))
    });
    let whole = whole.filter(|_| !is_encrypted);
    let found = whole.as_ref().and_then(|top| match wrapped {
        Some(integration) if is_integration(integration.object, 1) || has_envelope(top.object) => {
            Some(credential(Some(&integration), Some(top), form))
        }
        _ if is_integration(top.object, 2) => Some(credential(Some(top), None, form)),
        None if top.object.has(Field::Integration.name()) && is_success(top.object) => {
            Some(credential(None, Some(top), form))
        }
        _ => None,
    });
    // Types, labels and schemas are no credential. What was put together from fields is judged all the same.
    let credential = found.filter(|found| form.kind() == FormKind::Fields || !found.is_declaration());
    let rest = whole.as_ref().filter(|_| credential.is_none());
    let token = rest.and_then(Token::of_document);
    let project = rest.filter(|_| token.is_none()).and_then(Project::of_document);
    let foreign = (credential.is_none() && token.is_none() && project.is_none()).then(|| foreign(root));
    Document { text, root, credential, token, project, foreign }
}

/// Whether at least `least` of the keys are ones that together occur in no other document we know of.
pub(super) fn is_integration(object: &Object<'_>, least: usize) -> bool {
    DISTINCTIVE.iter().filter(|field| object.has(field.name())).count() >= least
}

pub(super) fn has_envelope(top: &Object<'_>) -> bool {
    top.has(Field::Ok.name()) && top.has(Field::StatusCode.name())
}

/// Whether the envelope says that the console's request succeeded.
pub(super) fn is_success(top: &Object<'_>) -> bool {
    let kind = |field: Field| top.get(field.name()).map(|member| &member.value.kind);
    let status = kind(Field::StatusCode);
    matches!(kind(Field::Ok), Some(Kind::Bool(true)))
        && status.is_some_and(
            |kind| matches!(kind, Kind::Number(code) if code.len() == 3 && code.starts_with('2')),
        )
}

fn credential<'v, 's>(
    integration: Option<&Holder<'v, 's>>,
    top: Option<&Holder<'v, 's>>,
    form: &Form,
) -> Credential<'v, 's> {
    let account = integration.and_then(|integration| {
        let member = integration.object.get(Field::TechnicalAccount.name())?;
        Some(Holder {
            object: member.value.as_object()?,
            pointer: integration.pointer.key(Field::TechnicalAccount.name()),
            name: member.key.span(),
        })
    });
    let fields: Vec<_> = Field::SERVICE
        .into_iter()
        .filter(|field| top.is_some() || field.parent().is_some())
        .map(|field| {
            let holder = match field.parent() {
                None => top,
                Some(Field::TechnicalAccount) => account.as_ref(),
                Some(_) => integration,
            };
            FieldEntry::find(field, holder)
        })
        .collect();
    let pem = |field| {
        let entry = fields.iter().find(|entry| entry.field == field)?;
        PemField::new(field, entry.text()?, entry.pointer.clone(), form.kind())
    };
    let private_key = pem(Field::PrivateKey).map(PrivateKeyField::new);
    let factors =
        private_key.as_ref().and_then(|field| field.key.as_ref().ok()).and_then(PrivateKey::factors);
    let certificate = pem(Field::PublicKey).map(|field| CertificateField::new(field, factors));
    Credential {
        form: form.clone(),
        wrapped: top.is_some(),
        integration: integration.map(|holder| holder.object),
        fields,
        private_key,
        certificate,
    }
}

/// Whether `text` names a type.
fn is_type(text: &str) -> bool {
    const TYPES: [&str; 16] = [
        "string",
        "str",
        "text",
        "bool",
        "boolean",
        "number",
        "integer",
        "int",
        "object",
        "any",
        "dynamic",
        "list",
        "map",
        "set",
        "tuple",
        "secretstring",
    ];
    TYPES.contains(&text.trim().to_ascii_lowercase().as_str())
}

/// Whether `text` names a field or a type instead of having its value: letters and blanks, and nothing of what redactions and
/// templates are made of.
fn is_label(field: Field, text: &str) -> bool {
    let text = text.trim();
    let is_word =
        |one: char| one.is_alphabetic() || matches!(one, ' ' | '\'' | '-' | '(' | ')' | '.' | ':' | '/');
    let lower = text.to_lowercase();
    let is_template = ["redact", "your", "change", "placeholder", "todo", "insert", "xxx", "..."];
    let is_short = text.chars().count() <= 80 && !text.contains("--");
    is_type(text)
        || is_short
            && text.chars().all(is_word)
            && !is_template.iter().any(|word| lower.contains(word))
            && (text.contains(' ') || field.secret() && (4..16).contains(&text.chars().count()))
}

enum Step<'v> {
    Key(&'v str),
    Index(usize),
}

fn nested<'v>(value: &'v Value<'_>, steps: &mut Vec<Step<'v>>) -> Option<Span> {
    let mut enter = |step, child| {
        steps.push(step);
        let found = nested(child, steps);
        if found.is_none() {
            steps.pop();
        }
        found
    };
    match &value.kind {
        Kind::Object(object) if is_integration(object, 2) => {
            Some(Span::new(value.span.start, value.span.start + 1))
        }
        Kind::Object(object) => {
            object.members.iter().find_map(|member| enter(Step::Key(member.key.as_str()), &member.value))
        }
        Kind::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| enter(Step::Index(index), item))
        }
        Kind::String(text) => {
            let has = |field: Field| {
                memchr::memmem::find(text.as_str().as_bytes(), field.name().as_bytes()).is_some()
            };
            let inside = text.as_str().trim_start().starts_with('{')
                && has(Field::TechnicalAccount)
                && has(Field::PrivateKey);
            inside.then_some(value.span)
        }
        _ => None,
    }
}
