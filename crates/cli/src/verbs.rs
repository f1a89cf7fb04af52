//! `krake do`: every entry of the table of commands by its name, with its fields as they are.

use std::path::Path;

use futures_util::StreamExt as _;
use krake_api::{Command, Kind};
use serde_json::{Map, Value, json};

use crate::args::{Approve, Do};
use crate::columns::columns;
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::follow::follow;
use crate::out::Out;
use crate::{secrets, text};

/// Calls one verb, or lists them all.
///
/// # Errors
/// A field is wrong, or what the command says.
pub async fn run(home: &Path, mut out: Out, args: Do) -> Result<Exit, Stopped> {
    let Some(verb) = args.verb else {
        return list(out);
    };
    let command = krake_api::find(&verb).ok_or_else(|| {
        Stopped::usage(format!("there is no verb `{verb}`: `krake do` lists them"))
    })?;
    if args.help {
        return describe(out, command);
    }
    let Some(input) = read(command, &args.fields, &mut out)? else {
        return describe(out, command);
    };
    // Names as the command knows them, wherever it is then called.
    let input = krake_api::input::normalise(command, input)?;
    if krake_api::answers_with_a_secret(command) {
        secrets::only_on_a_terminal()?;
    }
    match command.kind {
        Kind::Query => {
            let answer = Door::look_at_what_is_there(home)
                .await?
                .call(command.name, input)
                .await?;
            out.answer(&answer, indented)?;
            Ok(Exit::Done)
        }
        Kind::Stream => watch(home, out, command, input).await,
        Kind::Command => change(home, out, command, input).await,
    }
}

/// What the table holds, as the command line offers it.
pub fn names() -> Vec<clap::builder::PossibleValue> {
    let table = krake_api::table().iter();
    table
        .map(|command| clap::builder::PossibleValue::new(command.name).help(command.about))
        .collect()
}

fn list(out: Out) -> Result<Exit, Stopped> {
    let verbs = krake_api::table().iter().map(|command| {
        json!({
            "verb": command.name,
            "about": command.about,
            "kind": command.kind.as_str(),
            "method": command.method.as_str(),
            "path": command.path,
            "input": command.input_schema(),
        })
    });
    out.answer(&json!({ "items": verbs.collect::<Vec<_>>() }), |_| {
        let row = |command: &Command| vec![command.name.to_owned(), command.about.to_owned()];
        let rows: Vec<Vec<String>> = krake_api::table().iter().map(row).collect();
        columns(&["verb", "what it does"], &rows)
    })?;
    Ok(Exit::Done)
}

fn describe(out: Out, command: &Command) -> Result<Exit, Stopped> {
    let schema = command.input_schema();
    out.answer(&schema, |schema| {
        let fields = schema["properties"].as_object().into_iter().flatten();
        let needed = |name: &str| {
            let required = schema["required"].as_array();
            required.is_some_and(|names| names.iter().any(|one| one == name))
        };
        let rows: Vec<Vec<String>> = fields
            .map(|(name, field)| {
                let about = field["description"].as_str().unwrap_or_default();
                let must = if needed(name) { "required" } else { "" };
                vec![
                    format!("--{}", name.replace('_', "-")),
                    must.to_owned(),
                    about.to_owned(),
                ]
            })
            .collect();
        let head = format!("{}: {}", command.name, command.about);
        if rows.is_empty() {
            return head;
        }
        format!("{head}\n{}", columns(&["field", "", "meaning"], &rows))
    })?;
    Ok(Exit::Done)
}

/// `--field value`, `--field=value`, `field=value` and `--json-input JSON|-`; nothing where help is
/// asked for. Switches of the command line itself may stand among them.
fn read(command: &Command, words: &[String], out: &mut Out) -> Result<Option<Value>, Stopped> {
    let mut fields = Map::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let bare = word.strip_prefix("--");
        match word.as_str() {
            "--help" | "-h" => return Ok(None),
            "--json" => out.json = true,
            "--quiet" | "-q" => out.quiet = true,
            "--json-input" => {
                let text = words.next().ok_or_else(|| needs_value("--json-input"))?;
                for (name, value) in object(text)? {
                    if text != "-" && krake_api::is_secret(command, &name) {
                        return Err(seen_by_others(&name));
                    }
                    put(&mut fields, &name, value)?;
                }
            }
            _ => {
                let (name, text) = match (bare.unwrap_or(word).split_once('='), bare) {
                    (Some((name, text)), _) => (name, text),
                    (None, Some(name)) => (
                        name,
                        words.next().ok_or_else(|| needs_value(word))?.as_str(),
                    ),
                    (None, None) => {
                        return Err(Stopped::usage(format!(
                            "`{word}`: expected --FIELD VALUE, FIELD=VALUE or --json-input JSON"
                        )));
                    }
                };
                let name = name.replace('-', "_");
                if krake_api::is_secret(command, &name) {
                    return Err(seen_by_others(&name));
                }
                let value = krake_api::input::typed(command, &name, text)?;
                put(&mut fields, &name, value)?;
            }
        }
    }
    Ok(Some(Value::Object(fields)))
}

