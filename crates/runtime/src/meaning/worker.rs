//! The worker that has the numbers of messages made: newest first, a batch at a time, for as long as
//! the process lives.
//!
//! It keeps no list of its own: what has no numbers yet is what is left to do, also after a crash.

use std::time::Duration;

use futures_util::FutureExt as _;
use krake_domain::account::Account;
use krake_domain::meaning::MeaningModel;
use krake_llm::{ModelError, Side};
use krake_store::{Commit, Meant, StoreError, Tag};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::{Doing, PURPOSE};
use crate::accounts::AccountError;
use crate::clock;
use crate::handle::Runtime;

/// Texts of one call: what a crash can cost, and what a small machine does in a moment.
const BATCH: usize = 32;
/// What is read of what is left before it is read anew: what came meanwhile goes first.
const AHEAD: u32 = 2_048;
/// Messages that come one by one are taken together.
const GATHER: Duration = Duration::from_secs(1);
/// Without anything that happens it is looked now and then; who is not asked lets memory go.
const LOOK: Duration = Duration::from_secs(10 * 60);
const FIRST_WAIT: Duration = Duration::from_secs(30);
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// A text that is too long for the model is halved down to this, then passed over.
const SHORTEST: usize = 200;

/// Has numbers made until the process stops.
pub(crate) async fn keep_up(runtime: Runtime) {
    let stopping = runtime.stopping();
    let mut failures = 0;
    loop {
        let mut commits = runtime.subscribe();
        let mut of = None;
        let doing = match work(&runtime, &stopping, &mut failures, &mut of).await {
            Ok(doing) => doing,
            Err(error) => Doing::Waiting {
                until: clock::now().plus(FIRST_WAIT),
                why: error.to_string(),
            },
        };
        if stopping.is_cancelled() {
            return;
        }
        say(&runtime, doing.clone()).await;
        // Who was woken for what has just been looked at would not wait at all.
        let _ = runtime.deps().meaning.wake.notified().now_or_never();
        if runtime
            .store()
            .meaning_model()
            .await
            .is_ok_and(|now| now != of)
        {
            continue;
        }
        let wait = match &doing {
            Doing::Waiting { until, .. } => until.since(clock::now()),
            _ => LOOK,
        };
        tokio::select! {
            () = stopping.cancelled() => return,
            () = runtime.deps().meaning.wake.notified() => failures = 0,
            () = tokio::time::sleep(wait) => {}
            goes_on = something(&mut commits, &doing) => {
                if !goes_on {
                    return;
                }
                tokio::select! {
                    () = stopping.cancelled() => return,
                    () = tokio::time::sleep(GATHER) => {}
                }
            }
        }
        runtime.store().release_vectors(LOOK).await;
    }
}

/// Waits for a commit that may mean work; false at the end.
async fn something(
    commits: &mut broadcast::Receiver<std::sync::Arc<Commit>>,
    doing: &Doing,
) -> bool {
    let counts = |tag: &Tag| match doing {
        Doing::Resting | Doing::Working => matches!(tag, Tag::Session(_)),
        // It may be a budget that was in the way.
        Doing::Stuck { .. } => *tag == Tag::Budgets,
        Doing::Waiting { .. } => false,
    };
    loop {
        match commits.recv().await {
            Ok(commit) if commit.tags.iter().any(counts) => return true,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return true,
            Err(RecvError::Closed) => return false,
        }
    }
}

/// Does what is left to do, with the model that was chosen `of` then; how it ended.
async fn work(
    runtime: &Runtime,
    stopping: &CancellationToken,
    failures: &mut u32,
    of: &mut Option<MeaningModel>,
) -> Result<Doing, StoreError> {
    let store = runtime.store();
    let mut before = Vec::new();
    loop {
        *of = store.meaning_model().await?;
        let Some(model) = of.clone().filter(|model| !model.is_paused) else {
            return Ok(Doing::Resting);
        };
        let left = store.list_unmeant(&model, AHEAD).await?;
        if left.is_empty() {
            store.prune_vectors(&model).await?;
            return Ok(Doing::Resting);
        }
        if left == before {
            // Nothing that was made could be kept; the log says more than a loop.
            tracing::warn!(left = left.len(), "numbers of messages could not be kept");
            return Ok(Doing::Waiting {
                until: clock::now().plus(LONGEST_WAIT),
                why: "what was made could not be kept".to_owned(),
            });
        }
        let account = match runtime.agreed_account(&model).await {
            Ok(account) => account,
            Err(error) => return Ok(ended(error, failures)),
        };
        say(runtime, Doing::Working).await;
        let mut goes_on = true;
        for batch in left.chunks(BATCH) {
            if stopping.is_cancelled() {
                return Ok(Doing::Resting);
            }
            let texts = store.meant_texts(batch).await?;
            let given = match given(runtime, &account, &model, texts, stopping).await {
                Ok(given) => given,
                Err(error) => return Ok(ended(error, failures)),
            };
            *failures = 0;
            let is_kept = store.keep_vectors(&model, given).await?;
            let now = store.meaning_model().await?;
            goes_on = is_kept && now.as_ref() == Some(&model);
            if !goes_on {
                // The person chose another one, paused it or switched it off.
                break;
            }
        }
        before = if goes_on { left } else { Vec::new() };
    }
}

