//! Numbers are kept for one model, go with their messages, and find what means the same.

use krake_domain::id::AccountId;
use krake_domain::search::{Filters, Search, Term};
use krake_domain::session::{Message, MessageKind, Role};

use super::*;
use crate::fixture::{imported, uuid};
use crate::session_import::ImportedSession;

fn model(name: &str, dimension: u32) -> MeaningModel {
    MeaningModel {
        account: AccountId::from_parts(Timestamp(1), krake_domain::hash::Hash::ZERO),
        model: name.to_owned(),
        place: "http://127.0.0.1:1".to_owned(),
        dimension,
        is_paused: false,
        chosen_at: Timestamp(i64::from(dimension)),
    }
}

/// Ships, prices and all else.
fn numbers(text: &str) -> Vec<f32> {
    let is = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let raw = [
        f32::from(u8::from(is(&["ship", "boat", "ferry"]))),
        f32::from(u8::from(is(&["price", "cheap"]))),
        0.2,
    ];
    let length = raw.iter().map(|one| one * one).sum::<f32>().sqrt();
    raw.iter().map(|one| one / length).collect()
}

fn said(place: i64, text: &str) -> Message {
    Message {
        native_id: Some(format!("m{place}")),
        role: if place % 2 == 0 {
            Role::User
        } else {
            Role::Assistant
        },
        text: text.to_owned(),
        at: Some(Timestamp(place)),
        ..Message::default()
    }
}

const SAID: [&str; 8] = [
    "hello there",
    "the ferry leaves at nine",
    "nothing of note",
    "rounding is half up",
    "a cheap ticket",
    "the boat was late and the boat was wet",
    "unrelated words",
    "the end of it",
];

fn session(texts: &[&str]) -> ImportedSession {
    ImportedSession {
        messages: (0..)
            .zip(texts)
            .map(|(place, text)| said(place, text))
            .collect(),
        ..imported("s1", "/work/app")
    }
}

/// Asks for all that have none yet, in batches; the order in which the texts were asked for.
async fn fill(store: &Store, model: &MeaningModel) -> Vec<String> {
    let mut asked = Vec::new();
    loop {
        let numbers_of = store.list_unmeant(model, 3).await.unwrap();
        if numbers_of.is_empty() {
            return asked;
        }
        let texts = store.meant_texts(&numbers_of).await.unwrap();
        asked.extend(texts.iter().map(|meant| meant.text.clone()));
        let given = texts.into_iter().map(|meant| {
            let vector = (!meant.text.is_empty()).then(|| numbers(&meant.text));
            (meant, vector)
        });
        assert!(store.keep_vectors(model, given.collect()).await.unwrap());
    }
}

fn query(words: &str) -> Search {
    let terms = words.split(' ').map(|text| Term {
        text: text.to_owned(),
        beginning: false,
    });
    Search {
        terms: terms.collect(),
        ..Search::default()
    }
}

async fn found(store: &Store, search: &Search, text: &str) -> Vec<(u64, bool)> {
    let hits = store
        .search_by_both(search, numbers(text), 0, 50)
        .await
        .unwrap();
    hits.iter()
        .map(|hit| (hit.position, hit.by_meaning))
        .collect()
}

