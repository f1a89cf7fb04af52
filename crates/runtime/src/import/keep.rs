//! The words of secrets that an import found: sealed, where a person wants them kept.
//!
//! **Invariant:** what cannot be sealed is dropped and counted; no import waits for a vault, and none
//! fails because of one.

use krake_domain::id::{KeptSecretId, SafeId};
use krake_domain::time::Timestamp;
use krake_edge::vault::Safe;
use krake_engine::secrets::Originals;
use krake_store::SealedSecret;
use uuid::Uuid;

use super::report::Report;

/// What becomes of the words of secrets that an import finds.
#[derive(Clone, Default)]
pub enum Keeping {
    /// They go; a person has not asked for anything else.
    #[default]
    Dropped,
    Sealed {
        safe: Safe,
        id: SafeId,
    },
    /// They were to be kept, and cannot be now: why.
    Refused(String),
}

impl std::fmt::Debug for Keeping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dropped => f.write_str("Dropped"),
            Self::Sealed { id, .. } => write!(f, "Sealed({id})"),
            Self::Refused(why) => write!(f, "Refused({why})"),
        }
    }
}

impl Keeping {
    /// What a cleaner is to hold of what it finds.
    pub(crate) fn originals(&self) -> Originals {
        match self {
            Self::Dropped => Originals::default(),
            // Those that cannot be kept are counted.
            Self::Sealed { .. } | Self::Refused(_) => Originals::wanted(),
        }
    }

    /// Seals them. What is not kept is said in the report.
    pub(crate) fn seal(
        &self,
        originals: Originals,
        at: Timestamp,
        report: &mut Report,
    ) -> Vec<SealedSecret> {
        if originals.left_out > 0 {
            report.not_kept(originals.left_out, "they are too many, or too long");
        }
        let mut sealed = Vec::new();
        for original in originals {
            let why = match self {
                Self::Dropped => return Vec::new(),
                Self::Refused(why) => why.clone(),
                Self::Sealed { safe, id } => match safe.seal(&original.words, &original.token) {
                    Ok(one) => {
                        sealed.push(SealedSecret {
                            id: KeptSecretId::from_uuid(Uuid::now_v7()),
                            safe: *id,
                            kind: original.kind.to_owned(),
                            token: original.token,
                            digest: one.digest,
                            sealed: one.bytes,
                            found_at: at,
                        });
                        continue;
                    }
                    Err(error) => error.to_string(),
                },
            };
            report.not_kept(1, &why);
        }
        sealed
    }
}
