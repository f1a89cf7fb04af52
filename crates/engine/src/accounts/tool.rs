//! Whose a session is: the account that somebody named, else the only one that its tool can have used.

use krake_domain::account::{Account, AccountStatus, Provider};

/// What is known of a session that tells whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traces<'t> {
    /// The id or the name of an account, as a person gave it.
    pub named: Option<&'t str>,
    /// The format's word, which is that of its tool.
    pub format: &'t str,
    /// Its log tells of the windows of a plan, or that one of them is used up.
    pub tells_of_a_plan: bool,
}

/// The account of a session; none where several could be meant, and where the person chooses whom the
/// tool asks.
///
/// A tool such as Claude Code works with a subscription or with a key, and its log says neither. So
/// both count among those that can be meant, and beside each other they leave it open: what a session
/// spent must not be booked to a plan that somebody's key paid for. One thing tells them apart: only a
/// plan has windows of hours and weeks that are used up. Where the log speaks of those, keys do not
/// count, and a limit finds its subscription although there is a key of the same provider.
#[must_use]
pub fn account_of_session<'a>(accounts: &'a [Account], traces: Traces<'_>) -> Option<&'a Account> {
    if let Some(named) = traces.named {
        return accounts
            .iter()
            .find(|account| account.id.to_string() == named || account.name == named);
    }
    let mut meant = accounts_of_tool(accounts, traces.format, traces.tells_of_a_plan);
    let only = meant.next()?;
    meant.next().is_none().then_some(only)
}

/// The active accounts that this tool can have used; without keys where a log tells of a plan.
pub fn accounts_of_tool<'a>(
    accounts: &'a [Account],
    format: &str,
    tells_of_a_plan: bool,
) -> impl Iterator<Item = &'a Account> + use<'a> {
    let (plan, key) = match format {
        "claude_code" => (Some(Provider::ClaudeApp), Some(Provider::Anthropic)),
        "codex" => (Some(Provider::ChatGptApp), Some(Provider::OpenAi)),
        "gemini_cli" => (Some(Provider::GeminiApp), Some(Provider::Gemini)),
        _ => (None, None),
    };
    let key = key.filter(|_| !tells_of_a_plan);
    accounts.iter().filter(move |account| {
        let provider = Some(account.provider);
        account.status == AccountStatus::Active && (provider == plan || provider == key)
    })
}

#[cfg(test)]
mod tests {
    use krake_domain::id::{AccountId, WorkspaceId};
    use krake_domain::time::Timestamp;

    use super::*;

    fn account(number: u128, provider: Provider, status: AccountStatus) -> Account {
        Account {
            id: AccountId::from_uuid(uuid::Uuid::from_u128(number)),
            workspace: WorkspaceId::PERSONAL,
            name: number.to_string(),
            email: None,
            provider,
            plan: None,
            specialization: None,
            tags: Vec::new(),
            status,
            base_url: None,
            model: None,
            format: None,
            prices: Vec::new(),
            credential: None,
            created_at: Timestamp(1),
            updated_at: Timestamp(1),
            check: None,
        }
    }

    fn of<'a>(accounts: &'a [Account], format: &str, plan: bool) -> Option<&'a str> {
        let traces = Traces {
            named: None,
            format,
            tells_of_a_plan: plan,
        };
        account_of_session(accounts, traces).map(|account| account.name.as_str())
    }

    #[test]
    fn only_the_one_that_can_be_meant_is() {
        let active = |number, provider| account(number, provider, AccountStatus::Active);
        let claude = active(1, Provider::ClaudeApp);
        let all = [claude.clone(), active(2, Provider::ChatGptApp)];
        for plan in [false, true] {
            assert_eq!(of(&all, "claude_code", plan), Some("1"));
            assert_eq!(of(&all, "codex", plan), Some("2"));
            for unclear in ["gemini_cli", "goose", "markdown", "krake"] {
                assert_eq!(of(&all, unclear, plan), None, "{unclear}");
            }
        }
        let paused = [
            claude.clone(),
            account(3, Provider::Anthropic, AccountStatus::Paused),
        ];
        assert_eq!(of(&paused, "claude_code", false), Some("1"));
        let two = [claude.clone(), active(3, Provider::ClaudeApp)];
        assert_eq!(of(&two, "claude_code", true), None);
    }

    #[test]
    fn a_key_beside_a_plan_leaves_it_open_unless_the_log_tells_of_a_plan() {
        let active = |number, provider| account(number, provider, AccountStatus::Active);
        let both = [
            active(1, Provider::ClaudeApp),
            active(2, Provider::Anthropic),
        ];
        assert_eq!(of(&both, "claude_code", false), None);
        assert_eq!(of(&both, "claude_code", true), Some("1"));
        let key = [active(2, Provider::Anthropic)];
        assert_eq!(of(&key, "claude_code", false), Some("2"));
        assert_eq!(of(&key, "claude_code", true), None, "a key has no plan");
        let [plan, key] = both.each_ref();
        for named in [key.id.to_string(), key.name.clone()] {
            let traces = Traces {
                named: Some(&named),
                format: "claude_code",
                tells_of_a_plan: true,
            };
            assert_eq!(account_of_session(&both, traces), Some(key));
        }
        let gone = Traces {
            named: Some("gone"),
            format: "claude_code",
            tells_of_a_plan: true,
        };
        assert_eq!(account_of_session(std::slice::from_ref(plan), gone), None);
    }
}
