//! Which of the limits that are seen now want a draft, and which drafts have served.

use std::time::Duration;

use krake_domain::draft::{Draft, RunOut, RunOutSource};
use krake_domain::id::{AccountId, DraftId};
use krake_domain::time::Timestamp;

/// What lies further back was found in an old log, and nobody waits for it any more.
const RECENT: Duration = Duration::from_secs(24 * 3_600);

/// A tool that is told to wait often goes on by itself within seconds.
const GRACE: Duration = Duration::from_secs(20);

/// An answer that other work of the account got so soon after a limit was on its way before it.
const ON_ITS_WAY: Duration = Duration::from_secs(60);

/// A sign that an account works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The provider answered a call or a check.
    Provider(AccountId, Timestamp),
    /// It answered a call that it could have refused.
    Call(AccountId, Timestamp),
    /// A session of the account got an answer.
    Session(AccountId, Timestamp),
}

/// What is to be drafted, and what is over.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct News {
    pub run_outs: Vec<RunOut>,
    /// Drafts whose account answers again, or that a later limit of the same place replaces.
    pub over: Vec<DraftId>,
    /// When something that is too young now is old enough.
    pub look_again: Option<Timestamp>,
}

/// Compares what is seen with the drafts whose account has not gone on.
#[must_use]
pub fn news(seen: Vec<RunOut>, known: &[Draft], answers: &[Answer], now: Timestamp) -> News {
    let mut news = News::default();
    for draft in known {
        let met = draft.met_last();
        if answers.iter().any(|answer| answer.ends(&met)) {
            news.over.push(draft.id);
        }
    }
    for run_out in seen {
        let is_old = now.since(run_out.at) > RECENT && run_out.source != RunOutSource::Credit;
        let is_drafted = known
            .iter()
            .filter(|draft| !news.over.contains(&draft.id))
            .any(|draft| draft.is_same(&run_out));
        let is_known = is_drafted || news.run_outs.iter().any(|other| other.is_same(&run_out));
        if is_old || run_out.has_reset(now) || is_known {
            continue;
        }
        let is_passing = run_out.source == RunOutSource::ToolLog && run_out.resets_at.is_none();
        let old_enough = run_out.at.plus(GRACE);
        if is_passing && now < old_enough {
            let sooner = news.look_again.map_or(old_enough, |at| at.min(old_enough));
            news.look_again = Some(sooner);
            continue;
        }
        let replaced = known.iter().filter(|draft| {
            let other = &draft.run_out;
            let in_place = match run_out.session {
                Some(session) => draft.sessions().any(|one| one == session),
                None => other.session.is_none(),
            };
            in_place && (other.account, other.source) == (run_out.account, run_out.source)
        });
        news.over.extend(replaced.map(|draft| draft.id));
        news.run_outs.push(run_out);
    }
    news.over.sort_unstable();
    news.over.dedup();
    news
}

impl Answer {
    /// Whether it shows that the account goes on. That a provider can be reached says nothing about
    /// the windows of an app, and an answer in an app nothing about who pays for calls.
    fn ends(self, run_out: &RunOut) -> bool {
        let (account, at, since) = match (self, run_out.source) {
            (Self::Provider(account, at), RunOutSource::Credit)
            | (Self::Call(account, at), RunOutSource::Refusal) => (account, at, run_out.at),
            (Self::Session(account, at), RunOutSource::ToolLog) => {
                (account, at, run_out.at.plus(ON_ITS_WAY))
            }
            _ => return false,
        };
        run_out.account == Some(account) && at > since
    }
}

#[cfg(test)]
mod tests {
    use krake_domain::draft::DraftState;
    use krake_domain::hash::Hash;
    use krake_domain::id::{SessionId, WorkspaceId};

    use super::*;

    const HOUR: i64 = 3_600_000;
    const NOW: Timestamp = Timestamp(100 * HOUR);

    fn of_session(name: &str, at: i64, resets_at: Option<i64>) -> RunOut {
        RunOut {
            source: RunOutSource::ToolLog,
            session: Some(SessionId::from_parts(
                Timestamp(1),
                Hash::of(name.as_bytes()),
            )),
            position: Some(9),
            account: None,
            who: "Claude Code".to_owned(),
            said: "limit reached".to_owned(),
            at: Timestamp(at * HOUR),
            resets_at: resets_at.map(|at| Timestamp(at * HOUR)),
            resets_zone: None,
        }
    }

    fn of_account(source: RunOutSource, at: i64, resets_at: Option<i64>) -> RunOut {
        RunOut {
            source,
            session: None,
            position: None,
            account: Some(AccountId::from_parts(Timestamp(1), Hash::of(b"a"))),
            ..of_session("", at, resets_at)
        }
    }

    fn draft(run_out: RunOut) -> Draft {
        Draft {
            id: DraftId::from_parts(run_out.at, Hash::of(b"d")),
            workspace: WorkspaceId::PERSONAL,
            project: None,
            run_out,
            joined: Vec::new(),
            briefing: None,
            history_tokens: None,
            wanted: Vec::new(),
            trouble: None,
            state: DraftState::Rejected,
            reason: None,
            handoff: None,
            created_at: Timestamp(1),
            over_at: None,
        }
    }

