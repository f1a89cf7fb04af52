//! The order of the criteria, each against the one after it, and what is refused.

use krake_domain::account::{Check, Provider};
use krake_domain::draft::RunOutSource;
use krake_domain::hash::Hash;
use krake_domain::id::WorkspaceId;
use krake_domain::limit::{LimitSeen, LimitSource};

use super::*;
use crate::accounts::forecast;

const NOW: Timestamp = Timestamp(1_000_000_000);

fn candidate(name: &str) -> Candidate {
    Candidate {
        account: Account {
            id: AccountId::from_parts(Timestamp(1), Hash::of(name.as_bytes())),
            workspace: WorkspaceId::PERSONAL,
            name: name.to_owned(),
            email: None,
            provider: Provider::Anthropic,
            plan: None,
            specialization: None,
            tags: Vec::new(),
            status: AccountStatus::Active,
            base_url: None,
            model: None,
            format: None,
            prices: Vec::new(),
            credential: None,
            created_at: Timestamp(1),
            updated_at: Timestamp(1),
            check: None,
        },
        forecasts: Vec::new(),
        ran_out: None,
        record: Record::default(),
        price: None,
        no_budget: None,
    }
}

fn with_left(name: &str, left: u64) -> Candidate {
    let look = LimitSeen {
        span: Span::Week,
        unit: "percent".to_owned(),
        limit: Some(Amount::whole(100)),
        remaining: Some(Amount::whole(left)),
        resets_at: Some(Timestamp(NOW.0 + 1_000)),
        seen_at: NOW,
        source: LimitSource::Manual,
    };
    Candidate {
        // Only the part that is left counts here, not the rate.
        forecasts: forecast(&[look], NOW)
            .into_iter()
            .map(|one| Forecast {
                before_reset: false,
                ..one
            })
            .collect(),
        ..candidate(name)
    }
}

fn rule(kind: RuleKind, accounts: &str, when: Option<&str>) -> Rule {
    Rule {
        kind,
        accounts: accounts.to_owned(),
        when: when.map(str::to_owned),
    }
}

fn names(candidates: &[Candidate], rules: &[Rule], need: &Need) -> Vec<String> {
    let choice = route(candidates, rules, need, NOW);
    choice
        .ranked
        .iter()
        .map(|ranked| {
            let one = candidates
                .iter()
                .find(|one| one.account.id == ranked.account);
            let mark = if ranked.standing == Standing::Usable {
                ""
            } else {
                "!"
            };
            format!("{mark}{}", one.unwrap().account.name)
        })
        .collect()
}

#[test]
fn each_criterion_outranks_the_next() {
    let need = Need {
        words: "German code".to_owned(),
        ..Need::default()
    };
    let mut ruled = with_left("ruled", 5);
    ruled.account.tags = vec!["mine".to_owned()];
    let roomy = candidate("roomy");
    let tight = with_left("tight", 20);
    let mut best = with_left("best", 20);
    best.account.specialization = Some("code".to_owned());
    let mut proven = with_left("proven", 20);
    proven.record = Record {
        done: 50,
        ..Record::default()
    };
    let mut failing = with_left("failing", 20);
    failing.record = Record {
        done: 20,
        failed: 30,
        ..Record::default()
    };
    let mut busy = with_left("busy", 20);
    busy.record.in_flight = 2;
    busy.price = Some(Amount::ZERO);
    let mut cheap = with_left("cheap", 20);
    cheap.price = Some(Amount::from_micros(10));
    let mut quick = with_left("quick", 20);
    quick.record.took_ms = Some(600);
    let mut silent = candidate("silent");
    silent.account.check = Some(Check {
        at: NOW,
        outcome: CheckOutcome::Unreachable,
        said: String::new(),
        took_ms: 1,
    });
    let all = [
        silent, failing, quick, tight, cheap, busy, proven, best, roomy, ruled,
    ];
    assert_eq!(
        names(&all, &[rule(RuleKind::First, "mine", None)], &need),
        [
            "ruled", "roomy", "best", "proven", "cheap", "quick", "tight", "busy", "failing",
            "silent",
        ]
    );
    // The same in another order.
    let mut turned = all.to_vec();
    turned.reverse();
    let rules = [rule(RuleKind::First, "mine", None)];
    assert_eq!(names(&turned, &rules, &need), names(&all, &rules, &need));
}

