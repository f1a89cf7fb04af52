//! Secrets that tell themselves by their shape.

use std::sync::LazyLock;

use regex::Regex;

use super::Found;
use super::friend::{is_example, lies_in_a_long_run};

/// A kind, and the shape of its values. A shape begins with letters that are rare in other text, so
/// that looking for it costs little.
const SHAPES: &[(&str, &str)] = &[
    ("anthropic_key", r"sk-ant-[A-Za-z0-9_-]{20,250}"),
    ("openrouter_key", r"sk-or-v1-[0-9a-f]{32,80}"),
    (
        "openai_key",
        r"sk-(?:proj-|svcacct-|admin-|None-)?[A-Za-z0-9_-]{20,250}",
    ),
    ("github_token", r"gh[pousr]_[A-Za-z0-9]{30,255}"),
    (
        "github_token",
        r"github_pat_[A-Za-z0-9]{20,30}_[A-Za-z0-9]{40,90}",
    ),
    (
        "gitlab_token",
        r"gl(?:pat|ptt|dt|rt|cbt|soat)-[A-Za-z0-9_.-]{20,80}",
    ),
    ("aws_key_id", r"A(?:KIA|SIA)[A-Z2-7]{16}"),
    ("google_key", r"AIza[A-Za-z0-9_-]{35}"),
    ("google_token", r"ya29\.[A-Za-z0-9_-]{20,400}"),
    ("google_client_secret", r"GOCSPX-[A-Za-z0-9_-]{24,40}"),
    ("slack_token", r"xox[abeoprs]-[A-Za-z0-9-]{10,250}"),
    ("slack_token", r"xapp-[0-9]-[A-Za-z0-9-]{20,250}"),
    (
        "slack_webhook",
        r"hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_-]{20,120}",
    ),
    (
        "discord_webhook",
        r"discord(?:app)?\.com/api/webhooks/[0-9]{10,25}/[A-Za-z0-9_-]{30,100}",
    ),
    ("stripe_key", r"(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,250}"),
    ("webhook_secret", r"whsec_[A-Za-z0-9+/]{24,90}={0,2}"),
    ("npm_token", r"npm_[A-Za-z0-9]{36}"),
    ("pypi_token", r"pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,400}"),
    ("huggingface_token", r"hf_[A-Za-z0-9]{30,50}"),
    (
        "sendgrid_key",
        r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{30,64}",
    ),
    ("telegram_token", r"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}"),
    ("digitalocean_token", r"do[opr]_v1_[0-9a-f]{64}"),
    ("age_key", r"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
    ("groq_key", r"gsk_[A-Za-z0-9]{40,60}"),
    ("xai_key", r"xai-[A-Za-z0-9]{60,100}"),
    ("perplexity_key", r"pplx-[A-Za-z0-9]{40,60}"),
    ("replicate_token", r"r8_[A-Za-z0-9]{36,44}"),
    (
        "jwt",
        r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}",
    ),
    ("shopify_token", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32,64}"),
    ("docker_token", r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{27,40}"),
    ("linear_key", r"lin_(?:api|oauth)_[A-Za-z0-9]{40,64}"),
    ("azure_key", r"AccountKey=[A-Za-z0-9+/]{40,100}={0,2}"),
];

/// Beginnings of all shapes: text without any of them is passed over in one look.
const ANCHORS: &str = r"sk-|gh[pousr]_|github_pat_|gl(?:pat|ptt|dt|rt|cbt|soat)-|AKIA|ASIA|AIza|ya29\.|GOCSPX-|xox[abeoprs]-|xapp-|hooks\.slack|/api/webhooks/|[sr]k_(?:live|test)_|whsec_|npm_|pypi-|hf_|SG\.|:AA|do[opr]_v1_|AGE-SECRET|gsk_|xai-|pplx-|r8_|eyJ|shp(?:at|ca|pa|ss)_|dckr_|lin_(?:api|oauth)_|AccountKey=";

static ANCHOR: LazyLock<Regex> = LazyLock::new(|| compile(ANCHORS));

/// In the text of JSON a line break is written as two characters, the second of which is a letter.
static ALL: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    SHAPES
        .iter()
        .map(|(kind, shape)| (*kind, compile(&format!(r"(?:\b|\\[nrtbf])({shape})"))))
        .collect()
});

/// A block with its end, or as much of one as there is.
static PRIVATE_KEY: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"-----BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----((?:[A-Za-z0-9+/=\s:,.-]|\\[nrt])*)",
    )
});

/// The password in an address with a user.
static CONNECTION: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r#"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s:/@"'`\\<>]{0,80}:([^\s@"'`\\<>/]{3,200})@[^\s"'`\\<>@]"#,
    )
});

/// The kinds of all shapes.
#[cfg(test)]
pub fn kinds() -> impl Iterator<Item = &'static str> {
    SHAPES.iter().map(|(kind, _)| *kind)
}

pub fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    if text.contains("PRIVATE KEY") {
        found.extend(private_keys(text));
    }
    if text.contains("://") {
        found.extend(connections(text));
    }
    if ANCHOR.is_match(text) {
        for (kind, shape) in ALL.iter() {
            for place in shape.captures_iter(text).filter_map(|found| found.get(1)) {
                if is_key(kind, place.as_str()) && !lies_in_a_long_run(text, place.range()) {
                    found.push(Found {
                        kind,
                        range: place.range(),
                    });
                }
            }
        }
    }
    found
}

fn private_keys(text: &str) -> impl Iterator<Item = Found> {
    PRIVATE_KEY.captures_iter(text).filter_map(|block| {
        let (whole, body) = (block.get(0)?, block.get(1)?);
        let letters = body.as_str().bytes().filter(u8::is_ascii_alphanumeric);
        // Documentation names the lines without a key between them.
        (letters.count() >= 64).then(|| Found {
            kind: "private_key",
            range: whole.range(),
        })
    })
}

fn connections(text: &str) -> impl Iterator<Item = Found> {
    CONNECTION
        .captures_iter(text)
        .filter_map(|address| address.get(1))
        .filter(|password| !is_example(password.as_str()))
        .map(|password| Found {
            kind: "password",
            range: password.range(),
        })
}

fn is_key(kind: &str, value: &str) -> bool {
    if is_example(value) {
        return false;
    }
    match kind {
        "jwt" => decoded(value.split('.').next().unwrap_or_default())
            .is_some_and(|head| head.contains("\"alg\"")),
        // Words with hyphens have this shape too, and no word has a digit in it.
        "openai_key" => {
            let digits = value.bytes().filter(u8::is_ascii_digit).count();
            let longest = value[3..].split(['-', '_']).map(str::len).max();
            digits >= 2 && longest >= Some(16)
        }
        "huggingface_token" | "npm_token" => value.bytes().any(|byte| byte.is_ascii_uppercase()),
        _ => true,
    }
}

/// The text of base64url; nothing where it is none.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0u32, 0);
    for byte in text.bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).expect("eight bits fit"));
        }
    }
    String::from_utf8(bytes).ok()
}

fn compile(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the patterns of this file are checked by its tests")
}
