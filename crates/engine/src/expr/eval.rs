use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::{Expr, Function, Operator};

/// The longest text or list that an evaluation may build, in bytes or items.
const MOST_BUILT: usize = 8 << 20;

/// Where names get their values.
pub trait Scope {
    /// The input of that name.
    fn input(&self, name: &str) -> Option<&Value>;
    /// The output of that step; null for one that failed with `on_error: continue` or was skipped.
    fn output(&self, step: &str) -> Option<&Value>;
    /// The item that a `for_each` step is at; none elsewhere.
    fn item(&self) -> Option<&Value> {
        None
    }
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// A path that leads nowhere; `default(…)` catches it.
    #[error("there is no `{0}`")]
    Missing(String),
    #[error("{0}")]
    Wrong(String),
}

impl Expr {
    /// The value of this expression.
    ///
    /// # Errors
    /// A path leads nowhere, or a value is not of the kind that an operator or function takes.
    pub fn eval<'s>(&self, scope: &'s dyn Scope) -> Result<Cow<'s, Value>, EvalError> {
        match self {
            Self::Literal(value) => Ok(Cow::Owned(value.clone())),
            Self::Input(name) => found(scope.input(name), || format!("inputs.{name}")),
            Self::StepOutput(step) => found(scope.output(step), || format!("steps.{step}.output")),
            Self::Item => found(scope.item(), || "item".to_owned()),
            Self::Field(inner, name) => field(inner.eval(scope)?, name, inner),
            Self::Index(inner, index) => at(inner.eval(scope)?, &*index.eval(scope)?, inner),
            Self::Not(inner) => Ok(Cow::Owned(Value::Bool(!truthy(&*inner.eval(scope)?)))),
            Self::Binary(Operator::And, a, b) => both(a, b, scope, false),
            Self::Binary(Operator::Or, a, b) => both(a, b, scope, true),
            Self::Binary(operator, a, b) => compare(*operator, &*a.eval(scope)?, &*b.eval(scope)?),
            Self::Call(function, args) => call(*function, args, scope),
        }
    }
}

/// Whether a value counts as true in `when`, `!`, `&&` and `||`: not null, false, zero or empty.
#[must_use]
pub fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(yes) => *yes,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    }
}

fn found<'s>(
    value: Option<&'s Value>,
    name: impl FnOnce() -> String,
) -> Result<Cow<'s, Value>, EvalError> {
    value
        .map(Cow::Borrowed)
        .ok_or_else(|| EvalError::Missing(name()))
}

fn field<'s>(value: Cow<'s, Value>, name: &str, path: &Expr) -> Result<Cow<'s, Value>, EvalError> {
    let missing = || EvalError::Missing(format!("{}.{name}", Shown(path)));
    match value {
        Cow::Borrowed(value) => value.get(name).map(Cow::Borrowed).ok_or_else(missing),
        Cow::Owned(mut value) => value
            .get_mut(name)
            .map(|inner| Cow::Owned(inner.take()))
            .ok_or_else(missing),
    }
}

fn at<'s>(value: Cow<'s, Value>, index: &Value, path: &Expr) -> Result<Cow<'s, Value>, EvalError> {
    match index {
        Value::String(name) => field(value, name, path),
        Value::Number(number) => {
            let place = number
                .as_u64()
                .and_then(|place| usize::try_from(place).ok());
            let missing = || EvalError::Missing(format!("{}[{number}]", Shown(path)));
            let place = place.ok_or_else(missing)?;
            match value {
                Cow::Borrowed(value) => value.get(place).map(Cow::Borrowed).ok_or_else(missing),
                Cow::Owned(mut value) => value
                    .get_mut(place)
                    .map(|inner| Cow::Owned(inner.take()))
                    .ok_or_else(missing),
            }
        }
        other => Err(EvalError::Wrong(format!(
            "an index is a number or a text, found {}",
            kind(other)
        ))),
    }
}

fn both<'s>(
    a: &Expr,
    b: &Expr,
    scope: &'s dyn Scope,
    decides: bool,
) -> Result<Cow<'s, Value>, EvalError> {
    let first = truthy(&*a.eval(scope)?);
    let result = if first == decides {
        decides
    } else {
        truthy(&*b.eval(scope)?)
    };
    Ok(Cow::Owned(Value::Bool(result)))
}

fn compare<'s>(operator: Operator, a: &Value, b: &Value) -> Result<Cow<'s, Value>, EvalError> {
    let result = match operator {
        Operator::Equal => same(a, b),
        Operator::NotEqual => !same(a, b),
        _ => {
            let order = match (a, b) {
                (Value::Number(a), Value::Number(b)) => a.as_f64().partial_cmp(&b.as_f64()),
                (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
                _ => None,
            };
            let order = order.ok_or_else(|| {
                EvalError::Wrong(format!(
                    "cannot order {} and {}: both must be numbers or both texts",
                    kind(a),
                    kind(b)
                ))
            })?;
            match operator {
                Operator::Less => order == Ordering::Less,
                Operator::LessOrEqual => order != Ordering::Greater,
                Operator::Greater => order == Ordering::Greater,
                _ => order != Ordering::Less,
            }
        }
    };
    Ok(Cow::Owned(Value::Bool(result)))
}

/// Equality of JSON values; 1 and 1.0 are the same number.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => x == y || x.as_f64() == y.as_f64(),
        _ => a == b,
    }
}

