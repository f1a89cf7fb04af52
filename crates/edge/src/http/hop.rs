//! One connection: to the addresses that were checked, for one request, and tried once.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use krake_domain::origin::Origin;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::error::plain;
use crate::http::{HttpError, Phase, Request};

/// Answers every name with the addresses that were looked up and checked before, so that no second
/// look-up can lead elsewhere.
struct Checked(Vec<SocketAddr>);

impl Resolve for Checked {
    fn resolve(&self, _: Name) -> Resolving {
        let addresses: Addrs = Box::new(self.0.clone().into_iter());
        Box::pin(async move { Ok(addresses) })
    }
}

/// A client for one hop. A connection that is not kept cannot have died since its last use, so
/// what fails before the connection stands has surely not arrived, and nothing is repeated.
pub(super) fn client(
    tls: rustls::ClientConfig,
    addresses: Vec<SocketAddr>,
    connect: Duration,
) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(Checked(addresses))
        .connect_timeout(connect)
        .pool_max_idle_per_host(0)
        .retry(reqwest::retry::never())
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .http1_only()
        .build()
}

/// Says what an error of the library means to the caller.
pub(super) fn sort(
    error: &reqwest::Error,
    origin: &Origin,
    request: &Request,
    connect: Duration,
) -> HttpError {
    let origin = origin.to_string();
    let why = innermost(error);
    if error.is_connect() {
        return if error.is_timeout() {
            HttpError::Timeout {
                origin,
                phase: Phase::Connect,
                after: connect,
                sent: false,
            }
        } else if chain(error).any(is_tls) {
            HttpError::Tls { origin, why }
        } else {
            HttpError::Connect { origin, why }
        };
    }
    if error.is_builder() {
        return HttpError::BadUrl {
            url: origin,
            why: error.to_string(),
        };
    }
    if error.is_decode() && !chain(error).any(|cause| cause.is::<hyper::Error>()) {
        return HttpError::BadAnswer { origin, why };
    }
    match chain(error).find_map(|cause| cause.downcast_ref::<hyper::Error>()) {
        Some(cause) if cause.is_parse_too_large() => HttpError::TooLarge {
            origin,
            part: "header",
            cap: request.limits.header_bytes as u64,
        },
        Some(cause) if cause.is_parse() && !cause.is_incomplete_message() => {
            HttpError::BadAnswer { origin, why }
        }
        _ => HttpError::Cut { origin, why },
    }
}

fn chain<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let deeper = |cause: &&'a (dyn Error + 'static)| (*cause).source();
    std::iter::successors(error.source(), deeper)
}

/// An IO error does not name what it wraps as its source, and may be wrapped in another one.
fn is_tls(cause: &(dyn Error + 'static)) -> bool {
    let wrapped = cause
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref);
    cause.is::<rustls::Error>() || wrapped.is_some_and(|inner| is_tls(inner))
}

/// The last cause says it best, and names no URL.
fn innermost(error: &reqwest::Error) -> String {
    chain(error).last().map_or_else(
        || "it broke off".to_owned(),
        |cause| plain(&cause.to_string()),
    )
}
