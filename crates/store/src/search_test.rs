//! A query finds what it asks for, in order, and nothing of another project.

use krake_domain::session::{Role, ToolUse, Transcript};

use super::*;
use crate::MessageIndex;

fn search(words: &str) -> Search {
    Search {
        terms: words
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| Term {
                text: word.trim_end_matches('*').to_owned(),
                beginning: word.ends_with('*'),
            })
            .collect(),
        ..Search::default()
    }
}

fn messages() -> Vec<Message> {
    let said = |role, at, text: &str| Message {
        role,
        at: Some(Timestamp(at)),
        text: text.to_owned(),
        ..Message::default()
    };
    let mut run = said(Role::Tool, 40, "2 passed, 1 failed: café\u{301} closed");
    run.tool = Some(ToolUse {
        name: "Bash".to_owned(),
        ..ToolUse::default()
    });
    vec![
        said(
            Role::User,
            10,
            "Please fix the cart total, the rounding is wrong",
        ),
        said(Role::Assistant, 20, "I am reading the cart"),
        said(Role::User, 30, "Rounding of the total is half up"),
        run,
        said(Role::Assistant, 50, "An unrelated end"),
    ]
}

fn file(messages: Vec<Message>) -> Transcript {
    Transcript {
        messages,
        ..Transcript::default()
    }
}

async fn places(search: &Search) -> Vec<u64> {
    let mut index = MessageIndex::of(&file(messages())).await.unwrap();
    let hits = index.search(search, 10).await.unwrap();
    assert!(hits.is_sorted_by(|one, next| one.score >= next.score));
    hits.iter().map(|hit| hit.position).collect()
}

#[tokio::test]
async fn words_in_their_order_come_first() {
    let mut wanted = search("rounding total");
    assert_eq!(places(&wanted).await[..2], [0, 2]);
    wanted.sequence = Some("ROUNDING of the total".to_owned());
    assert_eq!(places(&wanted).await[..2], [2, 0]);
}

#[tokio::test]
async fn phrases_are_demanded_and_unwanted_words_shut_out() {
    let mut wanted = search("total");
    wanted.phrases = vec!["is half".to_owned()];
    assert_eq!(places(&wanted).await, [2]);
    wanted.phrases = vec!["half is".to_owned()];
    assert_eq!(places(&wanted).await, [0; 0]);
    let mut wanted = search("cart");
    wanted.without = vec!["reading".to_owned()];
    // The message after the one that says it still has it beside it.
    assert_eq!(places(&wanted).await, [0, 2]);
    let only = Search {
        phrases: vec!["cafe closed".to_owned()],
        ..Search::default()
    };
    assert_eq!(places(&only).await, [3]);
    assert_eq!(places(&search("unrel*")).await[0], 4);
}

#[tokio::test]
async fn filters_choose_and_alone_give_the_newest_first() {
    let filters = |change: fn(&mut Filters)| {
        let mut filters = Filters::default();
        change(&mut filters);
        filters
    };
    for (filters, alone, with_word) in [
        (filters(|_| ()), vec![4, 3, 2, 1, 0], vec![0, 2, 1, 3]),
        (
            filters(|f| f.roles = vec![Role::User, Role::Tool]),
            vec![3, 2, 0],
            vec![0, 2, 3],
        ),
        (
            filters(|f| f.tools = vec!["BASH".to_owned()]),
            vec![3],
            vec![3],
        ),
        (
            filters(|f| f.after = Some(Timestamp(30))),
            vec![4, 3, 2],
            vec![2, 3],
        ),
        (
            filters(|f| f.before = Some(Timestamp(30))),
            vec![1, 0],
            vec![0, 1],
        ),
        (
            filters(|f| f.projects = vec!["x".to_owned()]),
            vec![],
            vec![],
        ),
    ] {
        let mut wanted = Search {
            filters,
            ..Search::default()
        };
        assert_eq!(places(&wanted).await, alone, "{wanted:?}");
        wanted.terms = search("total").terms;
        assert_eq!(places(&wanted).await, with_word, "{wanted:?}");
    }
}

#[tokio::test]
async fn a_common_word_finds_nothing_by_itself_beside_a_rare_one() {
    let mut many: Vec<Message> = (0..COMMON_FLOOR + 10)
        .map(|_| Message {
            text: "common".to_owned(),
            ..Message::default()
        })
        .collect();
    many[100].text = "common and rare".to_owned();
    let count = many.len();
    let mut index = MessageIndex::of(&file(many)).await.unwrap();
    let mut found = async |words: &str| -> Vec<u64> {
        let hits = index.search(&search(words), 4).await.unwrap();
        hits.iter().map(|hit| hit.position).collect()
    };
    assert_eq!(found("common rare").await, [100, 101, 99]);
    assert_eq!(found("common").await.len(), 4);
    assert_eq!(found("rare").await, [100, 101, 99]);
    let page = index.search(&search("common"), 9_000).await.unwrap();
    assert_eq!(page.len(), count);
}

#[tokio::test]
async fn nothing_that_is_typed_is_an_operator() {
    for odd in [
        "\"", "a\"b", "NEAR(", "body:", "*", "^", "-", "\0", "AND", "{a}", "(",
    ] {
        let wanted = Search {
            sequence: Some(odd.to_owned()),
            phrases: vec![odd.to_owned()],
            without: vec![odd.to_owned()],
            ..search(odd)
        };
        places(&wanted).await;
    }
}

#[tokio::test]
async fn a_beginning_that_many_messages_hold_as_a_word_is_common_by_that_alone() {
    let said = |text: String| Message {
        text,
        ..Message::default()
    };
    let mut all: Vec<Message> = (0..2_100).map(|n| said(format!("cart {n}"))).collect();
    all.push(said("cartography".to_owned()));
    all.push(said("far from it".to_owned()));
    all.push(said("an unrelated end".to_owned()));
    let mut index = MessageIndex::of(&file(all)).await.unwrap();
    let mut find = async |words: &str| -> Vec<u64> {
        let hits = index.search(&search(words), 3).await.unwrap();
        hits.iter().map(|hit| hit.position).collect()
    };
    // Alone it finds what is newest, neighbours of what holds it too.
    assert_eq!(find("cart*").await, [2_101, 2_100, 2_099]);
    assert_eq!(find("cart* unrelated").await, [2_102, 2_101]);
    // So is one that they hold only as the beginning.
    assert_eq!(find("car* unrelated").await, [2_102, 2_101]);
    // One that few hold still finds beside others.
    assert!(find("cartog* unrelated").await.contains(&2_100));
}
