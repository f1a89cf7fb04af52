use krake_domain::limit::{LimitSeen, LimitSource};
use uuid::Uuid;

use super::*;
use crate::accounts::forecast;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const NOW: Timestamp = Timestamp(1_000 * DAY);

fn account(number: u128) -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(number))
}

fn session_id(number: u128) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(number))
}

/// An account that used so many percent of its five hours since so many hours, with so many to go
/// until they are filled again.
fn facts_of(number: u128, used: u64, since_hours: i64, hours_to_go: i64) -> AccountFacts {
    let look = |at: i64, left: u64| LimitSeen {
        span: Span::FiveHours,
        unit: "percent".to_owned(),
        limit: Some(Amount::whole(100)),
        remaining: Some(Amount::whole(left)),
        resets_at: Some(Timestamp(NOW.0 + hours_to_go * HOUR)),
        seen_at: Timestamp(at),
        source: LimitSource::ToolLog,
    };
    let looks = [
        look(NOW.0 - since_hours * HOUR, 100),
        look(NOW.0, 100 - used),
    ];
    AccountFacts {
        id: account(number),
        active: true,
        called: false,
        ran_out: false,
        forecasts: forecast(&looks, NOW),
    }
}

fn kinds(facts: &Facts) -> Vec<String> {
    recommend(facts).iter().map(Advice::key).collect()
}

#[test]
fn another_account_needs_one_that_runs_out_and_one_that_has_enough() {
    let facts = |accounts: Vec<AccountFacts>| Facts {
        now: NOW,
        accounts,
        ..Facts::default()
    };
    // 50 % in an hour runs out in the next one, two hours before it is filled again.
    let short = facts_of(1, 50, 1, 3);
    let idle = facts_of(2, 50, 2, 1);
    let told = recommend(&facts(vec![short.clone(), idle.clone()]));
    let [
        Advice::UseAccount {
            from,
            to,
            used,
            left,
            runs_out_at,
            ..
        },
    ] = told.as_slice()
    else {
        panic!("{told:?}");
    };
    assert_eq!((*from, *to), (account(1), account(2)));
    assert_eq!((*used, *left), (0.5, 0.5));
    assert_eq!(runs_out_at.0, Timestamp(NOW.0 + HOUR));
    assert_eq!(
        told[0].key(),
        format!("use_account:{}:five_hours:{}", account(1), account(2))
    );
    // On the other side of each threshold nothing is told.
    let nearly = facts_of(1, 49, 1, 3);
    assert_eq!(kinds(&facts(vec![nearly, idle.clone()])), [""; 0]);
    let busy = facts_of(2, 51, 2, 1);
    assert_eq!(kinds(&facts(vec![short.clone(), busy])), [""; 0]);
    let unknown = AccountFacts {
        forecasts: Vec::new(),
        ..idle.clone()
    };
    assert_eq!(kinds(&facts(vec![short.clone(), unknown])), [""; 0]);
    for other in [
        AccountFacts {
            active: false,
            ..idle.clone()
        },
        AccountFacts {
            called: true,
            ..idle.clone()
        },
        AccountFacts {
            ran_out: true,
            ..idle.clone()
        },
    ] {
        assert_eq!(kinds(&facts(vec![short.clone(), other])), [""; 0]);
    }
    // A look that is too old, and a forecast that did not come true, tell nothing.
    let later = |accounts: Vec<AccountFacts>, ms: i64| Facts {
        now: Timestamp(NOW.0 + ms),
        ..facts(accounts)
    };
    let both = |one: &AccountFacts| vec![one.clone(), facts_of(2, 10, 2, 1)];
    assert_eq!(kinds(&later(both(&short), HOUR)).len(), 1);
    assert_eq!(kinds(&later(both(&short), HOUR + 1)), [""; 0]);
    let dry = facts_of(1, 100, 1, 3);
    assert_eq!(kinds(&later(both(&dry), 2 * HOUR)).len(), 1);
    assert_eq!(kinds(&later(both(&dry), 2 * HOUR + 1)), [""; 0]);
    // Of several, the one with the most left.
    let best = facts_of(3, 10, 2, 1);
    let told = recommend(&facts(vec![short, idle, best]));
    assert!(matches!(told[0], Advice::UseAccount { to, .. } if to == account(3)));
}