/// What the model gives for these texts.
async fn given(
    runtime: &Runtime,
    account: &Account,
    model: &MeaningModel,
    meant: Vec<Meant>,
    stopping: &CancellationToken,
) -> Result<Vec<(Meant, Option<Vec<f32>>)>, AccountError> {
    let ask = async |texts: &[String]| {
        let asked = runtime.embed(account, &model.model, PURPOSE, texts, Side::Text, stopping);
        let embedded = asked.await?;
        if embedded.dimension() != model.dimension as usize {
            return Err(AccountError::Model(ModelError::BadAnswer {
                why: format!(
                    "vectors of {} numbers, and those before had {}; choose the model again",
                    embedded.dimension(),
                    model.dimension
                ),
            }));
        }
        Ok(embedded.vectors)
    };
    let (full, empty): (Vec<Meant>, Vec<Meant>) =
        meant.into_iter().partition(|meant| !meant.text.is_empty());
    let mut given: Vec<(Meant, Option<Vec<f32>>)> =
        empty.into_iter().map(|meant| (meant, None)).collect();
    if full.is_empty() {
        return Ok(given);
    }
    let texts: Vec<String> = full.iter().map(|meant| meant.text.clone()).collect();
    match ask(&texts).await {
        Ok(vectors) => given.extend(full.into_iter().zip(vectors.into_iter().map(Some))),
        Err(error) if is_about_the_text(&error) => {
            for meant in full {
                let mut text = meant.text.clone();
                let vector = loop {
                    match ask(std::slice::from_ref(&text)).await {
                        Ok(mut vectors) => break vectors.pop(),
                        Err(error) if is_about_the_text(&error) => {
                            text.truncate(text.floor_char_boundary(text.len() / 2));
                            if text.len() < SHORTEST {
                                break None;
                            }
                        }
                        Err(error) => return Err(error),
                    }
                };
                given.push((meant, vector));
            }
        }
        Err(error) => return Err(error),
    }
    Ok(given)
}

/// Whether another text would have been taken.
fn is_about_the_text(error: &AccountError) -> bool {
    matches!(
        error,
        AccountError::Model(ModelError::ContextTooLong { .. } | ModelError::Refused { .. })
    )
}

/// What is done about a failure.
fn ended(error: AccountError, failures: &mut u32) -> Doing {
    let why = error.to_string();
    let AccountError::Model(error) = &error else {
        return Doing::Stuck { why };
    };
    match error {
        ModelError::Cancelled => Doing::Resting,
        ModelError::RateLimited { .. }
        | ModelError::Overloaded { .. }
        | ModelError::Unavailable { .. }
        | ModelError::Incomplete { .. }
        | ModelError::Timeout { .. } => {
            *failures += 1;
            let usual = FIRST_WAIT * 2_u32.saturating_pow(failures.saturating_sub(1).min(8));
            let wait = error.retry_after().unwrap_or(usual.min(LONGEST_WAIT));
            Doing::Waiting {
                until: clock::now().plus(wait),
                why,
            }
        }
        _ => Doing::Stuck { why },
    }
}

/// Says what it does, where that is news.
async fn say(runtime: &Runtime, doing: Doing) {
    let is_news = runtime.deps().meaning.doing.send_if_modified(|known| {
        let is_news = *known != doing;
        *known = doing;
        is_news
    });
    if is_news && let Err(error) = runtime.store().say_meaning_changed().await {
        tracing::warn!(%error, "those who show it are not told");
    }
}
