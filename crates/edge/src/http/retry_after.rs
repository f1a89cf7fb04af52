//! How long the other side asks to be left alone (RFC 9110, section 10.2.3).

use std::time::{Duration, SystemTime};

use hyper::HeaderMap;
use hyper::header::RETRY_AFTER;

/// Longest wait that is believed; what is longer is a fault or a trick.
pub const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// The wait that `Retry-After` names, as seconds or as a moment in any of the three forms of HTTP;
/// none where there is no such header or it cannot be read. A moment that has passed is no wait.
#[must_use]
pub fn wait(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if let Ok(seconds) = text.parse::<u64>() {
        Duration::from_secs(seconds)
    } else if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        LONGEST
    } else {
        let moment = httpdate::parse_http_date(text).ok()?;
        moment.duration_since(now).unwrap_or_default()
    };
    Some(wait.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_and_none_is_endless() {
        // 1994-11-06T08:49:37Z less one minute.
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 - 60);
        for (text, seconds) in [
            ("0", Some(0)),
            ("120", Some(120)),
            (" 7 ", Some(7)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(60)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(60)),
            ("Sun Nov  6 08:49:37 1994", Some(60)),
            ("Sat, 05 Nov 1994 08:49:37 GMT", Some(0)),
            ("Sat, 06 Nov 2094 08:49:37 GMT", Some(86_400)),
            ("999999999", Some(86_400)),
            ("99999999999999999999999999", Some(86_400)),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            let found = wait(&headers, now).map(|wait| wait.as_secs());
            assert_eq!(found, seconds, "{text}");
        }
        assert_eq!(wait(&HeaderMap::new(), now), None);
    }
}