#[tokio::test]
async fn what_means_the_same_is_found_newest_first_asked_and_said_to_be_so() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    store.import_session(session(&SAID)).await.unwrap();
    let model = model("m", 3);
    let none = found(&store, &query("ship"), "ship").await;
    assert_eq!(none, [], "no model is chosen");
    store.choose_meaning_model(model.clone()).await.unwrap();
    let asked = fill(&store, &model).await;
    let newest_first: Vec<&str> = SAID.iter().rev().copied().collect();
    assert_eq!(asked, newest_first);
    let progress = store.meaning_progress(&model).await.unwrap();
    assert_eq!(
        (progress.messages, progress.there, progress.passed_over),
        (8, 8, 0)
    );

    // No message says ship.
    let ships = found(&store, &query("ship"), "ship").await;
    assert_eq!(ships, [(1, true), (5, true)]);
    // A word that stands there wins over what only means the same.
    let ferries = found(&store, &query("ferry"), "ferry").await;
    assert_eq!(ferries[0], (1, false), "{ferries:?}");
    assert!(ferries.contains(&(5, true)), "{ferries:?}");
    // What a query demands holds for both.
    let by = |change: fn(&mut Search)| {
        let mut search = query("ship");
        change(&mut search);
        search
    };
    let user = by(|search| search.filters.roles = vec![Role::User]);
    assert!(
        found(&store, &user, "ship")
            .await
            .iter()
            .all(|(place, _)| place % 2 == 0)
    );
    let early = by(|search| search.filters.before = Some(Timestamp(4)));
    assert_eq!(found(&store, &early, "ship").await[0], (1, true));
    assert!(
        found(&store, &early, "ship")
            .await
            .iter()
            .all(|(place, _)| *place < 4)
    );
    let without = by(|search| search.without = vec!["late".to_owned()]);
    assert_eq!(found(&store, &without, "ship").await[0], (1, true));
    assert!(!found(&store, &without, "ship").await.contains(&(5, true)));
    let phrase = by(|search| search.phrases = vec!["leaves at".to_owned()]);
    assert_eq!(found(&store, &phrase, "ship").await, [(1, true)]);
    let other = by(|search| search.filters.projects = vec!["other".to_owned()]);
    assert_eq!(found(&store, &other, "ship").await, []);
    // Words in their order stay first, whatever the numbers say.
    let mut exact = query("unrelated words");
    exact.sequence = Some("unrelated words".to_owned());
    assert_eq!(found(&store, &exact, "boat").await[0], (6, false));
    // Filters alone give what they give without a model.
    let bare = Search {
        filters: Filters {
            roles: vec![Role::User],
            ..Filters::default()
        },
        ..Search::default()
    };
    let plain = store.search_messages(&bare, 0, 50).await.unwrap();
    let plain: Vec<(u64, bool)> = plain.iter().map(|hit| (hit.position, false)).collect();
    assert_eq!(found(&store, &bare, "ship").await, plain);
    // A question of another length finds by words alone.
    let hits = store
        .search_by_both(&query("ferry"), vec![1.0], 0, 9)
        .await
        .unwrap();
    assert!(hits.iter().all(|hit| !hit.by_meaning));
    // Pages fit together.
    let all = found(&store, &query("ferry"), "ferry").await;
    let second = store
        .search_by_both(&query("ferry"), numbers("ferry"), 1, 1)
        .await
        .unwrap();
    assert_eq!(second[0].position, all[1].0);
}

