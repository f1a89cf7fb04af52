//! `text.template`: values put into a text.
//!
//! What it does not do: it has no variables, macros or includes, so a template is a total function
//! of its values.
//! **Invariant:** memory and time are bounded by the sizes of template, values and output; what
//! could multiply them is refused by [`guard`] or has no filter here.

use std::io;

use krake_domain::failure::{Failure, FailureClass};
use krake_domain::tool::{Assessment, EffectClass, ToolSpec};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, ErrorKind, UndefinedBehavior, filters, tests as checks};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::define::{bad_input, blocking, define, to_output};
use crate::size;
use crate::tool::{Call, Pending, Tool, harmless, parse_args};

mod guard;

const MOST_OUTPUT: usize = 1024 * 1024;
const MOST_TEMPLATE: usize = 256 * 1024;
/// Instructions of the template engine; a line of a table takes about ten.
const FUEL: u64 = 2_000_000;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// Text with `{{ value }}`, `{% for x in xs %}…{% endfor %}` and `{% if x %}…{% endif %}`.
    template: String,
    /// What the template may name. A name that is missing is an error.
    #[serde(default)]
    values: Map<String, Value>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    text: String,
}

pub struct TextTemplate {
    spec: ToolSpec,
}

impl TextTemplate {
    pub fn new() -> Self {
        let spec = define::<Args, Output>(
            "text.template",
            "Put values into a text.",
            EffectClass::Pure,
        );
        Self { spec }
    }
}

impl Tool for TextTemplate {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn assess<'a>(&'a self, args: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(args)?;
            check(&args.template)?;
            let summary = format!(
                "fill a template of {}",
                size::shown(args.template.len() as u64)
            );
            Ok(harmless(EffectClass::Pure, "a text", summary))
        })
    }

    fn run<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Value, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(&call.args)?;
            blocking(move || {
                check(&args.template)?;
                to_output(&Output {
                    text: render(&args)?,
                })
            })
            .await
        })
    }
}

fn check(template: &str) -> Result<(), Failure> {
    if template.len() > MOST_TEMPLATE {
        return Err(bad_input(format!(
            "`template` is larger than {}",
            size::shown(MOST_TEMPLATE as u64)
        )));
    }
    guard::check(template).map_err(|refusal| bad_input(format!("`template`: {refusal}")))
}

fn render(args: &Args) -> Result<String, Failure> {
    let environment = environment();
    let template = environment
        .template_from_str(&args.template)
        .map_err(|error| refused(&error))?;
    let mut output = Capped {
        bytes: Vec::new(),
        full: false,
    };
    let values = minijinja::Value::from(Serde(&args.values));
    let rendered = template.render_captured_to(values, &mut output).map(|_| ());
    if output.full {
        let message = format!(
            "the text is larger than {}",
            size::shown(MOST_OUTPUT as u64)
        );
        return Err(Failure::new(FailureClass::TooLarge, message));
    }
    rendered.map_err(|error| refused(&error))?;
    String::from_utf8(output.bytes).map_err(|_| {
        Failure::new(
            FailureClass::Internal,
            "the template engine wrote a broken character",
        )
    })
}

/// Only filters whose result is not larger than what they are given.
fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(50);
    let syntax = SyntaxConfig::builder()
        .keep_trailing_newline(true)
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build();
    environment.set_syntax(syntax.expect("the usual delimiters differ from each other"));
    environment.add_filter("default", filters::default);
    environment.add_filter("dictsort", filters::dictsort);
    environment.add_filter("first", filters::first);
    environment.add_filter("groupby", filters::groupby);
    environment.add_filter("int", filters::int);
    environment.add_filter("items", filters::items);
    environment.add_filter("last", filters::last);
    environment.add_filter("length", filters::length);
    environment.add_filter("lines", filters::lines);
    environment.add_filter("list", filters::list);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("reject", filters::reject);
    environment.add_filter("rejectattr", filters::rejectattr);
    environment.add_filter("reverse", filters::reverse);
    environment.add_filter("round", filters::round);
    environment.add_filter("select", filters::select);
    environment.add_filter("selectattr", filters::selectattr);
    environment.add_filter("sort", filters::sort);
    environment.add_filter("split", filters::split);
    environment.add_filter("title", filters::title);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("unique", filters::unique);
    environment.add_filter("upper", filters::upper);
    environment.add_filter("join", join);
    environment.add_filter("tojson", to_json);
    environment.add_test("defined", checks::is_defined);
    environment.add_test("none", checks::is_none);
    environment.add_test("eq", checks::is_eq);
    environment.add_test("ne", checks::is_ne);
    environment.add_test("true", checks::is_true);
    environment.add_test("false", checks::is_false);
    environment.add_test("string", checks::is_string);
    environment.add_test("number", checks::is_number);
    environment
}