fn call<'s>(
    function: Function,
    args: &[Expr],
    scope: &'s dyn Scope,
) -> Result<Cow<'s, Value>, EvalError> {
    if function == Function::Default {
        return match args[0].eval(scope) {
            Ok(value) if !value.is_null() => Ok(value),
            Ok(_) | Err(EvalError::Missing(_)) => args[1].eval(scope),
            Err(wrong) => Err(wrong),
        };
    }
    let first = args[0].eval(scope)?;
    let value = match function {
        Function::Len => match &*first {
            Value::String(text) => Value::from(text.chars().count()),
            Value::Array(items) => Value::from(items.len()),
            Value::Object(fields) => Value::from(fields.len()),
            other => return Err(wrong("len", "a text, a list or an object", other)),
        },
        Function::Lower => Value::String(text("lower", &first)?.to_lowercase()),
        Function::Basename => {
            let path = text("basename", &first)?.trim_end_matches(['/', '\\']);
            Value::String(
                path.rsplit(['/', '\\'])
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            )
        }
        Function::Contains => Value::Bool(contains(&first, &*args[1].eval(scope)?)?),
        Function::Join => Value::String(join(&first, &*args[1].eval(scope)?)?),
        Function::Default => unreachable!("answered above"),
    };
    Ok(Cow::Owned(value))
}

fn contains(whole: &Value, part: &Value) -> Result<bool, EvalError> {
    match (whole, part) {
        (Value::String(whole), Value::String(part)) => Ok(whole.contains(part.as_str())),
        (Value::Array(items), part) => Ok(items.iter().any(|item| same(item, part))),
        (Value::Object(fields), Value::String(name)) => Ok(fields.contains_key(name)),
        (other, _) => Err(wrong(
            "contains",
            "a list, a text with a text, or an object with a name",
            other,
        )),
    }
}

fn join(list: &Value, separator: &Value) -> Result<String, EvalError> {
    let separator = text("join", separator)?;
    let items = list
        .as_array()
        .ok_or_else(|| wrong("join", "a list", list))?;
    let mut joined = String::new();
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            joined.push_str(separator);
        }
        match item {
            Value::String(text) => joined.push_str(text),
            other => joined.push_str(&other.to_string()),
        }
        if joined.len() > MOST_BUILT {
            return Err(EvalError::Wrong(format!(
                "`join` would build more than {MOST_BUILT} bytes"
            )));
        }
    }
    Ok(joined)
}

fn text<'v>(function: &str, value: &'v Value) -> Result<&'v str, EvalError> {
    value
        .as_str()
        .ok_or_else(|| wrong(function, "a text", value))
}

fn wrong(function: &str, wanted: &str, found: &Value) -> EvalError {
    EvalError::Wrong(format!(
        "`{function}` takes {wanted}, found {}",
        kind(found)
    ))
}

/// The kind of a value in plain words.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A path as its author wrote it, as far as it is one.
struct Shown<'e>(&'e Expr);

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Expr::Input(name) => write!(f, "inputs.{name}"),
            Expr::StepOutput(step) => write!(f, "steps.{step}.output"),
            Expr::Item => f.write_str("item"),
            Expr::Field(inner, name) => write!(f, "{}.{name}", Shown(inner)),
            Expr::Index(inner, _) => write!(f, "{}[…]", Shown(inner)),
            _ => f.write_str("(…)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    struct Fixed(Value, Value);
    impl Scope for Fixed {
        fn input(&self, name: &str) -> Option<&Value> {
            self.0.get(name)
        }
        fn output(&self, step: &str) -> Option<&Value> {
            self.1.get(step)
        }
    }

    fn eval(text: &str) -> Result<Value, String> {
        let scope = Fixed(
            json!({"path": "/a/b/Repo/", "n": 3, "on": true}),
            json!({"a": {"list": ["x", 1], "o": {"k": null}}}),
        );
        Expr::parse(text)
            .unwrap()
            .eval(&scope)
            .map(Cow::into_owned)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn values() {
        for (text, value) in [
            ("inputs.n + ''", None),
            ("inputs.n >= 3 && inputs.on", Some(json!(true))),
            ("lower(basename(inputs.path))", Some(json!("repo"))),
            ("join(steps.a.output.list, ', ')", Some(json!("x, 1"))),
            ("steps.a.output.list[1] == 1.0", Some(json!(true))),
            ("default(steps.a.output.o.nope, 'd')", Some(json!("d"))),
            ("default(steps.a.output.o.k, 2)", Some(json!(2))),
            ("contains(steps.a.output.o, 'k')", Some(json!(true))),
            ("len('äö')", Some(json!(2))),
            ("!steps.a.output.o.k", Some(json!(true))),
            ("steps.a.output['list'][0] != 'x'", Some(json!(false))),
        ] {
            match value {
                Some(value) => assert_eq!(eval(text), Ok(value), "{text}"),
                None => assert!(Expr::parse(text).is_err(), "{text}"),
            }
        }
    }

    #[test]
    fn errors_name_the_path() {
        assert_eq!(
            eval("steps.a.output.o.x.y"),
            Err("there is no `steps.a.output.o.x`".to_owned())
        );
        assert_eq!(
            eval("steps.a.output.list[7]"),
            Err("there is no `steps.a.output.list[7]`".to_owned())
        );
        assert_eq!(
            eval("lower(inputs.n)"),
            Err("`lower` takes a text, found a number".to_owned())
        );
        assert!(eval("inputs.n < 'a'").unwrap_err().contains("cannot order"));
    }
}
