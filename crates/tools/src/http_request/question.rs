//! The call: read from the arguments, said to a person, and sent.

use std::time::Duration;

use krake_domain::failure::Failure;
use krake_domain::tool::{Assessment, EffectClass};
use krake_edge::http::{self, Client, HttpError, Reach, Request, Target, address};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::answer::{judge, take};
use super::{Args, Idempotency, MOST_BYTES, Method, Output};
use crate::define::bad_input;
use crate::size;
use crate::tool::Call;

const KEY: &str = "idempotency-key";
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Arguments that make a call.
pub(super) struct Question {
    pub(super) args: Args,
    pub(super) target: Target,
    /// First and last status of each range.
    pub(super) expected: Vec<(u16, u16)>,
    body: Option<Body>,
}

struct Body {
    bytes: Vec<u8>,
    kind: &'static str,
}

impl Question {
    pub(super) fn read(args: Args) -> Result<Self, Failure> {
        let mut pairs = Vec::new();
        for (name, value) in &args.query {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(_) | Value::Bool(_) => value.to_string(),
                _ => {
                    return Err(bad_input(format!(
                        "`query.{name}` is no text, number or boolean"
                    )));
                }
            };
            pairs.push((name.as_str(), text));
        }
        let target = Target::parse(&args.url)
            .map_err(|error| error.into_failure(false))?
            .with_query(pairs.iter().map(|(name, text)| (*name, text.as_str())));
        let body = match (&args.json, &args.text) {
            (Some(_), Some(_)) => return Err(bad_input("give `json` or `text`, not both")),
            (Some(json), None) => Some(Body {
                bytes: json.to_string().into_bytes(),
                kind: "application/json",
            }),
            (None, Some(text)) => Some(Body {
                bytes: text.clone().into_bytes(),
                kind: "text/plain; charset=utf-8",
            }),
            (None, None) => None,
        };
        let question = Self {
            expected: args
                .expect
                .iter()
                .map(super::Expect::bounds)
                .collect::<Result<_, _>>()?,
            args,
            target,
            body,
        };
        question.check()?;
        Ok(question)
    }

    fn check(&self) -> Result<(), Failure> {
        let args = &self.args;
        if self.only_looks() {
            if self.body.is_some() {
                return Err(bad_input(format!("{} has no body", self.method())));
            }
            if args.idempotency == Idempotency::Header {
                let message = format!(
                    "{} changes nothing and needs no `idempotency`",
                    self.method()
                );
                return Err(bad_input(message));
            }
        } else if args.report_failure {
            return Err(bad_input(
                "`report_failure` is for GET and HEAD; what may have changed something is not told as a success",
            ));
        }
        if args.idempotency == Idempotency::Header
            && args
                .headers
                .keys()
                .any(|name| name.eq_ignore_ascii_case(KEY))
        {
            return Err(bad_input(
                "`idempotency: header` writes `Idempotency-Key` itself",
            ));
        }
        // Whatever cannot be sent is said before anybody is asked.
        self.request(CancellationToken::new(), "").map(|_| ())
    }

    pub(super) fn only_looks(&self) -> bool {
        matches!(self.args.method, Method::Get | Method::Head)
    }

    fn class(&self) -> EffectClass {
        match self.args.idempotency {
            _ if self.only_looks() => EffectClass::Read,
            Idempotency::Header => EffectClass::Keyed,
            Idempotency::None => EffectClass::Unsafe,
        }
    }

    fn method(&self) -> http::Method {
        match self.args.method {
            Method::Get => http::Method::GET,
            Method::Head => http::Method::HEAD,
            Method::Post => http::Method::POST,
            Method::Put => http::Method::PUT,
            Method::Patch => http::Method::PATCH,
            Method::Delete => http::Method::DELETE,
        }
    }

    /// `GET https://example.com/`, as it is called.
    pub(super) fn line(&self) -> String {
        format!("{} {}", self.method(), self.target)
    }

    pub(super) fn assess(&self) -> Result<Assessment, Failure> {
        let origin = self.target.origin();
        let body = self.body.as_ref().map_or_else(String::new, |body| {
            format!(
                " with {} of {}",
                size::shown(body.bytes.len() as u64),
                kind(body.kind)
            )
        });
        let class = self.class();
        let summary = match class {
            EffectClass::Pure | EffectClass::Read => format!("fetch {} from {origin}", self.target),
            EffectClass::Keyed => {
                format!("send {}{body} to {origin}, once for its key", self.method())
            }
            _ => format!("send {}{body} to {origin}", self.method()),
        };
        Ok(Assessment {
            class,
            target: self.line(),
            summary,
            reversible: class.is_harmless(),
            writes_under: None,
            reaches: Some(origin.to_string()),
            target_state: None,
            diff: None,
        })
    }

    pub(super) async fn ask(&self, client: &Client, call: &Call) -> Result<Output, Failure> {
        let request = self.request(call.cancel.clone(), &call.key)?;
        let answered = match client.send(request).await {
            Ok(response) => take(response, self.args.max_bytes.min(MOST_BYTES)).await,
            Err(error) => Err(error),
        };
        let judged = answered
            .map_err(|error| self.failed(error))
            .map(|answer| judge(self, answer));
        match judged {
            Ok((output, None)) => Ok(output),
            Ok((output, failure)) if self.args.report_failure => Ok(Output { failure, ..output }),
            Err(failure) if self.args.report_failure && !call.cancel.is_cancelled() => Ok(Output {
                url: self.target.to_string(),
                failure: Some(failure),
                ..Output::default()
            }),
            Ok((_, Some(failure))) | Err(failure) => Err(failure),
        }
    }

    fn failed(&self, error: HttpError) -> Failure {
        let could_be_allowed = matches!(&error, HttpError::Refused { address, .. }
            if !self.args.private && address::allow(*address, Reach::Everywhere).is_ok());
        let mut failure = error.into_failure(!self.only_looks());
        if could_be_allowed {
            failure.message += "; `private: true` allows it";
        }
        failure
    }

    fn request(&self, cancel: CancellationToken, key: &str) -> Result<Request, Failure> {
        let bad = |error: HttpError| error.into_failure(false);
        let reach = if self.args.private {
            Reach::Everywhere
        } else {
            Reach::Public
        };
        let mut request = Request::new(self.method(), self.target.clone(), reach, cancel);
        request.redirects = self.args.redirects;
        let timeout = Duration::from_secs(self.args.timeout_s).min(LONGEST);
        request.limits.total = timeout;
        request.limits.answer = timeout;
        request.limits.idle = timeout;
        request.limits.body_bytes = u64::MAX;
        if let Some(body) = &self.body {
            request.header("content-type", body.kind).map_err(bad)?;
            request.body = body.bytes.clone().into();
        }
        for (name, value) in &self.args.headers {
            request.header(name, value).map_err(bad)?;
        }
        if self.args.idempotency == Idempotency::Header {
            request.header(KEY, key).map_err(bad)?;
        }
        Ok(request)
    }
}

fn kind(content_type: &str) -> &'static str {
    if content_type == "application/json" {
        "JSON"
    } else {
        "text"
    }
}
