//! Which file of a project the receiver's tool reads when it begins.

use krake_domain::account::Provider;

/// The file that most tools read.
const COMMON: &str = "AGENTS.md";

/// The file for a receiver: its own where there is one, else the common one. `exists` is asked for
/// names in the project's folder.
#[must_use]
pub fn instruction_file(receiver: Option<Provider>, exists: impl Fn(&str) -> bool) -> &'static str {
    let own = match receiver {
        Some(Provider::ClaudeApp | Provider::Anthropic) => "CLAUDE.md",
        Some(Provider::GeminiApp | Provider::Gemini) => "GEMINI.md",
        _ => COMMON,
    };
    if exists(own) { own } else { COMMON }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_reads_its_own_file_where_there_is_one() {
        let all = |_: &str| true;
        let none = |_: &str| false;
        for (receiver, file) in [
            (Some(Provider::ClaudeApp), "CLAUDE.md"),
            (Some(Provider::Gemini), "GEMINI.md"),
            (Some(Provider::ChatGptApp), "AGENTS.md"),
            (None, "AGENTS.md"),
        ] {
            assert_eq!(instruction_file(receiver, all), file);
            assert_eq!(instruction_file(receiver, none), "AGENTS.md");
        }
    }
}
