//! Stays with one execution until it ends, waits for somebody who is not here, or is cancelled.

use std::collections::BTreeSet;
use std::path::Path;

use futures_util::{FutureExt as _, StreamExt as _};
use serde_json::{Value, json};

use crate::args::Approve;
use crate::ask::{self, Answer};
use crate::columns::{field, items};
use crate::door::{Door, Event, Events};
use crate::exit::{Exit, Stopped};
use crate::keyboard::Keyboard;
use crate::out::{Out, say};
use crate::progress::{Progress, TICK};
use crate::signals::Signals;

/// Follows `id` from the event after `after`, answers its gates as `approve` says, prints its result, and gives the exit code.
/// When the process that drives it goes away, this one takes over.
///
/// # Errors
/// What stands between; the execution itself stays as the journal has it.
pub async fn follow(
    home: &Path,
    mut door: Door,
    out: Out,
    id: &str,
    approve: Approve,
    after: u64,
) -> Result<Exit, Stopped> {
    let mut follower = Follower {
        out,
        id,
        approve,
        progress: Progress::new(out),
        keyboard: Keyboard::default(),
        signals: Signals::take()?,
        last: after,
        asked: BTreeSet::new(),
        stopped: after > 0,
        cancelled: false,
    };
    loop {
        match follower.stay(&door).await {
            Ok(Some(exit)) => {
                follower.wait_for_others(&door).await?;
                door.close().await;
                return Ok(exit);
            }
            Ok(None) => {}
            Err(Stopped::Edge(_)) if door.is_remote() => {}
            Err(error) => {
                door.close().await;
                return Err(error);
            }
        }
        // The stream ended before the execution did. Here that means only that we were slow.
        if door.is_remote() {
            // Whoever drove it is gone, or going: somebody must drive it on.
            door = Door::write(home).await?;
            if !door.is_remote() {
                door.take_up(id).await?;
            }
        }
    }
}

struct Follower<'a> {
    out: Out,
    id: &'a str,
    approve: Approve,
    progress: Progress,
    keyboard: Keyboard,
    signals: Signals,
    /// The last event that was shown.
    last: u64,
    /// Approvals that wait and cannot be answered here.
    asked: BTreeSet<String>,
    /// A limit may have stopped it: worth a look before the next wait.
    stopped: bool,
    cancelled: bool,
}

