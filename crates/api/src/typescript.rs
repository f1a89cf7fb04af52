//! The TypeScript client's types, made from the same schemas as the OpenAPI document.

use std::fmt::Write as _;

use serde_json::Value;

use crate::command::{Command, Kind};
use crate::schemas::{self, Schemas};

/// The text of `ui/src/backend/generated.ts`.
#[must_use]
pub fn client(table: &[Command]) -> String {
    let Schemas {
        definitions,
        commands,
    } = schemas::collect(table);
    let mut text = String::from(
        "// Made from the table of commands by `KRAKE_BLESS=1 cargo test -p krake-api --lib generated`.\n\
         // Changes are lost.\n\n\
         declare const brand: unique symbol;\n\
         /** A string that is the id of one noun and of no other. */\n\
         export type Branded<Name extends string> = string & { readonly [brand]: Name };\n",
    );
    for (name, schema) in &definitions {
        text.push('\n');
        declare(&mut text, name, schema);
    }
    text.push_str(
        "\n/** Input and output of every command, by name. */\nexport type Commands = {\n",
    );
    for (command, (input, output)) in table.iter().zip(&commands) {
        doc(&mut text, 1, Some(command.about));
        let _ = writeln!(
            text,
            "  {}: {{ input: {}; output: {} }};",
            property(command.name),
            shape(input, 1),
            shape(output, 1)
        );
    }
    text.push_str("};\n\nexport type CommandName = keyof Commands;\n\n");
    text.push_str(
        "/** How each command is carried, and the tags of change that its answer depends on. */\n",
    );
    text.push_str("export const commands = {\n");
    for command in table {
        let provides: Vec<String> = command
            .provides
            .iter()
            .map(|tag| format!("{tag:?}"))
            .collect();
        let _ = writeln!(
            text,
            "  {}: {{ name: {:?}, method: {:?}, path: {:?}, kind: {:?}, provides: [{}] }},",
            property(command.name),
            command.name,
            command.method.as_str(),
            command.path,
            command.kind.as_str(),
            provides.join(", ")
        );
    }
    text.push_str("} as const satisfies Record<\n  CommandName,\n  {\n    name: CommandName;\n    method: \"GET\" | \"POST\" | \"PATCH\" | \"DELETE\";\n    path: string;\n    kind: ");
    let kinds =
        [Kind::Query, Kind::Command, Kind::Stream].map(|kind| format!("{:?}", kind.as_str()));
    let _ = write!(text, "{}", kinds.join(" | "));
    text.push_str(";\n    provides: readonly string[];\n  }\n>;\n");
    text
}

/// A name as the key of an object, quoted where it must be.
fn property(name: &str) -> String {
    if name.contains('.') {
        format!("{name:?}")
    } else {
        name.to_owned()
    }
}

fn declare(text: &mut String, name: &str, schema: &Value) {
    doc(text, 0, schema.get("description").and_then(Value::as_str));
    let shape = if is_id(schema) {
        format!("Branded<{name:?}>")
    } else {
        shape(schema, 0)
    };
    let _ = writeln!(text, "export type {name} = {shape};");
}

/// Ids are told by their pattern: a prefix of three letters.
fn is_id(schema: &Value) -> bool {
    schema
        .get("pattern")
        .and_then(Value::as_str)
        .is_some_and(|pattern| pattern.ends_with("{26}$"))
}

fn shape(schema: &Value, depth: usize) -> String {
    if let Some(name) = schemas::reference(schema) {
        return name.to_owned();
    }
    if let Some(value) = schema.get("const") {
        return value.to_string();
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return union(words.iter().map(ToString::to_string));
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(choices) = schema.get(key).and_then(Value::as_array) {
            return union(choices.iter().map(|choice| shape(choice, depth)));
        }
    }
    match schema.get("type") {
        Some(Value::String(kind)) => of_type(kind, schema, depth),
        Some(Value::Array(kinds)) => union(
            kinds
                .iter()
                .filter_map(Value::as_str)
                .map(|kind| of_type(kind, schema, depth)),
        ),
        _ if schema.get("properties").is_some() => object(schema, depth),
        _ => "unknown".to_owned(),
    }
}

fn of_type(kind: &str, schema: &Value, depth: usize) -> String {
    match kind {
        "string" => "string".to_owned(),
        "integer" | "number" => "number".to_owned(),
        "boolean" => "boolean".to_owned(),
        "null" => "null".to_owned(),
        "array" => match schema.get("items") {
            Some(items) => {
                let item = shape(items, depth);
                if item.contains(" | ") {
                    format!("({item})[]")
                } else {
                    format!("{item}[]")
                }
            }
            None => "unknown[]".to_owned(),
        },
        "object" => object(schema, depth),
        _ => "unknown".to_owned(),
    }
}

fn object(schema: &Value, depth: usize) -> String {
    let properties: Vec<(&String, &Value)> = schemas::properties(schema).collect();
    if properties.is_empty() {
        return match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => "Record<string, never>".to_owned(),
            Some(values @ Value::Object(fields)) if !fields.is_empty() => {
                format!("Record<string, {}>", shape(values, depth))
            }
            _ if schema.get("properties").is_some() => "Record<string, never>".to_owned(),
            _ => "Record<string, unknown>".to_owned(),
        };
    }
    let mut text = String::from("{\n");
    for (name, property) in properties {
        doc(
            &mut text,
            depth + 1,
            property.get("description").and_then(Value::as_str),
        );
        let optional = if schemas::is_required(schema, name) {
            ""
        } else {
            "?"
        };
        let _ = writeln!(
            text,
            "{}{name}{optional}: {};",
            "  ".repeat(depth + 1),
            shape(&without_description(property), depth + 1)
        );
    }
    text.push_str(&"  ".repeat(depth));
    text.push('}');
    text
}

fn without_description(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(fields) = schema.as_object_mut() {
        fields.remove("description");
    }
    schema
}

fn union(choices: impl Iterator<Item = String>) -> String {
    let mut kept: Vec<String> = Vec::new();
    for choice in choices {
        if !kept.contains(&choice) {
            kept.push(choice);
        }
    }
    kept.join(" | ")
}

fn doc(text: &mut String, depth: usize, description: Option<&str>) {
    if let Some(description) = description {
        let line = description
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .replace("*/", "* /");
        let _ = writeln!(text, "{}/** {line} */", "  ".repeat(depth));
    }
}

/// Every name that the client must find among the definitions.
#[cfg(test)]
fn references(value: &Value, found: &mut Vec<String>) {
    if let Some(name) = schemas::reference(value) {
        found.push(name.to_owned());
    }
    match value {
        Value::Object(fields) => fields.values().for_each(|field| references(field, found)),
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_has_its_definition() {
        let Schemas {
            definitions,
            commands,
        } = schemas::collect(crate::table());
        let mut found = Vec::new();
        references(&Value::Object(definitions.clone()), &mut found);
        commands.iter().for_each(|(input, output)| {
            references(input, &mut found);
            references(output, &mut found);
        });
        assert!(!found.is_empty());
        for name in found {
            assert!(definitions.contains_key(&name), "{name}");
        }
    }
}
