//! Which model the environment names, and what a way to a model is made of.

use std::net::IpAddr;

use krake_domain::origin::Origin;
use krake_domain::secret::Secret;
use krake_edge::http::{Reach, Target};

use crate::wire::Wire;

pub(crate) const ANTHROPIC_HOME: &str = "https://api.anthropic.com";
pub(crate) const ANTHROPIC_MODEL: &str = "claude-sonnet-4-5";
pub(crate) const OPENAI_HOME: &str = "https://api.openai.com/v1";
pub(crate) const OPENAI_MODEL: &str = "gpt-5-mini";
pub(crate) const GEMINI_HOME: &str = "https://generativelanguage.googleapis.com/v1beta";
pub(crate) const GEMINI_MODEL: &str = "gemini-2.5-flash";
pub(crate) const OLLAMA_HOME: &str = "http://127.0.0.1:11434";
const USUAL: &str = "the usual place of Ollama";
const OLLAMA_PORT: u16 = 11_434;

/// Where models are asked, with what key, and which of them.
#[derive(Clone)]
pub struct Setting {
    pub wire: Wire,
    /// Without the path of the call and without a slash at its end.
    pub(crate) base: String,
    pub(crate) target: Target,
    pub(crate) key: Option<Secret>,
    /// Absent only for Ollama: then its own list decides.
    pub model: Option<String>,
    /// The variable, the habit or the account that led here.
    pub from: &'static str,
    pub(crate) at_home: bool,
    pub(crate) reach: Reach,
}

/// Why the environment names no model although it says something about one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSetting {
    #[error("KRAKE_PLANNER is none of anthropic, openai, ollama and off")]
    UnknownPlanner,
    #[error("KRAKE_PLANNER names {planner}, and {variable} is not set")]
    NoKey {
        planner: &'static str,
        variable: &'static str,
    },
    #[error("{variable} is no address that can be called: {why}")]
    BadAddress { variable: &'static str, why: String },
    /// The key would be readable on the way.
    #[error("{variable} is not encrypted, so the key is not sent there; expected https")]
    NotEncrypted { variable: &'static str },
    #[error(
        "OPENAI_BASE_URL leads elsewhere than to OpenAI; KRAKE_MODEL must name the model there"
    )]
    NoModel,
    /// A subscription that a person uses in its own app.
    #[error("accounts of this provider are not called by Krake")]
    NotCalled,
    #[error("base_url is missing: this provider has no place of its own")]
    NoBase,
    #[error("`{model}` is not the name of a model")]
    BadModel { model: String },
    /// The key was given for another place, and is not sent here.
    #[error("the key was given for {bound} and is not sent to {asked}; give the key again")]
    OtherPlace { bound: String, asked: String },
}

impl Setting {
    /// Whether somebody named it; else it is only where an Ollama usually is.
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.from != USUAL
    }

    /// Whom the request goes to: scheme, host and port.
    #[must_use]
    pub fn place(&self) -> String {
        self.target.origin().to_string()
    }
}

/// The model that these variables name; none where planning by models is switched off. Keys become
/// secrets here and are bound to the place that they are for.
///
/// # Errors
/// A variable says something that cannot be meant.
pub fn setting(
    variable: &dyn Fn(&'static str) -> Option<String>,
) -> Result<Option<Setting>, BadSetting> {
    let variable = |name| variable(name).filter(|value| !value.trim().is_empty());
    let chosen = variable("KRAKE_PLANNER").map(|word| word.trim().to_ascii_lowercase());
    let setting = match chosen.as_deref() {
        Some("off") => return Ok(None),
        Some("anthropic") => anthropic(&variable)?,
        Some("openai") => openai(&variable)?,
        Some("ollama") => Setting {
            from: if variable("OLLAMA_HOST").is_some() {
                "OLLAMA_HOST"
            } else {
                "KRAKE_PLANNER"
            },
            ..ollama(&variable)?
        },
        Some(_) => return Err(BadSetting::UnknownPlanner),
        None if variable("ANTHROPIC_API_KEY").is_some() => anthropic(&variable)?,
        None if ["OPENAI_API_KEY", "OPENAI_BASE_URL"]
            .into_iter()
            .any(|name| variable(name).is_some()) =>
        {
            openai(&variable)?
        }
        None => ollama(&variable)?,
    };
    Ok(Some(setting))
}

type Variables<'v> = dyn Fn(&'static str) -> Option<String> + 'v;

