//! A step's arguments against its tool's schema, as far as both are known before the run.

use std::collections::BTreeSet;

use krake_domain::tool::Catalog;
use serde_json::Value;

use super::check::at;
use super::diagnostic::{Code, Diagnostic};
use super::nearest::nearest;
use super::parse::Parsed;
use crate::expr::{Expr, Template};

/// Compares a step's arguments with its tool's schema, as far as both are known before the run.
pub(super) struct ArgChecker<'c> {
    pub parsed: &'c Parsed,
    pub place: usize,
    /// The alternative of that number instead of the step's own call.
    pub alternative: Option<usize>,
    pub catalog: &'c Catalog,
    pub faults: &'c mut Vec<Diagnostic>,
}

impl ArgChecker<'_> {
    pub fn object(
        &mut self,
        root: &Value,
        schema: &Value,
        template: &Template,
        path: &mut Vec<String>,
    ) {
        let schema = resolve(root, schema);
        match template {
            Template::Plain(value) => self.plain(root, schema, value, path),
            Template::Whole(expr) => self.whole(root, schema, expr, path),
            Template::Text(_) => {
                if !allows(root, schema, "string") {
                    self.push(path, "is a text", &types_in_words(root, schema));
                }
            }
            Template::List(items) => {
                let inner = schema.get("items").cloned().unwrap_or(Value::Bool(true));
                for (number, item) in items.iter().enumerate() {
                    path.push(number.to_string());
                    self.object(root, &inner, item, path);
                    path.pop();
                }
            }
            Template::Object(fields) => {
                self.names(
                    schema,
                    fields.iter().map(|(name, _)| name.as_str()).collect(),
                    path,
                );
                for (name, field) in fields {
                    let inner = schema
                        .get("properties")
                        .and_then(|all| all.get(name))
                        .cloned()
                        .unwrap_or(Value::Bool(true));
                    path.push(name.clone());
                    self.object(root, &inner, field, path);
                    path.pop();
                }
            }
        }
    }

    /// The list of `for_each`: where the source's schema states a type, it must be one.
    pub fn list(&mut self, template: &Template) {
        let given = match template {
            Template::Plain(Value::Array(_)) | Template::List(_) => return,
            Template::Whole(expr) => self.source_schema(expr),
            _ => Some((Value::Null, serde_json::json!({ "type": "string" }))),
        };
        let Some(given) = given
            .as_ref()
            .and_then(|(root, schema)| types(root, schema))
        else {
            return;
        };
        if !given.contains("array") {
            let step = &self.parsed.plan.steps[self.place];
            let given: Vec<&str> = given.into_iter().collect();
            let message = format!(
                "step `{}`, for_each would be {}",
                step.id,
                given.join(" or ")
            );
            self.faults.push(
                Diagnostic::new(
                    at(self.parsed, self.place, &["for_each"]),
                    Code::BadArgs,
                    message,
                )
                .expected("array"),
            );
        }
    }

    fn names(&mut self, schema: &Value, given: BTreeSet<&str>, path: &[String]) {
        let Some(known) = schema.get("properties").and_then(Value::as_object) else {
            return;
        };
        let known_names: Vec<&str> = known.keys().map(String::as_str).collect();
        if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
            for name in given.iter().filter(|name| !known.contains_key(**name)) {
                let mut inner = path.to_vec();
                inner.push((*name).to_owned());
                let expected = nearest(name, &known_names).map_or_else(
                    || known_names.join(", "),
                    |near| format!("`{near}` perhaps; known are {}", known_names.join(", ")),
                );
                self.push(&inner, "is not an argument of this tool", &expected);
            }
        }
        for name in schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            if !given.contains(name) {
                self.push(path, &format!("has no `{name}`"), &format!("`{name}: …`"));
            }
        }
    }

    /// A value that is known now is checked in full, field by field so that places are exact.
    fn plain(&mut self, root: &Value, schema: &Value, value: &Value, path: &mut Vec<String>) {
        if let Value::Object(fields) = value
            && schema.get("properties").is_some()
        {
            self.names(schema, fields.keys().map(String::as_str).collect(), path);
            for (name, inner) in fields {
                if let Some(inner_schema) = schema.get("properties").and_then(|all| all.get(name)) {
                    path.push(name.clone());
                    let inner_schema = resolve(root, inner_schema).clone();
                    self.plain(root, &inner_schema, inner, path);
                    path.pop();
                }
            }
            return;
        }
        let mut schema = schema.clone();
        if let (Some(fields), Some(definitions)) = (schema.as_object_mut(), root.get("$defs")) {
            fields.insert("$defs".to_owned(), definitions.clone());
        }
        let Ok(validator) = jsonschema::validator_for(&schema) else {
            return;
        };
        if let Some(error) = validator.iter_errors(value).next() {
            let text: String = error.to_string().chars().take(300).collect();
            self.push(
                path,
                &format!("does not fit: {text}"),
                &types_in_words(root, &schema),
            );
        }
    }

    /// A reference keeps its type; where the source's schema states it, it must overlap.
    fn whole(&mut self, root: &Value, schema: &Value, expr: &Expr, path: &[String]) {
        let Some((source_root, source)) = self.source_schema(expr) else {
            return;
        };
        let (Some(given), Some(wanted)) = (types(&source_root, &source), types(root, schema))
        else {
            return;
        };
        let overlap = given.iter().any(|kind| {
            wanted.contains(kind)
                || (*kind == "integer" && wanted.contains("number"))
                || (*kind == "number" && wanted.contains("integer"))
        });
        if !overlap {
            let given: Vec<&str> = given.into_iter().collect();
            self.push(
                path,
                &format!("would be {}", given.join(" or ")),
                &types_in_words(root, schema),
            );
        }
    }

    /// The schema of what an expression leads to, with the document that its references live in.
    fn source_schema(&self, expr: &Expr) -> Option<(Value, Value)> {
        match expr {
            Expr::Input(name) => {
                let schema = self.parsed.plan.inputs.get(name)?;
                Some((schema.clone(), schema.clone()))
            }
            Expr::StepOutput(id) => {
                let step = self
                    .parsed
                    .plan
                    .steps
                    .iter()
                    .find(|step| step.id.as_str() == id)?;
                let schema = match &step.output {
                    Some(schema) => schema.clone(),
                    // Which of the calls will have made it is not known before.
                    None if step
                        .alternatives
                        .iter()
                        .any(|other| other.tool != step.tool) =>
                    {
                        return None;
                    }
                    None => self.catalog.find(&step.tool)?.spec.output_schema.clone(),
                };
                let schema = match &step.for_each {
                    Some(_) => list_of(schema),
                    None => schema,
                };
                Some((schema.clone(), schema))
            }
            Expr::Item => self.item_schema(),
            Expr::Index(inner, index) => {
                let Expr::Literal(Value::Number(_)) = **index else {
                    return None;
                };
                let (root, schema) = self.source_schema(inner)?;
                let item = resolve(&root, &schema).get("items")?.clone();
                Some((root, item))
            }
            Expr::Field(inner, name) => {
                let (root, schema) = self.source_schema(inner)?;
                let field = resolve(&root, &schema)
                    .get("properties")?
                    .get(name)?
                    .clone();
                Some((root, field))
            }
            Expr::Literal(value) => {
                let schema = serde_json::json!({ "type": kind(value) });
                Some((schema.clone(), schema))
            }
            Expr::Not(_) | Expr::Binary(..) => {
                let schema = serde_json::json!({ "type": "boolean" });
                Some((schema.clone(), schema))
            }
            Expr::Call(..) => None,
        }
    }

    /// The schema of `item`: what the source of the list states, or what its written items have in
    /// common.
    fn item_schema(&self) -> Option<(Value, Value)> {
        let list = self.parsed.plan.steps[self.place].for_each.as_ref()?;
        match Template::parse(list).ok()? {
            Template::Plain(Value::Array(items)) => {
                let schema = schema_of(&items.iter().collect::<Vec<_>>());
                Some((schema.clone(), schema))
            }
            Template::Whole(expr) if !expr.names_item() => {
                let (root, schema) = self.source_schema(&expr)?;
                let item = resolve(&root, &schema).get("items")?.clone();
                Some((root, item))
            }
            _ => None,
        }
    }

    fn push(&mut self, path: &[String], what: &str, expected: &str) {
        let number = self.alternative.map(|number| number.to_string());
        let mut places: Vec<&str> = match &number {
            Some(number) => vec!["alternatives", number, "args"],
            None => vec!["args"],
        };
        places.extend(path.iter().map(String::as_str));
        let step = &self.parsed.plan.steps[self.place];
        let position = if self.alternative.is_none() && path.is_empty() && step.args.is_empty() {
            at(self.parsed, self.place, &["tool"])
        } else {
            at(self.parsed, self.place, &places)
        };
        let message = format!("step `{}`, {} {what}", step.id, places.join("."));
        self.faults
            .push(Diagnostic::new(position, Code::BadArgs, message).expected(expected));
    }
}

