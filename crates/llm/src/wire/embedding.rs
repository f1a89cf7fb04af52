//! Texts to numbers: `/embeddings` of OpenAI and whoever speaks it, `batchEmbedContents` of Gemini,
//! `/api/embed` of Ollama. Anthropic has no such call.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Wire;
use crate::embed::Side;
use crate::error::ModelError;
use crate::usage::{Told, Usage};

/// Asked for where a model gives more by itself and says that its first numbers are enough.
const ENOUGH: u32 = 768;

/// Numbers for each text in order, and what the call read.
pub(crate) type Read = (Vec<Vec<f32>>, Usage);

impl Wire {
    /// The path of the call below the base address; none where the format has no such call.
    #[must_use]
    pub fn embedding_path(self, model: &str) -> Option<String> {
        match self {
            Self::Anthropic => None,
            Self::OpenAiChat | Self::OpenAiResponses => Some("/embeddings".to_owned()),
            Self::Gemini => Some(format!("/models/{}:batchEmbedContents", bare(model))),
            Self::Ollama => Some("/api/embed".to_owned()),
        }
    }

    /// The body of that call. `at_home`: the provider itself, not somebody compatible.
    pub(crate) fn embedding_body(
        self,
        model: &str,
        texts: &[String],
        side: Side,
        at_home: bool,
    ) -> Value {
        match self {
            Self::Gemini => {
                let requests = texts.iter().map(|text| gemini_request(model, text, side));
                json!({ "requests": requests.collect::<Vec<_>>() })
            }
            Self::Ollama => json!({ "model": model, "input": led(model, texts, side) }),
            Self::Anthropic | Self::OpenAiChat | Self::OpenAiResponses => {
                let mut body = json!({ "model": model, "input": led(model, texts, side) });
                if at_home && model.starts_with("text-embedding-3") {
                    body["dimensions"] = json!(ENOUGH);
                }
                body
            }
        }
    }

    /// What an answer with status 200 holds.
    ///
    /// # Errors
    /// It is not the documented form, or an error in it.
    pub(crate) fn embeddings(self, body: &[u8]) -> Result<Read, ModelError> {
        match self {
            Self::Gemini => gemini(body),
            Self::Ollama => ollama(body),
            Self::Anthropic | Self::OpenAiChat | Self::OpenAiResponses => openai(body),
        }
    }
}

fn bare(model: &str) -> &str {
    model.strip_prefix("models/").unwrap_or(model)
}

/// Some open models were trained with a word before each text that says what it is; without it they
/// find worse (their model cards say so).
fn led(model: &str, texts: &[String], side: Side) -> Vec<String> {
    let name = model.rsplit('/').next().unwrap_or(model);
    let lead = match (side, name) {
        (Side::Question, name) if name.starts_with("nomic-embed-text") => "search_query: ",
        (Side::Text, name) if name.starts_with("nomic-embed-text") => "search_document: ",
        (Side::Question, name) if name.starts_with("mxbai-embed") => {
            "Represent this sentence for searching relevant passages: "
        }
        _ => "",
    };
    texts.iter().map(|text| format!("{lead}{text}")).collect()
}

fn gemini_request(model: &str, text: &str, side: Side) -> Value {
    let task = match side {
        Side::Text => "RETRIEVAL_DOCUMENT",
        Side::Question => "RETRIEVAL_QUERY",
    };
    let mut request = json!({
        "model": format!("models/{}", bare(model)),
        "content": { "parts": [{ "text": text }] },
        "taskType": task,
    });
    if bare(model).starts_with("gemini-embedding") {
        request["outputDimensionality"] = json!(ENOUGH);
    }
    request
}

#[derive(Deserialize)]
struct OpenAi {
    data: Vec<Item>,
    #[serde(default)]
    usage: Value,
}

#[derive(Deserialize)]
struct Item {
    index: Option<usize>,
    embedding: Vec<f32>,
}

fn openai(body: &[u8]) -> Result<Read, ModelError> {
    let read: OpenAi = form(body)?;
    let usage = only_input(read.usage.get("prompt_tokens"));
    let count = read.data.len();
    let mut placed: Vec<Option<Vec<f32>>> = vec![None; count];
    for (place, item) in read.data.into_iter().enumerate() {
        // Some compatible servers leave the index out and keep the order.
        let index = item.index.unwrap_or(place);
        match placed.get_mut(index) {
            Some(free @ None) => *free = Some(item.embedding),
            Some(Some(_)) => return Err(bad(format!("two of its vectors have the index {index}"))),
            None => {
                return Err(bad(format!(
                    "a vector has the index {index}, and there are {count}"
                )));
            }
        }
    }
    // As many places as vectors, and no place twice: every place is taken.
    Ok((placed.into_iter().flatten().collect(), usage))
}

#[derive(Deserialize)]
struct Gemini {
    embeddings: Vec<Values>,
}

#[derive(Deserialize)]
struct Values {
    values: Vec<f32>,
}

fn gemini(body: &[u8]) -> Result<Read, ModelError> {
    let read: Gemini = form(body)?;
    let vectors = read.embeddings.into_iter().map(|one| one.values).collect();
    // This format does not tell how much was read.
    Ok((vectors, only_input(None)))
}

#[derive(Deserialize)]
struct Ollama {
    embeddings: Vec<Vec<f32>>,
    #[serde(default)]
    prompt_eval_count: Value,
}

fn ollama(body: &[u8]) -> Result<Read, ModelError> {
    let read: Ollama = form(body)?;
    Ok((read.embeddings, only_input(Some(&read.prompt_eval_count))))
}

fn form<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T, ModelError> {
    serde_json::from_slice(body).map_err(|error| bad(format!("it holds no vectors: {error}")))
}

fn only_input(told: Option<&Value>) -> Usage {
    Usage {
        input: Told::read(told).known(),
        cache_read: Some(0),
        cache_write: Some(0),
        output: Some(0),
    }
}

fn bad(why: String) -> ModelError {
    ModelError::bad_answer(why)
}