#[test]
fn rules_hold_in_their_order_and_for_their_work() {
    let (mut a, mut b, c) = (candidate("a"), candidate("b"), candidate("c"));
    a.account.provider = Provider::Ollama;
    b.account.tags = vec!["German".to_owned()];
    let all = [a, b, c];
    let rules = [
        rule(RuleKind::First, "german", Some("german")),
        rule(RuleKind::Never, "ollama", Some("code")),
        rule(RuleKind::Last, "b", None),
        rule(RuleKind::First, "c", None),
    ];
    let about = |words: &str| Need {
        words: words.to_owned(),
        ..Need::default()
    };
    assert_eq!(
        names(&all, &rules, &about("a German text")),
        ["b", "c", "a"]
    );
    assert_eq!(names(&all, &rules, &about("code")), ["c", "b", "!a"]);
    let choice = route(&all, &rules, &about("code"), NOW);
    assert_eq!(choice.ranked[2].standing, Standing::Refused(Why::Rule(1)));
    assert_eq!(
        choice.ranked[0].reasons[0],
        Reason::Rule(RuleKind::First, 3)
    );
}

#[test]
fn what_cannot_be_used_comes_last_and_says_why() {
    let mut paused = candidate("paused");
    paused.account.status = AccountStatus::Paused;
    let mut app = candidate("app");
    app.account.provider = Provider::ClaudeApp;
    let mut spent = candidate("spent");
    spent.no_budget = Some("5 of 5 USD".to_owned());
    let dry = with_left("dry", 0);
    let mut wrong = candidate("wrong");
    wrong.account.check = Some(Check {
        at: NOW,
        outcome: CheckOutcome::NoAccess,
        said: String::new(),
        took_ms: 1,
    });
    let mut silent = candidate("silent");
    let run_out = RunOut {
        source: RunOutSource::ToolLog,
        session: None,
        position: None,
        account: Some(silent.account.id),
        who: "silent".to_owned(),
        said: "limit reached".to_owned(),
        at: Timestamp(NOW.0 - 1),
        resets_at: None,
        resets_zone: None,
    };
    silent.ran_out = Some(run_out.clone());
    let failed = candidate("failed");
    let good = candidate("good");
    let need = Need {
        called: true,
        without: vec![failed.account.id],
        ..Need::default()
    };
    let all = [paused, app, spent, dry, wrong, silent, failed, good];
    let choice = route(&all, &[], &need, NOW);
    assert_eq!(choice.first(), Some(all[7].account.id));
    let whys: Vec<&Standing> = choice.ranked[1..].iter().map(|one| &one.standing).collect();
    let resets_at = Some(Timestamp(NOW.0 + 1_000));
    assert_eq!(
        whys,
        [
            &Standing::Refused(Why::Paused),
            &Standing::Refused(Why::NotCalled),
            &Standing::Refused(Why::Budget("5 of 5 USD".to_owned())),
            &Standing::Refused(Why::UsedUp {
                span: Span::Week,
                resets_at
            }),
            &Standing::Refused(Why::Check(CheckOutcome::NoAccess)),
            &Standing::Refused(Why::RanOut(run_out)),
            &Standing::Refused(Why::Excluded),
        ]
    );
    // After its reset it is used again, and one that was only unreachable is tried.
    let later = Timestamp(NOW.0 + 1_000);
    let choice = route(&all[3..4], &[], &need, later);
    assert!(choice.first().is_some());
    assert_eq!(route(&[], &[], &need, NOW).first(), None);
}

#[test]
fn a_minute_that_is_nearly_used_is_told_and_moves_nobody() {
    let mut tight = with_left("a", 3);
    for forecast in &mut tight.forecasts {
        forecast.seen.span = Span::Minute;
    }
    let choice = route(&[tight, candidate("b")], &[], &Need::default(), NOW);
    let [first, second] = choice.ranked.as_slice() else {
        panic!("{choice:?}");
    };
    assert!(
        matches!(first.reasons[0], Reason::Left { span: Span::Minute, left } if left < 0.05),
        "{first:?}"
    );
    assert_eq!(second.reasons[0], Reason::NoLimitSeen);
}