#[tokio::test]
async fn numbers_go_with_their_message_and_with_their_model() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    store.import_session(session(&SAID)).await.unwrap();
    let first = model("m", 3);
    store.choose_meaning_model(first.clone()).await.unwrap();
    fill(&store, &first).await;
    assert_eq!(
        found(&store, &query("ship"), "ship").await,
        [(1, true), (5, true)]
    );

    // A text that is another now is asked for anew; what is new as well.
    let mut texts = SAID.to_vec();
    texts[5] = "the train was late";
    texts.push("a ship in the night");
    store.import_session(session(&texts)).await.unwrap();
    let ships = found(&store, &query("vessel"), "ship").await;
    assert_eq!(ships[0], (1, true), "the old text is not found: {ships:?}");
    assert_eq!(
        fill(&store, &first).await,
        ["a ship in the night", "the train was late"]
    );
    let ships = found(&store, &query("vessel"), "ship").await;
    assert!(
        ships.contains(&(8, true)) && !ships.contains(&(5, true)),
        "{ships:?}"
    );

    // What was made for a text that has changed meanwhile is not kept.
    texts[6] = "a boat after all";
    let old = store.meant_texts(&[7]).await.unwrap();
    assert_eq!(old[0].text, "unrelated words");
    store.import_session(session(&texts)).await.unwrap();
    let given = old
        .into_iter()
        .map(|meant| (meant, Some(vec![0.0, 1.0, 0.0])));
    store.keep_vectors(&first, given.collect()).await.unwrap();
    assert_eq!(fill(&store, &first).await, ["a boat after all"]);

    // Another model drops all, and what the old one still gives is not kept.
    let second = model("other", 4);
    store.choose_meaning_model(second.clone()).await.unwrap();
    assert_eq!(store.meaning_progress(&second).await.unwrap().there, 0);
    let late = store.meant_texts(&[1]).await.unwrap();
    let given: Vec<_> = late
        .into_iter()
        .map(|meant| (meant, Some(numbers("ship"))))
        .collect();
    assert_eq!(store.keep_vectors(&first, given.clone()).await, Ok(false));
    assert_eq!(
        store.keep_vectors(&second, given).await,
        Ok(false),
        "they are of another length"
    );
    assert_eq!(found(&store, &query("vessel"), "ship").await, []);
    // The same model again keeps what is there.
    store.choose_meaning_model(first.clone()).await.unwrap();
    fill(&store, &first).await;
    store.choose_meaning_model(first.clone()).await.unwrap();
    assert_eq!(store.meaning_progress(&first).await.unwrap().there, 9);
    // A message that is gone takes its numbers with it, also out of memory.
    assert!(
        found(&store, &query("vessel"), "ship")
            .await
            .contains(&(1, true))
    );
    let delete = store.write(|transaction| {
        Box::pin(async move {
            sqlx::query("delete from messages where position = 1")
                .execute(&mut transaction.connection)
                .await?;
            Ok(())
        })
    });
    delete.await.unwrap();
    assert_eq!(store.meaning_progress(&first).await.unwrap().there, 8);
    assert!(
        !found(&store, &query("vessel"), "ship")
            .await
            .iter()
            .any(|(place, _)| *place == 1)
    );
    store.pause_meaning(true).await.unwrap();
    assert!(store.meaning_model().await.unwrap().unwrap().is_paused);
    store.drop_meaning_model().await.unwrap();
    assert_eq!(store.meaning_model().await.unwrap(), None);
    assert!(store.pause_meaning(true).await.is_err());
    assert_eq!(found(&store, &query("vessel"), "ship").await, []);
}

#[tokio::test]
async fn what_says_nothing_is_passed_over_and_long_texts_are_cut() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let mut all = session(&["", "... !", "words"]);
    all.messages.push(Message {
        kind: MessageKind::Meta,
        ..said(3, "meta words")
    });
    all.messages.push(said(4, &"ü".repeat(5_000)));
    store.import_session(all).await.unwrap();
    let model = model("m", 3);
    store.choose_meaning_model(model.clone()).await.unwrap();
    let (messages, bytes) = store.meant_load(3).await.unwrap();
    assert_eq!((messages, bytes), (3, 5 + 5 + 4_000));
    let asked = fill(&store, &model).await;
    let letters: Vec<usize> = asked.iter().map(|text| text.chars().count()).collect();
    assert_eq!(letters, [2_000, 0, 5, 0, 0]);
    let progress = store.meaning_progress(&model).await.unwrap();
    assert_eq!((progress.there, progress.passed_over), (2, 3));
    assert_eq!(store.list_unmeant(&model, 9).await.unwrap(), [0; 0]);
}

#[tokio::test]
async fn an_account_is_named_by_its_name_as_well() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let account = crate::fixture::account("My Work", krake_domain::account::Provider::Ollama);
    store.add_account(account.clone()).await.unwrap();
    let mine = ImportedSession {
        account_id: Some(account.id.to_string()),
        ..session(&SAID)
    };
    store.import_session(mine).await.unwrap();
    let other = ImportedSession {
        id: krake_domain::id::SessionId::from_uuid(uuid()),
        ..imported("s2", "/work/app")
    };
    store
        .import_session(ImportedSession {
            messages: session(&["the ferry too"]).messages,
            ..other
        })
        .await
        .unwrap();
    for (name, count) in [
        (account.id.to_string(), 1),
        ("my work".to_owned(), 1),
        ("My".to_owned(), 0),
        ("acc_unknown".to_owned(), 0),
    ] {
        let mut search = query("ferry");
        search.filters.accounts = vec![name.clone()];
        search.filters.roles = vec![Role::Assistant, Role::User];
        let hits = store.search_messages(&search, 0, 9).await.unwrap();
        let own = hits.iter().filter(|hit| hit.message.text.contains("ferry"));
        assert_eq!(own.count(), count, "{name}");
    }
}
