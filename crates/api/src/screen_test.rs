use krake_domain::principal::Principal;
use krake_domain::secret::Secret;
use serde_json::json;

use super::*;
use crate::command::Kind;
use crate::{find, schemas, table};

/// Put together here, so that no scanner takes this file for a leak.
fn token() -> String {
    format!("ghp_{}", "Q7fK2mVx9TbL4cRz8WnD1hYs6GpJ3uEa5oXi")
}

/// Fields that take a text and stand in no line of the table, with why.
#[rustfmt::skip]
const FREE: &[(&str, &str)] = &[
    ("id", "names something that is there"),
    ("project_id", "names something that is there"),
    ("account", "names something that is there"),
    ("account_id", "names something that is there"),
    ("from_account_id", "names something that is there"),
    ("to_account_id", "names something that is there"),
    ("with", "names something that is there"),
    ("over", "names something that is there"),
    ("playbook", "names something that is there"),
    ("commit_branch", "names something that is there"),
    ("commit_paths", "names something that is there"),
    ("project_name", "a label of the systems that Krake replaces; it is not kept"),
    ("user_id", "a label of the systems that Krake replaces; it is not kept"),
    ("path", "a place on this machine"),
    ("folder", "a place on this machine"),
    ("provider", "one of a list"),
    ("platform", "one of a list"),
    ("format", "one of a list"),
    ("source", "one of a list"),
    ("limit", "a number"),
    ("remaining", "a number"),
    ("cap", "a number"),
    ("resets_at", "a time"),
    ("ended_at", "a time"),
    ("until", "a time"),
    ("key", "secret itself, or an id"),
    ("passphrase", "secret itself"),
    ("upload", "an id"),
    ("from", "an id"),
    ("data", "cleaned as an import"),
    ("query", "a request: what is wanted of a run"),
    ("plan", "text of a plan"),
    ("inputs", "inputs of a run"),
    ("args", "inputs of a run"),
    ("answer", "an input of a run, or a model's lines, which must stand in their sources"),
    ("wanted", "lines that a briefing gave"),
    ("origin", "cleaned as an import"),
];

/// The same for one command alone.
#[rustfmt::skip]
const FREE_HERE: &[(&str, &str, &str)] = &[
    ("capture", "text", "cleaned as an import, by the policy on secrets"),
    ("capture", "title", "cleaned as an import"),
    ("imports.upload", "name", "the name of a file, cleaned as an import"),
    ("backups.remove", "name", "names something that is there"),
    ("backups.restore", "name", "names something that is there"),
    ("projects.switch", "branch", "names something that is there"),
    ("meaning.preview", "model", "only asked about; it is not kept"),
    ("knowledge.write", "category", "chooses among what is there"),
    ("accounts.forget_price", "model", "names something that is there"),
];

fn takes_text(property: &Value, definitions: &Map<String, Value>) -> bool {
    if let Some(target) = schemas::reference(property) {
        return definitions
            .get(target)
            .is_some_and(|to| takes_text(to, definitions));
    }
    if property.get("enum").is_some() || property.get("const").is_some() {
        return false;
    }
    let has = |key: &str| property.get(key).and_then(Value::as_array);
    let choices = has("anyOf").or(has("oneOf")).into_iter().flatten();
    let inside = choices
        .chain(property.get("items"))
        .chain(
            property
                .get("additionalProperties")
                .filter(|more| more.is_object()),
        )
        .chain(schemas::properties(property).map(|(_, field)| field));
    let is_text = match property.get("type") {
        Some(Value::Array(types)) => types.iter().any(|one| one == "string"),
        Some(one) => one == "string",
        // Anything at all.
        None => has("anyOf").is_none() && has("oneOf").is_none(),
    };
    (is_text && property.get("pattern").is_none())
        || inside.into_iter().any(|part| takes_text(part, definitions))
}

