//! `krake accounts`: look, try, remove, and which one would be asked.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::account_add::{add as add_account, tested_exit};
use crate::account_edit::{change, price, works_again};
use crate::args::{AccountRules, Accounts};
use crate::columns::{columns, field, items, time};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::named::{id_of, no_such};
use crate::out::{Out, say};
use crate::price_line::price_lines;
use crate::vault;

/// Runs the group.
///
/// # Errors
/// What the command says.
pub async fn run(home: &Path, out: Out, args: Accounts) -> Result<Exit, Stopped> {
    match args {
        Accounts::Add(add) => return add_account(home, out, add).await,
        Accounts::List { text } => {
            let door = Door::look(home).await?;
            let page = door.call("accounts.list", json!({ "text": text })).await?;
            out.answer(&page, list)?;
        }
        Accounts::Show { account } => {
            let door = Door::look(home).await?;
            let id = id_of(&door, &account).await?;
            let shown = door.call("accounts.show", json!({ "id": id })).await?;
            out.answer(&shown, shown_lines)?;
        }
        Accounts::Usage { account } => {
            let door = Door::look(home).await?;
            let id = id_of(&door, &account).await?;
            let usage = door.call("accounts.usage", json!({ "id": id })).await?;
            out.answer(&usage, usage_lines)?;
        }
        Accounts::Choose {
            words,
            purpose,
            called,
        } => {
            let input = json!({ "words": words.join(" "), "purpose": purpose, "called": called });
            let door = Door::look(home).await?;
            let choice = door.call("accounts.choose", input).await?;
            out.answer(&choice, choice_lines)?;
        }
        Accounts::Rules(rules) => return routing(home, out, rules).await,
        Accounts::Test { account, all: true } => {
            drop(account);
            let tested = write(home, "accounts.test_all", json!({})).await?;
            out.answer(&tested, |tested| {
                let learned = tested["learned"].as_array().into_iter().flatten();
                let learned = learned.filter_map(|line| line.as_str().map(krake_api::visible_line));
                let tried = format!(
                    "{} accounts tried; `krake accounts list` shows them",
                    field(tested, "tested")
                );
                [tried]
                    .into_iter()
                    .chain(learned)
                    .collect::<Vec<_>>()
                    .join("\n")
            })?;
        }
        Accounts::Test { account, .. } => {
            let account = account.ok_or_else(|| Stopped::usage("name an account, or use --all"))?;
            let door = vault::write(home).await?;
            let tested = match id_of(&door, &account).await {
                Ok(id) => door.call("accounts.test", json!({ "id": id })).await,
                Err(error) => Err(error),
            };
            door.close().await;
            return tested_exit(out, &tested?);
        }
        Accounts::Change(edit) => return change(home, out, edit).await,
        Accounts::Price {
            account,
            input,
            output,
            model,
            forget,
        } => {
            let said = match (input.zip(output), forget) {
                (Some((input, output)), _) => Some((
                    "accounts.set_price",
                    json!({ "model": model, "input": input, "output": output }),
                )),
                (None, true) => Some(("accounts.forget_price", json!({ "model": model }))),
                (None, false) => None,
            };
            return price(home, out, &account, said).await;
        }
        Accounts::WorksAgain { account } => return works_again(home, out, &account).await,
        Accounts::Remove { account } => {
            let door = vault::write(home).await?;
            let removed = match id_of(&door, &account).await {
                Ok(id) => door.call("accounts.remove", json!({ "id": id })).await,
                Err(error) => Err(error),
            };
            door.close().await;
            let removed = removed?;
            if let Some(because) = removed["because"].as_str() {
                say(&format!("its key is not taken out yet: {because}"));
                say(&format!("  {}", field(&removed, "next")));
            }
            out.answer(&removed, |removed| {
                format!("{} removed", field(removed, "id"))
            })?;
        }
        Accounts::Limit {
            account,
            span,
            unit,
            remaining,
            limit,
            resets,
        } => {
            let door = Door::write(home).await?;
            let noted = match id_of(&door, &account).await {
                Ok(id) => {
                    let input = json!({
                        "id": id, "span": span, "unit": unit, "remaining": remaining,
                        "limit": limit, "resets_at": resets,
                    });
                    door.call("accounts.note_limit", input).await
                }
                Err(error) => Err(error),
            };
            door.close().await;
            out.answer(&noted?, shown_lines)?;
        }
    }
    Ok(Exit::Done)
}

