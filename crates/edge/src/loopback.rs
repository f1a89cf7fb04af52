//! The way from the command line to the process that owns the data folder, on this machine only.
//!
//! The address is always 127.0.0.1. Each connection first asks the other side to prove that it
//! holds the token; only then, and on that same connection, the token is sent.

use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::time::Duration;

use futures_util::stream::{Stream, try_unfold};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, HeaderValue};
pub use hyper::{HeaderMap, Method};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_util::task::AbortOnDropHandle;

use crate::EdgeError;
use crate::proof::owner_proof;
use crate::sse::{SseEvent, SseReader};

/// Largest answer that is read.
pub const MOST_BYTES: usize = 64 * 1024 * 1024;
const CONNECT: Duration = Duration::from_secs(2);
/// The owner sends a comment at least each 15 seconds; a stream that is silent longer is dead.
const SILENCE: Duration = Duration::from_secs(90);

/// Events of the owner as they arrive; ends when the owner closes the stream.
pub type Events = Pin<Box<dyn Stream<Item = Result<SseEvent, EdgeError>> + Send>>;

/// A client of the owner's loopback API.
#[derive(Clone)]
pub struct Loopback {
    port: u16,
    token: String,
    time_limit: Duration,
    /// Sent with every request.
    always: Vec<(&'static str, &'static str)>,
}

/// An answer of any status.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Errors
    /// [`EdgeError::BadAnswer`].
    pub fn json(&self) -> Result<Value, EdgeError> {
        serde_json::from_slice(&self.body).map_err(|error| EdgeError::BadAnswer {
            what: "the owner".to_owned(),
            why: format!("no JSON: {error}"),
        })
    }
}

impl Loopback {
    /// A client for the owner on that port of 127.0.0.1.
    #[must_use]
    pub fn new(port: u16, token: String) -> Self {
        Self {
            port,
            token,
            time_limit: Duration::from_secs(30),
            always: Vec::new(),
        }
    }

    /// The same client with another limit for a whole request; the default is 30 seconds.
    #[must_use]
    pub fn with_time_limit(mut self, time_limit: Duration) -> Self {
        self.time_limit = time_limit;
        self
    }

