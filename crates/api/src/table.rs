//! The table of commands: one line each, and nothing is reachable that does not stand here.

use std::sync::LazyLock;

use crate::access::Access::{Person, Public, Reader, Writer};
use crate::command::{Command, change, command, query, question, removal, stream};
use crate::{
    account_limits, account_prices, accounts, approvals, audit, backups, branches, briefs, budgets,
    capsules, compression, control, drafts, executions, found, handoff_parts, handoffs, health,
    imports, insights, knowledge, logs, meaning, metrics, orchestrate, planner, plans, playbooks,
    policies, projects, proposal, prose, recommendations, rerun, rescans, revise, search, secrets,
    sessions, snapshots, stats, stream, threads, tools, trace, vault,
};

/// Every command and query.
#[must_use]
pub fn table() -> &'static [Command] {
    static TABLE: LazyLock<Vec<Command>> = LazyLock::new(build);
    &TABLE
}

/// The entry of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Command> {
    table().iter().find(|command| command.name == name)
}

#[rustfmt::skip]
fn build() -> Vec<Command> {
    vec![
        query("health", "/health", Public, health::health, &["executions"], "Liveness and version"),
        query("stats", "/api/stats", Reader, stats::stats, &["executions", "approvals", "threads", "knowledge", "sessions", "projects", "accounts", "budgets"], "What there is and what runs"),

        command("executions.orchestrate", "/api/orchestrate", Writer, orchestrate::orchestrate, "Run a plan, a playbook or a request in plain words"),
        query("executions.list", "/api/orchestrate", Reader, executions::list, &["executions"], "Executions, newest first"),
        query("executions.show", "/api/orchestrate/{id}", Reader, executions::show, &["execution"], "One execution with its steps"),
        query("executions.context", "/api/orchestrate/{id}/context", Reader, executions::context, &["execution"], "What each step found"),
        command("executions.start", "/api/orchestrate/{id}/start", Writer, control::start, "Start a proposed execution"),
        command("executions.pause", "/api/orchestrate/{id}/pause", Writer, control::pause, "Let running steps finish and start nothing new"),
        command("executions.resume", "/api/orchestrate/{id}/resume", Writer, control::resume, "Go on after a pause; after a limit, with as much again as the plan allows"),
        command("executions.cancel", "/api/orchestrate/{id}/cancel", Writer, control::cancel, "Cancel running steps and end"),
        command("executions.rerun", "/api/orchestrate/{id}/rerun", Writer, rerun::rerun, "Run it again from a step, or what did not end well, with the results of the rest"),
        query("executions.plan", "/api/orchestrate/{id}/plan", Reader, revise::plan, &["execution"], "Its plan as text, and the versions with who and when"),
        command("executions.revise", "/api/orchestrate/{id}/revise", Writer, revise::revise, "Change what has not started of a proposed or paused one"),
        query("executions.metrics", "/api/orchestrate/{id}/metrics", Reader, metrics::metrics, &["execution"], "Durations, waits, critical path, time saved"),
        query("executions.trace", "/api/orchestrate/{id}/trace", Reader, trace::trace, &["execution"], "The span tree"),
        query("executions.logs", "/api/orchestrate/{id}/logs", Reader, logs::logs, &["execution"], "Log lines of all attempts"),
        query("executions.attempt_log", "/api/orchestrate/{id}/logs/{step}/{attempt}", Reader, logs::attempt, &[], "What one attempt wrote, by offset"),
        stream("executions.stream", "/api/orchestrate/stream/{id}", Reader, stream::execution, "Events of one execution, past and live"),

        query("approvals.list", "/api/approvals", Reader, approvals::list, &["approvals"], "What a person is asked, over all executions"),
        query("approvals.show", "/api/approvals/{approval_id}", Reader, approvals::show, &["approvals"], "One approval: the exact call, the diff, the reason"),
        query("approvals.of", "/api/orchestrate/{id}/approvals", Reader, approvals::of, &["approvals"], "The approvals of one execution"),
        command("approvals.approve", "/api/orchestrate/{id}/approvals/{approval_id}/approve", Person, approvals::approve, "Yes, once, to exactly what is shown"),
        command("approvals.skip", "/api/orchestrate/{id}/approvals/{approval_id}/skip", Person, approvals::skip, "Go on without a failed step"),
        command("approvals.edit", "/api/orchestrate/{id}/approvals/{approval_id}/edit", Person, approvals::edit, "Other arguments: the question is withdrawn and asked anew"),
        command("approvals.answer", "/api/orchestrate/{id}/approvals/{approval_id}/answer", Person, approvals::answer_question, "A person's word in answer to a question of the plan"),
        command("approvals.reject", "/api/orchestrate/{id}/approvals/{approval_id}/reject", Person, approvals::reject, "No, with a reason"),

        query("threads.list", "/api/threads", Reader, threads::list, &["threads", "accounts"], "The inbox: what waits for a person, what ended badly, what was drafted, what waits for others"),
        query("threads.show", "/api/threads/{id}", Reader, threads::show, &["threads", "accounts"], "One thread of the inbox"),
        command("threads.done", "/api/threads/done", Person, threads::done, "Looked at: for what needs no answer"),
        command("threads.snooze", "/api/threads/snooze", Person, threads::snooze, "Not before a moment; what expires does so all the same"),
        command("threads.wake", "/api/threads/wake", Person, threads::wake, "Back among what is open: takes done and snooze back"),

        query("drafts.show", "/api/drafts/{id}", Reader, drafts::show, &["threads", "accounts"], "A handoff that was drafted because an account ran out, with its briefing"),
        command("drafts.hand_over", "/api/drafts/{id}/hand-over", Person, drafts::hand_over, "Freeze, commit where that is allowed, write the file, and put it into the queue"),
        command("drafts.make_project", "/api/drafts/{id}/make-project", Person, drafts::make_project, "Make a project of the folder that the drafted work was done in"),
        command("drafts.want", "/api/drafts/{id}/want", Person, drafts::want, "Put back what a draft's briefing lost; it stays with the draft"),
        command("drafts.reject", "/api/drafts/{id}/reject", Person, drafts::reject, "Put a draft away, with a reason"),

        query("policies.list", "/api/policies", Reader, policies::list, &["policies"], "Standing rules, newest first"),
        command("policies.revoke", "/api/policies/{id}/revoke", Person, policies::revoke, "Take a standing rule back"),

        question("plans.check", "/api/plans/check", Reader, plans::check, "Whether a plan can run, and where it cannot"),
        question("plans.propose", "/api/plans/propose", Reader, proposal::propose, "The plan that a request in plain words asks for"),
        query("planner.show", "/api/planner", Person, planner::show, &[], "Which model would be asked for a plan"),
        query("playbooks.list", "/api/playbooks", Reader, playbooks::list, &["playbooks"], "Plans kept for reuse"),
        query("playbooks.show", "/api/playbooks/{name}", Reader, playbooks::show, &["playbooks"], "One playbook with its plan"),
        query("tools.list", "/api/tools", Reader, tools::list, &[], "What may run, with schemas and effect classes"),

        query("knowledge.list", "/api/knowledge", Reader, knowledge::list, &["knowledge"], "Knowledge entries, newest first"),
        query("knowledge.search", "/api/knowledge/search", Reader, knowledge::search, &["knowledge"], "Knowledge entries that hold these words"),
        query("knowledge.categories", "/api/knowledge/categories", Reader, knowledge::categories, &["knowledge"], "Categories in use, with how many entries each has"),
        query("knowledge.show", "/api/knowledge/{id}", Reader, knowledge::show, &["knowledge"], "One entry with what it replaced"),
        command("knowledge.supersede", "/api/knowledge/{id}/supersede", Writer, knowledge::supersede, "A correction in place of an entry, which stays readable"),
        command("knowledge.write", "/api/knowledge/write", Person, knowledge::write, "Put what was learned between its marks in a file such as AGENTS.md"),
        command("knowledge.add", "/api/knowledge", Writer, knowledge::add, "Keep a new entry"),

        query("search", "/api/search", Reader, search::search, &["sessions", "knowledge"], "Messages, sessions and knowledge by words, phrases and filters"),

        query("projects.list", "/api/projects", Reader, projects::list, &["projects", "sessions"], "Projects, those last worked on first"),
        query("projects.found", "/api/projects/found", Person, found::found, &["projects"], "Folders that AI tools on this machine worked in and that no project holds"),
        query("projects.show", "/api/projects/{id}", Reader, projects::show, &["projects", "sessions"], "One project with its sessions, accounts and the state of its folder"),
        command("projects.add", "/api/projects", Writer, projects::add, "Begin a project"),
        change("projects.change", "/api/projects/{id}", Writer, projects::change, "Change what is named of a project"),
        query("projects.branches", "/api/projects/{id}/branches", Reader, branches::list, &["projects"], "The branches of its repository, the last committed to first"),
        command("projects.switch", "/api/projects/{id}/switch", Person, branches::switch, "Check out another branch, where nothing would be lost"),
        command("projects.set_commit_rule", "/api/projects/{id}/commit-rule", Person, handoff_parts::set_rule, "Whether its work is committed before it is handed over: never, ask or always"),
        removal("projects.remove", "/api/projects/{id}", Person, projects::remove, "Forget a project; its sessions stay"),

        query("sessions.list", "/api/sessions", Reader, sessions::list, &["sessions"], "Sessions of a project or an account, the last ended first"),
        query("sessions.show", "/api/sessions/{id}", Reader, sessions::show, &["sessions"], "One session"),
        query("sessions.messages", "/api/sessions/{id}/messages", Reader, sessions::messages, &["sessions"], "Messages of a session in order, by position"),
        command("sessions.start", "/api/sessions", Writer, sessions::start, "Record that a session begins"),
        change("sessions.change", "/api/sessions/{id}", Writer, sessions::change, "End a session, or change what is named of it"),

        command("imports.path", "/api/imports", Person, imports::path, "Import a file, an archive or a folder of this machine"),
        command("imports.upload", "/api/imports/upload", Person, imports::upload, "Import a file that is sent in pieces"),
        query("imports.watched", "/api/imports/watched", Reader, imports::watched, &["sessions"], "Which stores of other tools are followed"),
        command("capture", "/api/capture", Writer, imports::capture, "Keep a piece of text in a project"),

        query("accounts.list", "/api/accounts", Reader, accounts::list, &["accounts"], "All accounts with their limits, by name"),
        command("accounts.add", "/api/accounts", Person, accounts::add, "Add an account; its key goes into the vault"),
        query("accounts.choose", "/api/accounts/choose", Reader, account_limits::choose, &["accounts", "budgets"], "Which account would be asked, and why"),
        query("accounts.rules", "/api/accounts/rules", Reader, account_limits::rules, &["accounts"], "The rules by which accounts are chosen"),
        command("accounts.set_rules", "/api/accounts/rules", Person, account_limits::set_rules, "Put other rules in place of them"),
        command("accounts.test_all", "/api/accounts/test", Person, accounts::test_all, "Try to reach every account that Krake can call"),
        query("accounts.show", "/api/accounts/{id}", Reader, accounts::show, &["accounts"], "One account"),
        command("accounts.change", "/api/accounts/{id}", Person, accounts::change, "Change an account or its key"),
        command("accounts.remove", "/api/accounts/{id}/remove", Person, accounts::remove, "Remove an account and its key"),
        command("accounts.test", "/api/accounts/{id}/test", Person, accounts::test, "Try to reach it"),
        command("accounts.works_again", "/api/accounts/{id}/works", Person, accounts::works_again, "Say that an account that ran out works again"),
        command("accounts.set_price", "/api/accounts/{id}/prices", Person, account_prices::set, "Say what its models cost, where no table knows"),
        command("accounts.forget_price", "/api/accounts/{id}/prices/forget", Person, account_prices::forget, "Forget what was said of a price"),
        query("accounts.usage", "/api/accounts/{id}/usage", Reader, account_limits::usage, &["accounts"], "What it was used for, and every look at its limits"),
        command("accounts.note_limit", "/api/accounts/{id}/limits", Person, account_limits::note, "Write down what a person read about a limit"),
        query("budgets.list", "/api/budgets", Reader, budgets::list, &["budgets", "accounts"], "Budgets, and how far they are spent"),
        command("budgets.add", "/api/budgets", Person, budgets::add, "Set a budget"),
        command("budgets.change", "/api/budgets/{id}", Person, budgets::change, "Change what a budget says"),
        query("budgets.refused", "/api/budgets/refused", Reader, budgets::refused, &["budgets", "accounts"], "The newest calls that budgets refused"),
        command("budgets.remove", "/api/budgets/{id}/remove", Person, budgets::remove, "Take a budget away"),
        query("vault.show", "/api/vault", Person, vault::show, &[], "Where keys rest, and whether they can be had"),
        command("vault.create", "/api/vault", Person, vault::create, "Make the encrypted vault, where no keychain runs"),
        command("vault.unlock", "/api/vault/unlock", Person, vault::unlock, "Open the encrypted vault until this process ends"),

        query("secrets.policy", "/api/secrets/policy", Person, secrets::policy, &["secrets", "projects"], "Whether the words of secrets that are found are dropped or kept encrypted"),
        command("secrets.set_policy", "/api/secrets/policy", Person, secrets::set_policy, "Drop them from now on or keep them encrypted, for all or for one project"),
        query("secrets.rescanned", "/api/secrets/rescan", Person, rescans::rescanned, &["secrets", "backups"], "When what is stored was looked through once more for secrets, and what that came to"),
        command("secrets.rescan", "/api/secrets/rescan", Person, rescans::rescan, "Look through all that is stored once more, with the rules and the keys that are known today"),
        query("secrets.list", "/api/secrets", Person, secrets::list, &["secrets", "sessions"], "Secrets that are kept, without their words"),
        command("secrets.forget", "/api/secrets/forget", Person, secrets::forget, "Forget kept secrets for good"),
        command("secrets.reveal", "/api/secrets/{id}/reveal", Person, secrets::reveal, "Show one kept secret to a person; the journal says so"),

        question("briefings.make", "/api/briefings", Reader, briefs::make, "A briefing of a project, of sessions, of a folder or of a given context, measured"),
        question("briefings.preview", "/api/briefings/preview", Person, prose::preview, "What would be sent to whom, and at what price, for a briefing with a model's prose"),
        command("briefings.write", "/api/briefings/write", Person, prose::write, "A briefing with prose by an account's model, each line held against its sources"),
        command("briefings.save", "/api/briefings/save", Person, briefs::save, "Put a briefing between its marks in a file such as AGENTS.md"),

        query("handoffs.list", "/api/handoffs", Reader, handoffs::list, &["handoffs"], "The queue of handoffs, newest first"),
        query("handoffs.show", "/api/handoffs/{id}", Reader, handoffs::show, &["handoffs"], "One handoff with its briefing"),
        command("handoffs.create", "/api/handoffs", Writer, handoffs::create, "Brief the next account and put it into the queue"),
        question("handoffs.plan", "/api/handoffs/plan", Reader, handoff_parts::plan, "What a handoff of a project would do: the file that changes, what could be committed"),
        command("handoffs.send", "/api/handoffs/send", Person, handoffs::send, "Freeze, commit where that is allowed, write the file, and put it into the queue"),
        command("handoffs.withdraw", "/api/handoffs/{id}/withdraw", Person, handoffs::withdraw, "Take back what nobody has claimed, out of the file as well; a commit stays"),
        command("handoffs.claim", "/api/handoffs/{id}/claim", Writer, handoffs::claim, "Take a pending handoff; only one gets it"),
        command("handoffs.done", "/api/handoffs/{id}/done", Writer, handoffs::done, "End a claimed handoff"),
        command("handoffs.take_out", "/api/handoffs/{id}/take-out", Person, handoff_parts::take_out, "Take its briefing out of the file that it was written into, where it still stands there"),
        command("handoff.compress", "/api/handoff/compress", Writer, handoffs::compress, "Compress a context for the next account; it waits in the queue"),

        query("compression.list", "/api/compression-rules", Reader, compression::list, &["compression_rules"], "What a briefing always or never keeps"),
        command("compression.add", "/api/compression-rules", Writer, compression::add, "Keep something always, or never: by pattern, file or kind"),
        command("compression.remove", "/api/compression-rules/{id}/remove", Writer, compression::remove, "Take a rule away"),

        query("snapshots.list", "/api/snapshots", Reader, snapshots::list, &["snapshots"], "Frozen contexts, newest first"),
        query("snapshots.show", "/api/snapshots/{id}", Reader, snapshots::show, &["snapshots"], "One snapshot with its sessions"),
        query("snapshots.diff", "/api/snapshots/{id}/diff", Reader, snapshots::diff, &["snapshots", "sessions", "knowledge"], "What is different since, or in a later snapshot"),
        command("snapshots.create", "/api/snapshots", Writer, snapshots::create, "Freeze the context"),
        command("snapshots.restore", "/api/snapshots/{id}/restore", Person, snapshots::restore, "Bring the knowledge base back to what was frozen; what came later stays"),

        query("meaning.show", "/api/search/meaning", Reader, meaning::show, &["meaning", "accounts", "sessions"], "How the search by meaning stands"),
        question("meaning.preview", "/api/search/meaning/preview", Person, meaning::preview, "What switching the search by meaning on would send, to whom, and at what price"),
        command("meaning.set", "/api/search/meaning", Person, meaning::set, "Find by meaning with this account's model: it is asked what each message means"),
        command("meaning.off", "/api/search/meaning/off", Person, meaning::off, "Find by words alone, and drop what the model gave"),
        command("meaning.pause", "/api/search/meaning/pause", Person, meaning::pause, "Ask the model about no further messages for now"),
        command("meaning.resume", "/api/search/meaning/resume", Person, meaning::resume, "Go on after a pause or after what was in the way"),

        query("insights.usage", "/api/insights/usage", Reader, insights::usage, &["sessions", "accounts", "projects"], "Tokens, credits and cost by day, account, project or model"),
        query("insights.saved", "/api/insights/saved", Reader, insights::saved_by_briefings, &["handoffs", "accounts", "sessions"], "What briefings saved: tokens, cost, credits and minutes"),
        query("insights.recommendations", "/api/insights/recommendations", Reader, recommendations::list, &["recommendations", "budgets"], "What could be done better, each with its evidence"),
        command("insights.dismiss", "/api/insights/recommendations/dismiss", Person, recommendations::dismiss, "Never recommend this again"),
        command("insights.snooze", "/api/insights/recommendations/snooze", Person, recommendations::snooze, "Not before a moment"),
        command("insights.restore", "/api/insights/recommendations/restore", Person, recommendations::restore, "Take back what was said to a recommendation"),

        command("capsules.export", "/api/capsules", Person, capsules::export, "A project or everything into one file of open formats, without secrets"),
        command("capsules.download", "/api/capsules/downloads/{id}", Person, capsules::download, "A capsule that was made to be downloaded, piece by piece; after the last one it is gone"),
        question("capsules.preview", "/api/capsules/preview", Person, capsules::preview, "What taking a capsule in would do; nothing is changed"),
        command("capsules.import", "/api/capsules/import", Person, capsules::import, "Take a capsule in: what is new, and what differs beside what is here"),
        query("capsules.imports", "/api/capsules/imports", Reader, capsules::imports, &["capsules"], "Capsules that were taken in, newest first"),
        command("capsules.undo", "/api/capsules/undo", Person, capsules::undo, "Take an import back; what was changed since stays"),
        query("backups.list", "/api/backups", Reader, backups::list, &["backups"], "Backups, newest first, and when they are made"),
        command("backups.make", "/api/backups", Person, backups::make, "Make a backup now"),
        command("backups.schedule", "/api/backups/schedule", Person, backups::schedule, "When backups are made by themselves, and how many are kept"),
        command("backups.forget_restore", "/api/backups/forget-restore", Person, backups::forget_restore, "Do not put a backup back at the next start"),
        command("backups.remove", "/api/backups/{name}/remove", Person, backups::remove, "Remove a backup"),
        command("backups.restore", "/api/backups/{name}/restore", Person, backups::restore, "Put a backup back when Krake starts next; the state before is backed up"),

        query("audit.head", "/api/audit/head", Reader, audit::head, &["executions"], "The last event and its hash"),
        query("audit.verify", "/api/audit/verify", Reader, audit::verify, &["executions"], "Check the whole hash chain"),
        query("audit.export", "/api/audit", Reader, audit::export, &["executions"], "The events of the journal, in order"),

        stream("events.stream", "/api/events/stream", Reader, stream::events, "Everything that happens"),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use krake_domain::principal::Principal;
    use serde_json::json;

    use super::*;
    use crate::access::Access;
    use crate::command::{Kind, Method};
    use crate::context::{Core, Ctx};
    use crate::error::Code;
    use crate::schemas;

    /// Every command × every kind of principal, called for real on a core without data: whoever
    /// may pass is stopped by something else than the door.
    #[tokio::test]
    async fn each_principal_passes_where_its_rule_says_and_nowhere_else() {
        let nobody = None;
        let machine = Some(Principal::Machine {
            name: "model".to_owned(),
        });
        let person = Some(Principal::owner());
        let home = tempfile::tempdir().unwrap();
        for command in table() {
            let (stranger, issued) = match command.access {
                Access::Public => (true, true),
                Access::Reader | Access::Writer => (false, true),
                Access::Person => (false, false),
            };
            for (principal, passes) in [(&nobody, stranger), (&machine, issued), (&person, true)] {
                let ctx = Ctx::new(Core::bare(home.path()), principal.clone());
                let refusal = match command.kind {
                    Kind::Stream => command.open(ctx, json!({})).await.err(),
                    _ => command.call(ctx, json!({})).await.err(),
                };
                let refused = refusal
                    .is_some_and(|error| matches!(error.code, Code::NoToken | Code::NoAccess));
                assert_eq!(refused, !passes, "{} for {principal:?}", command.name);
            }
        }
    }

    #[test]
    fn answering_for_a_person_is_a_persons_alone() {
        for command in table().iter().filter(|command| {
            ["approvals.", "policies.", "threads.", "drafts."]
                .iter()
                .any(|family| command.name.starts_with(family))
        }) {
            let answers = command.kind == Kind::Command;
            assert_eq!(
                command.access == Access::Person,
                answers,
                "{}",
                command.name
            );
        }
    }

    #[test]
    fn what_is_secret_is_taken_from_a_person_alone_and_known_as_such() {
        let secret = |name: &str| {
            let command = find(name).unwrap();
            let (input, _) = schemas::input_of(command);
            let fields: Vec<String> = schemas::properties(&input)
                .filter(|(_, property)| property["writeOnly"] == true)
                .map(|(name, _)| name.clone())
                .collect();
            assert!(
                fields.is_empty() || command.access == Access::Person,
                "{name}"
            );
            fields
        };
        assert_eq!(secret("accounts.add"), ["key"]);
        assert_eq!(secret("accounts.change"), ["key"]);
        assert_eq!(secret("vault.create"), ["passphrase"]);
        assert_eq!(secret("vault.unlock"), ["passphrase"]);
        for command in table() {
            secret(command.name);
            // What answers with a secret answers a person, and no answer of it is kept.
            if schemas::answers_with_a_secret(command) {
                assert_eq!(command.access, Access::Person, "{}", command.name);
                let key = crate::reply::key(command, Some("again")).unwrap();
                assert_eq!(key, None, "{}", command.name);
            }
        }
        assert!(schemas::answers_with_a_secret(
            find("secrets.reveal").unwrap()
        ));
        assert!(!schemas::answers_with_a_secret(
            find("secrets.list").unwrap()
        ));
        let input = json!({ "name": "n", "key": "canary" });
        let shown = schemas::without_secrets(find("accounts.add").unwrap(), &input);
        assert_eq!(shown, json!({ "name": "n" }));
    }

    #[test]
    fn names_and_routes_are_unique_and_no_look_changes_anything() {
        let (mut names, mut routes) = (BTreeSet::new(), BTreeSet::new());
        for command in table() {
            assert!(names.insert(command.name), "{}", command.name);
            assert!(
                routes.insert((command.method.as_str(), command.path)),
                "{}",
                command.path
            );
            assert!(
                command.method != Method::Get || command.kind != Kind::Command,
                "{}",
                command.name
            );
            assert!(!command.about.is_empty());
        }
    }

    /// A route asks for exactly the fields that its input has.
    #[test]
    fn fields_in_paths_are_required_fields_of_the_input() {
        for command in table() {
            let (input, _) = schemas::input_of(command);
            for part in command
                .path
                .split('/')
                .filter_map(|part| part.strip_prefix('{'))
            {
                let field = part.trim_end_matches('}');
                assert!(
                    schemas::is_required(&input, field),
                    "{}: {field}",
                    command.name
                );
            }
        }
    }
}