impl Follower<'_> {
    /// Until the end, with its exit code, or until the stream ends, without.
    async fn stay(&mut self, door: &Door) -> Result<Option<Exit>, Stopped> {
        let mut events = door
            .open(
                "executions.stream",
                json!({ "id": self.id, "after": self.last }),
            )
            .await?;
        // What was asked before the first event that the stream will show.
        if self.last > 0 {
            self.ask_what_waits(door).await?;
        }
        loop {
            if let Some(exit) = self.waits_for_nobody(door, &mut events).await? {
                return Ok(Some(exit));
            }
            if let Some(exit) = self.stands_still(door).await? {
                return Ok(Some(exit));
            }
            tokio::select! {
                event = events.next() => match event {
                    Some(event) => {
                        if let Some(exit) = self.take(door, event?).await? {
                            return Ok(Some(exit));
                        }
                    }
                    None => return self.ended(door).await,
                },
                () = self.signals.next() => self.interrupt(door).await?,
                () = tokio::time::sleep(TICK), if self.progress.is_live() => self.progress.tick(),
            }
        }
    }

    async fn take(&mut self, door: &Door, event: Event) -> Result<Option<Exit>, Stopped> {
        if event.name == "reset" {
            self.last = event.data["last"].as_u64().unwrap_or(self.last);
            return Ok(None);
        }
        self.last = event.id.unwrap_or(self.last);
        self.progress.show(&event);
        if event.name == "complete" {
            return self.ended(door).await;
        }
        let kind = field(&event.data, "kind");
        self.stopped |= matches!(&*kind, "execution_stopped" | "execution_paused");
        if event.name == "approval" {
            let approval = field(&event.data, "approval_id");
            if event.data["kind"] == "approval_asked" {
                self.gate(door, &approval).await?;
            } else {
                self.asked.remove(&approval);
            }
        }
        Ok(None)
    }

    async fn ask_what_waits(&mut self, door: &Door) -> Result<(), Stopped> {
        let waiting = door
            .call(
                "approvals.list",
                json!({ "execution_id": self.id, "status": "waiting" }),
            )
            .await?;
        for approval in items(&waiting) {
            self.gate(door, &field(approval, "id")).await?;
        }
        Ok(())
    }

    async fn gate(&mut self, door: &Door, approval_id: &str) -> Result<(), Stopped> {
        let approval = door
            .call("approvals.show", json!({ "approval_id": approval_id }))
            .await?;
        if approval["status"] != "waiting" {
            return Ok(());
        }
        let answer = match self.approve {
            // No word can be made up for a person, but its default and a yes stand in the plan.
            Approve::All if approval["kind"] == "question" => {
                let question = &approval["question"];
                match (question["default"].is_string(), &question["kind"]) {
                    (true, _) => Answer::Say {
                        text: String::new(),
                    },
                    (false, kind) if kind == "confirm" => Answer::Say {
                        text: "yes".to_owned(),
                    },
                    _ => match self.answer_here(door, &approval).await? {
                        Some(answer) => answer,
                        None => return Ok(()),
                    },
                }
            }
            // It approves calls; a failure that is tried again and again is no call.
            Approve::All if approval["kind"] == "failed" => Answer::Reject {
                reason: "given up by --approve all".to_owned(),
            },
            // Whether it happened is no call: a yes would do it again, and again.
            Approve::All if approval["kind"] == "unknown_outcome" => {
                match self.answer_here(door, &approval).await? {
                    Some(answer) => answer,
                    None => return Ok(()),
                }
            }
            Approve::All => Answer::Approve,
            Approve::Deny => Answer::Reject {
                reason: "refused by --approve deny".to_owned(),
            },
            Approve::Ask => match self.answer_here(door, &approval).await? {
                Some(answer) => answer,
                None => return Ok(()),
            },
        };
        self.answer(door, approval_id, answer).await
    }

    /// What the person at the terminal says; none where nobody sits there, it was interrupted, or
    /// somebody else has answered meanwhile.
    async fn answer_here(
        &mut self,
        door: &Door,
        approval: &Value,
    ) -> Result<Option<Answer>, Stopped> {
        if !ask::is_possible() {
            self.asked.insert(field(approval, "id"));
            return Ok(None);
        }
        self.progress.clear();
        let asked = field(approval, "id");
        tokio::select! {
            answer = ask::ask(&mut self.keyboard, approval) => answer.map(Some),
            settled = settled(door, self.id, self.last, &asked) => {
                // The question still stands at the end of its line.
                say("");
                say(settled?);
                Ok(None)
            }
            () = self.signals.next() => self.interrupt(door).await.map(|()| None),
        }
    }

    async fn answer(&self, door: &Door, approval_id: &str, answer: Answer) -> Result<(), Stopped> {
        let mut input = json!({ "id": self.id, "approval_id": approval_id });
        let name = match answer {
            Answer::Approve => "approvals.approve",
            Answer::Skip => "approvals.skip",
            Answer::Happened => {
                input["happened"] = json!(true);
                "approvals.approve"
            }
            Answer::Say { text } => {
                input["answer"] = json!(text);
                "approvals.answer"
            }
            Answer::Reject { reason } => {
                input["reason"] = json!(reason);
                "approvals.reject"
            }
        };
        match door.call(name, input).await {
            // Somebody else was faster, or the question is gone: the journal has the answer.
            Err(Stopped::Api(error)) if error.code.status() == 409 => {
                self.out.note(&format!("{approval_id}: {error}"));
                Ok(())
            }
            other => other.map(|_| ()),
        }
    }

    /// Where nobody can be asked and nothing else moves, staying would be for ever.
    async fn waits_for_nobody(
        &mut self,
        door: &Door,
        events: &mut Events,
    ) -> Result<Option<Exit>, Stopped> {
        if self.asked.is_empty() || self.cancelled {
            return Ok(None);
        }
        // What is already on its way is shown first.
        while let Some(Some(event)) = events.next().now_or_never() {
            if let Some(exit) = self.take(door, event?).await? {
                return Ok(Some(exit));
            }
        }
        let shown = door
            .call("executions.show", json!({ "id": self.id }))
            .await?;
        let held = shown["at_rest"] == true && !shown["held"].is_null();
        let waits = shown["execution"]["status"] == "waiting" || held;
        if self.asked.is_empty() || !waits {
            return Ok(None);
        }
        self.progress.clear();
        if self.out.json {
            let mut document = result(&shown);
            document["approval_ids"] = json!(self.asked);
            self.out.document(&document)?;
        }
        say(&format!("{} waits for a person:", self.id));
        if held {
            say(&format!("  {}", field(&shown, "held")));
            say(&format!("    krake executions resume {}", self.id));
        }
        for approval in &self.asked {
            let asked = door
                .call("approvals.show", json!({ "approval_id": approval }))
                .await?;
            say(&format!("  {}", field(&asked, "summary")));
            say(&format!("    krake approvals show {approval}"));
            if asked["kind"] == "question" {
                say(&format!("    krake approvals answer {approval} TEXT"));
                continue;
            }
            say(&format!("    krake approvals approve {approval}"));
            match asked["kind"].as_str() {
                Some("failed") => say(&format!("    krake approvals skip {approval}")),
                Some("unknown_outcome") => {
                    say(&format!(
                        "    krake approvals approve {approval} --happened"
                    ));
                }
                _ => {}
            }
            say(&format!("    krake approvals reject {approval}"));
        }
        Ok(Some(Exit::Waits))
    }

    /// A limit stopped it and its hands have finished: somebody must allow more.
    async fn stands_still(&mut self, door: &Door) -> Result<Option<Exit>, Stopped> {
        if !self.stopped || self.cancelled {
            return Ok(None);
        }
        let shown = door
            .call("executions.show", json!({ "id": self.id }))
            .await?;
        if shown["execution"]["status"] == "paused" && !shown["held"].is_null() {
            // Too much was asked at once; whoever has answered it all here goes on.
            if shown["at_rest"] == true && shown["execution"]["waiting"] == 0 {
                door.call("executions.resume", json!({ "id": self.id }))
                    .await?;
            }
            return Ok(None);
        }
        if shown["execution"]["status"] != "stopped" {
            self.stopped = false;
            return Ok(None);
        }
        if shown["at_rest"] != true {
            return Ok(None);
        }
        self.progress.clear();
        if self.out.json {
            self.out.document(&result(&shown))?;
        }
        say(&format!("krake: {}", field(&shown["cause"], "message")));
        say(&format!(
            "to allow as much again: krake executions resume {}",
            self.id
        ));
        Ok(Some(Exit::Failed))
    }

    /// Others may have given this process work, because it owned the folder: it is not dropped.
    async fn wait_for_others(&mut self, door: &Door) -> Result<(), Stopped> {
        if door.is_remote() {
            return Ok(());
        }
        let mut said = false;
        let mut events = door.open("events.stream", json!({})).await?;
        while !self.cancelled && door.drives_something().await? {
            if !said {
                self.out.note(
                    "other executions run in this process; Ctrl-C leaves them to whoever goes on",
                );
                said = true;
            }
            tokio::select! {
                event = events.next() => if event.is_none() { break },
                () = self.signals.next() => break,
            }
        }
        Ok(())
    }

    async fn interrupt(&mut self, door: &Door) -> Result<(), Stopped> {
        self.progress.clear();
        if self.cancelled {
            say("ended at once; what ran may have happened: see `krake executions show`");
            std::process::exit(i32::from(Exit::Cancelled.code()));
        }
        self.cancelled = true;
        self.out.note("cancelling; once more ends at once");
        let cancel = door.call("executions.cancel", json!({ "id": self.id }));
        tokio::select! {
            cancelled = cancel => match cancelled {
                // It has just ended by itself.
                Err(Stopped::Api(error)) if error.code.status() == 409 => Ok(()),
                other => other.map(|_| ()),
            },
            () = self.signals.next() => std::process::exit(i32::from(Exit::Cancelled.code())),
        }
    }

    async fn ended(&mut self, door: &Door) -> Result<Option<Exit>, Stopped> {
        let shown = door
            .call("executions.show", json!({ "id": self.id }))
            .await?;
        let exit = match shown["execution"]["status"].as_str() {
            Some("done") => Exit::Done,
            Some("cancelled") => Exit::Cancelled,
            Some("failed") if shown["cause"]["class"] == "no_access" => Exit::NoAccess,
            Some("failed" | "stopped") => Exit::Failed,
            _ => return Ok(None),
        };
        self.progress.clear();
        if self.out.json {
            self.out.document(&result(&shown))?;
        } else {
            print_output(self.out, &shown)?;
        }
        Ok(Some(exit))
    }
}

