use serde_json::{Map, Value};

use super::{EvalError, Expr, ExprError, Scope};

/// A JSON value in which texts may hold `${{ … }}`, read once and filled in often.
#[derive(Debug, Clone, PartialEq)]
pub enum Template {
    /// No reference inside.
    Plain(Value),
    /// A text that is one reference and nothing else: the value keeps its type.
    Whole(Expr),
    /// A text with references between its parts.
    Text(Vec<Part>),
    List(Vec<Template>),
    Object(Vec<(String, Template)>),
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    Plain(String),
    Expr(Expr),
}

/// A reference that cannot be read, with the path of fields and items that leads to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// Field names and item numbers from the root.
    pub path: Vec<String>,
    /// Characters from the start of the text.
    pub offset: usize,
    pub error: ExprError,
}

impl Template {
    /// Reads the references in a value. `$${{` stands for the three characters themselves.
    ///
    /// # Errors
    /// The first text whose reference is not an expression or is not closed.
    pub fn parse(value: &Value) -> Result<Self, TemplateError> {
        match value {
            Value::String(text) => parse_text(text).map_err(|(offset, error)| TemplateError {
                path: Vec::new(),
                offset,
                error,
            }),
            Value::Array(items) => {
                let parts = items
                    .iter()
                    .enumerate()
                    .map(|(place, item)| within(&place.to_string(), item))
                    .collect::<Result<Vec<_>, _>>()?;
                Ok(Self::List(parts).folded())
            }
            Value::Object(fields) => {
                let parts = fields
                    .iter()
                    .map(|(name, item)| within(name, item).map(|part| (name.clone(), part)))
                    .collect::<Result<Vec<_>, _>>()?;
                Ok(Self::Object(parts).folded())
            }
            other => Ok(Self::Plain(other.clone())),
        }
    }

    /// The value with every reference replaced.
    ///
    /// # Errors
    /// A reference leads nowhere or does not fit where it stands.
    pub fn fill(&self, scope: &dyn Scope) -> Result<Value, EvalError> {
        match self {
            Self::Plain(value) => Ok(value.clone()),
            Self::Whole(expr) => expr.eval(scope).map(std::borrow::Cow::into_owned),
            Self::Text(parts) => {
                let mut text = String::new();
                for part in parts {
                    match part {
                        Part::Plain(plain) => text.push_str(plain),
                        Part::Expr(expr) => match &*expr.eval(scope)? {
                            Value::String(inner) => text.push_str(inner),
                            Value::Null => {
                                return Err(EvalError::Wrong(
                                    "a null stands inside a text; use default(…)".to_owned(),
                                ));
                            }
                            other => text.push_str(&other.to_string()),
                        },
                    }
                }
                Ok(Value::String(text))
            }
            Self::List(items) => items
                .iter()
                .map(|item| item.fill(scope))
                .collect::<Result<Vec<_>, _>>()
                .map(Value::Array),
            Self::Object(fields) => {
                let filled = fields
                    .iter()
                    .map(|(name, item)| item.fill(scope).map(|value| (name.clone(), value)));
                filled.collect::<Result<Map<_, _>, _>>().map(Value::Object)
            }
        }
    }

    /// Calls `visit` with every expression inside.
    pub fn each_expr<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        match self {
            Self::Plain(_) => {}
            Self::Whole(expr) => visit(expr),
            Self::Text(parts) => parts.iter().for_each(|part| {
                if let Part::Expr(expr) = part {
                    visit(expr);
                }
            }),
            Self::List(items) => items.iter().for_each(|item| item.each_expr(visit)),
            Self::Object(fields) => fields.iter().for_each(|(_, item)| item.each_expr(visit)),
        }
    }

    /// Whether an expression inside names `item`.
    #[must_use]
    pub fn names_item(&self) -> bool {
        let mut named = false;
        self.each_expr(&mut |expr| named |= expr.names_item());
        named
    }

    /// The same, as one plain value where nothing inside refers to anything.
    fn folded(self) -> Self {
        let plain = |part: &Self| match part {
            Self::Plain(value) => Some(value.clone()),
            _ => None,
        };
        let value = match &self {
            Self::List(parts) => parts
                .iter()
                .map(plain)
                .collect::<Option<Vec<_>>>()
                .map(Value::Array),
            Self::Object(parts) => parts
                .iter()
                .map(|(name, part)| plain(part).map(|value| (name.clone(), value)))
                .collect::<Option<Map<_, _>>>()
                .map(Value::Object),
            _ => None,
        };
        value.map_or(self, Self::Plain)
    }
}

