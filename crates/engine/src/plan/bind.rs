use krake_domain::plan::Plan;
use serde_json::{Map, Value};

/// What is wrong with the values that were given for a plan's inputs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BindError {
    #[error("the plan has no input `{name}`; it has {known}")]
    Unknown { name: String, known: String },
    #[error("input `{0}` is missing and has no default")]
    Missing(String),
    #[error("{0}")]
    Wrong(String),
}

/// Checks the given values and fills in the defaults.
///
/// # Errors
/// The first value that is unknown, missing or does not fit its schema.
pub fn bind_inputs(
    plan: &Plan,
    given: &Map<String, Value>,
) -> Result<Map<String, Value>, BindError> {
    if let Some(name) = given.keys().find(|name| !plan.inputs.contains_key(*name)) {
        let known: Vec<&str> = plan.inputs.keys().map(String::as_str).collect();
        let known = if known.is_empty() {
            "none".to_owned()
        } else {
            known.join(", ")
        };
        return Err(BindError::Unknown {
            name: name.clone(),
            known,
        });
    }
    let mut bound = Map::new();
    for (name, schema) in &plan.inputs {
        let value = given
            .get(name)
            .or_else(|| schema.get("default"))
            .cloned()
            .ok_or_else(|| BindError::Missing(name.clone()))?;
        crate::execution::check_schema(schema, &value, &format!("input `{name}`"))
            .map_err(BindError::Wrong)?;
        bound.insert(name.clone(), value);
    }
    Ok(bound)
}

/// The values of path inputs that somebody named for this run: writes below them do not ask. A
/// default counts only when it is the folder that the run was started in, because a plan that came
/// from elsewhere may have any default.
#[must_use]
pub fn given_paths<'p>(
    plan: &'p Plan,
    given: &Map<String, Value>,
    bound: &'p Map<String, Value>,
) -> Vec<&'p str> {
    plan.inputs
        .iter()
        .filter(|(_, schema)| {
            matches!(
                schema.get("slot").and_then(Value::as_str),
                Some("path" | "repo")
            )
        })
        .filter_map(|(name, _)| {
            bound
                .get(name)?
                .as_str()
                .filter(|path| given.contains_key(name) || *path == ".")
        })
        .collect()
}
