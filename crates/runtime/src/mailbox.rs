//! Asking an actor: its answer, or the word that it has ended.

use tokio::sync::oneshot;

use crate::actor::{Mailbox, Message};

impl Mailbox {
    /// Sends a message with the way back in it and waits for the answer; nothing where the actor has
    /// ended.
    ///
    /// A message that is sent just while the actor ends can stay in the channel, and its way back with
    /// it, for as long as anybody holds the mailbox. So the end is waited for as well.
    pub async fn ask<T>(&self, message: impl FnOnce(oneshot::Sender<T>) -> Message) -> Option<T> {
        let (reply, mut answer) = oneshot::channel();
        self.sender.send(message(reply)).await.ok()?;
        tokio::select! {
            biased;
            answer = &mut answer => answer.ok(),
            // What was answered before the end is there by now.
            () = self.sender.closed() => answer.try_recv().ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn whoever_asks_while_the_actor_ends_is_told() {
        for _ in 0..20_000 {
            let (sender, inbox) = mpsc::channel(8);
            let mailbox = Mailbox {
                sender,
                progress: std::sync::Arc::default(),
            };
            let ends = tokio::spawn(async move { drop(inbox) });
            assert!(mailbox.ask(Message::Look).await.is_none());
            ends.await.unwrap();
        }
    }
}
