use crate::credential::FormKind;
use crate::finding::{Draft, Findings, Level};
use crate::rule::{Basis, Check, Rule, SecretVariable};

pub(super) const RULE: Rule = Rule {
    name: "exposed-to-browser",
    level: Level::Error,
    basis: Basis::Exposure,
    fixable: false,
    summary: "a secret is in a public variable, which is sent to every browser",
    explanation: "\
Bundlers and frameworks copy the values of some variables into the scripts that they send to browsers, where everyone \
can read them. The name decides: `NEXT_PUBLIC_` (Next.js), `NUXT_PUBLIC_` (Nuxt), `REACT_APP_` (Create React App), \
`VITE_` (Vite), `VUE_APP_` (Vue CLI), `GATSBY_` (Gatsby), `EXPO_PUBLIC_` (Expo), `PUBLIC_` (SvelteKit, Astro).

Everyone who opens the site can read a client secret, private key or token in such a variable. This says nothing about \
whether the credential works, so it doesn't change the credential's state.",
    example: "NEXT_PUBLIC_AEM_CLIENT_SECRET=p8e-…",
    remedy: "\
Rename the variable so that it stays on the server, and request the token there: in an API route, a server component \
or a function. If a site was ever built with it, create a new private key in the AEM Developer Console and delete the \
old one.",
    reference: "https://nextjs.org/docs/app/guides/environment-variables; https://vite.dev/guide/env-and-mode",
    forms: &FormKind::ALL,
    check: Check::Variables(check),
};

/// How the names of variables begin that end up in browsers, and whose they are.
const PREFIXES: [(&str, &str); 8] = [
    ("NEXT_PUBLIC_", "Next.js"),
    ("NUXT_PUBLIC_", "Nuxt"),
    ("REACT_APP_", "Create React App"),
    ("VITE_", "Vite"),
    ("VUE_APP_", "Vue CLI"),
    ("GATSBY_", "Gatsby"),
    ("EXPO_PUBLIC_", "Expo"),
    ("PUBLIC_", "SvelteKit or Astro"),
];

/// Returns true if a variable of this name ends up in browsers.
pub(crate) fn is_public_name(name: &str) -> bool {
    bundler(name).is_some()
}

fn bundler(name: &str) -> Option<&'static str> {
    // `process.env.NAME` is defined by its whole name, and lists of variables are for an environment: `production/NAME`.
    let name = name.rsplit(['.', '/']).next().unwrap_or(name);
    PREFIXES.iter().find(|(prefix, _)| name.starts_with(prefix)).map(|(_, bundler)| *bundler)
}

fn check(variables: &[SecretVariable<'_>], findings: &mut Findings) {
    for variable in variables {
        let Some(bundler) = bundler(variable.name) else { continue };
        let SecretVariable { name, what, place } = variable;
        findings.push(
            Draft::new(place.clone(), format!("{name} is public: the {what} in it is sent to every browser"))
                .label("everyone who opens the site can read it")
                .help(format!(
                    "{bundler} copies the values of such variables into the scripts of the site. Rename it so that it \
                     stays on the server, and request the token there. If a site was ever built with it, replace the \
                     credential."
                )),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::is_public_name;

    #[test]
    fn names_of_bundlers_are_public() {
        for name in [
            "NEXT_PUBLIC_AEM_CLIENT_SECRET",
            "VITE_X",
            "PUBLIC_AEM_TOKEN",
            "EXPO_PUBLIC_X",
            "process.env.VITE_X",
        ] {
            assert!(is_public_name(name), "{name}");
        }
        for name in ["", "AEM_PUBLIC_KEY", "NEXT_PRIVATE_X", "next_public_x", "INVITE_X", "MY_NEXT_PUBLIC_X"]
        {
            assert!(!is_public_name(name), "{name}");
        }
    }
}
