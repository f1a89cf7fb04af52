//! Whose a session is that does not say so: the account that its tool can only have used.

use krake_domain::account::{Account, AccountStatus, Provider};
use krake_domain::id::AccountId;

/// The only active account that this tool can have used; none where several could be meant, and
/// where the person chooses whom the tool asks.
#[must_use]
pub fn account_of_tool(accounts: &[Account], format: &str) -> Option<AccountId> {
    let meant: [Provider; 2] = match format {
        "claude_code" => [Provider::ClaudeApp, Provider::Anthropic],
        "codex" => [Provider::ChatGptApp, Provider::OpenAi],
        "gemini_cli" => [Provider::GeminiApp, Provider::Gemini],
        _ => return None,
    };
    let mut active = accounts.iter().filter(|account| {
        account.status == AccountStatus::Active && meant.contains(&account.provider)
    });
    let only = active.next()?;
    active.next().is_none().then_some(only.id)
}

#[cfg(test)]
mod tests {
    use krake_domain::id::WorkspaceId;
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

    #[test]
    fn only_the_one_that_can_be_meant_is() {
        let active = |number, provider| account(number, provider, AccountStatus::Active);
        let claude = active(1, Provider::ClaudeApp);
        let other = active(2, Provider::ChatGptApp);
        let all = [claude.clone(), other.clone()];
        assert_eq!(account_of_tool(&all, "claude_code"), Some(claude.id));
        assert_eq!(account_of_tool(&all, "codex"), Some(other.id));
        for unclear in ["gemini_cli", "goose", "markdown", "krake"] {
            assert_eq!(account_of_tool(&all, unclear), None, "{unclear}");
        }
        let two = [claude.clone(), active(3, Provider::Anthropic)];
        assert_eq!(account_of_tool(&two, "claude_code"), None);
        let paused = [
            claude.clone(),
            account(3, Provider::Anthropic, AccountStatus::Paused),
        ];
        assert_eq!(account_of_tool(&paused, "claude_code"), Some(claude.id));
    }
}
