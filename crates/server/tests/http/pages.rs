//! Lists in pages: whoever follows the cursors sees each item once, and a cursor that is none is refused.

use serde_json::{Value, json};

use crate::world::World;

/// What one is made of, by its number.
type Body = fn(usize) -> Value;

/// What can be paged: where it is listed, where one is made, and of what.
const LISTS: [(&str, &str, Body); 4] = [
    (
        "/api/projects",
        "/api/projects",
        |number| json!({ "name": format!("project {number}") }),
    ),
    // Accounts stand in the order of their names: the one that is added later comes before the others.
    (
        "/api/accounts",
        "/api/accounts",
        |number| json!({ "name": format!("account {}", 9 - number), "provider": "other" }),
    ),
    (
        "/api/snapshots",
        "/api/snapshots",
        |number| json!({ "name": format!("snapshot {number}") }),
    ),
    (
        "/api/handoffs",
        "/api/handoff/compress",
        |number| json!({ "context": format!("The fix of bug {number} goes to src/cart.rs.") }),
    ),
];

/// How many there are.
const ROWS: usize = 7;

async fn make(world: &World, path: &str, body: Value) {
    let made = world.call("POST", path, Some(body)).await;
    assert_eq!(made.status, 200, "{path}: {}", made.body);
}

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

/// The pages of so many from a cursor on, and the sizes of each.
async fn walk(
    world: &World,
    list: &str,
    limit: usize,
    mut cursor: Option<String>,
) -> (Vec<String>, Vec<usize>) {
    let (mut seen, mut sizes) = (Vec::new(), Vec::new());
    loop {
        let after = cursor.map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
        let path = format!("{list}?limit={limit}{after}");
        let answer = world.call("GET", &path, None).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        let page = answer.json();
        let found = ids(&page);
        sizes.push(found.len());
        seen.extend(found);
        cursor = page["next"].as_str().map(str::to_owned);
        if cursor.is_none() {
            return (seen, sizes);
        }
        assert!(sizes.len() <= ROWS + 1, "{path}: the pages never end");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_hold_each_item_once_in_the_order_of_the_whole_list() {
    for (list, add, row) in LISTS {
        let world = World::new().await;
        for number in 1..=ROWS {
            make(&world, add, row(number)).await;
        }
        let whole = ids(&world.call("GET", list, None).await.json());
        assert_eq!(whole.len(), ROWS, "{list}");
        for (limit, wanted) in [
            (1, vec![1; ROWS]),
            (2, vec![2, 2, 2, 1]),
            (3, vec![3, 3, 1]),
            (ROWS, vec![ROWS]),
            (ROWS + 1, vec![ROWS]),
        ] {
            let (seen, sizes) = walk(&world, list, limit, None).await;
            assert_eq!(seen, whole, "{list} by {limit}");
            assert_eq!(sizes, wanted, "{list} by {limit}");
        }
        world.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_added_between_two_pages_moves_nothing_out_of_sight() {
    for (list, add, row) in LISTS {
        let world = World::new().await;
        for number in 1..=ROWS {
            make(&world, add, row(number)).await;
        }
        let whole = ids(&world.call("GET", list, None).await.json());
        let first = world.call("GET", &format!("{list}?limit=3"), None).await;
        let first = first.json();
        // It takes the first place, where counting from the beginning would show one item twice.
        make(&world, add, row(ROWS + 1)).await;
        let now = ids(&world.call("GET", list, None).await.json());
        assert_eq!(now[1..], whole, "{list}");
        let next = first["next"].as_str().unwrap().to_owned();
        let (rest, _) = walk(&world, list, 2, Some(next)).await;
        assert_eq!([ids(&first), rest].concat(), whole, "{list}");
        world.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_that_is_none_is_refused() {
    let world = World::new().await;
    for (list, add, row) in LISTS {
        make(&world, add, row(1)).await;
        for broken in ["nonsense", "1", "exe_01jd3v5q4qf7cr7r00000000r5", "%00"] {
            let path = format!("{list}?limit=2&cursor={broken}");
            let answer = world.call("GET", &path, None).await;
            assert_eq!(answer.status, 400, "{path}: {}", answer.body);
            let problem = answer.json();
            assert_eq!(problem["code"], "bad_input", "{path}");
            let told = problem["detail"].as_str().unwrap();
            assert!(told.contains("field `cursor`"), "{path}: {told}");
        }
        let wrong = world.call("GET", &format!("{list}?limit=-1"), None).await;
        assert_eq!(wrong.status, 400, "{list}: {}", wrong.body);
    }
    world.close().await;
}
