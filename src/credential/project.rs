//! A project of the Adobe Developer Console, downloaded as JSON: the credentials of its workspace; and one of these
//! credentials alone, as programs keep it.
//!
//! Owns: which credentials there are, of what type, and the fields of those with a key pair. Does not own: judging
//! them, which is another console's and another client's business.

use super::field::Holder;
use super::{DocumentKind, Field, FieldEntry, is_placeholder, presentable, presentable_id};
use crate::finding::Place;
use crate::json::{Member, Object, Pointer, Text, Value};
use crate::source::Span;

/// A project and its credentials.
#[derive(Debug)]
pub struct Project<'v, 's> {
    /// The organization's ID.
    pub organization: FieldEntry<'v, 's>,
    /// The credentials of the workspace, in order.
    pub credentials: Vec<ProjectCredential<'v, 's>>,
    /// Whether it is only one credential of a project.
    pub is_card: bool,
}

/// A credential of a project.
#[derive(Debug)]
pub struct ProjectCredential<'v, 's> {
    /// Its type.
    pub kind: ProjectCredentialKind,
    /// Where it stands.
    pub place: Place,
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
    ///
    /// One that is being moved from JWT has both, and is no JWT credential any more.
    const KEYS: [(&'static str, Self); 8] = [
        ("oauth_server_to_server_migrate", Self::OauthServerToServer),
        ("oauthServerToServerMigrate", Self::OauthServerToServer),
        ("oauth_server_to_server", Self::OauthServerToServer),
        ("oauthServerToServer", Self::OauthServerToServer),
        ("oauthservertoserver", Self::OauthServerToServer),
        ("jwt", Self::Jwt),
        ("api_key", Self::ApiKey),
        ("apiKey", Self::ApiKey),
    ];
}

impl<'v, 's> Project<'v, 's> {
    /// The project in the document `top`, if it is one.
    pub(super) fn of_document(top: &Holder<'v, 's>) -> Option<Self> {
        let Some((project, pointer)) = object(top.object, &Pointer::root(), "project") else {
            return Self::of_card(top);
        };
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
        Some(Self { organization, credentials, is_card: false })
    }

    /// The kind in machine-readable output.
    pub const fn kind(&self) -> DocumentKind {
        if self.is_card {
            DocumentKind::DeveloperConsoleCredential
        } else {
            DocumentKind::DeveloperConsoleProject
        }
    }

    /// The one credential in `top`: as the list of a project has it, or an OAuth server-to-server credential flat.
    fn of_card(top: &Holder<'v, 's>) -> Option<Self> {
        let object = top.object;
        let names = || object.members.iter().map(|member| member.key.as_str());
        if !is_card(names) {
            return None;
        }
        let mut only = credential(object, &Pointer::root(), top.name);
        if only.kind == ProjectCredentialKind::Other {
            let text = |name| find(object, name).and_then(|member| member.value.as_text()).map(Text::as_str);
            only.kind = ProjectCredentialKind::OauthServerToServer;
            only.client_id = text("clientid").filter(|id| !id.is_empty() && presentable_id(id));
        }
        only.secrets = object.members.iter().flat_map(|member| secrets_of(member)).collect();
        let organization = FieldEntry::find(Field::ProjectOrg, Some(top));
        Some(Self { organization, credentials: vec![only], is_card: true })
    }
}

/// Returns true if an object with these names is one credential of a project by itself, in whatever case the names are.
pub fn is_card<'n, I: Iterator<Item = &'n str>>(names: impl Fn() -> I) -> bool {
    let has = |wanted: &[&str]| names().any(|name| wanted.iter().any(|plain| is_called(name, plain)));
    if has(&["integrationtype"]) {
        return has(&["jwt", "oauthservertoserver", "oauthservertoservermigrate"]);
    }
    has(&["clientid"])
        && has(&["clientsecret", "clientsecrets"])
        && has(&["scopes", "scope"])
        && has(&["imsorgid", "technicalaccountid", "technicalaccountemail", "orgid", "imsorg"])
        // With a key or metascopes it is what a program needs for JWT.
        && !has(&["privatekey", "metascopes", "metascope"])
}

/// Whether `name` is `plain` but for case and separators: `client_id`, `CLIENT_ID` and `clientId` are `clientid`.
fn is_called(name: &str, plain: &str) -> bool {
    let letters = name.chars().filter(|one| !matches!(one, '_' | '-'));
    name.len() < 2 * plain.len() && letters.flat_map(char::to_lowercase).eq(plain.chars())
}

/// The member of that name, however it is written.
fn find<'v, 's>(object: &'v Object<'s>, name: &str) -> Option<&'v Member<'s>> {
    object.members.iter().find(|member| is_called(member.key.as_str(), name))
}

/// The client secrets of a member.
fn secrets_of(member: &Member<'_>) -> Vec<bool> {
    let is_secret = member.key.as_str().to_ascii_lowercase().contains("secret");
    if is_secret { texts(&member.value) } else { secrets(&member.value) }
}

/// Of each string whether it is a secret in clear.
fn texts(value: &Value<'_>) -> Vec<bool> {
    let mut texts = Vec::new();
    value.walk(&Pointer::root(), &mut |_, value| {
        texts.extend(value.as_text().map(|text| is_in_clear(text.as_str())));
    });
    texts
}

fn is_in_clear(text: &str) -> bool {
    !text.is_empty() && !is_placeholder(Field::ClientSecret, text)
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
        ..credential(object, &pointer.index(index), Span::new(item.span.start, item.span.start + 1))
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
            secrets.push(is_in_clear(text));
        }
    });
    secrets
}

fn credential<'v, 's>(item: &'v Object<'s>, pointer: &Pointer, beginning: Span) -> ProjectCredential<'v, 's> {
    let place = Place::new(pointer.clone(), beginning);
    let known = ProjectCredentialKind::KEYS
        .into_iter()
        .find_map(|(key, kind)| Some((kind, object(item, pointer, key)?)));
    let text = |object: &'v Object<'s>, name: &str| object.get(name)?.value.as_text().map(Text::as_str);
    let name = text(item, "name").filter(|name| !name.is_empty() && presentable(name));
    let shown = |id: Option<&'v str>| id.filter(|id| !id.is_empty() && presentable_id(id));
    let Some((kind, (holder, _))) = known else {
        // Whatever the type, its values are in an object of their own.
        let mut objects = item.members.iter().filter_map(|member| member.value.as_object());
        let client_id = objects.find_map(|object| text(object, Field::ProjectClientId.name()));
        return ProjectCredential {
            kind: ProjectCredentialKind::Other,
            place,
            name,
            client_id: shown(client_id),
            fields: Vec::new(),
            secrets: Vec::new(),
        };
    };
    let fields = if kind == ProjectCredentialKind::Jwt { &Field::PROJECT_CREDENTIAL[..] } else { &[] };
    let client_id = text(holder.object, Field::ProjectClientId.name());
    ProjectCredential {
        kind,
        place: Place::new(pointer.clone(), holder.name),
        name,
        client_id: shown(client_id),
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
