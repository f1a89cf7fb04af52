//! One piece of each stage: read, looked through beside the other work of this process, written with
//! the mark.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use krake_domain::hash::Hash;
use krake_domain::rescan::{Findings, Left, Rescan, RescanStage};
use krake_store::{INDEXES, RescanStep, StoreError, StoredPart};

use super::clean::Seeker;
use super::elsewhere;
use crate::start::Deps;

/// Executions that are named one by one; the rest is counted by its events.
const MOST_NAMED: usize = 20;
/// A larger result of a step is not looked at.
const LARGEST_RESULT: u64 = 64 << 20;
/// Who reads in another program does so for a moment.
const TRIES: u32 = 5;
const WAIT: Duration = Duration::from_secs(1);

pub async fn messages(
    deps: &Arc<Deps>,
    rescan: &mut Rescan,
    seeker: &Seeker,
) -> Result<(), StoreError> {
    let after = number(&rescan.place)?;
    let read = deps.store.messages_after(after).await?;
    let Some(last) = read.last() else {
        return enter(deps, rescan, RescanStage::Records).await;
    };
    let mut step = step(rescan, last.number.to_string());
    step.found.messages += read.len() as u64;
    let seeker = seeker.clone();
    let (changed, lost) = off_thread(move || seeker.messages(read)).await?;
    lost.count(&mut step.found);
    let place = step.place.clone();
    // Where one of them is another by now, all of them are read again.
    if let Some(found) = deps.store.change_messages(step, changed).await? {
        rescan.found = found;
        rescan.place = place;
    }
    Ok(())
}

pub async fn records(
    deps: &Arc<Deps>,
    rescan: &mut Rescan,
    seeker: &Seeker,
) -> Result<(), StoreError> {
    let Some((read, next)) = deps.store.records_after(&rescan.place).await? else {
        return enter(deps, rescan, RescanStage::Parts).await;
    };
    let mut step = step(rescan, next.clone());
    let seeker = seeker.clone();
    let (changed, lost) = off_thread(move || seeker.records(read)).await?;
    lost.count(&mut step.found);
    if let Some(found) = deps.store.change_records(step, changed).await? {
        rescan.found = found;
        rescan.place = next;
    }
    Ok(())
}

pub async fn parts(
    deps: &Arc<Deps>,
    rescan: &mut Rescan,
    seeker: &Seeker,
) -> Result<(), StoreError> {
    let (file, start) = match rescan.place.split_once(' ') {
        Some((file, start)) => (number(file)?, number(start)?),
        None => (0, 0),
    };
    let read = deps.store.parts_after(file, start).await?;
    if read.is_empty() {
        sweep(deps, rescan, seeker).await?;
        return enter(deps, rescan, RescanStage::Journal).await;
    }
    let mut is_marked = true;
    for part in read {
        if deps.tasks.stopping.is_cancelled() {
            break;
        }
        is_marked = look_at_part(deps, rescan, seeker, part).await?;
    }
    if !is_marked {
        let step = step(rescan, rescan.place.clone());
        deps.store.mark_rescan(step).await?;
    }
    Ok(())
}

/// Whether the mark was moved past it on the disk too: where nothing is changed, that waits.
async fn look_at_part(
    deps: &Arc<Deps>,
    rescan: &mut Rescan,
    seeker: &Seeker,
    part: StoredPart,
) -> Result<bool, StoreError> {
    let place = format!("{} {}", part.file, part.start);
    let mut step = step(rescan, place.clone());
    step.found.parts += 1;
    let bytes = match deps.store.blobs().get(part.kept).await {
        Ok(bytes) => Some(bytes),
        // Another piece of this name was replaced a moment ago, or it is damaged.
        Err(StoreError::NotFound(_) | StoreError::Corrupt(_) | StoreError::Io(_)) => None,
        Err(error) => return Err(error),
    };
    let Some(bytes) = bytes else {
        step.found.left.unreadable += 1;
        (rescan.found, rescan.place) = (step.found, place);
        return Ok(false);
    };
    let (seeker, format) = (seeker.clone(), part.format.clone());
    let made = off_thread(move || seeker.part(&bytes, &format)).await?;
    let Some((clean, secrets, lost)) = made else {
        (rescan.found, rescan.place) = (step.found, place);
        return Ok(false);
    };
    lost.count(&mut step.found);
    let _naming = deps.store.blobs().naming();
    let clean = deps.store.blobs().put(clean).await?;
    let was = part.kept;
    let (found, is_gone) = deps.store.change_part(step, part, clean, secrets).await?;
    rescan.found = found;
    rescan.place = place;
    if !is_gone {
        wait_and_remove(deps, was).await?;
    }
    Ok(true)
}

/// An import has put the same bytes and is about to name them, or to fail.
async fn wait_and_remove(deps: &Deps, hash: Hash) -> Result<(), StoreError> {
    while !deps.store.remove_unnamed_blob(hash).await? {
        tokio::select! {
            () = deps.tasks.stopping.cancelled() => return Ok(()),
            () = tokio::time::sleep(WAIT) => {}
        }
    }
    Ok(())
}

