//! The one setting of a repository that changes what its bytes mean: the hash that names objects.
//!
//! Owns: reading `extensions.objectFormat`. Does not own: any other setting; none is obeyed, no file is included.

/// Returns the value of `extensions.objectFormat`, the last one as git takes it.
pub(super) fn object_format(config: &str) -> Option<String> {
    let mut inside = false;
    let mut value = None;
    for line in config.trim_start_matches('\u{FEFF}').lines() {
        let mut line = line.trim();
        if let Some((section, rest)) = line.strip_prefix('[').and_then(|line| line.split_once(']')) {
            inside = section.trim().eq_ignore_ascii_case("extensions");
            line = rest.trim();
        }
        let setting = line
            .split_once('=')
            .filter(|(name, _)| inside && name.trim().eq_ignore_ascii_case("objectformat"));
        if let Some((_, text)) = setting {
            let text = text.split(['#', ';']).next().unwrap_or_default();
            value = Some(text.trim().trim_matches('"').to_ascii_lowercase());
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::object_format;

    #[test]
    fn one_setting_of_one_section_counts() {
        for (config, value) in [
            ("[core]\n\tbare = true\n[extensions]\n\tobjectFormat = sha256\n", Some("sha256")),
            ("[Extensions] OBJECTFORMAT=\"SHA256\" ; x", Some("sha256")),
            ("[extensions]\nobjectformat = sha1\nobjectformat = sha256 # x\n", Some("sha256")),
            ("[extensions \"x\"]\nobjectformat = sha256\n", None),
            ("[core]\nobjectformat = sha256\n", None),
            ("[include]\npath = other\n", None),
            ("[extensions]\n#objectformat = sha256\n", None),
            ("", None),
        ] {
            assert_eq!(object_format(config).as_deref(), value, "{config}");
        }
    }
}