fn join(list: &minijinja::Value, between: Option<&str>) -> Result<String, minijinja::Error> {
    let mut text = String::new();
    for (place, item) in list.try_iter()?.enumerate() {
        if place > 0 {
            text.push_str(between.unwrap_or_default());
        }
        text.push_str(&item.to_string());
        if text.len() > MOST_OUTPUT {
            return Err(minijinja::Error::new(
                ErrorKind::InvalidOperation,
                "the joined text is too large",
            ));
        }
    }
    Ok(text)
}

fn to_json(value: &minijinja::Value) -> Result<String, minijinja::Error> {
    serde_json::to_string(value)
        .map_err(|error| minijinja::Error::new(ErrorKind::BadSerialization, error.to_string()))
}

fn refused(error: &minijinja::Error) -> Failure {
    let line = error
        .line()
        .map(|line| format!(" in line {line}"))
        .unwrap_or_default();
    let detail = error
        .detail()
        .map(|detail| format!(": {detail}"))
        .unwrap_or_default();
    bad_input(format!("`template`{line}: {}{detail}", error.kind()))
}

/// Takes no more than an output may have.
struct Capped {
    bytes: Vec<u8>,
    full: bool,
}

impl io::Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > MOST_OUTPUT {
            self.full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::run;
    use serde_json::json;

    async fn fill(template: &str, values: Value) -> Result<String, Failure> {
        let output = run(
            &TextTemplate::new(),
            json!({"template": template, "values": values}),
        )
        .await?;
        Ok(output["text"].as_str().unwrap().to_owned())
    }

    #[tokio::test]
    async fn fills_lists_conditions_and_filters_without_escaping() {
        let template = "# {{ name|upper }}\n{% for c in commits %}\n- {{ c.subject }} ({{ loop.index }})\n\
            {% else %}\nnothing\n{% endfor %}\n{% if name == 'x' %}{{ tags|join(', ') }}{% endif %} {{ commits|length }}\n";
        let values = json!({"name": "x", "commits": [{"subject": "<a> & b"}], "tags": ["é", 2]});
        assert_eq!(
            fill(template, values).await.unwrap(),
            "# X\n- <a> & b (1)\né, 2 1\n"
        );
        assert_eq!(
            fill("{{ a|tojson }}", json!({"a": {"b": [1, null]}}))
                .await
                .unwrap(),
            "{\"b\":[1,null]}"
        );
    }

    #[tokio::test]
    async fn missing_names_and_broken_templates_say_where() {
        for (template, part) in [
            ("a\n{{ nothing }}", "line 2"),
            ("{{ a.b }}", "line 1"),
            ("{% for %}", "line 1"),
            ("{{ a|nofilter }}", "nofilter"),
        ] {
            let failure = fill(template, json!({"a": {}})).await.unwrap_err();
            assert_eq!(failure.class, FailureClass::BadInput);
            assert!(failure.message.contains(part), "{template}: {failure}");
        }
    }

    #[tokio::test]
    async fn endless_work_and_endless_text_end() {
        let list: Vec<u32> = (0..1000).collect();
        let nested =
            "{% for a in l %}{% for b in l %}{% for c in l %}{% endfor %}{% endfor %}{% endfor %}";
        assert_eq!(
            fill(nested, json!({"l": list})).await.unwrap_err().class,
            FailureClass::BadInput
        );
        let long = "{% for a in l %}{{ t }}{% endfor %}";
        let failure = fill(long, json!({"l": list, "t": "x".repeat(5000)}))
            .await
            .unwrap_err();
        assert_eq!(failure.class, FailureClass::TooLarge);
    }
}