/// The schema of what a `for_each` step returns: outputs, and null where an item has none.
fn list_of(schema: Value) -> Value {
    let definitions = schema
        .get("$defs")
        .cloned()
        .unwrap_or_else(|| serde_json::json!({}));
    serde_json::json!({ "type": "array", "items": schema, "$defs": definitions })
}

/// The types that these values have, and those of their fields where all are objects.
fn schema_of(values: &[&Value]) -> Value {
    if values.is_empty() {
        return Value::Bool(true);
    }
    let kinds: BTreeSet<&str> = values.iter().map(|value| kind(value)).collect();
    let mut schema = serde_json::json!({ "type": kinds });
    if kinds.len() == 1 && kinds.contains("object") {
        let fields = values.iter().filter_map(|value| value.as_object());
        let names: BTreeSet<&String> = fields.clone().flat_map(serde_json::Map::keys).collect();
        let properties: serde_json::Map<String, Value> = names
            .into_iter()
            .map(|name| {
                let inner: Vec<&Value> = fields.clone().filter_map(|all| all.get(name)).collect();
                (name.clone(), schema_of(&inner))
            })
            .collect();
        schema["properties"] = Value::Object(properties);
    }
    schema
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn resolve<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    let mut schema = schema;
    for _ in 0..16 {
        match schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|path| path.strip_prefix('#'))
            .and_then(|path| root.pointer(path))
        {
            Some(next) => schema = next,
            None => break,
        }
    }
    schema
}

/// The JSON types that a schema states, or none where it states none.
fn types<'s>(root: &'s Value, schema: &'s Value) -> Option<BTreeSet<&'s str>> {
    let schema = resolve(root, schema);
    match schema.get("type") {
        Some(Value::String(kind)) => return Some(BTreeSet::from([kind.as_str()])),
        Some(Value::Array(kinds)) => return Some(kinds.iter().filter_map(Value::as_str).collect()),
        _ => {}
    }
    let choices = schema
        .get("anyOf")
        .or_else(|| schema.get("oneOf"))?
        .as_array()?;
    let kinds: Option<Vec<BTreeSet<&str>>> =
        choices.iter().map(|choice| types(root, choice)).collect();
    kinds.map(|all| all.into_iter().flatten().collect())
}

fn allows(root: &Value, schema: &Value, kind: &str) -> bool {
    types(root, schema).is_none_or(|kinds| kinds.contains(kind))
}

fn types_in_words(root: &Value, schema: &Value) -> String {
    match types(root, schema) {
        Some(kinds) => kinds.into_iter().collect::<Vec<_>>().join(" or "),
        None => "a value that fits the tool's schema".to_owned(),
    }
}