/// Resolves when the approval waits no longer, with what to say about that. It watches a stream of
/// its own, so what else happens meanwhile waits in the other one until the question is answered.
async fn settled(
    door: &Door,
    id: &str,
    after: u64,
    approval: &str,
) -> Result<&'static str, Stopped> {
    loop {
        let input = json!({ "id": id, "after": after });
        let mut events = door.open("executions.stream", input).await?;
        while let Some(event) = events.next().await {
            let event = event?;
            let ended = event.name == "approval" && field(&event.data, "approval_id") == approval;
            match event.data["kind"].as_str() {
                Some("approval_answered") if ended => return Ok("answered elsewhere"),
                Some("approval_ended") if ended => return Ok("no longer asked"),
                _ if event.name == "complete" => return Ok("no longer asked"),
                // What was left out may have been the answer.
                _ if event.name == "reset" => break,
                _ => {}
            }
        }
        let shown = door
            .call("approvals.show", json!({ "approval_id": approval }))
            .await?;
        match shown["status"].as_str() {
            Some("waiting") => tokio::time::sleep(TICK).await,
            Some("approved" | "rejected") => return Ok("answered elsewhere"),
            _ => return Ok("no longer asked"),
        }
    }
}

/// What a script wants to know.
fn result(shown: &Value) -> Value {
    json!({
        "execution_id": shown["execution"]["id"],
        "status": shown["execution"]["status"],
        "output": shown["output"],
        "cause": shown["cause"],
    })
}

fn print_output(out: Out, shown: &Value) -> Result<(), Stopped> {
    match &shown["output"] {
        Value::Null => {}
        Value::String(text) => out.text(text)?,
        value => out.line(krake_engine::plan::readable(value).trim_end())?,
    }
    if let Some(cause) = shown.get("cause").filter(|cause| !cause.is_null()) {
        say(&format!("krake: {}", field(cause, "message")));
    }
    Ok(())
}
