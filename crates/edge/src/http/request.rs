//! What is sent.

use hyper::Method;
use hyper::body::Bytes;
use hyper::header::{HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use krake_domain::origin::Origin;
use krake_domain::secret::Secret;
use tokio_util::sync::CancellationToken;

use crate::http::{HttpError, Limits, Reach, Target};

/// Headers that belong to the connection or name the receiver; the client writes them itself.
const OWN: &[&str] = &[
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// One call.
#[derive(Clone)]
pub struct Request {
    pub method: Method,
    pub target: Target,
    pub body: Bytes,
    pub reach: Reach,
    pub limits: Limits,
    /// How many redirects of GET and HEAD are followed; with 0 a redirect is an answer.
    pub redirects: usize,
    pub cancel: CancellationToken,
    pub(super) headers: HeaderMap,
    secrets: Vec<(HeaderName, &'static str, Secret)>,
}

impl Request {
    /// A call with no body, the usual limits and up to five redirects.
    #[must_use]
    pub fn new(method: Method, target: Target, reach: Reach, cancel: CancellationToken) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(
            USER_AGENT,
            HeaderValue::from_static(concat!("krake/", env!("CARGO_PKG_VERSION"))),
        );
        Self {
            method,
            target,
            body: Bytes::new(),
            reach,
            limits: Limits::default(),
            redirects: 5,
            cancel,
            headers,
            secrets: Vec::new(),
        }
    }

    /// Sets a header.
    ///
    /// # Errors
    /// [`HttpError::BadHeader`]: no such name, a line break or another control character in the
    /// value, or a header that the client writes itself.
    pub fn header(&mut self, name: &str, value: &str) -> Result<(), HttpError> {
        let name = header_name(name)?;
        let value = header_value(&name, value)?;
        self.headers.insert(name, value);
        Ok(())
    }

    /// Sets a header to `prefix` and a secret, for example `Bearer ` and a key. It is opened when
    /// the call leaves, for its own origin only, and goes along on no redirect to another one.
    ///
    /// # Errors
    /// [`HttpError::BadHeader`]; [`HttpError::SecretElsewhere`] where it is bound to another origin
    /// than this call's.
    pub fn secret_header(
        &mut self,
        name: &str,
        prefix: &'static str,
        secret: &Secret,
    ) -> Result<(), HttpError> {
        let name = header_name(name)?;
        if secret.origin() != self.target.origin() {
            return Err(elsewhere(secret, self.target.origin()));
        }
        self.secrets.push((name, prefix, secret.clone()));
        Ok(())
    }

    /// The headers with the secrets opened. The target is public and may have been exchanged since
    /// the secrets were set, so each is asked again.
    pub(super) fn headers_for(&self, origin: &Origin) -> Result<HeaderMap, HttpError> {
        let mut headers = self.headers.clone();
        for (name, prefix, secret) in &self.secrets {
            let opened = secret
                .open_for(origin)
                .ok_or_else(|| elsewhere(secret, origin))?;
            let mut value = header_value(name, &format!("{prefix}{opened}"))?;
            value.set_sensitive(true);
            headers.insert(name.clone(), value);
        }
        Ok(headers)
    }
}

fn elsewhere(secret: &Secret, asked: &Origin) -> HttpError {
    HttpError::SecretElsewhere {
        bound: secret.origin().to_string(),
        asked: asked.to_string(),
    }
}

fn header_name(name: &str) -> Result<HeaderName, HttpError> {
    let bad = |why| HttpError::BadHeader {
        name: name.to_owned(),
        why,
    };
    let parsed =
        HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad("that is no name of a header"))?;
    if OWN.contains(&parsed.as_str()) || parsed.as_str().starts_with("proxy-") {
        return Err(bad("it belongs to the connection and is not set by a call"));
    }
    Ok(parsed)
}

/// The value itself stays out of the error: it may be a secret.
fn header_value(name: &HeaderName, value: &str) -> Result<HeaderValue, HttpError> {
    HeaderValue::from_str(value).map_err(|_| HttpError::BadHeader {
        name: name.to_string(),
        why: "its value holds a line break or another control character",
    })
}
