//! The only SQL: the journal, and the tables that are read beside it.
//!
//! What it deliberately does not do: it decides nothing, starts no effect and knows no clock; moments
//! and ids come in as arguments.
//! **Invariant:** what [`Store::append`] has returned survives a power cut, and a process that lost
//! the data folder to another changes nothing.
//!
//! Reading order: the folder and its owner (`open`, `folder`, `head`, `connection`, `schema`), the way
//! in (`store`, `batch`, `writer`, `group`, `statements`, `bulk`, `chain`, `transaction`, `commit`), the ways out
//! (`journal`, `executions`, `approvals`, `audit`), then plain nouns and large results.

mod folder;
mod open;

mod connection;
mod head;
mod schema;

mod batch;
mod bulk;
mod chain;
mod commit;
mod group;
mod job;
mod row;
mod statements;
mod store;
mod transaction;
mod words;
mod writer;

mod approvals;
mod audit;
mod executions;
mod journal;

mod account_prices;
mod accounts;
mod budgets;
mod credentials;
mod limits;
mod model_calls;
mod refused_calls;

mod backup;
mod backup_pool;
mod blobs;
mod capsule;
mod commit_rules;
mod compression;
mod counts;
mod draft_sessions;
mod drafts;
mod files;
mod foreign;
mod handoffs;
mod kept_secrets;
mod knowledge;
mod meaning;
mod message_index;
mod message_words;
mod messages;
mod moved;
mod project_secret_policy;
mod projects;
mod ran_out;
mod recommendations;
mod repeated;
mod replies;
mod rescan;
mod restore;
mod rules;
mod search;
mod search_both;
mod search_text;
mod session_import;
mod sessions;
mod snapshots;
mod spent;
mod threads;
mod usage;
mod vectors;
mod version;

mod error;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod golden;

pub use accounts::AccountWritten;
pub use approvals::{ApprovalFilter, ApprovalRow};
pub use audit::{Audit, Fault};
pub use backup::{Backup, BackupSchedule, backups_in};
pub use batch::{Batch, Summary};
pub use blobs::Blobs;
pub use capsule::{
    AnswerLine, Arriving, Below, BroughtPlaybook, CapsuleImport, CapsuleScope, Clean, Judged,
    Judgement, KeptBack, Lines, NOUNS, Noun, NounCounts, Out, Piece, SessionLength, Undone,
    Verdict,
};
pub use commit::{Commit, Tag};
pub use counts::Counts;
pub use credentials::LeftCredential;
pub use error::StoreError;
pub use executions::{ExecutionFilter, ExecutionRow, Page};
pub use files::{FilePart, ReadFile, SortedFile};
pub use folder::Owner;
pub use foreign::Foreign;
pub use handoffs::HandoffFilter;
pub use head::Head;
pub use kept_secrets::{KeptSecretRow, SafeRow, SealedSecret};
pub use knowledge::{KnowledgeFilter, KnowledgePage};
pub use meaning::{MEANT_LETTERS, Meant};
pub use message_index::MessageIndex;
pub use model_calls::{AccountUse, BudgetUse, CallRow, Reserved};
pub use projects::{Kept, ProjectRow};
pub use recommendations::RecommendationMark;
pub use repeated::{LimitReached, SaidInSession};
pub use replies::{Reply, Reservation};
pub use rescan::{
    ChangedMessage, ChangedRecord, INDEXES, RescanStep, StoredEvent, StoredMessage, StoredPart,
    StoredRecord, StoredText,
};
pub use restore::{Restoring, restore_waits};
pub use rules::{Revoked, RuleRow};
pub use search::{Hit, TitleHit};
pub use session_import::{Imported, ImportedSession};
pub use sessions::{RecordedSession, SessionChange, SessionFilter, SessionRow};
pub use snapshots::{Restored, SnapshotFilter};
pub use spent::CallSum;
pub use store::Store;
pub use threads::{About, ThreadFilter, ThreadRow};
pub use usage::Answer;
