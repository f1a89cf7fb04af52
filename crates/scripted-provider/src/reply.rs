//! What the server answers: a status, headers, and the body in parts.

use std::time::Duration;

use serde_json::Value;

/// A scripted answer.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub parts: Vec<Part>,
    /// With chunked encoding a body that is cut is seen to be cut.
    pub in_chunks: bool,
}

/// One part of a body.
#[derive(Debug, Clone)]
pub enum Part {
    Bytes(Vec<u8>),
    /// These bytes one by one, over and over, until the client has enough.
    Drip {
        bytes: Vec<u8>,
        every: Duration,
    },
    /// Nothing more, and the connection stays open.
    Silence,
    /// The connection ends in the middle of the body.
    Cut,
}

impl Reply {
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            parts: vec![Part::Bytes(body.into())],
            in_chunks: true,
        }
    }

    /// A stream of server-sent events.
    pub fn events(body: impl Into<Vec<u8>>) -> Self {
        Self::new(200, "text/event-stream; charset=utf-8", body)
    }

    /// A stream of JSON lines.
    pub fn lines(body: impl Into<Vec<u8>>) -> Self {
        Self::new(200, "application/x-ndjson", body)
    }

    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn then(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }
}
