//! `metascopes`: the names in it, however they are separated.

use std::ops::Range;

use super::is_invisible;

/// A metascope's name and where it stands in the field's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metascope {
    /// The name, without the URL that it may be part of.
    pub name: String,
    /// The bytes of the name as written.
    pub range: Range<usize>,
    /// The bytes of the URL before it, if there is one.
    pub url: Option<Range<usize>>,
}

impl Metascope {
    /// The names in `value`, split at everything that people take for a separator. How it is written is judged apart
    /// from what is asked for; the client splits at commas only.
    pub fn all(value: &str) -> Vec<Self> {
        let separates = |character: char| character.is_whitespace() || ",;|[]{}()\"'`".contains(character);
        let mut start = 0;
        let mut all = Vec::new();
        for part in value.split(separates) {
            let end = start + part.len();
            let name_end = start + part.trim_end_matches('/').len();
            let name_start = value[start..name_end].rfind('/').map_or(start, |slash| start + slash + 1);
            let name: String =
                value[name_start..name_end].chars().filter(|character| !is_invisible(*character)).collect();
            if !name.is_empty() {
                let url = (name_start > start).then_some(start..name_start);
                all.push(Self { name, range: name_start..name_end, url });
            }
            start = end + value[end..].chars().next().map_or(0, char::len_utf8);
        }
        all
    }
}

/// What a metascope of this name gives access to, if it is one that AEM's credentials are known to have.
pub fn metascope_meaning(name: &str) -> Option<&'static str> {
    Some(match name {
        "ent_aem_cloud_api" => "AEM as a Cloud Service",
        "ent_aem_cloud_sdk" => "AEM as a Cloud Service, as older documents have it",
        "ent_cloudmgr_sdk" => "Cloud Manager",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_however_they_are_separated() {
        for value in [
            "a,b",
            "a, b",
            "a b",
            " a;\tb ",
            "a|b,",
            ",a,,b",
            "[\"a\", \"b\"]",
            "'a','b'",
            "a\u{3000}\u{200B}b",
        ] {
            let all = Metascope::all(value);
            let names: Vec<_> = all.iter().map(|scope| scope.name.as_str()).collect();
            assert_eq!(names, ["a", "b"], "{value}");
        }
        assert!(Metascope::all(", ,").is_empty());
        let value = "x,https://ims-na1.adobelogin.com/s/ent_aem_cloud_api/";
        let all = Metascope::all(value);
        assert_eq!(
            (all[1].name.as_str(), &value[all[1].range.clone()]),
            ("ent_aem_cloud_api", "ent_aem_cloud_api")
        );
        assert_eq!(all[1].url.clone().map(|url| &value[url]), Some("https://ims-na1.adobelogin.com/s/"));
    }
}