#[test]
fn every_field_that_takes_words_has_its_rule_or_a_reason() {
    let mut nowhere = Vec::new();
    for command in table() {
        // Looks keep nothing, but what a briefing is told is printed and may be sent.
        if command.kind != Kind::Command && !command.name.starts_with("briefings.") {
            continue;
        }
        let (schema, definitions) = schemas::input_of(command);
        for (field, property) in schemas::properties(&schema) {
            let ruled =
                rules(command.name).is_some_and(|all| all.iter().any(|(name, _)| name == field));
            let free = FREE.iter().any(|(name, _)| name == field)
                || FREE_HERE
                    .iter()
                    .any(|(name, here, _)| *name == command.name && here == field);
            if takes_text(property, &definitions) && !ruled && !free {
                nowhere.push(format!("{} {field}", command.name));
            }
        }
    }
    assert_eq!(nowhere, [""; 0]);
}

#[test]
fn every_line_of_the_table_names_what_there_is() {
    for (name, fields) in FIELDS {
        let command = find(name).unwrap_or_else(|| panic!("there is no `{name}`"));
        let (schema, _) = schemas::input_of(command);
        for (field, _) in *fields {
            let there = schemas::properties(&schema).any(|(known, _)| known == field);
            assert!(there, "{name} has no `{field}`");
        }
    }
}

#[tokio::test]
async fn a_key_in_a_name_is_refused_by_every_such_field_and_never_repeated() {
    let home = tempfile::tempdir().unwrap();
    let ctx = Ctx::new(Core::bare(home.path()), Some(Principal::owner()));
    for (name, fields) in FIELDS {
        for (field, _) in fields.iter().filter(|(_, rule)| *rule == Refused) {
            for value in [
                json!(token()),
                json!(format!("use {} here", token())),
                json!([token()]),
                json!([{ "text": token() }]),
            ] {
                let input = json!({ *field: value });
                let error = find(name).unwrap().call(ctx.clone(), input).await;
                let error = error.unwrap_err();
                assert_eq!(error.code, Code::BadInput, "{name} {field}");
                assert_eq!(
                    error.message,
                    format!(
                        "field `{field}`: this looks like a GitHub token, and was kept nowhere"
                    )
                );
                let whole = format!("{error:?}");
                assert!(!whole.contains(&token()), "{whole}");
            }
        }
    }
}

#[test]
fn a_longer_text_is_cleaned_and_a_known_value_counts() {
    let command = find("knowledge.add").unwrap();
    let own = "harmless-looking-but-mine";
    let known = Known::new([Secret::new(
        own.to_owned(),
        "https://api.example.com".parse().unwrap(),
    )]);
    let mut fields = json!({ "title": "Deploy", "text": format!("with {} and {own}", token()) });
    let fields = fields.as_object_mut().unwrap();
    let replaced = apply(command, rules(command.name).unwrap(), fields, &known).unwrap();
    assert_eq!(replaced["github_token"], 1);
    assert_eq!(replaced["known"], 1);
    let text = fields["text"].as_str().unwrap();
    assert!(text.starts_with("with [secret:github_token:"), "{text}");
    assert!(!text.contains(own), "{text}");

    fields.insert("title".to_owned(), json!(format!("about {own}")));
    let error = apply(command, rules(command.name).unwrap(), fields, &known).unwrap_err();
    assert_eq!(
        error.message,
        "field `title`: this looks like the key of one of your accounts, and was kept nowhere"
    );
}

#[test]
fn words_that_only_speak_of_keys_pass() {
    let command = find("projects.add").unwrap();
    let mut fields = json!({
        "name": "Token service", "description": "Rotates the API keys; see ADR-12.",
        "objectives": "move the password check\nkeep commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
        "pinned": ["src/secrets/token_store.rs"],
    });
    let fields = fields.as_object_mut().unwrap();
    let known = Known::default();
    assert!(apply(command, rules(command.name).unwrap(), fields, &known).is_ok());
}