fn within(name: &str, value: &Value) -> Result<Template, TemplateError> {
    Template::parse(value).map_err(|mut error| {
        error.path.insert(0, name.to_owned());
        error
    })
}

fn parse_text(text: &str) -> Result<Template, (usize, ExprError)> {
    let mut parts: Vec<Part> = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("${{") {
        if rest[..start].ends_with('$') {
            plain.push_str(&rest[..start - 1]);
            plain.push_str("${{");
            rest = &rest[start + 3..];
            continue;
        }
        plain.push_str(&rest[..start]);
        let offset = text[..text.len() - rest.len() + start].chars().count() + 3;
        let inside = &rest[start + 3..];
        let Some(length) = end_of(inside) else {
            return Err((
                offset,
                ExprError {
                    offset: 0,
                    message: "`${{` is not closed by `}}`".to_owned(),
                },
            ));
        };
        let expr =
            Expr::parse(&inside[..length]).map_err(|error| (offset + error.offset, error))?;
        if !plain.is_empty() {
            parts.push(Part::Plain(std::mem::take(&mut plain)));
        }
        parts.push(Part::Expr(expr));
        rest = &inside[length + 2..];
    }
    plain.push_str(rest);
    if parts.is_empty() {
        return Ok(Template::Plain(Value::String(plain)));
    }
    if !plain.is_empty() {
        parts.push(Part::Plain(plain));
    }
    match parts.as_mut_slice() {
        [Part::Expr(_)] => match parts.pop() {
            Some(Part::Expr(expr)) => Ok(Template::Whole(expr)),
            _ => unreachable!("matched above"),
        },
        _ => Ok(Template::Text(parts)),
    }
}

/// Where `}}` closes the expression, texts inside it passed over.
fn end_of(inside: &str) -> Option<usize> {
    let mut quote: Option<char> = None;
    let mut escaped = false;
    for (place, c) in inside.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => quote = Some(c),
            None if inside[place..].starts_with("}}") => return Some(place),
            None => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    struct One;
    impl Scope for One {
        fn input(&self, name: &str) -> Option<&Value> {
            static LIST: std::sync::LazyLock<Value> =
                std::sync::LazyLock::new(|| json!([1, "two"]));
            (name == "list").then(|| &*LIST)
        }
        fn output(&self, _: &str) -> Option<&Value> {
            None
        }
    }

    fn fill(value: Value) -> Value {
        Template::parse(&value).unwrap().fill(&One).unwrap()
    }

    #[test]
    fn a_whole_reference_keeps_its_type_and_others_become_text() {
        assert_eq!(
            fill(json!({"a": "${{ inputs.list }}", "b": ["n: ${{ inputs.list[0] }}!"]})),
            json!({"a": [1, "two"], "b": ["n: 1!"]})
        );
    }

    #[test]
    fn braces_inside_texts_and_escapes_are_kept() {
        assert_eq!(fill(json!("${{ '}}' }}")), json!("}}"));
        assert_eq!(fill(json!("cost $${{ x }}")), json!("cost ${{ x }}"));
    }

    #[test]
    fn errors_lead_to_the_place() {
        let error = Template::parse(&json!({"a": ["ok", "x ${{ nope }}"]})).unwrap_err();
        assert_eq!((error.path.join("."), error.offset), ("a.1".to_owned(), 6));
        assert!(Template::parse(&json!("${{ inputs.a")).is_err());
    }
}