async fn routing(home: &Path, out: Out, rules: AccountRules) -> Result<Exit, Stopped> {
    let known = Door::look(home)
        .await?
        .call("accounts.rules", json!({}))
        .await?;
    let mut all = known["rules"].as_array().cloned().unwrap_or_default();
    match rules {
        AccountRules::List => {
            out.answer(&known, rule_lines)?;
            return Ok(Exit::Done);
        }
        AccountRules::Add {
            kind,
            accounts,
            when,
        } => {
            let mut rule = Map::new();
            rule.insert("kind".to_owned(), json!(kind));
            rule.insert("accounts".to_owned(), json!(accounts));
            if let Some(when) = when {
                rule.insert("when".to_owned(), json!(when));
            }
            all.push(Value::Object(rule));
        }
        AccountRules::Remove { number } => {
            if number == 0 || number > all.len() {
                let hint = "`krake accounts rules list` numbers them";
                return Err(no_such("rule", &number.to_string(), hint));
            }
            all.remove(number - 1);
        }
    }
    let set = write(home, "accounts.set_rules", json!({ "rules": all })).await?;
    out.answer(&set, rule_lines)?;
    Ok(Exit::Done)
}

async fn write(home: &Path, name: &str, input: Value) -> Result<Value, Stopped> {
    let door = vault::write(home).await?;
    let answer = door.call(name, input).await;
    door.close().await;
    answer
}

