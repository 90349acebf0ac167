//! Property lists, in which an element names the one after it: `<key>a</key><string>b</string>`.
//!
//! Owns: what of them is an object, an array, a literal. Does not own: reading elements.

use crate::unwrap::shared::{Member, Node, NodeKind, Scalar};

/// The elements that values are.
const VALUES: [&str; 9] = ["string", "dict", "array", "true", "false", "integer", "real", "date", "data"];

/// What the children of an element called `name` come to.
pub(super) fn kind<'t>(name: &str, members: Vec<Member<'t>>) -> NodeKind<'t> {
    if is_dictionary(&members) {
        return NodeKind::Map(dictionary(members).into());
    }
    if name == "array" && members.iter().all(|member| VALUES.contains(&&*member.name)) {
        return NodeKind::Sequence(members.into_iter().map(value).collect());
    }
    NodeKind::Map(members.into())
}

fn is_dictionary(members: &[Member<'_>]) -> bool {
    let (pairs, rest) = members.as_chunks::<2>();
    let is_pair = |[key, value]: &[Member<'_>; 2]| {
        key.name == "key" && key.value.text().is_some() && VALUES.contains(&&*value.name)
    };
    !pairs.is_empty() && rest.is_empty() && pairs.iter().all(is_pair)
}

fn dictionary(members: Vec<Member<'_>>) -> Vec<Member<'_>> {
    let mut members = members.into_iter();
    let mut found = Vec::with_capacity(members.len() / 2);
    while let (Some(key), Some(member)) = (members.next(), members.next()) {
        let name = key.value.scalar().map(Scalar::name).unwrap_or_default();
        found.push(Member::new(name, key.value.span(), value(member)));
    }
    found
}

/// `<true/>` is no text.
fn value(Member { name, value, .. }: Member<'_>) -> Node<'_> {
    let span = value.span();
    match value.kind {
        _ if matches!(&*name, "true" | "false") => Node::new(span, NodeKind::literal(&name, span)),
        NodeKind::Text(scalar) => {
            let is_plain = matches!(&*name, "integer" | "real");
            Node::new(span, NodeKind::Text(scalar.with(is_plain)))
        }
        kind => Node::new(span, kind),
    }
}