#[test]
fn a_larger_plan_needs_limits_that_were_reached_again_and_again() {
    let facts = |at: Vec<i64>| Facts {
        now: NOW,
        limits: vec![LimitHits {
            account: account(1),
            at: at.into_iter().map(Timestamp).collect(),
        }],
        ..Facts::default()
    };
    let days = |ago: &[i64]| ago.iter().map(|ago| NOW.0 - ago * DAY).collect::<Vec<_>>();
    assert_eq!(kinds(&facts(days(&[1, 3, 5]))), [""; 0]);
    let told = recommend(&facts(days(&[1, 14, 3, 5])));
    let [
        Advice::ChangePlan {
            hits: 4,
            days: 14,
            last_at,
            ..
        },
    ] = told.as_slice()
    else {
        panic!("{told:?}");
    };
    assert_eq!(last_at.0, Timestamp(NOW.0 - DAY));
    assert_eq!(kinds(&facts(days(&[1, 15, 3, 5]))), [""; 0]);
    // Four words about one limit, each within an hour of the one before, are one.
    let again = |gap: i64| {
        (0..4)
            .map(|nth| NOW.0 - DAY + nth * gap)
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds(&facts(again(HOUR - 1))), [""; 0]);
    assert_eq!(kinds(&facts(again(HOUR))).len(), 1);
}

#[test]
fn a_budget_needs_a_week_that_cost_enough_and_more_than_the_one_before() {
    let told = |last: &str, before: &str, has_budget: bool| {
        let facts = Facts {
            now: NOW,
            weeks: WeekSpent {
                last: last.parse().unwrap(),
                before: before.parse().unwrap(),
                has_budget,
            },
            ..Facts::default()
        };
        recommend(&facts)
    };
    let advice = told("1.5", "1", false);
    let [Advice::SetBudget { cap, .. }] = advice.as_slice() else {
        panic!("{advice:?}");
    };
    // 1.5 / 7 × 1.5, in whole cents.
    assert_eq!(cap.to_string(), "0.33");
    assert_eq!(told("1.499999", "1", false), []);
    assert_eq!(told("1.5", "1", true), []);
    assert_eq!(told("1", "0.1", false).len(), 1);
    assert_eq!(told("0.999999", "0.1", false), []);
    // Nothing in the week before is no growth that can be told.
    assert_eq!(told("9", "0", false), []);
}

#[test]
fn another_model_needs_enough_calls_of_both_and_does_as_well_for_less() {
    let record = |number: u128, model: &str, calls: u64, done: u64, usd: &str| CallRecord {
        account: account(number),
        purpose: "planner".to_owned(),
        model: model.to_owned(),
        calls,
        done,
        priced: calls,
        usd: usd.parse().unwrap(),
    };
    let told = |calls: Vec<CallRecord>| {
        recommend(&Facts {
            now: NOW,
            calls,
            ..Facts::default()
        })
    };
    let dear = record(1, "large", 100, 100, "10");
    let advice = told(vec![dear.clone(), record(2, "small", 50, 49, "3.5")]);
    let [Advice::UseModel { from, to, .. }] = advice.as_slice() else {
        panic!("{advice:?}");
    };
    assert_eq!((from.model.as_str(), to.model.as_str()), ("large", "small"));
    assert_eq!(
        (from.usd_a_call.to_string(), to.usd_a_call.to_string()),
        ("0.1".to_owned(), "0.07".to_owned())
    );
    for other in [
        record(2, "small", 19, 19, "0.1"),
        record(2, "small", 50, 48, "3.5"),
        record(2, "small", 50, 50, "3.51"),
        CallRecord {
            purpose: "check".to_owned(),
            ..record(2, "small", 50, 50, "1")
        },
        CallRecord {
            priced: 19,
            ..record(2, "small", 50, 50, "1")
        },
    ] {
        assert_eq!(told(vec![dear.clone(), other.clone()]), [], "{other:?}");
    }
    assert_eq!(told(vec![dear, record(2, "small", 20, 20, "1")]).len(), 1);
}