    fn told(seen: &[RunOut], known: &[Draft]) -> (usize, usize) {
        let news = news(seen.to_vec(), known, &[], NOW);
        (news.run_outs.len(), news.over.len())
    }

    #[test]
    fn what_is_long_over_or_has_reset_is_no_news() {
        assert_eq!(told(&[of_session("a", 99, Some(104))], &[]), (1, 0));
        assert_eq!(told(&[of_session("a", 99, None)], &[]), (1, 0));
        assert_eq!(told(&[of_session("a", 75, None)], &[]), (0, 0));
        assert_eq!(told(&[of_session("a", 75, Some(200))], &[]), (0, 0));
        assert_eq!(told(&[of_session("a", 94, Some(99))], &[]), (0, 0));
    }

    #[test]
    fn a_tool_that_may_go_on_by_itself_is_given_a_moment() {
        let mut young = of_session("a", 100, None);
        young.at = Timestamp(NOW.0 - 5_000);
        let first = news(vec![young.clone()], &[], &[], NOW);
        let again = Timestamp(NOW.0 + 15_000);
        assert_eq!((first.run_outs.len(), first.look_again), (0, Some(again)));
        let later = news(vec![young.clone()], &[], &[], again);
        assert_eq!((later.run_outs.len(), later.look_again), (1, None));
        // Whoever says until when does not go on before.
        young.resets_at = Some(Timestamp(NOW.0 + HOUR));
        assert_eq!(told(&[young], &[]), (1, 0));
    }

    #[test]
    fn the_same_limit_is_news_once_even_after_a_no() {
        let first = draft(of_session("a", 95, Some(104)));
        let again = of_session("a", 99, None);
        assert_eq!(
            told(std::slice::from_ref(&again), std::slice::from_ref(&first)),
            (0, 0)
        );
        assert_eq!(told(&[again.clone(), again], &[]), (1, 0));
        let other = of_session("b", 99, Some(104));
        assert_eq!(told(&[other], &[first]), (1, 0));
        // Filled again and used up again: the old word has served.
        let before = draft(of_session("a", 80, Some(85)));
        assert_eq!(told(&[of_session("a", 99, Some(104))], &[before]), (1, 1));
    }

    #[test]
    fn exhausted_credit_is_news_until_somebody_pays() {
        let empty = draft(of_account(RunOutSource::Credit, 10, None));
        let still = of_account(RunOutSource::Credit, 99, None);
        assert_eq!(
            told(std::slice::from_ref(&still), std::slice::from_ref(&empty)),
            (0, 0)
        );
        let account = still.account.unwrap();
        let paid = [Answer::Provider(account, Timestamp(50 * HOUR))];
        let after = news(Vec::new(), std::slice::from_ref(&empty), &paid, NOW);
        assert_eq!(after.over, [empty.id]);
        let anew = news(vec![still], &[empty], &paid, NOW);
        assert_eq!((anew.run_outs.len(), anew.over.len()), (1, 1));
        let in_app = [Answer::Session(account, Timestamp(50 * HOUR))];
        let empty = draft(of_account(RunOutSource::Credit, 10, None));
        assert_eq!(news(Vec::new(), &[empty], &in_app, NOW).over, []);
        let refused = of_account(RunOutSource::Refusal, 99, Some(103));
        assert_eq!(told(&[refused], &[]), (1, 0));
    }
    #[test]
    fn a_limit_of_a_log_is_over_when_other_work_of_the_account_gets_an_answer() {
        let mut run_out = of_session("a", 99, None);
        run_out.account = of_account(RunOutSource::ToolLog, 99, None).account;
        let account = run_out.account.unwrap();
        let known = draft(run_out);
        let over = |answer: Answer| {
            news(Vec::new(), std::slice::from_ref(&known), &[answer], NOW)
                .over
                .len()
        };
        let after = |ms: i64| Timestamp(99 * HOUR + ms);
        assert_eq!(over(Answer::Session(account, after(60_001))), 1);
        assert_eq!(
            over(Answer::Session(account, after(60_000))),
            0,
            "it was on its way"
        );
        assert_eq!(over(Answer::Provider(account, after(HOUR))), 0);
        let other = AccountId::from_parts(Timestamp(1), Hash::of(b"other"));
        assert_eq!(over(Answer::Session(other, after(HOUR))), 0);
    }

    #[test]
    fn a_refusal_is_over_when_a_later_call_is_answered() {
        let refused = of_account(RunOutSource::Refusal, 99, Some(103));
        let account = refused.account.unwrap();
        let known = draft(refused);
        let over = |answer: Answer| {
            let news = news(Vec::new(), std::slice::from_ref(&known), &[answer], NOW);
            news.over.len()
        };
        let later = Timestamp(99 * HOUR + 1);
        assert_eq!(over(Answer::Call(account, later)), 1);
        assert_eq!(over(Answer::Call(account, Timestamp(98 * HOUR))), 0);
        assert_eq!(
            over(Answer::Provider(account, later)),
            0,
            "a list of models is no call"
        );
    }
}