fn anthropic(variable: &Variables<'_>) -> Result<Setting, BadSetting> {
    let key = variable("ANTHROPIC_API_KEY").ok_or(BadSetting::NoKey {
        planner: "anthropic",
        variable: "ANTHROPIC_API_KEY",
    })?;
    let named = variable("ANTHROPIC_BASE_URL");
    let at_home = named.is_none();
    let base = named.unwrap_or_else(|| ANTHROPIC_HOME.to_owned());
    let (base, target) = address(Wire::Anthropic, &base, "", "ANTHROPIC_BASE_URL")?;
    Ok(Setting {
        wire: Wire::Anthropic,
        key: Some(bound(key, &target, "ANTHROPIC_BASE_URL")?),
        model: Some(variable("KRAKE_MODEL").unwrap_or_else(|| ANTHROPIC_MODEL.to_owned())),
        from: "ANTHROPIC_API_KEY",
        reach: reach(at_home),
        at_home,
        base,
        target,
    })
}

fn openai(variable: &Variables<'_>) -> Result<Setting, BadSetting> {
    let named = variable("OPENAI_BASE_URL");
    let key = variable("OPENAI_API_KEY");
    if key.is_none() && named.is_none() {
        return Err(BadSetting::NoKey {
            planner: "openai",
            variable: "OPENAI_API_KEY",
        });
    }
    let from = if key.is_some() {
        "OPENAI_API_KEY"
    } else {
        "OPENAI_BASE_URL"
    };
    let base = named.unwrap_or_else(|| OPENAI_HOME.to_owned());
    let (base, target) = address(Wire::OpenAiChat, &base, "", "OPENAI_BASE_URL")?;
    let at_home = target.origin().host() == "api.openai.com";
    let model = match variable("KRAKE_MODEL") {
        Some(model) => model,
        None if at_home => OPENAI_MODEL.to_owned(),
        None => return Err(BadSetting::NoModel),
    };
    Ok(Setting {
        wire: Wire::OpenAiChat,
        key: key
            .map(|key| bound(key, &target, "OPENAI_BASE_URL"))
            .transpose()?,
        model: Some(model),
        from,
        reach: reach(at_home),
        at_home,
        base,
        target,
    })
}

fn ollama(variable: &Variables<'_>) -> Result<Setting, BadSetting> {
    let named = variable("OLLAMA_HOST");
    let from = match named {
        Some(_) => "OLLAMA_HOST",
        None => USUAL,
    };
    let base = named.map_or_else(|| OLLAMA_HOME.to_owned(), |host| ollama_host(&host));
    let (base, target) = address(Wire::Ollama, &base, "", "OLLAMA_HOST")?;
    Ok(Setting {
        wire: Wire::Ollama,
        key: None,
        model: variable("KRAKE_MODEL"),
        from,
        at_home: true,
        reach: Reach::Everywhere,
        base,
        target,
    })
}

/// `OLLAMA_HOST` is often a host alone, and often the address that the server listens on.
fn ollama_host(text: &str) -> String {
    let text = text.trim();
    let with_scheme = if text.contains("://") {
        text.to_owned()
    } else if text.parse::<std::net::Ipv6Addr>().is_ok() {
        format!("http://[{text}]:{OLLAMA_PORT}")
    } else if text
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok())
    {
        format!("http://{text}")
    } else {
        format!("http://{text}:{OLLAMA_PORT}")
    };
    with_scheme
        .replacen("//0.0.0.0", "//127.0.0.1", 1)
        .replacen("//[::]", "//[::1]", 1)
}

/// The base address without its last slash, and the address of the call.
pub(crate) fn address(
    wire: Wire,
    base: &str,
    model: &str,
    variable: &'static str,
) -> Result<(String, Target), BadSetting> {
    let bad = |why: String| BadSetting::BadAddress { variable, why };
    let base = base.trim().trim_end_matches('/').to_owned();
    if base.contains(['?', '#']) {
        return Err(bad("it holds a query or a fragment".to_owned()));
    }
    let target =
        Target::parse(&format!("{base}{}", wire.path(model))).map_err(|error| match error {
            // The address may hold a password, so it is not repeated.
            krake_edge::http::HttpError::BadUrl { why, .. } => bad(why),
            other => bad(other.to_string()),
        })?;
    Ok((base, target))
}

fn bound(key: String, target: &Target, variable: &'static str) -> Result<Secret, BadSetting> {
    let origin = target.origin();
    if !is_private_way(origin) {
        return Err(BadSetting::NotEncrypted { variable });
    }
    Ok(Secret::new(key.trim().to_owned(), origin.clone()))
}

/// Whether nobody else can read what is said to it: it is encrypted, or stays on this machine.
pub(crate) fn is_private_way(origin: &Origin) -> bool {
    let stays_here = || {
        origin.host() == "localhost"
            || origin
                .host()
                .trim_matches(['[', ']'])
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    };
    origin.is_encrypted() || stays_here()
}

