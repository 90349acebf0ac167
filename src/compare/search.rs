//! Which places of a searched set hold which of two credentials, in whole or in part: a rotation is done when none holds
//! the old one.
//!
//! Owns: what of a credential is looked for, and what a place holds of it. Does not own: going through files, how the
//! places look.

use std::collections::BTreeSet;

use crate::credential::DocumentKind;
use crate::inspect::Inspected;
use crate::inventory::Occurrence;
use crate::record::{Location, Record, State};

named! {
    /// What a place holds, what there is to do about first.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Holds,
    /// The same in a few words.
    words {
        Old = "old" => "OLD",
        Both = "both" => "parts of OLD and of NEW",
        /// Something that may be OLD's but can't be read.
        Unknown = "unknown" => "unknown",
        New = "new" => "NEW",
        Shared = "shared" => "what OLD and NEW have in common",
        Neither = "neither" => "neither",
    }
}

named! {
    /// A part of a credential by which a place is told.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub enum HeldPart,
    /// In words, without an article.
    words {
        PrivateKey = "private-key" => "private key",
        Certificate = "certificate" => "certificate",
        ClientSecret = "client-secret" => "client secret",
    }
}

/// A place at which a credential or a part of one was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldingPlace {
    /// Where.
    pub location: Location,
    /// What it holds.
    pub holds: Holds,
    /// Whether it holds all of OLD, or all of NEW.
    pub is_whole: bool,
    /// What of OLD, NEW, or both it holds.
    pub parts: BTreeSet<HeldPart>,
    /// What was found there.
    pub kind: DocumentKind,
    /// Its state.
    pub state: State,
    /// Its client ID.
    pub client_id: Option<String>,
}

/// What is looked for.
#[derive(Debug)]
pub struct Wanted {
    old: Trace,
    new: Trace,
    /// What both have.
    shared: Trace,
    /// The client IDs of both.
    clients: BTreeSet<String>,
}

/// By what a credential is known wherever it stands.
#[derive(Clone, Debug, Default)]
struct Trace {
    /// SHA-256 of its public keys.
    keys: BTreeSet<[u8; 32]>,
    /// SHA-256 of its client secret.
    secrets: BTreeSet<[u8; 32]>,
}

impl Wanted {
    /// What tells `old` and `new` from each other; `None` if nothing of `old` can be looked for.
    pub fn new(old: &Inspected, new: &Inspected) -> Option<Self> {
        let clients = [old, new].iter().filter_map(|side| side.checked.record.client_id.clone()).collect();
        let (old, new) = (Trace::of(old), Trace::of(new));
        if old.is_empty() {
            return None;
        }
        let mut shared = old.filtered(|key| new.keys.contains(key), |secret| new.secrets.contains(secret));
        if old.secrets.is_empty() || new.secrets.is_empty() {
            // A redacted copy doesn't say whether its secret stayed the same, so that the other's tells nothing.
            shared.secrets = &old.secrets | &new.secrets;
        }
        let only = |side: &Trace| {
            side.filtered(|key| !shared.keys.contains(key), |secret| !shared.secrets.contains(secret))
        };
        Some(Self { old: only(&old), new: only(&new), shared, clients })
    }

    /// What the place of `occurrence` holds; `None` where nothing is AEM's.
    pub fn look(&self, occurrence: &Occurrence) -> Option<HoldingPlace> {
        let record = &occurrence.record;
        let location = record.locations.first()?.clone();
        let [old, new, shared] = [&self.old, &self.new, &self.shared].map(|trace| trace.held(record));
        // A copy without secrets is kept for the record, and nobody can use it.
        let is_template = record.state == State::Redacted;
        let holds = match (old.is_empty(), new.is_empty(), shared.is_empty()) {
            _ if is_template => Holds::Neither,
            (false, true, _) => Holds::Old,
            (false, false, _) => Holds::Both,
            (true, false, _) => Holds::New,
            (true, true, false) => Holds::Shared,
            (true, true, true) if self.may_hold(record) => Holds::Unknown,
            (true, true, true) => Holds::Neither,
        };
        if holds == Holds::Neither && !occurrence.is_aems {
            return None;
        }
        let parts: BTreeSet<HeldPart> = match holds {
            Holds::Neither | Holds::Unknown => BTreeSet::new(),
            Holds::Both => old,
            _ => old.into_iter().chain(new).chain(shared).collect(),
        };
        Some(HoldingPlace {
            location,
            holds,
            is_whole: matches!(holds, Holds::Old | Holds::New)
                && HeldPart::ALL.iter().all(|part| parts.contains(part)),
            parts,
            kind: record.kind,
            state: record.state,
            client_id: record.client_id.clone(),
        })
    }

