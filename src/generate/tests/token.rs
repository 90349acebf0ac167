//! Tokens: their look, their signature, and their dependence on the specification.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};

use super::*;

fn made(kind: Option<Kind>, defect: Option<&str>) -> Value {
    let mut specification = specification(defect);
    specification.kind = kind;
    serde_json::from_slice(&document(&specification)).unwrap()
}

/// The token in a document.
fn token(document: &Value) -> String {
    let token = document.get("accessToken").or(document.get("access_token")).unwrap();
    token.as_str().unwrap().to_owned()
}

/// A part of a token.
fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[test]
fn the_documents_look_as_issued() {
    let development = made(Some(Kind::DevelopmentToken), None);
    let keys = |document: &Value| document.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&development), ["accessToken", "ok", "statusCode"]);
    assert_eq!((&development["ok"], &development["statusCode"]), (&Value::from(true), &Value::from(200)));
    let answer = made(Some(Kind::AccessToken), None);
    assert_eq!(keys(&answer), ["access_token", "expires_in", "token_type"]);
    assert_eq!(answer["token_type"], "bearer");
    assert_eq!(answer["expires_in"], 86_399_999);
    for (document, user) in [(development, "@AdobeID"), (answer, "@techacct.adobe.com")] {
        let token = token(&document);
        let header = part(&token, 0);
        assert_eq!((&header["alg"], &header["itt"]), (&Value::from("RS256"), &Value::from("at")));
        assert!(header["x5u"].is_string() && header["kid"].is_string());
        let claims = part(&token, 1);
        for (name, value) in [
            ("type", "access_token"),
            ("client_id", "cm-p99999-e999999-integration-0"),
            ("as", "ims-na1"),
            ("created_at", "1795345200000"),
            ("expires_in", "86400000"),
        ] {
            assert_eq!(claims[name], value);
        }
        let user_id = claims["user_id"].as_str().unwrap();
        assert!(is_synthetic(user_id) && user_id.ends_with(user), "{user_id}");
        assert!(claims["scope"].is_string());
    }
}

#[test]
fn the_signature_is_the_keys_own() {
    for kind in [Kind::DevelopmentToken, Kind::AccessToken] {
        let token = token(&made(Some(kind), None));
        let key = DecodingKey::from_rsa_raw_components(&KEY.modulus(), &[1, 0, 1]);
        let mut validation = Validation::new(Algorithm::RS256);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        assert!(jsonwebtoken::decode::<Value>(&token, &key, &validation).is_ok());
        let changed = token.replacen(".e", ".f", 1);
        assert!(jsonwebtoken::decode::<Value>(changed, &key, &validation).is_err());
    }
}

#[test]
fn defects_are_what_they_say() {
    let claim = |defect: &str, name: &str| part(&token(&made(None, Some(defect))), 1)[name].clone();
    assert!(token(&made(None, Some("token-syntax"))).starts_with("Bearer eyJ"));
    assert_eq!(claim("token-type", "type"), "refresh_token");
    assert_eq!(claim("token-expired", "created_at"), "1795176000000");
    assert_eq!(claim("token-expiring", "created_at"), "1795264200000");
    assert_eq!(claim("token-lifetime", "expires_in"), "864000000");
    let answer = made(None, Some("token-expires-in"));
    assert_eq!(answer["expires_in"], 86_399);
    assert_eq!(made(Some(Kind::AccessToken), Some("token-lifetime"))["expires_in"], 863_999_999);
}

#[test]
fn only_the_specification_matters() {
    let first = made(Some(Kind::AccessToken), None);
    assert_eq!(first, made(Some(Kind::AccessToken), None));
    let mut other = specification(None);
    other.kind = Some(Kind::AccessToken);
    other.seed = Seed::from(2);
    let other: Value = serde_json::from_slice(&document(&other)).unwrap();
    assert_ne!(part(&token(&first), 1)["user_id"], part(&token(&other), 1)["user_id"]);
}

#[test]
fn a_defect_decides_the_kind_or_is_refused() {
    for defect in Defect::all() {
        for kind in Kind::ALL {
            let mut specification = specification(Some(defect.rule()));
            specification.kind = Some(kind);
            let made = generate_with_key(&specification, &KEY);
            assert_eq!(made.is_ok(), defect.kinds().contains(&kind), "{defect:?} in {}", kind.name());
            assert!(
                kind == Kind::ServiceCredentials || made.is_err() || {
                    specification.defect = None;
                    generate_with_key(&specification, &KEY).unwrap().expose() != made.unwrap().expose()
                }
            );
        }
    }
    let mut specification = specification(None);
    specification.kind = Some(Kind::AccessToken);
    specification.token_lifetime = TimeDelta::zero();
    assert_eq!(generate_with_key(&specification, &KEY).unwrap_err(), GenerateError::Lifetime);
}
