//! An account as it is called: where, in which format, for which model, with which key.

use std::net::IpAddr;

use krake_domain::account::{OpenAiFormat, Provider};
use krake_domain::origin::Origin;
use krake_domain::secret::Secret;
use krake_edge::http::Reach;

use crate::setting::{
    ANTHROPIC_HOME, ANTHROPIC_MODEL, BadSetting, GEMINI_HOME, GEMINI_MODEL, OLLAMA_HOME,
    OPENAI_HOME, OPENAI_MODEL, Setting, address, is_private_way,
};
use crate::wire::{Wire, leaves_the_machine};

const BASE: &str = "base_url";

impl Setting {
    /// The place and the format of an account, without its key yet. Nobody is asked.
    ///
    /// # Errors
    /// The provider is not called by Krake, or the address or the model cannot be meant.
    pub fn of_account(
        provider: Provider,
        format: Option<OpenAiFormat>,
        base_url: Option<&str>,
        model: Option<&str>,
    ) -> Result<Self, BadSetting> {
        let (wire, home, usual) = match provider {
            Provider::Anthropic => (Wire::Anthropic, Some(ANTHROPIC_HOME), Some(ANTHROPIC_MODEL)),
            Provider::OpenAi => (
                openai(format.unwrap_or(OpenAiFormat::Responses)),
                Some(OPENAI_HOME),
                Some(OPENAI_MODEL),
            ),
            Provider::OpenAiCompatible => {
                (openai(format.unwrap_or(OpenAiFormat::Chat)), None, None)
            }
            Provider::Gemini => (Wire::Gemini, Some(GEMINI_HOME), Some(GEMINI_MODEL)),
            Provider::Ollama => (Wire::Ollama, Some(OLLAMA_HOME), None),
            Provider::ClaudeApp | Provider::ChatGptApp | Provider::GeminiApp | Provider::Other => {
                return Err(BadSetting::NotCalled);
            }
        };
        if let Some(model) = model.filter(|model| !is_model_name(model)) {
            return Err(BadSetting::BadModel {
                model: model.chars().take(80).collect(),
            });
        }
        let base = base_url.or(home).ok_or(BadSetting::NoBase)?;
        let model = model.or(usual);
        let (base, target) = address(wire, base, model.unwrap_or_default(), BASE)?;
        let at_home = match wire {
            Wire::OpenAiChat | Wire::OpenAiResponses => target.origin().host() == "api.openai.com",
            _ => base_url.is_none(),
        };
        let is_public = at_home && wire != Wire::Ollama;
        Ok(Self {
            wire,
            key: None,
            model: model.map(str::to_owned),
            from: "the account",
            at_home,
            reach: if is_public {
                Reach::Public
            } else {
                Reach::Everywhere
            },
            base,
            target,
        })
    }

    /// The origin that its key must be bound to.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        self.target.origin()
    }

    /// Whether what is asked stays on this machine.
    #[must_use]
    pub fn stays_here(&self) -> bool {
        let host = self.origin().host();
        let is_here = host == "localhost"
            || host
                .trim_matches(['[', ']'])
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback());
        // An Ollama here may pass a request on to a machine elsewhere.
        is_here && !leaves_the_machine(self.model.as_deref().unwrap_or_default())
    }

    /// The same with its key.
    ///
    /// # Errors
    /// The key is bound to another place, or would be readable on the way.
    pub fn with_key(mut self, key: Secret) -> Result<Self, BadSetting> {
        if key.origin() != self.origin() {
            return Err(BadSetting::OtherPlace {
                bound: key.origin().to_string(),
                asked: self.place(),
            });
        }
        self.check_way()?;
        self.key = Some(key);
        Ok(self)
    }

    /// Whether a key may be sent there.
    ///
    /// # Errors
    /// It would be readable on the way.
    pub fn check_way(&self) -> Result<(), BadSetting> {
        if is_private_way(self.origin()) {
            Ok(())
        } else {
            Err(BadSetting::NotEncrypted { variable: BASE })
        }
    }
}

