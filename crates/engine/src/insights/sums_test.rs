use krake_domain::time::Timestamp;

use super::*;

fn number(day: &str) -> i64 {
    let at = Timestamp::from_rfc3339(&format!("{day}T00:00:00Z")).unwrap();
    at.0 / (24 * 3_600_000)
}

fn prices() -> Prices {
    serde_json::from_str(
        r#"{"source": "s", "as_of": "2026-01-01", "providers": {"anthropic": [{"match": {"equals": "m"}, "prices": [
            {"input": "3", "output": "15", "cache_read": "0.3", "cache_write": "3.75",
             "above": {"200000": {"input": "6", "output": "30"}}},
            {"from": "2026-06-01", "input": "1", "output": "2"}]}]}}"#,
    )
    .unwrap()
}

fn spent(day: &str, source: &str, model: Option<&str>, above: u64) -> Spent {
    Spent {
        day: number(day),
        account: Some("acc_1".to_owned()),
        model: model.map(str::to_owned),
        by: SpentBy::Session(source.to_owned()),
        above,
        answers: 2,
        usage: Usage {
            input: 1_000_000,
            output: 100_000,
            cache_read: 2_000_000,
            ..Usage::default()
        },
        ..Spent::default()
    }
}

fn days(from: &str, to: &str) -> (Day, Day) {
    (from.parse().unwrap(), to.parse().unwrap())
}

#[test]
fn each_answer_is_priced_by_its_day_and_its_size_and_what_has_no_price_is_counted() {
    let all = [
        spent("2026-05-01", "claude_code", Some("m"), 0),
        spent("2026-05-01", "claude_code", Some("m"), 200_000),
        spent("2026-06-01", "claude_code", Some("m"), 0),
        spent("2026-05-01", "claude_code", Some("new"), 0),
        spent("2026-05-01", "claude_code", None, 0),
        spent("2026-05-01", "goose", Some("m"), 0),
    ];
    let cost = |place: usize| whole(&all[place..=place], &prices()).sessions;
    // 3 + 0.6 + 1.5; above 200,000 tokens 6 + 0.6 + 3; later 1 + 2 (no price of a cache) + 0.2
    assert_eq!(cost(0).usd, "5.1".parse().unwrap());
    assert_eq!(cost(1).usd, "9.6".parse().unwrap());
    assert_eq!(cost(2).usd, "3.2".parse().unwrap());
    for unknown in 3..6 {
        let part = cost(unknown);
        assert_eq!((part.usd, part.unpriced), (Amount::ZERO, 2), "{unknown}");
    }
    let sum = whole(&all, &prices());
    assert_eq!((sum.sessions.unpriced, sum.sessions.answers), (6, 12));
    assert_eq!(sum.both().usage.input, 6_000_000);
    assert_eq!(sum.both().usd, "17.9".parse().unwrap());
}

#[test]
fn days_are_in_order_and_those_without_work_are_there() {
    let all = [
        spent("2026-03-30", "claude_code", Some("m"), 0),
        spent("2026-03-28", "claude_code", Some("m"), 0),
        spent("2026-03-28", "claude_code", Some("m"), 0),
    ];
    let range = days("2026-03-28", "2026-03-30");
    let sums = sums(&all, By::Day, range, &prices()).into_iter();
    let told: Vec<_> = sums
        .map(|sum| (sum.key.unwrap(), sum.sessions.answers))
        .collect();
    let day = |day: &str, answers| (day.to_owned(), answers);
    assert_eq!(
        told,
        [
            day("2026-03-28", 4),
            day("2026-03-29", 0),
            day("2026-03-30", 2)
        ]
    );
}

#[test]
fn calls_and_sessions_are_told_apart_and_the_largest_comes_first() {
    let call = Spent {
        day: number("2026-05-01"),
        by: SpentBy::Call,
        model: Some("m".to_owned()),
        answers: 3,
        usage: Usage {
            input: 5,
            ..Usage::default()
        },
        usd: "0.02".parse().unwrap(),
        unpriced: 1,
        untold: 1,
        ..Spent::default()
    };
    let told = Spent {
        answers: 0,
        usage: Usage::default(),
        credits: Some(2.5),
        untold: 1,
        ..spent("2026-05-01", "krake", None, 0)
    };
    let all = [call, told, spent("2026-05-01", "claude_code", Some("m"), 0)];
    let range = days("2026-05-01", "2026-05-01");
    let by = sums(&all, By::Account, range, &prices());
    let keys: Vec<_> = by.iter().map(|sum| sum.key.as_deref()).collect();
    assert_eq!(keys, [Some("acc_1"), None]);
    assert_eq!((by[0].credits, by[0].sessions.untold), (Some(2.5), 1));
    assert_eq!(by[1].credits, None, "nobody told any");
    assert_eq!(by[0].sessions.unpriced, 0);
    assert_eq!(
        (by[1].calls.usd, by[1].calls.unpriced),
        ("0.02".parse().unwrap(), 1)
    );
    assert_eq!(sums(&all, By::Model, range, &prices()).len(), 2);
    assert_eq!(sums(&all, By::Project, range, &prices()).len(), 1);
}
