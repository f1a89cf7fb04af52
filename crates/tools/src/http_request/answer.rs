//! The answer: read up to its cap, and judged by its status and by what was asked for.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use krake_domain::failure::{Failure, FailureClass};
use krake_edge::http::{HeaderMap, HttpError, Response, retry_after};
use serde_json::Value;

use super::question::Question;
use super::{Output, ReadAs};
use crate::size;

/// How much of the body a failure repeats.
const MOST_SAID: usize = 200;
/// A zero byte so early means that the body is no text.
const LOOKED_AT: usize = 8 * 1024;

/// An answer as it came.
pub(super) struct Answer {
    status: u16,
    headers: HeaderMap,
    url: String,
    redirects: Vec<String>,
    body: Vec<u8>,
    truncated: bool,
    took: Duration,
}

/// Reads the body up to the cap and leaves the rest.
pub(super) async fn take(mut response: Response, cap: u64) -> Result<Answer, HttpError> {
    let cap = usize::try_from(cap).unwrap_or(usize::MAX);
    let (mut body, mut truncated) = (Vec::new(), false);
    while let Some(piece) = response.chunk().await? {
        let room = cap - body.len();
        body.extend_from_slice(&piece[..piece.len().min(room)]);
        if piece.len() > room {
            truncated = true;
            break;
        }
    }
    Ok(Answer {
        status: response.status,
        took: response.waited(),
        url: response.target.to_string(),
        redirects: std::mem::take(&mut response.hops),
        headers: std::mem::take(&mut response.headers),
        body,
        truncated,
    })
}

/// What a step is told, and why it is no success where it is none.
pub(super) fn judge(question: &Question, answer: Answer) -> (Output, Option<Failure>) {
    let expected = question
        .expected
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&answer.status));
    let text = text_of(&answer.body);
    let kind = content_type(&answer.headers);
    let failure = if expected {
        None
    } else {
        Some(unexpected(question, &answer, text.as_deref()))
    };
    let wants_json = match question.args.read_as {
        ReadAs::Json => true,
        ReadAs::Auto => is_json(&kind),
        ReadAs::Text => false,
    };
    let json = wants_json.then(|| serde_json::from_slice::<Value>(&answer.body));
    let failure = failure.or_else(|| match &json {
        // Nothing was asked for in the body, and there is none.
        _ if question.args.read_as != ReadAs::Json || has_no_body(question, &answer) => None,
        Some(Err(error)) => Some(no_json(question, &answer, &kind, error)),
        _ => None,
    });
    let json = json.and_then(Result::ok);
    let output = Output {
        ok: failure.is_none(),
        status: Some(answer.status),
        text: text.filter(|_| json.is_none()),
        json: json.unwrap_or_default(),
        bytes: answer.body.len() as u64,
        truncated: answer.truncated,
        ms: u64::try_from(answer.took.as_millis()).unwrap_or(u64::MAX),
        headers: joined(&answer.headers),
        url: answer.url,
        redirects: answer.redirects,
        failure: None,
    };
    (output, failure)
}

fn unexpected(question: &Question, answer: &Answer, text: Option<&str>) -> Failure {
    let changes = !question.only_looks();
    let class = match answer.status {
        429 => FailureClass::RateLimited,
        401 | 402 | 403 | 407 | 451 => FailureClass::NoAccess,
        404 | 410 => FailureClass::NotFound,
        // It came too late to be read, or a server gave up in the middle of it.
        408 | 500..=599 if changes => FailureClass::UnknownOutcome,
        408 | 500..=599 => FailureClass::Unavailable,
        // Done, but not as the plan expects: repeating would do it twice.
        100..=399 => FailureClass::BadOutput,
        _ => FailureClass::BadInput,
    };
    let said = text.map(said).filter(|text| !text.is_empty());
    let mut message = format!("{} answered {}", question.target.origin(), answer.status);
    if let Some(place) = answer
        .headers
        .get("location")
        .filter(|_| answer.status < 400)
    {
        message += &format!(
            " and points to {}",
            String::from_utf8_lossy(place.as_bytes())
        );
    }
    if let Some(said) = said {
        message += &format!(": {said}");
    }
    let told = retry_after::wait(&answer.headers, SystemTime::now());
    Failure {
        retry_after_ms: told.and_then(|wait| u64::try_from(wait.as_millis()).ok()),
        ..Failure::new(class, message)
    }
}

fn no_json(question: &Question, answer: &Answer, kind: &str, error: &serde_json::Error) -> Failure {
    let origin = question.target.origin();
    if answer.truncated {
        let message = format!(
            "the JSON of {origin} is longer than `max_bytes` ({})",
            size::shown(question.args.max_bytes)
        );
        return Failure::new(FailureClass::TooLarge, message);
    }
    let start = answer.body.trim_ascii_start();
    let message = if kind.contains("html") || start.starts_with(b"<") {
        format!("{origin} sent a page where JSON was asked for; a sign-in may be in the way")
    } else {
        format!("{origin} sent no JSON: {error}")
    };
    Failure::new(FailureClass::BadOutput, message)
}

fn has_no_body(question: &Question, answer: &Answer) -> bool {
    question.args.method == super::Method::Head || matches!(answer.status, 204 | 304)
}

/// Absent where the body is no text. What is not UTF-8 is replaced by U+FFFD.
fn text_of(body: &[u8]) -> Option<String> {
    let start = &body[..body.len().min(LOOKED_AT)];
    (!start.contains(&0)).then(|| String::from_utf8_lossy(body).into_owned())
}

/// The beginning of a text in one line.
fn said(text: &str) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if line.len() > MOST_SAID {
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += size::head(word, MOST_SAID);
    }
    size::head(&line, MOST_SAID).to_owned()
}

fn content_type(headers: &HeaderMap) -> String {
    headers
        .get("content-type")
        .map(|value| String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase())
        .unwrap_or_default()
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind == "application/json" || kind == "text/json" || kind.ends_with("+json")
}

/// What lets somebody in: it would be kept in the journal, and later steps have no use for it.
const KEPT_OUT: &[&str] = &[
    "authentication-info",
    "authorization",
    "cookie",
    "proxy-authentication-info",
    "proxy-authorization",
    "set-cookie",
    "set-cookie2",
];

fn joined(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut joined: BTreeMap<String, String> = BTreeMap::new();
    let told = headers
        .iter()
        .filter(|(name, _)| !KEPT_OUT.contains(&name.as_str()));
    for (name, value) in told {
        let value = String::from_utf8_lossy(value.as_bytes());
        joined
            .entry(name.as_str().to_owned())
            .and_modify(|all| *all = format!("{all}, {value}"))
            .or_insert_with(|| value.into_owned());
    }
    joined
}

impl Output {
    /// For the log.
    pub(super) fn line(&self) -> String {
        match (self.status, &self.failure) {
            (None, Some(failure)) => failure.message.clone(),
            (None, None) => "no answer".to_owned(),
            (Some(status), _) => format!(
                "{status} from {}, {}{} in {} ms",
                self.url,
                size::shown(self.bytes),
                if self.truncated { " and more" } else { "" },
                self.ms
            ),
        }
    }
}
