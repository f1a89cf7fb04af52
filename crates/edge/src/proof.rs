//! How the owner of a data folder proves that it holds the token, without showing it.

/// The proof for one challenge: hexadecimal digits of the keyed BLAKE3 hash of the challenge's text.
/// The key is derived from the token, so a proof tells nothing about it.
#[must_use]
pub fn owner_proof(token: &str, challenge: &str) -> String {
    let key = blake3::derive_key("krake loopback owner proof v1", token.as_bytes());
    blake3::keyed_hash(&key, challenge.as_bytes())
        .to_hex()
        .to_string()
}

/// Whether `text` has the form of a challenge: 64 hexadecimal digits.
#[must_use]
pub fn is_challenge(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_depends_on_token_and_challenge_and_stays_the_same() {
        let challenge = "ab".repeat(32);
        assert!(is_challenge(&challenge) && !is_challenge("ab"));
        let proof = owner_proof("secret", &challenge);
        assert_eq!(proof.len(), 64);
        assert_eq!(proof, owner_proof("secret", &challenge));
        assert_ne!(proof, owner_proof("secret2", &challenge));
        assert_ne!(proof, owner_proof("secret", &"ac".repeat(32)));
    }
}