fn reach(at_home: bool) -> Reach {
    if at_home {
        Reach::Public
    } else {
        Reach::Everywhere
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Result<Option<(Wire, String, String, bool)>, String> {
        let read = |name: &'static str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let found = setting(&read).map_err(|error| error.to_string())?;
        Ok(found.map(|setting| {
            let model = setting.model.unwrap_or_else(|| "-".to_owned());
            let url = setting.target.to_string();
            (setting.wire, url, model, setting.key.is_some())
        }))
    }

    #[test]
    fn what_is_set_decides() {
        use Wire::{Anthropic, Ollama, OpenAiChat};
        let key = ("ANTHROPIC_API_KEY", "k");
        let other = ("OPENAI_API_KEY", "k");
        for (variables, wire, url, model, with_key) in [
            (
                vec![key],
                Anthropic,
                "https://api.anthropic.com/v1/messages",
                ANTHROPIC_MODEL,
                true,
            ),
            (
                vec![key, other],
                Anthropic,
                "https://api.anthropic.com/v1/messages",
                ANTHROPIC_MODEL,
                true,
            ),
            (
                vec![
                    key,
                    other,
                    ("KRAKE_PLANNER", " OpenAI "),
                    ("KRAKE_MODEL", "m"),
                ],
                OpenAiChat,
                "https://api.openai.com/v1/chat/completions",
                "m",
                true,
            ),
            (
                vec![key, ("ANTHROPIC_BASE_URL", "http://127.0.0.1:9/x/")],
                Anthropic,
                "http://127.0.0.1:9/x/v1/messages",
                ANTHROPIC_MODEL,
                true,
            ),
            (
                vec![
                    ("OPENAI_BASE_URL", "http://192.168.1.9:1234/v1"),
                    ("KRAKE_MODEL", "m"),
                ],
                OpenAiChat,
                "http://192.168.1.9:1234/v1/chat/completions",
                "m",
                false,
            ),
            (
                vec![other],
                OpenAiChat,
                "https://api.openai.com/v1/chat/completions",
                OPENAI_MODEL,
                true,
            ),
            (
                vec![],
                Ollama,
                "http://127.0.0.1:11434/api/chat",
                "-",
                false,
            ),
            (
                vec![("ANTHROPIC_API_KEY", " ")],
                Ollama,
                "http://127.0.0.1:11434/api/chat",
                "-",
                false,
            ),
            (
                vec![key, ("KRAKE_PLANNER", "ollama"), ("OLLAMA_HOST", "0.0.0.0")],
                Ollama,
                "http://127.0.0.1:11434/api/chat",
                "-",
                false,
            ),
            (
                vec![("OLLAMA_HOST", "gpu.lan:99")],
                Ollama,
                "http://gpu.lan:99/api/chat",
                "-",
                false,
            ),
            (
                vec![("OLLAMA_HOST", "::1")],
                Ollama,
                "http://[::1]:11434/api/chat",
                "-",
                false,
            ),
            (
                vec![("OLLAMA_HOST", "https://o.example/")],
                Ollama,
                "https://o.example/api/chat",
                "-",
                false,
            ),
        ] {
            let expected = (wire, url.to_owned(), model.to_owned(), with_key);
            assert_eq!(found(&variables), Ok(Some(expected)), "{variables:?}");
        }
        assert_eq!(found(&[key, ("KRAKE_PLANNER", "off")]), Ok(None));
    }

    #[test]
    fn what_cannot_be_meant_is_said_without_the_key() {
        let key = ("OPENAI_API_KEY", "sk-canary");
        for (variables, expected) in [
            (vec![("KRAKE_PLANNER", "gpt")], "KRAKE_PLANNER is none of"),
            (
                vec![("KRAKE_PLANNER", "anthropic")],
                "ANTHROPIC_API_KEY is not set",
            ),
            (
                vec![
                    key,
                    ("OPENAI_BASE_URL", "http://gateway.example/v1"),
                    ("KRAKE_MODEL", "m"),
                ],
                "not encrypted",
            ),
            (
                vec![key, ("OPENAI_BASE_URL", "https://gateway.example/v1")],
                "KRAKE_MODEL must name",
            ),
            (
                vec![
                    key,
                    ("OPENAI_BASE_URL", "https://u:sk-canary@gateway.example"),
                ],
                "OPENAI_BASE_URL is no address",
            ),
            (
                vec![key, ("OPENAI_BASE_URL", "ftp://gateway.example")],
                "OPENAI_BASE_URL is no address",
            ),
            (
                vec![key, ("OPENAI_BASE_URL", "https://gateway.example/?key=x")],
                "a query",
            ),
        ] {
            let error = found(&variables).unwrap_err();
            assert!(error.contains(expected), "{error}");
            assert!(!error.contains("canary"), "{error}");
        }
    }
}
