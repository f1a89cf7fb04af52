//! Where an answer leads, and what may go along.

use hyper::HeaderMap;
use hyper::header::{
    ACCEPT, ACCEPT_LANGUAGE, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LOCATION, RANGE,
    USER_AGENT,
};

use crate::http::{HttpError, Request, Target};

pub(super) enum Next {
    Stay,
    To(Target),
}

/// What goes along to another origin. A list of what is harmless, because any other header may be
/// a key under a name that nobody here knows.
const HARMLESS: &[HeaderName] = &[
    ACCEPT,
    ACCEPT_LANGUAGE,
    IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
    RANGE,
    USER_AGENT,
];

/// What the answer of `from` asks for. A redirect without a place is an answer like any other.
pub(super) fn next(from: &Target, status: u16, headers: &HeaderMap) -> Result<Next, HttpError> {
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return Ok(Next::Stay);
    }
    let Some(location) = headers.get(LOCATION) else {
        return Ok(Next::Stay);
    };
    let refused = |why: String| HttpError::Redirect {
        from: from.origin().to_string(),
        why,
    };
    let location = location
        .to_str()
        .map_err(|_| refused("its place is no text".to_owned()))?;
    let to = from.join(location).map_err(refused)?;
    if from.origin().is_encrypted() && !to.origin().is_encrypted() {
        return Err(refused(format!("{} is not encrypted", to.origin())));
    }
    Ok(Next::To(to))
}

pub(super) fn harmless_headers(request: &Request) -> HeaderMap {
    let kept = request.headers.iter();
    kept.filter(|(name, _)| HARMLESS.contains(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
