use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use krake_domain::event::Event;
use krake_domain::execution::ExecutionStatus;
use krake_store::{ExecutionFilter, Store};

use super::child::EXECUTIONS;

/// Every promise that was broken, in one line each.
pub async fn judge(
    home: &Path,
    arrivals: &BTreeMap<String, Vec<String>>,
    acknowledged: &BTreeSet<String>,
) -> Result<Vec<String>> {
    let store = Store::open_reader(home).await?;
    let mut broken = Vec::new();
    let executions = store
        .list_executions(ExecutionFilter {
            limit: 100,
            ..Default::default()
        })
        .await?
        .rows;
    if executions.len() != EXECUTIONS {
        broken.push(format!(
            "{} executions instead of {EXECUTIONS}",
            executions.len()
        ));
    }
    for row in &executions {
        if row.summary.status != ExecutionStatus::Done {
            broken.push(format!(
                "{} is {} ({})",
                row.id,
                row.summary.status.as_str(),
                row.summary.title
            ));
        }
    }
    ledger(arrivals, executions.len(), &mut broken);
    let mut finished = BTreeSet::new();
    for record in store.events_after(0, None, 1_000_000).await? {
        match &record.event {
            Event::AttemptSucceeded { step, .. }
                if !finished.insert(format!("{} {step}", record.execution)) =>
            {
                broken.push(format!("{step} finished twice"));
            }
            Event::AttemptStarted { step, .. }
                if finished.contains(&format!("{} {step}", record.execution)) =>
            {
                broken.push(format!("finished {step} ran again"))
            }
            _ => {}
        }
    }
    broken.extend(missing(acknowledged, &finished));
    let audit = store.verify_journal().await?;
    broken.extend(
        audit
            .faults
            .iter()
            .map(|fault| format!("journal, event {}: {}", fault.seq, fault.what)),
    );
    Ok(broken)
}

/// Acknowledged steps that a process which has just died did not leave in the journal.
pub async fn lost(home: &Path, acknowledged: &BTreeSet<String>) -> Result<Vec<String>> {
    // It may have died before there was a database, and then it had nothing to acknowledge.
    if acknowledged.is_empty() {
        return Ok(Vec::new());
    }
    let store = Store::open_reader(home).await?;
    let records = store.events_after(0, None, 1_000_000).await?;
    store.stop().await?;
    let finished = records.iter().filter_map(|record| match &record.event {
        Event::AttemptSucceeded { step, .. } => Some(format!("{} {step}", record.execution)),
        _ => None,
    });
    Ok(missing(acknowledged, &finished.collect()).collect())
}

fn missing<'a>(
    acknowledged: &'a BTreeSet<String>,
    finished: &'a BTreeSet<String>,
) -> impl Iterator<Item = String> + 'a {
    acknowledged
        .difference(finished)
        .map(|step| format!("acknowledged and lost: {step}"))
}

fn ledger(arrivals: &BTreeMap<String, Vec<String>>, executions: usize, broken: &mut Vec<String>) {
    for number in 0..executions {
        for effect in ["send", "note", "book", "mail", "pay"] {
            let name = format!("run{number}.{effect}");
            let keys = arrivals.get(&name).cloned().unwrap_or_default();
            let different: BTreeSet<&String> = keys.iter().collect();
            match effect {
                _ if keys.is_empty() => broken.push(format!("{name} never happened")),
                "send" | "note" if different.len() > 1 => {
                    broken.push(format!("{name} arrived under {} keys", different.len()))
                }
                "book" | "mail" | "pay" if keys.len() > 1 => {
                    broken.push(format!("{name} happened {} times", keys.len()))
                }
                _ => {}
            }
        }
    }
}
