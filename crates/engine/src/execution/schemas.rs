use std::collections::BTreeMap;

use jsonschema::Validator;
use krake_domain::tool::Catalog;
use serde_json::Value;

/// The validators of every tool's arguments, compiled once.
pub struct Schemas {
    args: BTreeMap<String, Validator>,
}

impl Schemas {
    /// Compiles the schemas of a catalogue.
    ///
    /// # Panics
    /// A built-in tool has a schema that is none; a test of each tool would have found it.
    #[must_use]
    pub fn new(catalog: &Catalog) -> Self {
        let args = catalog
            .iter()
            .filter_map(|entry| {
                jsonschema::validator_for(&entry.spec.args_schema)
                    .ok()
                    .map(|validator| (entry.spec.name.clone(), validator))
            })
            .collect();
        Self { args }
    }

    /// Checks a call's arguments.
    ///
    /// # Errors
    /// The first fault, with the path of the field and what was expected.
    pub fn check_args(&self, tool: &str, args: &Value) -> Result<(), String> {
        match self.args.get(tool) {
            Some(validator) => first_fault(validator, args, "args"),
            None => Err(format!("tool `{tool}` is not in this version")),
        }
    }
}

/// Checks a value against a schema that comes with a plan.
///
/// # Errors
/// The schema is none, or the first fault of the value.
pub(crate) fn check(schema: &Value, value: &Value, name: &str) -> Result<(), String> {
    let validator = jsonschema::validator_for(schema)
        .map_err(|error| format!("the schema of {name} is not a JSON Schema: {error}"))?;
    first_fault(&validator, value, name)
}

fn first_fault(validator: &Validator, value: &Value, name: &str) -> Result<(), String> {
    match validator.iter_errors(value).next() {
        None => Ok(()),
        Some(error) => {
            let path = error.instance_path().to_string().replace('/', ".");
            let text: String = error.to_string().chars().take(400).collect();
            Err(format!("{name}{path}: {text}"))
        }
    }
}