/// What no row names: a part that a crash left goes, a result of a step is counted.
async fn sweep(deps: &Arc<Deps>, rescan: &mut Rescan, seeker: &Seeker) -> Result<(), StoreError> {
    rescan.found.left.results = 0;
    for hash in deps.store.unnamed_blobs().await? {
        let mut file = match deps.store.blobs().open(hash).await {
            Ok(file) => file,
            Err(_) => continue,
        };
        let seeker = seeker.clone();
        let look = move || {
            let mut bytes = Vec::new();
            let size = file.metadata()?.len();
            if size <= LARGEST_RESULT {
                file.read_to_end(&mut bytes)?;
            }
            Ok::<_, std::io::Error>((size > LARGEST_RESULT, seeker.finds(&bytes)))
        };
        match off_thread(look).await? {
            Ok((false, false)) => {}
            Ok((false, true)) if !deps.store.is_blob_told(hash).await? => {
                deps.store.remove_unnamed_blob(hash).await?;
            }
            Ok((false, true)) => rescan.found.left.results += 1,
            Ok((true, _)) | Err(_) => rescan.found.left.unreadable += 1,
        }
    }
    Ok(())
}

pub async fn journal(
    deps: &Arc<Deps>,
    rescan: &mut Rescan,
    seeker: &Seeker,
) -> Result<(), StoreError> {
    let after = u64::try_from(number(&rescan.place)?).unwrap_or_default();
    let events = deps.store.payloads_after(after).await?;
    let Some(last) = events.last() else {
        let (home, seeker) = (deps.store.dir().to_owned(), seeker.clone());
        let left = off_thread(move || elsewhere::files(&home, &seeker)).await?;
        rescan.found.left = Left {
            logs: left.logs,
            more_logs: left.more_logs,
            playbooks: left.playbooks,
            ..std::mem::take(&mut rescan.found.left)
        };
        return enter(deps, rescan, RescanStage::Index).await;
    };
    let mut step = step(rescan, last.seq.to_string());
    let looking = seeker.clone();
    let found = off_thread(move || {
        let holds = |payload: &Vec<u8>| looking.finds(payload);
        let found = events
            .into_iter()
            .filter(|event| event.payload.as_ref().is_some_and(holds));
        found.map(|event| event.execution).collect::<Vec<_>>()
    });
    for execution in found.await? {
        let left = &mut step.found.left;
        left.events += 1;
        if left.executions.len() < MOST_NAMED && !left.executions.contains(&execution) {
            left.executions.push(execution);
        }
    }
    (rescan.found, rescan.place) = (step.found.clone(), step.place.clone());
    deps.store.mark_rescan(step).await
}

pub async fn index(deps: &Arc<Deps>, rescan: &mut Rescan) -> Result<(), StoreError> {
    let index = usize::try_from(number(&rescan.place)?).unwrap_or_default();
    if index >= INDEXES.len() || !rescan.found.has_changed() {
        return enter(deps, rescan, RescanStage::File).await;
    }
    let mut first = true;
    while deps.store.merge_index(index, first).await? {
        first = false;
        if deps.tasks.stopping.is_cancelled() {
            return Ok(());
        }
    }
    rescan.place = (index + 1).to_string();
    let step = step(rescan, rescan.place.clone());
    deps.store.mark_rescan(step).await
}

pub async fn file(deps: &Arc<Deps>, rescan: &mut Rescan) -> Result<(), StoreError> {
    if !rescan.found.has_changed() {
        return Ok(());
    }
    let mut is_empty = deps.store.rewrite_file().await?;
    for _ in 0..TRIES {
        if is_empty {
            break;
        }
        tokio::time::sleep(WAIT).await;
        is_empty = deps.store.empty_log().await?;
    }
    rescan.found.left.log = !is_empty;
    let step = step(rescan, String::new());
    deps.store.mark_rescan(step).await
}

async fn enter(deps: &Deps, rescan: &mut Rescan, stage: RescanStage) -> Result<(), StoreError> {
    rescan.stage = stage;
    rescan.place = String::new();
    let step = step(rescan, String::new());
    deps.store.mark_rescan(step).await
}

fn step(rescan: &Rescan, place: String) -> RescanStep {
    RescanStep {
        id: rescan.id,
        stage: rescan.stage,
        place,
        found: Findings::clone(&rescan.found),
    }
}

/// A place that is a number; the beginning is empty.
fn number(place: &str) -> Result<i64, StoreError> {
    match place {
        "" => Ok(0),
        place => place
            .parse()
            .map_err(|_| StoreError::Corrupt(format!("how far it is: `{place}`"))),
    }
}

/// Looking takes a while, and others work in this process too.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StoreError::Io(error.to_string()))
}
