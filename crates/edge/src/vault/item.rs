//! One secret as it lies in the vault: the value with the origin that it is for, so that what is
//! written in the database cannot send it anywhere else.

use krake_domain::origin::Origin;
use krake_domain::secret::Secret;
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// The item's text.
pub(super) fn write(secret: &Secret) -> Zeroizing<Vec<u8>> {
    let value = secret.open_for(secret.origin()).unwrap_or_default();
    let item = json!({ "krake": 1, "origin": secret.origin().to_string(), "secret": value });
    Zeroizing::new(item.to_string().into_bytes())
}

/// The secret of an item; none where it is not ours.
pub(super) fn read(text: &[u8]) -> Option<Secret> {
    let item: Value = serde_json::from_slice(text).ok()?;
    let field = |name: &str| item.get(name).and_then(Value::as_str);
    let origin: Origin = field("origin")?.parse().ok()?;
    (item.get("krake")? == 1).then(|| Some(Secret::new(field("secret")?.to_owned(), origin)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back_bound_to_its_origin() {
        let origin: Origin = "https://api.example.com".parse().unwrap();
        let text = write(&Secret::new("s\"3cret".to_owned(), origin.clone()));
        let back = read(&text).unwrap();
        assert_eq!(back.open_for(&origin), Some("s\"3cret"));
        let other = "https://evil.example".parse().unwrap();
        assert_eq!(back.open_for(&other), None);
    }

    #[test]
    fn what_others_wrote_is_no_item() {
        for text in [
            "",
            "s3cret",
            "{}",
            r#"{"krake":1,"secret":"x"}"#,
            r#"{"krake":1,"origin":"ftp://x","secret":"x"}"#,
            r#"{"krake":2,"origin":"https://x","secret":"x"}"#,
        ] {
            assert!(read(text.as_bytes()).is_none(), "{text}");
        }
    }
}