fn openai(format: OpenAiFormat) -> Wire {
    match format {
        OpenAiFormat::Chat => Wire::OpenAiChat,
        OpenAiFormat::Responses => Wire::OpenAiResponses,
    }
}

/// It stands in addresses, so it holds nothing that means something there.
fn is_model_name(model: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._:/@".contains(c);
    !model.is_empty() && model.len() <= 200 && model.chars().all(plain) && !model.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_provider_has_its_place_and_format() {
        use Provider::{Anthropic, Gemini, Ollama, OpenAi, OpenAiCompatible};
        let local = Some("http://127.0.0.1:9/v1/");
        for (provider, base, model, url) in [
            (
                Anthropic,
                None,
                None,
                "https://api.anthropic.com/v1/messages",
            ),
            (OpenAi, None, None, "https://api.openai.com/v1/responses"),
            (
                Gemini,
                None,
                Some("models/gemini-2.5-pro"),
                "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse",
            ),
            (Ollama, None, None, "http://127.0.0.1:11434/api/chat"),
            (
                OpenAiCompatible,
                local,
                Some("m"),
                "http://127.0.0.1:9/v1/chat/completions",
            ),
        ] {
            let setting = Setting::of_account(provider, None, base, model)
                .ok()
                .unwrap();
            assert_eq!(setting.target.to_string(), url);
        }
        let chat = Setting::of_account(OpenAi, Some(OpenAiFormat::Chat), None, None);
        assert_eq!(chat.ok().unwrap().wire, Wire::OpenAiChat);
    }

    #[test]
    fn what_stays_on_this_machine_is_known() {
        let stays = |provider, base, model| {
            let made = Setting::of_account(provider, None, base, Some(model));
            made.ok().unwrap().stays_here()
        };
        assert!(stays(Provider::Ollama, None, "nomic-embed-text"));
        assert!(!stays(Provider::Ollama, None, "big:cloud"));
        assert!(!stays(Provider::Ollama, Some("http://gpu.lan:11434"), "m"));
        assert!(stays(
            Provider::OpenAiCompatible,
            Some("http://[::1]:8080/v1"),
            "m"
        ));
        assert!(!stays(Provider::Gemini, None, "gemini-embedding-001"));
    }

    #[test]
    fn what_cannot_be_called_is_said() {
        let fault = |provider, base, model| {
            let made = Setting::of_account(provider, None, base, model);
            made.err().unwrap().to_string()
        };
        let none = None;
        assert!(fault(Provider::ClaudeApp, none, none).contains("not called"));
        assert!(fault(Provider::OpenAiCompatible, none, Some("m")).contains("base_url"));
        for model in ["a b", "../x", "a?key=b", "ü", ""] {
            assert!(fault(Provider::Gemini, none, Some(model)).contains("name of a model"));
        }
        let secret = Some("https://u:canary@x.example");
        let said = fault(Provider::Anthropic, secret, none);
        assert!(
            said.contains("base_url") && !said.contains("canary"),
            "{said}"
        );
    }

    #[test]
    fn a_key_goes_to_its_own_place_and_never_in_the_clear() {
        let at = |base| {
            Setting::of_account(Provider::Anthropic, None, Some(base), None)
                .ok()
                .unwrap()
        };
        let key = |origin: &str| Secret::new("k".to_owned(), origin.parse().unwrap());
        assert!(
            at("https://a.example")
                .with_key(key("https://a.example"))
                .is_ok()
        );
        assert!(
            at("http://127.0.0.1:9")
                .with_key(key("http://127.0.0.1:9"))
                .is_ok()
        );
        let other = at("https://b.example").with_key(key("https://a.example"));
        assert!(matches!(other.err(), Some(BadSetting::OtherPlace { .. })));
        let clear = at("http://a.example").with_key(key("http://a.example"));
        assert!(matches!(clear.err(), Some(BadSetting::NotEncrypted { .. })));
    }
}