    /// Whether something of either may stand in `record`, of which too little could be read.
    fn may_hold(&self, record: &Record) -> bool {
        let is_theirs = record.client_id.as_ref().is_none_or(|client| self.clients.contains(client));
        record.kind == DocumentKind::Encrypted
            || is_theirs && record.usable && record.public_key.is_none() && can_hold_key(record.kind)
    }
}

/// Whether a private key belongs into it.
fn can_hold_key(kind: DocumentKind) -> bool {
    matches!(kind, DocumentKind::ServiceCredentials | DocumentKind::PrivateKey)
}

impl Trace {
    fn of(side: &Inspected) -> Self {
        let record = &side.checked.record;
        let inspected = side.credential().map(crate::inspect::Inspection::keys).unwrap_or_default();
        let certified = record.certificate.as_ref().map(|certificate| certificate.public_key_sha256);
        let half = record.public_key.as_ref().map(|key| key.sha256);
        Self {
            keys: inspected.into_iter().chain(certified).chain(half).collect(),
            secrets: record.client_secret.filter(|_| record.in_clear.client_secret).into_iter().collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.secrets.is_empty()
    }

    fn filtered(&self, key: impl Fn(&[u8; 32]) -> bool, secret: impl Fn(&[u8; 32]) -> bool) -> Self {
        Self {
            keys: self.keys.iter().copied().filter(|digest| key(digest)).collect(),
            secrets: self.secrets.iter().copied().filter(|digest| secret(digest)).collect(),
        }
    }

    /// What of it stands in `record`.
    fn held(&self, record: &Record) -> BTreeSet<HeldPart> {
        // Beside a loose key, its certificate is known from another place.
        let certificate = record.certificate.as_ref().filter(|_| record.kind != DocumentKind::PrivateKey);
        let certified = certificate.map(|certificate| certificate.public_key_sha256);
        let half = record.public_key.as_ref().map(|key| key.sha256);
        let has_key = record.in_clear.private_key || certified.is_none();
        let secret = record.client_secret.filter(|_| record.in_clear.client_secret);
        let held = |digest: Option<[u8; 32]>, digests: &BTreeSet<[u8; 32]>| {
            digest.is_some_and(|digest| digests.contains(&digest))
        };
        [
            (HeldPart::PrivateKey, has_key && held(half, &self.keys)),
            (HeldPart::Certificate, held(certified, &self.keys)),
            (HeldPart::ClientSecret, held(secret, &self.secrets)),
        ]
        .into_iter()
        .filter_map(|(part, is_held)| is_held.then_some(part))
        .collect()
    }
}

impl HoldingPlace {
    /// Whether the rotation isn't done while this place is as it is. What is kept encrypted can't be looked into, which is
    /// said, and is no reason to wait.
    pub fn is_left(&self) -> bool {
        match self.holds {
            Holds::Old | Holds::Both => true,
            Holds::Unknown => self.state != State::Encrypted,
            Holds::New | Holds::Shared | Holds::Neither => false,
        }
    }
}

/// Sorts places: what there is to do about first.
pub fn sort(places: &mut Vec<HoldingPlace>) {
    places.sort_by(|left, right| (left.holds, &left.location).cmp(&(right.holds, &right.location)));
    places.dedup();
}