fn said(number: u128, days_ago: i64, requests: &[&str], commands: &[&str]) -> Session {
    let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
    Session {
        id: session_id(number),
        at: Timestamp(NOW.0 - days_ago * DAY),
        requests: owned(requests),
        commands: owned(commands),
    }
}

#[test]
fn a_playbook_needs_the_same_in_three_sessions_on_two_days() {
    let told = |sessions: Vec<Session>| {
        recommend(&Facts {
            now: NOW,
            sessions,
            ..Facts::default()
        })
    };
    let asks = |number, ago, what: &str| said(number, ago, &[what], &[]);
    let three = vec![
        asks(1, 1, "Write the release notes for 1.2.0"),
        asks(2, 8, "write the release  notes for 1.3.0."),
        asks(3, 8, "Write the release notes for 14.0.1"),
    ];
    let advice = told(three.clone());
    let [
        Advice::MakePlaybook {
            repeated: Repeated::Request,
            lines,
            sessions,
            days: 2,
        },
    ] = advice.as_slice()
    else {
        panic!("{advice:?}");
    };
    assert_eq!(lines, &["Write the release notes for 1.2.0"]);
    assert_eq!(sessions.len(), 3);
    assert_eq!(told(three[..2].to_vec()), []);
    let one_day = three.iter().map(|one| Session {
        at: NOW,
        ..one.clone()
    });
    assert_eq!(told(one_day.collect()), []);
    let mut long_ago = three.clone();
    long_ago[1].at = Timestamp(NOW.0 - 31 * DAY);
    assert_eq!(told(long_ago), []);
    let short = (1..=4).map(|number| asks(number, i64::try_from(number).unwrap(), "go on please"));
    assert_eq!(told(short.collect()), []);
    // Twice in one session is one session.
    let twice = vec![
        said(
            1,
            1,
            &["Write the release notes", "Write the release notes"],
            &[],
        ),
        asks(2, 2, "Write the release notes"),
    ];
    assert_eq!(told(twice), []);
}

#[test]
fn commands_in_a_row_make_one_playbook_and_looks_between_them_none() {
    let run = |number, ago| {
        said(
            number,
            ago,
            &[],
            &[
                "cd /x && cargo fmt",
                "ls -la",
                "cargo test",
                "git status",
                "git commit -am wip",
                "git push",
            ],
        )
    };
    let facts = |sessions| Facts {
        now: NOW,
        sessions,
        ..Facts::default()
    };
    let advice = recommend(&facts(vec![run(1, 1), run(2, 2), run(3, 3)]));
    let [
        Advice::MakePlaybook {
            repeated: Repeated::Commands,
            lines,
            ..
        },
    ] = advice.as_slice()
    else {
        panic!("{advice:?}");
    };
    assert_eq!(lines, &["cargo fmt", "cargo test", "git commit -am wip"]);
    let looks = |number, ago| said(number, ago, &[], &["ls", "cat x", "git log", "pwd", "rg y"]);
    assert_eq!(
        kinds(&facts(vec![looks(1, 1), looks(2, 2), looks(3, 3)])),
        [""; 0]
    );
    let same = |number, ago| said(number, ago, &[], &["make", "make", "make", "make"]);
    assert_eq!(
        kinds(&facts(vec![same(1, 1), same(2, 2), same(3, 3)])),
        [""; 0]
    );
}
