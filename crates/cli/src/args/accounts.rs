//! What can be typed about accounts, their budgets and the vault.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

#[derive(Debug, Subcommand)]
pub enum Accounts {
    /// Add an account; its key is read from stdin, or typed without an echo
    Add(AccountAdd),
    /// All accounts with their limits
    List {
        /// Words in the name, the e-mail, the provider, the specialization or the tags
        text: Option<String>,
    },
    /// One account, by id or name
    Show { account: String },
    /// Try to reach an account: its list of models is asked for, which costs nothing
    Test {
        account: Option<String>,
        /// Every account that Krake can call
        #[arg(long, conflicts_with = "account")]
        all: bool,
    },
    /// Change what is known of an account; an empty text takes a value away
    Change(AccountEdit),
    /// What its models cost, in USD for a million tokens: show it, or say it where no table knows it
    Price {
        account: String,
        /// What is read; 0 on hardware of your own
        #[arg(long, value_name = "USD", requires = "output")]
        input: Option<String>,
        /// What is written
        #[arg(long, value_name = "USD", requires = "input")]
        output: Option<String>,
        /// The model as its server calls it; without it every model that has no price of its own
        #[arg(long)]
        model: Option<String>,
        /// Forget what was said
        #[arg(long, conflicts_with = "input")]
        forget: bool,
    },
    /// Say that an account that ran out works again
    WorksAgain { account: String },
    /// Remove an account and its key
    Remove { account: String },
    /// What it was used for
    Usage { account: String },
    /// Which account would be asked, and why
    Choose {
        /// Words about the work, for example `code`
        words: Vec<String>,
        /// What it is for, for example `planner`
        #[arg(long)]
        purpose: Option<String>,
        /// Only accounts that Krake can call by itself
        #[arg(long)]
        called: bool,
    },
    /// The rules by which accounts are chosen
    #[command(subcommand)]
    Rules(AccountRules),
    /// Write down what you read about a limit, where nothing else tells it
    Limit {
        account: String,
        /// minute, five_hours, day, week, month or balance
        #[arg(long)]
        span: String,
        /// The provider's own: percent, messages, credits, USD
        #[arg(long)]
        unit: String,
        #[arg(long)]
        remaining: String,
        #[arg(long)]
        limit: Option<String>,
        /// When it is filled again, for example 2026-11-25T16:20:00Z
        #[arg(long)]
        resets: Option<String>,
    },
}

/// `krake accounts add`
#[derive(Debug, Args)]
pub struct AccountAdd {
    /// How you call it; never the key
    pub name: Option<String>,
    /// anthropic, openai, gemini, openai_compatible, ollama, claude_app, chatgpt_app, gemini_app or other
    #[arg(long)]
    pub provider: Option<String>,
    #[command(flatten)]
    pub facts: AccountFacts,
    /// A word to find it by, and to name it in rules; may be repeated
    #[arg(long = "tag")]
    pub tags: Vec<String>,
    /// There is no key, for example for a server on this machine
    #[arg(long)]
    pub no_key: bool,
    /// Do not try to reach it
    #[arg(long)]
    pub no_test: bool,
    /// Add an account for each key in the environment: ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY;
    /// ANTHROPIC_BASE_URL and OPENAI_BASE_URL name their places
    #[arg(long, conflicts_with_all = ["name", "provider"])]
    pub from_env: bool,
}

/// What an account may say of itself, new or known.
#[derive(Debug, Args)]
pub struct AccountFacts {
    #[arg(long)]
    email: Option<String>,
    /// What was bought, for example Pro
    #[arg(long)]
    plan: Option<String>,
    /// What it is best at
    #[arg(long)]
    specialization: Option<String>,
    /// Another place than the provider's own
    #[arg(long)]
    base_url: Option<String>,
    #[arg(long)]
    model: Option<String>,
    /// chat or responses, at OpenAI and compatible places
    #[arg(long)]
    format: Option<String>,
}

impl AccountFacts {
    /// Those that were given, as the commands call them.
    pub fn given(&self) -> Value {
        let all = [
            ("email", &self.email),
            ("plan", &self.plan),
            ("specialization", &self.specialization),
            ("base_url", &self.base_url),
            ("model", &self.model),
            ("format", &self.format),
        ];
        let given = all
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_ref()?))));
        Value::Object(given.collect())
    }
}

/// `krake accounts change`
#[derive(Debug, Args)]
pub struct AccountEdit {
    /// Its name or id
    pub account: String,
    /// Another name; never the key
    #[arg(long)]
    pub name: Option<String>,
    #[command(flatten)]
    pub facts: AccountFacts,
    /// These words in place of those that are there; may be repeated
    #[arg(long = "tag")]
    pub tags: Vec<String>,
    /// No words at all
    #[arg(long, conflicts_with = "tags")]
    pub no_tags: bool,
    /// active or paused
    #[arg(long)]
    pub status: Option<String>,
    /// Another key, read from stdin, or typed without an echo; it is tried at once
    #[arg(long)]
    pub key: bool,
    /// Do not try to reach it with the other key
    #[arg(long, requires = "key")]
    pub no_test: bool,
}

#[derive(Debug, Subcommand)]
pub enum AccountRules {
    List,
    /// Add a rule after the others; the first that fits decides
    Add {
        /// first, last or never
        kind: String,
        /// An account's name or id, a tag, or a provider
        accounts: String,
        /// Only for work whose purpose or words hold this
        #[arg(long)]
        when: Option<String>,
    },
    /// Take a rule away, by its number in the list
    Remove {
        number: usize,
    },
}

#[derive(Debug, Subcommand)]
pub enum Budgets {
    List,
    /// Set a budget; every call is reserved against it before it is made
    Add {
        /// How much, for example 5 or 2.50; in tokens a whole number
        cap: String,
        /// usd or tokens
        #[arg(long, default_value = "usd")]
        unit: String,
        /// day, month or always; `day` when absent, with `--each-run` `always`
        #[arg(long)]
        per: Option<String>,
        #[command(flatten)]
        over: BudgetOver,
    },
    /// Change a budget; what was spent stays counted
    Change {
        id: String,
        #[arg(long)]
        cap: Option<String>,
        #[arg(long)]
        unit: Option<String>,
        #[arg(long)]
        per: Option<String>,
        #[command(flatten)]
        over: BudgetOver,
    },
    /// The newest calls that budgets refused, or that this one did
    Refused {
        id: Option<String>,
    },
    Remove {
        id: String,
    },
}

/// Which calls a budget counts.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct BudgetOver {
    /// Every call, which is so when nothing else is said
    #[arg(long)]
    pub everything: bool,
    /// Only the calls of this account, by its id or name
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// Only the calls for this project, by its id or name
    #[arg(long, value_name = "PROJECT")]
    pub project: Option<String>,
    /// Each run for itself
    #[arg(long)]
    pub each_run: bool,
}

#[derive(Debug, Subcommand)]
pub enum Vault {
    /// Whether the keychain and the encrypted file give keys
    Show,
    /// Make the encrypted file, where no keychain runs; new keys go there from then on
    Create,
    /// Open the encrypted file of the running core
    Unlock,
}
