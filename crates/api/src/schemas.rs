//! The schemas of the table, in the form that the OpenAPI document and the client are made from.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use crate::command::Command;

const HOME: &str = "#/components/schemas/";

/// Every schema that the table speaks with, by name, and beside each command its own two.
pub struct Schemas {
    pub definitions: Map<String, Value>,
    /// Input and output of each command, in the order of the table.
    pub commands: Vec<(Value, Value)>,
}

/// Collects the schemas of all commands.
///
/// # Panics
/// When two different types share one name: the documents could not tell them apart.
#[must_use]
pub fn collect(table: &[Command]) -> Schemas {
    let (mut inputs, mut outputs) = (generator(true), generator(false));
    let commands = table
        .iter()
        .map(|command| {
            (
                (command.input)(&mut inputs).into(),
                (command.output)(&mut outputs).into(),
            )
        })
        .collect();
    let _ = outputs.subschema_for::<crate::error::ApiError>();
    let mut definitions = outputs.take_definitions(true);
    for (name, schema) in inputs.take_definitions(true) {
        if let Some(other) = definitions.get(&name) {
            assert_eq!(other, &schema, "two types are called {name}");
        }
        definitions.insert(name, schema);
    }
    definitions.sort_keys();
    Schemas {
        definitions,
        commands,
    }
}

/// The schema of one command's input, with what it refers to.
#[must_use]
pub fn input_of(command: &Command) -> (Value, Map<String, Value>) {
    let mut generator = generator(true);
    let schema = (command.input)(&mut generator).into();
    (schema, generator.take_definitions(true))
}

/// The properties of an object schema.
pub fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

/// Whether a field of that command is secret: it is taken, and never shown, kept or typed where
/// others can see it.
#[must_use]
pub fn is_secret(command: &Command, field: &str) -> bool {
    let (schema, _) = input_of(command);
    properties(&schema).any(|(name, property)| name == field && property["writeOnly"] == true)
}

/// The input without its secret fields.
#[must_use]
pub fn without_secrets(command: &Command, input: &Value) -> Value {
    let mut shown = input.clone();
    if let Some(fields) = shown.as_object_mut() {
        let (schema, _) = input_of(command);
        for (name, property) in properties(&schema) {
            if property["writeOnly"] == true {
                fields.remove(name);
            }
        }
    }
    shown
}

/// Whether an answer of that command holds a secret: it is shown to a person, and kept nowhere.
#[must_use]
pub fn answers_with_a_secret(command: &Command) -> bool {
    let mut generator = generator(false);
    let schema: Value = (command.output)(&mut generator).into();
    let definitions = generator.take_definitions(true);
    let is_secret = |schema: &Value| {
        properties(schema)
            .any(|(_, property)| property["readOnly"] == true && property["format"] == "password")
    };
    let named = reference(&schema).and_then(|name| definitions.get(name));
    is_secret(named.unwrap_or(&schema))
}

/// Whether the object schema asks for this property.
#[must_use]
pub fn is_required(schema: &Value, name: &str) -> bool {
    schema
        .get("required")
        .and_then(Value::as_array)
        .is_some_and(|names| names.iter().any(|one| one == name))
}

/// The name that a reference points at.
#[must_use]
pub fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(HOME)
}

fn generator(deserialize: bool) -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    if deserialize {
        settings.for_deserialize().into_generator()
    } else {
        settings.for_serialize().into_generator()
    }
}
