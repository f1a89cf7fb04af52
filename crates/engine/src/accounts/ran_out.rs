//! Which accounts cannot go on because a log said so: the one truth for the ranking, the health and
//! every screen.

use std::collections::BTreeMap;

use krake_domain::draft::{Draft, RunOut, RunOutSource};
use krake_domain::id::AccountId;
use krake_domain::time::Timestamp;

/// The newest run-out of each account that still lasts at `now`. The drafts are those whose account
/// has not gone on, whatever a person said to them: that nobody wants to hand over gives an account
/// no new credit.
///
/// Only what a log told. A refusal and an empty balance are limits and checks of the account itself,
/// and stand there.
#[must_use]
pub fn ran_out(in_force: &[Draft], now: Timestamp) -> BTreeMap<AccountId, RunOut> {
    let mut newest: BTreeMap<AccountId, RunOut> = BTreeMap::new();
    let told = in_force
        .iter()
        .map(Draft::met_last)
        .filter(|run_out| run_out.source == RunOutSource::ToolLog && run_out.lasts(now));
    for run_out in told {
        let Some(account) = run_out.account else {
            continue;
        };
        let known = newest.entry(account).or_insert_with(|| run_out.clone());
        if run_out.at > known.at {
            *known = run_out.clone();
        }
    }
    newest
}

#[cfg(test)]
mod tests {
    use krake_domain::draft::DraftState;
    use krake_domain::hash::Hash;
    use krake_domain::id::{DraftId, WorkspaceId};

    use super::*;

    const HOUR: i64 = 3_600_000;

    fn draft(account: Option<&str>, at: i64, resets_at: Option<i64>) -> Draft {
        Draft {
            id: DraftId::from_parts(Timestamp(at), Hash::of(b"d")),
            workspace: WorkspaceId::PERSONAL,
            project: None,
            run_out: RunOut {
                source: RunOutSource::ToolLog,
                session: None,
                position: None,
                account: account.map(of),
                who: "Claude Code".to_owned(),
                said: "limit reached".to_owned(),
                at: Timestamp(at),
                resets_at: resets_at.map(Timestamp),
                resets_zone: None,
            },
            joined: Vec::new(),
            briefing: None,
            history_tokens: None,
            wanted: Vec::new(),
            trouble: None,
            state: DraftState::Open,
            reason: None,
            handoff: None,
            created_at: Timestamp(1),
            over_at: None,
        }
    }

    fn of(name: &str) -> AccountId {
        AccountId::from_parts(Timestamp(1), Hash::of(name.as_bytes()))
    }

    #[test]
    fn an_account_is_out_until_the_reset_and_for_a_day_where_nobody_told_one() {
        let mut said_no = draft(Some("a"), HOUR, Some(5 * HOUR));
        said_no.state = DraftState::Rejected;
        let all = [
            said_no,
            draft(Some("b"), HOUR, None),
            draft(None, HOUR, None),
        ];
        let out =
            |at: i64| -> Vec<AccountId> { ran_out(&all, Timestamp(at)).into_keys().collect() };
        let mut both = vec![of("a"), of("b")];
        both.sort_unstable();
        assert_eq!(out(5 * HOUR - 1), both);
        assert_eq!(out(5 * HOUR), [of("b")]);
        assert_eq!(out(25 * HOUR - 1), [of("b")]);
        assert_eq!(out(25 * HOUR), []);
    }

    #[test]
    fn the_newest_word_counts_and_a_refusal_is_a_limit_of_its_own() {
        let mut refusal = draft(Some("c"), HOUR, None);
        refusal.run_out.source = RunOutSource::Refusal;
        let all = [
            draft(Some("a"), 2 * HOUR, None),
            draft(Some("a"), HOUR, Some(9 * HOUR)),
            refusal,
        ];
        let out = ran_out(&all, Timestamp(3 * HOUR));
        assert_eq!(out.len(), 1);
        assert_eq!(
            (out[&of("a")].at, out[&of("a")].resets_at),
            (Timestamp(2 * HOUR), None)
        );
    }
}