fn put(fields: &mut Map<String, Value>, name: &str, value: Value) -> Result<(), Stopped> {
    match fields.insert(name.to_owned(), value) {
        Some(_) => Err(Stopped::usage(format!("field `{name}` is given twice"))),
        None => Ok(()),
    }
}

/// A secret that stands in the arguments has been shown already; it is not used.
fn seen_by_others(name: &str) -> Stopped {
    Stopped::usage(format!(
        "field `{name}` is secret, and every process here can read these arguments: give it by `--json-input -`, and make a new one where this one was real"
    ))
}

fn needs_value(word: &str) -> Stopped {
    Stopped::usage(format!("`{word}` needs a value"))
}

fn object(text: &str) -> Result<Map<String, Value>, Stopped> {
    let text = if text == "-" {
        text::read("-")?
    } else {
        text.to_owned()
    };
    serde_json::from_str(&text)
        .map_err(|error| Stopped::usage(format!("--json-input: expected a JSON object: {error}")))
}

async fn watch(home: &Path, out: Out, command: &Command, input: Value) -> Result<Exit, Stopped> {
    let door = Door::look_at_what_is_there(home).await?;
    let mut events = door.open(command.name, input).await?;
    while let Some(event) = events.next().await {
        let event = event?;
        out.document(&json!({ "id": event.id, "event": event.name, "data": event.data }))?;
        if event.name == "complete" {
            break;
        }
    }
    Ok(Exit::Done)
}

async fn change(home: &Path, out: Out, command: &Command, input: Value) -> Result<Exit, Stopped> {
    let door = Door::write(home).await?;
    let named = |value: &Value| {
        let id = value.get("execution_id").or_else(|| value.get("id"));
        id.and_then(Value::as_str).map(str::to_owned)
    };
    let id = named(&input);
    let answer = match door.call(command.name, input).await {
        Ok(answer) => answer,
        Err(error) => {
            door.close().await;
            return Err(error);
        }
    };
    let id = named(&answer).filter(|id| id.starts_with("exe_")).or(id);
    // Where nobody else drives what this call has set going, it is driven here to its end.
    if let Some(id) = id.filter(|id| id.starts_with("exe_"))
        && door.drives_something().await?
    {
        return follow(home, door, out, &id, Approve::Ask, 0).await;
    }
    let printed = out.answer(&answer, indented);
    door.close().await;
    printed.map(|()| Exit::Done)
}

fn indented(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    krake_api::visible_json(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(verb: &str, words: &[&str]) -> Result<Option<Value>, Stopped> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let mut out = Out {
            json: false,
            quiet: false,
        };
        read(krake_api::find(verb).unwrap(), &words, &mut out)
    }

    #[test]
    fn fields_are_read_in_every_way_they_are_written() {
        let expected = json!({ "text": "a b", "limit": 5 });
        for words in [
            vec!["--text", "a b", "--limit", "5"],
            vec!["--text=a b", "limit=5"],
            vec![
                "--json-input",
                "{\"text\": \"a b\"}",
                "--limit",
                "5",
                "--json",
            ],
        ] {
            assert_eq!(
                said("executions.list", &words).unwrap(),
                Some(expected.clone())
            );
        }
        assert_eq!(said("executions.list", &["--help"]).unwrap(), None);
    }

    #[test]
    fn a_choice_of_words_is_a_word_and_a_choice_of_objects_is_json() {
        let subject = "{\"by\":\"pattern\",\"text\":\"VAT\"}";
        let words = ["--effect", "always_keep", "--subject", subject];
        let expected =
            json!({ "effect": "always_keep", "subject": { "by": "pattern", "text": "VAT" } });
        assert_eq!(said("compression.add", &words).unwrap(), Some(expected));
    }

    #[test]
    fn a_secret_in_the_arguments_is_refused_and_not_repeated() {
        for words in [
            vec!["--key", "sk-canary"],
            vec!["key=sk-canary"],
            vec!["--json-input", "{\"key\": \"sk-canary\"}"],
        ] {
            let error = said("accounts.add", &words).unwrap_err().to_string();
            assert!(
                error.contains("`key`") && !error.contains("canary"),
                "{error}"
            );
        }
        assert!(said("accounts.add", &["--name", "n"]).is_ok());
    }

    #[test]
    fn what_is_no_field_is_named() {
        for (words, part) in [
            (vec!["--limit", "many"], "`limit`"),
            (vec!["--limit"], "needs a value"),
            (vec!["limit"], "`limit`"),
            (vec!["limit=1", "--limit", "2"], "twice"),
            (vec!["--json-input", "[1]"], "JSON object"),
        ] {
            let error = said("executions.list", &words).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
