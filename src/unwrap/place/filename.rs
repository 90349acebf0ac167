//! What a file's name says of what is in it.
//!
//! Owns: extensions. Does not own: what follows from them.

use std::path::Path;

/// What files are called that begin with a comment, a string or a bracket and are no JSON.
const SOURCE_CODE: [&str; 20] = [
    "jsonc", "json5", "hjson", "js", "cjs", "mjs", "jsx", "ts", "cts", "mts", "tsx", "java", "kt", "groovy",
    "scala", "cs", "go", "rs", "php", "py",
];

/// Whether a file is called as programs are.
pub fn is_source_code(name: &str) -> bool {
    has_extension(name, &SOURCE_CODE)
}

/// Whether the name of a file says that it is something else than JSON.
pub fn is_other_than_json(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| !extension.eq_ignore_ascii_case("json"))
}

/// Whether the name of a file ends in one of `extensions`, in whatever case.
pub fn has_extension(name: &str, extensions: &[&str]) -> bool {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| extensions.iter().any(|one| extension.eq_ignore_ascii_case(one)))
}
