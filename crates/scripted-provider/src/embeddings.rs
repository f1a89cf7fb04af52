//! Numbers of texts by a fixed rule, in the documented form of each provider: every word is hashed to a
//! place, and words that mean the same have the same place. So a text is near another that shares none
//! of its words, which is what tests of the search by meaning need.

use serde_json::{Value, json};

use crate::Seen;
use crate::reply::Reply;

/// How many numbers a text has.
pub const DIMENSION: usize = 64;

/// Words of one line mean the same.
const SAME: [&[&str]; 4] = [
    &["boat", "ship", "ferry", "vessel"],
    &["cheap", "inexpensive", "low", "price"],
    &["crash", "panic", "abort"],
    &["delete", "remove", "erase"],
];

/// The numbers of a text.
pub fn vector(text: &str) -> Vec<f32> {
    let mut numbers = vec![0.0; DIMENSION];
    // No text is without any number, and none is only this one.
    numbers[0] = 0.2;
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    for word in words.filter(|word| word.len() > 2) {
        let word = word.to_lowercase();
        let meant = SAME.iter().find(|line| line.contains(&word.as_str()));
        let meant = meant.map_or(word.as_str(), |line| line[0]);
        let hash = meant.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        numbers[1 + usize::try_from(hash % (DIMENSION as u64 - 1)).unwrap()] += 1.0;
    }
    numbers
}

/// The texts that a request asks for, in whichever form it has.
pub fn texts(seen: &Seen) -> Vec<String> {
    let body = seen.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    match body["requests"].as_array() {
        Some(requests) => requests
            .iter()
            .map(|request| text(&request["content"]["parts"][0]["text"]))
            .collect(),
        None => body["input"].as_array().unwrap().iter().map(text).collect(),
    }
}

/// The answer of the provider whose path was asked, with these vectors.
pub fn answer_with(seen: &Seen, vectors: &[Vec<f32>]) -> Reply {
    let model = seen.json()["model"].clone();
    let body = if seen.path.ends_with(":batchEmbedContents") {
        let values = vectors.iter().map(|vector| json!({ "values": vector }));
        json!({ "embeddings": values.collect::<Vec<_>>() })
    } else if seen.path == "/api/embed" {
        json!({
            "model": model, "embeddings": vectors, "total_duration": 14_143_917,
            "load_duration": 1_019_500, "prompt_eval_count": 8 * vectors.len(),
        })
    } else {
        let data = vectors.iter().enumerate().map(
            |(index, vector)| json!({ "object": "embedding", "index": index, "embedding": vector }),
        );
        json!({
            "object": "list", "data": data.collect::<Vec<_>>(), "model": model,
            "usage": { "prompt_tokens": 8 * vectors.len(), "total_tokens": 8 * vectors.len() },
        })
    };
    Reply::json(200, &body)
}

/// The answer with the numbers of the texts that were asked for; a list of models where that is asked.
pub fn answer(seen: &Seen) -> Reply {
    if seen.method == "GET" {
        let model = json!({ "id": "m", "name": "m:latest", "model": "m:latest" });
        return Reply::json(200, &json!({ "models": [model], "data": [model] }));
    }
    let vectors: Vec<Vec<f32>> = texts(seen).iter().map(|text| vector(text)).collect();
    answer_with(seen, &vectors)
}
