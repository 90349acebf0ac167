//! A project of the Adobe Developer Console, downloaded as JSON: the credentials of its workspace.
//!
//! Owns: which credentials there are, of what type, and the fields of those with a key pair. Does not own: judging
//! them, which is another console's and another client's business.

use super::field::Holder;
use super::{Field, FieldEntry, is_placeholder, presentable, presentable_id};
use crate::json::{Member, Object, Pointer, Text, Value};

/// A project and its credentials.
#[derive(Debug)]
pub struct Project<'v, 's> {
    /// The organization's ID.
    pub organization: FieldEntry<'v, 's>,
    /// The credentials of the workspace, in order.
    pub credentials: Vec<ProjectCredential<'v, 's>>,
}

/// A credential of a project.
#[derive(Debug)]
pub struct ProjectCredential<'v, 's> {
    /// Its type.
    pub kind: ProjectCredentialKind,
    /// Its name, if that can be shown.
    pub name: Option<&'v str>,
    /// Its client ID, if that can be shown.
    pub client_id: Option<&'v str>,
    /// Its fields, if it has a key pair; for others no rule has anything to say.
    pub fields: Vec<FieldEntry<'v, 's>>,
    /// Of each client secret in it whether it stands there in clear; otherwise it is a placeholder or empty.
    pub secrets: Vec<bool>,
}

named! {
    /// The types of credential that a project can have.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub enum ProjectCredentialKind,
    /// The name for people, to follow a number.
    words {
        Jwt = "jwt" => "JWT credential",
        ///
        /// It has a client ID and client secrets, no certificate.
        OauthServerToServer = "oauth-server-to-server" => "OAuth server-to-server credential",
        ApiKey = "api-key" => "API key",
        ///
        /// Mostly for people who sign in.
        Other = "other" => "credential of another type",
    }
}

impl ProjectCredentialKind {
    /// The type by the key that holds a credential's values.
    const KEYS: [(&'static str, Self); 6] = [
        ("jwt", Self::Jwt),
        ("oauth_server_to_server", Self::OauthServerToServer),
        ("oauthServerToServer", Self::OauthServerToServer),
        ("oauthservertoserver", Self::OauthServerToServer),
        ("api_key", Self::ApiKey),
        ("apiKey", Self::ApiKey),
    ];
}

impl<'v, 's> Project<'v, 's> {
    /// The project in the document `top`, if it is one.
    pub(super) fn of_document(top: &'v Object<'s>) -> Option<Self> {
        let (project, pointer) = object(top, &Pointer::root(), "project")?;
        let org = object(project.object, &pointer, "org");
        let workspace = object(project.object, &pointer, "workspace");
        if org.is_none() && workspace.is_none() {
            return None;
        }
        let organization = FieldEntry::find(Field::ProjectOrg, org.as_ref().map(|(holder, _)| holder));
        let details =
            workspace.and_then(|(workspace, pointer)| object(workspace.object, &pointer, "details"));
        let credentials =
            details.map(|(details, pointer)| credentials(&details, &pointer)).unwrap_or_default();
        Some(Self { organization, credentials })
    }
}

fn credentials<'v, 's>(details: &Holder<'v, 's>, pointer: &Pointer) -> Vec<ProjectCredential<'v, 's>> {
    const LIST: &str = "credentials";
    let Some(list) = details.object.get(LIST).and_then(|member| member.value.as_array()) else {
        return Vec::new();
    };
    let pointer = pointer.key(LIST);
    let objects = list.iter().enumerate().filter_map(|(index, item)| Some((index, item, item.as_object()?)));
    let credential = |(index, item, object)| ProjectCredential {
        secrets: secrets(item),
        ..credential(object, &pointer.index(index))
    };
    objects.map(credential).collect()
}

/// The client secrets of a credential, whatever its type: `client_secret`, or a list of `client_secrets`.
fn secrets(item: &Value<'_>) -> Vec<bool> {
    let mut secrets = Vec::new();
    item.walk(&Pointer::root(), &mut |pointer, value| {
        if let Some(text) = value.as_text().map(Text::as_str)
            && pointer.as_str().to_ascii_lowercase().contains("secret")
        {
            secrets.push(!text.is_empty() && !is_placeholder(Field::ClientSecret, text));
        }
    });
    secrets
}

fn credential<'v, 's>(item: &'v Object<'s>, pointer: &Pointer) -> ProjectCredential<'v, 's> {
    let known = ProjectCredentialKind::KEYS
        .into_iter()
        .find_map(|(key, kind)| Some((kind, object(item, pointer, key)?)));
    let text = |object: &'v Object<'s>, name: &str| object.get(name)?.value.as_text().map(Text::as_str);
    let name = text(item, "name").filter(|name| !name.is_empty() && presentable(name));
    let Some((kind, (holder, _))) = known else {
        return ProjectCredential {
            kind: ProjectCredentialKind::Other,
            name,
            client_id: None,
            fields: Vec::new(),
            secrets: Vec::new(),
        };
    };
    let fields = if kind == ProjectCredentialKind::Jwt { &Field::PROJECT_CREDENTIAL[..] } else { &[] };
    let client_id = text(holder.object, Field::ProjectClientId.name());
    ProjectCredential {
        kind,
        name,
        client_id: client_id.filter(|id| !id.is_empty() && presentable_id(id)),
        fields: fields.iter().map(|field| FieldEntry::find(*field, Some(&holder))).collect(),
        secrets: Vec::new(),
    }
}

/// The object in `name` of `object`, and its pointer.
fn object<'v, 's>(
    object: &'v Object<'s>,
    pointer: &Pointer,
    name: &str,
) -> Option<(Holder<'v, 's>, Pointer)> {
    let member: &Member<'s> = object.get(name)?;
    let pointer = pointer.key(name);
    let holder =
        Holder { object: member.value.as_object()?, pointer: pointer.clone(), name: member.key.span() };
    Some((holder, pointer))
}
