//! The one HTTP client: resolve, check, connect to what was checked.
//!
//! What it deliberately does not do: it keeps no connection, no cookie and no cache, tries nothing
//! twice, knows no proxy, and judges no status. **Invariant:** a connection is only ever opened to
//! an address that the rule of [`address`] allowed for this call, and a secret only ever leaves for
//! the origin that it is bound to.
//!
//! Reading order: where a call may go (`target`, `address`, `lookup`), what is sent (`request`,
//! `limits`), what comes back (`response`, `retry_after`), what can go wrong (`error`), and the parts of the way
//! (`redirect`, `wait`, `hop`, `tls`).

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

pub use hyper::{HeaderMap, Method};

pub mod address;
pub mod lookup;
pub mod target;

pub mod limits;
pub mod request;

pub mod response;
pub mod retry_after;

pub mod error;

mod hop;
mod redirect;
mod tls;
mod wait;

pub use address::Reach;
pub use error::{HttpError, Phase};
pub use limits::Limits;
pub use request::Request;
pub use response::{Collected, Response};
pub use target::Target;

use crate::http::address::Kind;
use crate::http::lookup::{Lookup, SystemLookup};
use crate::http::redirect::Next;
use crate::http::tls::Tls;
use crate::http::wait::Waits;

/// A client; clones share it.
#[derive(Clone)]
pub struct Client {
    /// Read with the first call: most processes make none.
    tls: Arc<OnceLock<Tls>>,
    lookup: Arc<dyn Lookup>,
}

impl Client {
    /// A client that trusts what this machine trusts and asks its resolver. Where the machine has
    /// no certificates to trust, encrypted calls fail and say so.
    #[must_use]
    pub fn new() -> Self {
        Self {
            tls: Arc::default(),
            lookup: Arc::new(SystemLookup),
        }
    }

    /// The same client with another source of addresses. The rule applies to what it answers.
    #[must_use]
    pub fn with_lookup(mut self, lookup: Arc<dyn Lookup>) -> Self {
        self.lookup = lookup;
        self
    }

    /// Sends the request, follows redirects of GET and HEAD, and answers as soon as the header of
    /// the last answer is there. Any status is an answer, and so is the redirect of another method.
    ///
    /// # Errors
    /// [`HttpError`]; [`HttpError::may_have_arrived`] says whether the other side can have acted.
    pub async fn send(&self, request: Request) -> Result<Response, HttpError> {
        let waits = Waits::new(&request.limits, &request.cancel);
        let mut target = request.target.clone();
        let mut reach = request.reach;
        let mut hops = Vec::new();
        loop {
            let origin = target.origin();
            let headers = if *origin == *request.target.origin() {
                request.headers_for(origin)?
            } else {
                redirect::harmless_headers(&request)
            };
            let addresses = self.addresses(&target, reach, &waits).await?;
            reach = reach_after(reach, &addresses);
            let mut response = self
                .hop(&request, &target, headers, addresses, &waits)
                .await?;
            let follows =
                request.redirects > 0 && matches!(request.method, Method::GET | Method::HEAD);
            match redirect::next(&target, response.status, &response.headers) {
                Ok(Next::To(next)) if follows => {
                    hops.push(target.to_string());
                    if hops.len() > request.redirects {
                        return Err(HttpError::Redirect {
                            from: origin.to_string(),
                            why: format!(
                                "it leads on and on; at most {} are followed",
                                request.redirects
                            ),
                        });
                    }
                    target = next;
                }
                Err(error) if follows => return Err(error),
                _ => {
                    response.hops = hops;
                    return Ok(response);
                }
            }
        }
    }

    /// Where the name leads, all of it allowed.
    async fn addresses(
        &self,
        target: &Target,
        reach: Reach,
        waits: &Waits,
    ) -> Result<Vec<SocketAddr>, HttpError> {
        let origin = target.origin();
        let found = match target.literal() {
            Some(address) => vec![address],
            None => waits
                .within(
                    Phase::Lookup,
                    false,
                    origin,
                    self.lookup.lookup(origin.host()),
                )
                .await?
                .map_err(|error| HttpError::Dns {
                    host: origin.host().to_owned(),
                    why: error.to_string(),
                })?,
        };
        if found.is_empty() {
            return Err(HttpError::Dns {
                host: origin.host().to_owned(),
                why: "it has no address".to_owned(),
            });
        }
        // One bad address among good ones is a trick or a broken name; neither is tried.
        for &address in &found {
            address::allow(address, reach).map_err(|why| HttpError::Refused {
                host: origin.host().to_owned(),
                address,
                why,
            })?;
        }
        Ok(found
            .into_iter()
            .map(|address| SocketAddr::new(address, origin.port()))
            .collect())
    }

    async fn hop(
        &self,
        request: &Request,
        target: &Target,
        headers: HeaderMap,
        addresses: Vec<SocketAddr>,
        waits: &Waits,
    ) -> Result<Response, HttpError> {
        let origin = target.origin();
        let connect = waits.left().min(request.limits.connect);
        let client = hop::client(
            self.tls.get_or_init(Tls::load).for_origin(origin)?,
            addresses,
            connect,
        )
        .map_err(|error| hop::sort(&error, origin, request, connect))?;
        let mut message = reqwest::Request::new(request.method.clone(), target.url().clone());
        *message.headers_mut() = headers;
        if !request.body.is_empty() {
            *message.body_mut() = Some(request.body.clone().into());
        }
        let answer = waits
            .within(Phase::Answer, true, origin, client.execute(message))
            .await?
            .map_err(|error| hop::sort(&error, origin, request, connect))?;
        Response::begin(answer, target, request, waits.clone())
    }
}

/// What the public net says may not lead back into a private one.
fn reach_after(reach: Reach, addresses: &[SocketAddr]) -> Reach {
    let is_public = |at: &SocketAddr| address::kind(at.ip()) == Kind::Public;
    if addresses.iter().any(is_public) {
        Reach::Public
    } else {
        reach
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests;
