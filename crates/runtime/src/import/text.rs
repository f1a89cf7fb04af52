//! A piece of text into a project: what somebody copied, wrote or piped.

use krake_domain::blob::BlobRef;
use krake_domain::hash::Hash;
use krake_domain::id::SessionId;
use krake_domain::session::{CAPTURE, Message, MessageKind, Role, Transcript};
use krake_engine::secrets::Cleaner;
use krake_store::{Store, StoreError};

use super::Wish;
use super::file::{FileError, write};
use super::pieces::Facts;
use super::present::Present;
use super::report::Report;
use crate::clock::now;

/// Keeps a text as a session of its own. The same text in the same project is one session.
///
/// # Errors
/// The store cannot write.
pub async fn capture(
    store: &Store,
    text: &str,
    title: Option<String>,
    origin: Option<String>,
    wish: &Wish,
) -> Result<Report, StoreError> {
    let mut cleaner = Cleaner::collecting(&wish.known, wish.keeping.originals());
    let clean = cleaner.text(text).into_owned();
    let at = now();
    let project = wish.project.map(|project| project.to_string());
    let hash = Hash::of_parts(&[project.unwrap_or_default().as_bytes(), clean.as_bytes()]);
    let mut transcript = Transcript {
        format: CAPTURE.to_owned(),
        native_id: Some(hash.to_string()),
        title: title.or_else(|| krake_transcripts::title_of(&clean)),
        messages: vec![Message {
            native_id: Some("text".to_owned()),
            role: Role::User,
            kind: MessageKind::Text,
            text: clean,
            at: Some(at),
            ..Message::default()
        }],
        ..Transcript::default()
    };
    cleaner.about(&mut transcript);
    let origin = origin.map(|origin| cleaner.text(&origin).into_owned());
    let mut report = Report::default();
    report.count(&cleaner.replaced);
    let facts = Facts {
        id: SessionId::from_uuid(uuid::Uuid::now_v7()),
        path: origin.unwrap_or_default(),
        stand_in: hash.to_string(),
        place: None,
        raw: BlobRef {
            hash,
            bytes: text.len() as u64,
        },
        project: wish.project,
        account_id: wish.account_id.clone(),
        session_type: CAPTURE.to_owned(),
        redactions: cleaner.replaced,
        secrets: wish.keeping.seal(cleaner.originals, at, &mut report),
        present: Present::new(at),
    };
    match write(store, transcript, facts, &mut report).await {
        Ok(_) => Ok(report),
        Err(FileError::Store(error)) => Err(error),
        Err(FileError::Refused(why)) => Err(StoreError::Io(why)),
    }
}
