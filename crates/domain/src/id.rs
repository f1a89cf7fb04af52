//! Ids: a UUIDv7 inside, prefixed text outside (`exe_…`), one type for each noun.
//!
//! The text form is the prefix and 26 letters of Crockford's base 32 in lower case, so it sorts by
//! time like the UUID does and can be selected with a double click.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {article} id: expected `{prefix}_` and 26 letters or digits")]
pub struct IdError {
    text: String,
    prefix: &'static str,
    article: &'static str,
}

fn encode(prefix: &str, uuid: Uuid) -> String {
    let bits = uuid.as_u128();
    let mut text = String::with_capacity(prefix.len() + 27);
    text.push_str(prefix);
    text.push('_');
    for place in (0..26).rev() {
        let digit = usize::try_from((bits >> (place * 5)) & 31).expect("five bits fit");
        text.push(char::from(ALPHABET[digit]));
    }
    text
}

fn decode(prefix: &str, text: &str) -> Option<Uuid> {
    let digits = text.strip_prefix(prefix)?.strip_prefix('_')?;
    if digits.len() != 26 || digits.as_bytes()[0] > b'7' {
        return None;
    }
    digits
        .bytes()
        .try_fold(0u128, |bits, byte| {
            let digit = ALPHABET.iter().position(|known| *known == byte)?;
            Some((bits << 5) | digit as u128)
        })
        .map(Uuid::from_u128)
}

/// Whether a text has the form of an id, whichever noun it names.
#[must_use]
pub fn is_id(text: &str) -> bool {
    let prefix = text.split_once('_').map(|(prefix, _)| prefix);
    prefix.is_some_and(|prefix| prefix.len() == 3 && decode(prefix, text).is_some())
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The prefix of the text form, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// An id from a UUID that the caller drew (version 7, so that ids sort by time).
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self { Self(uuid) }

            /// An id (version 7) from a moment and 32 bytes that nobody else draws.
            #[must_use]
            pub fn from_parts(at: crate::time::Timestamp, entropy: crate::hash::Hash) -> Self {
                let millis = u64::try_from(at.0).unwrap_or(0);
                let mut random = [0; 10];
                random.copy_from_slice(&entropy.0[..10]);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }

            /// The moment in it, where it is one of version 7.
            #[must_use]
            pub fn drawn_at(self) -> Option<crate::time::Timestamp> {
                let (seconds, nanos) = self.0.get_timestamp()?.to_unix();
                let millis = seconds.checked_mul(1_000)? + u64::from(nanos / 1_000_000);
                i64::try_from(millis).ok().map(crate::time::Timestamp)
            }

            /// The UUID inside.
            #[must_use]
            pub const fn uuid(self) -> Uuid { self.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&encode($prefix, self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(self, f) }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                decode($prefix, text).map(Self).ok_or_else(|| IdError {
                    text: text.chars().take(80).collect(),
                    prefix: $prefix,
                    article: stringify!($name),
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> { stringify!($name).into() }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "pattern": concat!("^", $prefix, "_[0-9a-hjkmnp-tv-z]{26}$"),
                })
            }
        }
    )*};
}

ids! {
    /// A workspace: a tenant, one business or project area of the user.
    WorkspaceId = "wsp";
    /// One run of a plan.
    ExecutionId = "exe";
    /// One gate at which a person decides.
    ApprovalId = "apr";
    /// One standing permission.
    RuleId = "rul";
    /// A stretch of work by one account on one project, as imported or recorded.
    SessionId = "ses";
    /// One message of a session.
    MessageId = "msg";
    /// A piece of work with a folder, objectives and sessions.
    ProjectId = "prj";
    /// One entry of the knowledge base.
    KnowledgeId = "kno";
    /// One account at a provider.
    AccountId = "acc";
    /// One secret in the vault.
    CredentialId = "crd";
    /// A key in the vault that found secrets are sealed under.
    SafeId = "saf";
    /// One secret that was found in what came in, kept encrypted.
    KeptSecretId = "sec";
    /// One budget.
    BudgetId = "bud";
    /// One handoff that was drafted because an account ran out.
    DraftId = "dft";
    /// One call of a model, from its reservation on.
    CallId = "cal";
    /// Context as it was at one moment.
    SnapshotId = "snp";
    /// One rule of what a briefing always or never keeps.
    CompressionRuleId = "crl";
    /// Work that one account passes on to the next.
    HandoffId = "hnd";
    /// One import of a capsule.
    ImportId = "imp";
}

impl ExecutionId {
    /// Stands in the journal where an event belongs to no execution: the reveal of a secret.
    pub const NONE: Self = Self(Uuid::nil());
}

impl WorkspaceId {
    /// The workspace that every installation starts with.
    pub const PERSONAL: Self = Self(Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0001));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_form_round_trips_and_sorts_like_the_uuid(a: u128, b: u128) {
            let (a, b) = (ExecutionId(Uuid::from_u128(a)), ExecutionId(Uuid::from_u128(b)));
            prop_assert_eq!(a.to_string().parse::<ExecutionId>().unwrap(), a);
            prop_assert_eq!(a.to_string().cmp(&b.to_string()), a.cmp(&b));
        }
    }

    #[test]
    fn an_id_of_any_noun_is_one_and_a_name_is_none() {
        let id = HandoffId(Uuid::from_u128(7)).to_string();
        assert!(is_id(&id) && is_id(&id.replace("hnd", "prj")), "{id}");
        for text in [
            "",
            "shop",
            "my_shop",
            &id[1..],
            &id[..29],
            &id.replace('_', "-"),
        ] {
            assert!(!is_id(text), "{text}");
        }
    }

    #[test]
    fn other_prefixes_and_overflow_are_refused() {
        let text = ExecutionId(Uuid::from_u128(7)).to_string();
        assert!(text.replace("exe", "apr").parse::<ExecutionId>().is_err());
        assert!(
            "exe_zzzzzzzzzzzzzzzzzzzzzzzzzz"
                .parse::<ExecutionId>()
                .is_err()
        );
        assert!("exe_".parse::<ExecutionId>().is_err());
    }
}