    /// The same client that sends this header with every request and every stream.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.always.push((name, value));
        self
    }

    /// Asks for the proof without sending the token; the answer of `/health`.
    ///
    /// # Errors
    /// [`EdgeError::Unavailable`], [`EdgeError::NotTheOwner`], [`EdgeError::TimedOut`].
    pub async fn verify_owner(&self) -> Result<Value, EdgeError> {
        let (_, health) = self.limited(self.connect()).await?;
        Ok(health)
    }

    /// One request and its whole answer.
    ///
    /// # Errors
    /// As [`Loopback::verify_owner`], and [`EdgeError::TooLarge`], [`EdgeError::BadAnswer`],
    /// [`EdgeError::BadPath`]. An answer with an error status is an answer.
    pub async fn request(
        &self,
        method: Method,
        path_and_query: &str,
        body: Option<&Value>,
        extra_headers: &[(&str, &str)],
    ) -> Result<Answer, EdgeError> {
        let request = self.authorized(method, path_and_query, body, extra_headers)?;
        self.limited(async {
            let (mut connection, _) = self.connect().await?;
            let answer = connection.send(request, self).await?;
            self.whole(answer).await
        })
        .await
    }

    /// Opens a stream of events; `last_event_id` resumes after that one.
    ///
    /// # Errors
    /// As [`Loopback::request`]; an answer with another status than 200 is [`EdgeError::BadAnswer`]
    /// with the beginning of its text.
    pub async fn stream(
        &self,
        path_and_query: &str,
        last_event_id: Option<&str>,
    ) -> Result<Events, EdgeError> {
        let mut headers = vec![("accept", "text/event-stream")];
        headers.extend(last_event_id.map(|id| ("last-event-id", id)));
        let request = self.authorized(Method::GET, path_and_query, None, &headers)?;
        let (connection, answer) = self
            .limited(async {
                let (mut connection, _) = self.connect().await?;
                let answer = connection.send(request, self).await?;
                if answer.status().as_u16() == 200 {
                    return Ok((connection, answer));
                }
                let refused = self.whole(answer).await?;
                let text: String = String::from_utf8_lossy(&refused.body)
                    .chars()
                    .take(2000)
                    .collect();
                Err(self.bad_answer(format!("status {}: {text}", refused.status)))
            })
            .await?;
        let state = Streaming {
            client: self.clone(),
            _connection: connection,
            answer,
            reader: SseReader::default(),
            ready: Vec::new(),
        };
        Ok(Box::pin(try_unfold(state, |mut state| async move {
            Ok(state.next().await?.map(|event| (event, state)))
        })))
    }

    async fn connect(&self) -> Result<(Connection, Value), EdgeError> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let unavailable = |why: String| EdgeError::Unavailable {
            what: self.what(),
            why,
        };
        let socket = tokio::time::timeout(CONNECT, TcpStream::connect(address))
            .await
            .map_err(|_| EdgeError::TimedOut {
                what: self.what(),
                after: CONNECT,
            })?
            .map_err(|error| unavailable(error.kind().to_string()))?;
        let (sender, driver) = handshake(TokioIo::new(socket))
            .await
            .map_err(|error| unavailable(error.to_string()))?;
        let driver = AbortOnDropHandle::new(tokio::spawn(async move { _ = driver.await }));
        let mut connection = Connection {
            sender,
            _driver: driver,
        };
        let health = self.prove(&mut connection).await?;
        Ok((connection, health))
    }

    async fn prove(&self, connection: &mut Connection) -> Result<Value, EdgeError> {
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|error| EdgeError::Io {
            what: "randomness".to_owned(),
            source: error.into(),
        })?;
        let challenge = blake3::Hash::from_bytes(random).to_hex();
        let request = self.plain(Method::GET, &format!("/health?challenge={challenge}"), None)?;
        let answer = self.whole(connection.send(request, self).await?).await?;
        let health: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let proof = health
            .get("proof")
            .and_then(Value::as_str)
            .and_then(|text| blake3::Hash::from_hex(text).ok());
        let wanted = blake3::Hash::from_hex(owner_proof(&self.token, &challenge))
            .expect("a proof is hexadecimal");
        // Equality of these hashes takes the same time wherever they differ.
        if proof != Some(wanted) {
            return Err(EdgeError::NotTheOwner { what: self.what() });
        }
        Ok(health)
    }

    fn plain(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Request<Full<Bytes>>, EdgeError> {
        if !path.starts_with('/') {
            let why = "a path of the owner begins with `/`; no other host is ever asked";
            return Err(EdgeError::BadPath {
                path: path.to_owned(),
                why,
            });
        }
        let bytes = body
            .map(|body| Bytes::from(body.to_string()))
            .unwrap_or_default();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, format!("127.0.0.1:{}", self.port));
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        request
            .header(ACCEPT, "application/json")
            .body(Full::new(bytes))
            .map_err(|_| EdgeError::BadPath {
                path: path.escape_debug().to_string(),
                why: "it is no path of a URL",
            })
    }

    fn authorized(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        extra_headers: &[(&str, &str)],
    ) -> Result<Request<Full<Bytes>>, EdgeError> {
        let mut request = self.plain(method, path, body)?;
        let bad = |name: &str| EdgeError::BadPath {
            path: name.to_owned(),
            why: "this header cannot be sent",
        };
        let mut token = HeaderValue::from_str(&format!("Bearer {}", self.token))
            .map_err(|_| bad("authorization"))?;
        token.set_sensitive(true);
        for (name, value) in extra_headers.iter().chain(&self.always) {
            let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad(name))?;
            request
                .headers_mut()
                .insert(header, HeaderValue::from_str(value).map_err(|_| bad(name))?);
        }
        request.headers_mut().insert(AUTHORIZATION, token);
        Ok(request)
    }

    async fn whole(&self, answer: Response<Incoming>) -> Result<Answer, EdgeError> {
        let (parts, body) = answer.into_parts();
        let body = http_body_util::Limited::new(body, MOST_BYTES)
            .collect()
            .await
            .map_err(|error| {
                if error.is::<http_body_util::LengthLimitError>() {
                    EdgeError::TooLarge {
                        what: format!("the answer of {}", self.what()),
                        cap: MOST_BYTES as u64,
                    }
                } else {
                    self.bad_answer(error.to_string())
                }
            })?;
        Ok(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.to_bytes(),
        })
    }

    async fn limited<T>(
        &self,
        work: impl Future<Output = Result<T, EdgeError>>,
    ) -> Result<T, EdgeError> {
        tokio::time::timeout(self.time_limit, work)
            .await
            .unwrap_or_else(|_| {
                Err(EdgeError::TimedOut {
                    what: self.what(),
                    after: self.time_limit,
                })
            })
    }

    fn bad_answer(&self, why: String) -> EdgeError {
        EdgeError::BadAnswer {
            what: self.what(),
            why,
        }
    }

    fn what(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

struct Connection {
    sender: SendRequest<Full<Bytes>>,
    _driver: AbortOnDropHandle<()>,
}

impl Connection {
    async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
        client: &Loopback,
    ) -> Result<Response<Incoming>, EdgeError> {
        let lost = |error: hyper::Error| EdgeError::Unavailable {
            what: client.what(),
            why: error.to_string(),
        };
        self.sender.ready().await.map_err(lost)?;
        self.sender.send_request(request).await.map_err(lost)
    }
}

struct Streaming {
    client: Loopback,
    _connection: Connection,
    answer: Response<Incoming>,
    reader: SseReader,
    /// Events that are complete, last first.
    ready: Vec<SseEvent>,
}

impl Streaming {
    async fn next(&mut self) -> Result<Option<SseEvent>, EdgeError> {
        loop {
            if let Some(event) = self.ready.pop() {
                return Ok(Some(event));
            }
            let frame = tokio::time::timeout(SILENCE, self.answer.body_mut().frame())
                .await
                .map_err(|_| EdgeError::TimedOut {
                    what: format!("the stream of {}", self.client.what()),
                    after: SILENCE,
                })?;
            let Some(frame) = frame else { return Ok(None) };
            let frame = frame.map_err(|error| self.client.bad_answer(error.to_string()))?;
            if let Some(bytes) = frame.data_ref() {
                self.ready = self
                    .reader
                    .feed(bytes)
                    .map_err(|error| self.client.bad_answer(error.to_string()))?;
                self.ready.reverse();
            }
        }
    }
}

#[cfg(test)]
mod tests;
