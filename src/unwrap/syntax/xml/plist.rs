//! Property lists, in which an element names the one after it: `<key>a</key><string>b</string>`.
//!
//! Owns: what of them is an object, an array, a literal. Does not own: reading elements.

use std::rc::Rc;

use crate::unwrap::shared::{Member, Node, NodeKind, Scalar};

/// The elements that values are.
const VALUES: [&str; 9] = ["string", "dict", "array", "true", "false", "integer", "real", "date", "data"];

/// What the children of an element called `name` come to.
pub(super) fn kind(name: &str, members: Vec<Member>) -> NodeKind {
    if is_dictionary(&members) {
        return NodeKind::Map(dictionary(members));
    }
    if name == "array" && members.iter().all(|member| VALUES.contains(&member.name.as_str())) {
        return NodeKind::Sequence(members.into_iter().map(value).collect());
    }
    NodeKind::Map(members)
}

fn is_dictionary(members: &[Member]) -> bool {
    let (pairs, rest) = members.as_chunks::<2>();
    let is_pair = |[key, value]: &[Member; 2]| {
        key.name == "key" && key.value.text().is_some() && VALUES.contains(&value.name.as_str())
    };
    !pairs.is_empty() && rest.is_empty() && pairs.iter().all(is_pair)
}

fn dictionary(members: Vec<Member>) -> Vec<Member> {
    let mut members = members.into_iter();
    let mut found = Vec::with_capacity(members.len() / 2);
    while let (Some(key), Some(member)) = (members.next(), members.next()) {
        let name = key.value.text().unwrap_or_default().to_owned();
        found.push(Member { name, name_span: key.value.span, value: value(member) });
    }
    found
}

/// `<true/>` is no text.
fn value(member: Member) -> Rc<Node> {
    let Member { name, value, .. } = member;
    let is_plain = matches!(name.as_str(), "integer" | "real");
    match Rc::try_unwrap(value) {
        Ok(Node { span, .. }) if matches!(name.as_str(), "true" | "false") => {
            let kind = NodeKind::literal(&name, span);
            Rc::new(Node { span, kind })
        }
        Ok(Node { span, kind: NodeKind::Text(scalar) }) => {
            Rc::new(Node { span, kind: NodeKind::scalar(Scalar { plain: is_plain, ..*scalar }) })
        }
        Ok(node) => Rc::new(node),
        Err(shared) => shared,
    }
}