fn list(page: &Value) -> String {
    let rows: Vec<Vec<String>> = items(page)
        .iter()
        .map(|account| {
            vec![
                field(account, "id"),
                field(account, "health"),
                field(account, "provider"),
                limits_short(account),
                spent_short(&account["today"]),
                field(account, "name"),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "no accounts yet: krake accounts add NAME --provider PROVIDER".to_owned();
    }
    columns(
        &["id", "health", "provider", "limits", "usd today", "name"],
        &rows,
    )
}

/// What is known of the cost; calls without a known price are more than nothing.
fn spent_short(used: &Value) -> String {
    let known = field(used, "usd");
    match used["unpriced"].as_u64() {
        None | Some(0) => known,
        Some(_) if known == "0" => "?".to_owned(),
        Some(_) => format!("{known} + ?"),
    }
}

/// The windows longer than a minute, tightest part used first.
fn limits_short(account: &Value) -> String {
    let limits = account["limits"].as_array().into_iter().flatten();
    let short: Vec<String> = limits
        .filter(|limit| limit["span"] != "minute")
        .map(|limit| match limit["used"].as_f64() {
            Some(used) => format!("{} {:.0}%", field(limit, "span"), used * 100.0),
            None => format!("{} {}", field(limit, "remaining"), field(limit, "unit")),
        })
        .collect();
    if short.is_empty() {
        "none seen".to_owned()
    } else {
        short.join(", ")
    }
}

/// One account, for a terminal.
pub(crate) fn shown_lines(account: &Value) -> String {
    let mut lines = vec![
        format!("{}  {}", field(account, "id"), field(account, "name")),
        format!("  health    {}", field(account, "health")),
        format!("  provider  {}", field(account, "provider")),
    ];
    for (label, name) in [
        ("plan", "plan"),
        ("e-mail", "email"),
        ("best at", "specialization"),
        ("model", "model"),
        ("place", "base_url"),
    ] {
        let value = field(account, name);
        if !value.is_empty() {
            lines.push(format!("  {label:<9} {value}"));
        }
    }
    let key = if account["has_key"] == true {
        "in the vault"
    } else {
        "none"
    };
    lines.push(format!("  key       {key}"));
    let check = &account["check"];
    if !check.is_null() {
        lines.push(format!(
            "  checked   {}, {}: {}",
            time(check, "at"),
            field(check, "outcome"),
            field(check, "said")
        ));
    }
    let out = &account["ran_out"];
    if !out.is_null() {
        let until = match (time(out, "resets_at"), out["resets_zone"].as_str()) {
            (reset, _) if reset.is_empty() => "nobody said until when".to_owned(),
            (reset, None) => format!("until {reset}"),
            (reset, Some(zone)) => format!("until {reset}, if that is a time of {zone}"),
        };
        lines.push(format!("  ran out   {}, {until}", time(out, "at")));
    }
    if account["is_called"] == true {
        lines.extend(price_lines(account));
    }
    for limit in account["limits"].as_array().into_iter().flatten() {
        lines.push(format!("  limit     {}", limit_line(limit)));
    }
    lines.join("\n")
}

fn limit_line(limit: &Value) -> String {
    let mut line = format!(
        "{}: {} of {} {} left",
        field(limit, "span"),
        known(limit, "remaining"),
        known(limit, "limit"),
        field(limit, "unit"),
    );
    if !limit["resets_at"].is_null() {
        line.push_str(&format!(", filled again {}", time(limit, "resets_at")));
    }
    if !limit["runs_out_at"].is_null() {
        let early = if limit["before_reset"] == true {
            " (before that)"
        } else {
            ""
        };
        line.push_str(&format!(", runs out {}{early}", time(limit, "runs_out_at")));
    }
    format!(
        "{line} ({}, seen {})",
        field(limit, "source"),
        time(limit, "seen_at")
    )
}

fn known(value: &Value, name: &str) -> String {
    match field(value, name) {
        text if text.is_empty() => "?".to_owned(),
        text => text,
    }
}

fn usage_lines(usage: &Value) -> String {
    let mut lines = vec![shown_lines(&usage["account"])];
    for (label, part) in [
        ("today", &usage["account"]["today"]),
        ("7 days", &usage["week"]),
        ("30 days", &usage["month"]),
    ] {
        lines.push(format!(
            "  {label:<9} {} calls, {} failed, {} tokens in, {} out, {} USD{}",
            field(part, "calls"),
            field(part, "failed"),
            field(part, "input"),
            field(part, "output"),
            spent_short(part),
            match part["unpriced"].as_u64() {
                None | Some(0) => String::new(),
                Some(calls) => format!(", and {calls} calls of unknown price"),
            }
        ));
    }
    lines.push(format!("  prices    {}", field(usage, "prices")));
    lines.join("\n")
}

fn choice_lines(choice: &Value) -> String {
    let ranked = choice["ranked"].as_array().into_iter().flatten();
    let rows: Vec<Vec<String>> = ranked
        .enumerate()
        .map(|(place, account)| {
            let because: Vec<String> = account["because"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|reason| reason.as_str().map(krake_api::visible_line))
                .collect();
            let mark = if account["usable"] == true {
                (place + 1).to_string()
            } else {
                "-".to_owned()
            };
            vec![mark, field(account, "name"), because.join("; ")]
        })
        .collect();
    if rows.is_empty() {
        return "no accounts yet: krake accounts add NAME --provider PROVIDER".to_owned();
    }
    columns(&["", "account", "because"], &rows)
}

fn rule_lines(routing: &Value) -> String {
    let rules = routing["rules"].as_array().into_iter().flatten();
    let rows: Vec<Vec<String>> = rules
        .enumerate()
        .map(|(place, rule)| {
            vec![
                (place + 1).to_string(),
                field(rule, "kind"),
                field(rule, "accounts"),
                field(rule, "when"),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "no rules".to_owned();
    }
    columns(&["", "kind", "accounts", "when"], &rows)
}
