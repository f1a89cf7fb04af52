//! What comes back: the header at once, the body in pieces or as a whole.

use std::time::Duration;

use hyper::body::Bytes;
use hyper::{HeaderMap, Method};

use crate::http::wait::Waits;
use crate::http::{HttpError, Phase, Request, Target, hop};

/// An answer whose header has arrived. Dropping it ends the connection.
pub struct Response {
    pub status: u16,
    pub headers: HeaderMap,
    /// Where the answer came from, after redirects.
    pub target: Target,
    /// The addresses that led there, first first.
    pub hops: Vec<String>,
    body: Body,
    taken: u64,
    request: Request,
    waits: Waits,
}

enum Body {
    Open(reqwest::Response),
    Ended,
    /// An error was told; what came before it is not the whole.
    Broken,
}

/// An answer as a whole.
#[derive(Debug)]
pub struct Collected {
    pub status: u16,
    pub headers: HeaderMap,
    pub target: Target,
    pub hops: Vec<String>,
    pub body: Vec<u8>,
    /// From the start of the call to the last byte.
    pub took: Duration,
}

impl Response {
    pub(super) fn begin(
        answer: reqwest::Response,
        target: &Target,
        request: &Request,
        waits: Waits,
    ) -> Result<Self, HttpError> {
        let status = answer.status().as_u16();
        let headers = answer.headers().clone();
        let size: usize = headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len() + 4)
            .sum();
        if size > request.limits.header_bytes {
            return Err(HttpError::TooLarge {
                origin: target.origin().to_string(),
                part: "header",
                cap: request.limits.header_bytes as u64,
            });
        }
        let has_body = request.method != Method::HEAD && !matches!(status, 204 | 304);
        Ok(Self {
            status,
            headers,
            target: target.clone(),
            hops: Vec::new(),
            body: if has_body {
                Body::Open(answer)
            } else {
                Body::Ended
            },
            taken: 0,
            request: request.clone(),
            waits,
        })
    }

    /// The next piece of the body as it arrives, inflated; none at its end. Giving up the wait
    /// loses nothing.
    ///
    /// # Errors
    /// [`HttpError::Timeout`], [`HttpError::Cut`], [`HttpError::TooLarge`],
    /// [`HttpError::BadAnswer`], [`HttpError::Cancelled`]. After an error there is no more, and
    /// asking again is [`HttpError::Cut`].
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, HttpError> {
        let piece = match &mut self.body {
            Body::Ended => return Ok(None),
            Body::Broken => Err(HttpError::Cut {
                origin: self.target.origin().to_string(),
                why: "it broke off before".to_owned(),
            }),
            Body::Open(answer) => {
                let origin = self.target.origin();
                let work = answer.chunk();
                match self.waits.within(Phase::Idle, true, origin, work).await {
                    Ok(piece) => piece.map_err(|error| {
                        hop::sort(&error, origin, &self.request, self.request.limits.connect)
                    }),
                    Err(error) => Err(error),
                }
            }
        };
        let piece = piece.and_then(|piece| self.count(piece));
        match &piece {
            Ok(Some(_)) => {}
            Ok(None) => self.body = Body::Ended,
            Err(_) => self.body = Body::Broken,
        }
        piece
    }

    fn count(&mut self, piece: Option<Bytes>) -> Result<Option<Bytes>, HttpError> {
        self.taken += piece.as_ref().map_or(0, |piece| piece.len() as u64);
        let cap = self.request.limits.body_bytes;
        if self.taken <= cap {
            return Ok(piece);
        }
        Err(HttpError::TooLarge {
            origin: self.target.origin().to_string(),
            part: "body",
            cap,
        })
    }

    /// From the start of the call until now.
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.waits.elapsed()
    }

    /// The whole body, within the limits of the call.
    ///
    /// # Errors
    /// As [`Response::chunk`].
    pub async fn collect(mut self) -> Result<Collected, HttpError> {
        let mut body = Vec::new();
        while let Some(piece) = self.chunk().await? {
            body.extend_from_slice(&piece);
        }
        Ok(Collected {
            status: self.status,
            headers: self.headers,
            target: self.target,
            hops: self.hops,
            body,
            took: self.waits.elapsed(),
        })
    }
}
