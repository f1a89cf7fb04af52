//! `http.request`: one call over HTTP.
//!
//! What it does not do: it holds no key and no cookie, and repeats nothing; the engine does that.
//! **Invariant:** what a call can change is said by its method alone, and a person is shown the
//! address as it will be called.

use std::collections::BTreeMap;

use krake_domain::failure::Failure;
use krake_domain::tool::{Assessment, EffectClass, ToolSpec};
use krake_edge::http::Client;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::define::{define, to_output};
use crate::tool::{Call, Pending, Tool, parse_args};

mod answer;
mod expect;
mod question;

use expect::Expect;
use question::Question;

/// As JSON this is at most six times as long, which still fits into an output.
const MOST_BYTES: u64 = 1024 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
enum Method {
    #[default]
    #[serde(rename = "GET")]
    Get,
    #[serde(rename = "HEAD")]
    Head,
    #[serde(rename = "POST")]
    Post,
    #[serde(rename = "PUT")]
    Put,
    #[serde(rename = "PATCH")]
    Patch,
    #[serde(rename = "DELETE")]
    Delete,
}

/// What the other side does with a call that arrives twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Idempotency {
    /// Not known.
    #[default]
    None,
    /// It carries out one call for each value of the header `Idempotency-Key`.
    Header,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ReadAs {
    /// JSON where the answer says that it is, else text.
    #[default]
    Auto,
    Json,
    Text,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// The address, `http://` or `https://`, without a user name or password.
    url: String,
    /// GET and HEAD only look; every other method can change something.
    #[serde(default)]
    method: Method,
    /// Headers by name. They are kept in the journal, so they are no place for keys.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// Pairs for the end of the query: texts, numbers, booleans.
    #[serde(default)]
    query: BTreeMap<String, Value>,
    /// A body as JSON.
    #[serde(default)]
    json: Option<Value>,
    /// A body as text.
    #[serde(default)]
    text: Option<String>,
    /// Which statuses are a success: `200`, `"2xx"`, `"200-299"`.
    #[serde(default = "default_expect")]
    #[schemars(length(min = 1, max = 20))]
    expect: Vec<Expect>,
    /// What the body is read as.
    #[serde(default)]
    read_as: ReadAs,
    /// How much of the body is kept, in bytes.
    #[serde(default = "default_max_bytes")]
    #[schemars(range(min = 1, max = 1_048_576))]
    max_bytes: u64,
    /// How many redirects of GET and HEAD are followed; with 0 a redirect is an answer.
    #[serde(default = "default_redirects")]
    #[schemars(range(max = 10))]
    redirects: usize,
    /// How long the call may take, in seconds; the step's `timeout_ms` counts as well.
    #[serde(default = "default_timeout_s")]
    #[schemars(range(min = 1, max = 86_400))]
    timeout_s: u64,
    /// Whether the other side carries out one call for each `Idempotency-Key`, which Krake then sends.
    #[serde(default)]
    idempotency: Idempotency,
    /// Also call this machine and private networks.
    #[serde(default)]
    private: bool,
    /// For GET and HEAD: a call that fails is told in the output, and the step succeeds.
    #[serde(default)]
    report_failure: bool,
}

fn default_expect() -> Vec<Expect> {
    vec![Expect::Range("2xx".to_owned())]
}

fn default_max_bytes() -> u64 {
    MOST_BYTES
}

fn default_timeout_s() -> u64 {
    30
}

fn default_redirects() -> usize {
    5
}

#[derive(Debug, Default, Serialize, JsonSchema)]
struct Output {
    /// The status is one that was expected.
    ok: bool,
    /// Null where there was no answer.
    status: Option<u16>,
    /// Names in lower case; a repeated header is joined with commas. Cookies and the like are left out.
    headers: BTreeMap<String, String>,
    /// Where the answer came from.
    url: String,
    /// Addresses that led there, first first.
    redirects: Vec<String>,
    /// The body, where it is JSON.
    json: Value,
    /// The body as text; null where it is none, or stands in `json`.
    text: Option<String>,
    /// Of the body as far as it was read.
    bytes: u64,
    /// The body is longer than `max_bytes`.
    truncated: bool,
    /// From the start of the call to the last byte, in milliseconds.
    ms: u64,
    /// Why there is no answer, or none that was expected; only with `report_failure`.
    failure: Option<Failure>,
}

pub struct HttpRequest {
    spec: ToolSpec,
    client: Client,
}

impl HttpRequest {
    pub fn new() -> Self {
        let description = "Call an address over HTTP and tell the answer.";
        let spec = define::<Args, Output>("http.request", description, EffectClass::Unsafe);
        Self {
            spec: ToolSpec {
                untrusted_output: true,
                timeout_ms: 60_000,
                ..spec
            },
            client: Client::new(),
        }
    }
}

impl Tool for HttpRequest {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn assess<'a>(&'a self, args: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async { Question::read(parse_args(args)?)?.assess() })
    }

    fn run<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Value, Failure>> {
        Box::pin(async {
            let question = Question::read(parse_args(&call.args)?)?;
            call.workbench.log(&question.line());
            let output = question.ask(&self.client, call).await?;
            call.workbench.log(&output.line());
            to_output(&output)
        })
    }
}

#[cfg(test)]
mod tests;
