//! `json.query`: parts of a JSON value by JSONPath (RFC 9535).

use krake_domain::failure::Failure;
use krake_domain::tool::{Assessment, EffectClass, ToolSpec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::define::{bad_input, blocking, define, to_output};
use crate::tool::{Call, Pending, Tool, harmless, parse_args};

/// Each `..` may visit a value once for each of its ancestors, each selector after a comma once
/// more: these limits keep the work near the size of the value.
const MOST_DESCENTS: usize = 2;
const MOST_COMMAS: usize = 8;
const MOST_CHARS: usize = 1_000;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// The value to look into.
    value: Value,
    /// JSONPath as in RFC 9535, for example `$.items[?@.state == 'open'].title`.
    path: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    /// In the order of the document.
    matches: Vec<Value>,
    count: usize,
}

pub struct JsonQuery {
    spec: ToolSpec,
}

impl JsonQuery {
    pub fn new() -> Self {
        let description = "Take the parts of a JSON value that a JSONPath names.";
        Self {
            spec: define::<Args, Output>("json.query", description, EffectClass::Pure),
        }
    }
}

impl Tool for JsonQuery {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn assess<'a>(&'a self, args: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(args)?;
            let path = parse(&args.path)?;
            Ok(harmless(
                EffectClass::Pure,
                path.to_string(),
                format!("take {path}"),
            ))
        })
    }

    fn run<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Value, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(&call.args)?;
            let path = parse(&args.path)?;
            blocking(move || {
                let matches: Vec<Value> =
                    path.query(&args.value).all().into_iter().cloned().collect();
                to_output(&Output {
                    count: matches.len(),
                    matches,
                })
            })
            .await
        })
    }
}

fn parse(path: &str) -> Result<JsonPath, Failure> {
    let count = |part: &str| path.matches(part).count();
    if path.len() > MOST_CHARS || count("..") > MOST_DESCENTS || count(",") > MOST_COMMAS {
        let message = format!(
            "`path` is too heavy: at most {MOST_CHARS} characters, {MOST_DESCENTS} times `..` and {MOST_COMMAS} commas"
        );
        return Err(bad_input(message));
    }
    JsonPath::parse(path).map_err(|error| {
        bad_input(format!(
            "`path` is no JSONPath: {} at character {}",
            error.message(),
            error.position() + 1
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::run;
    use krake_domain::failure::FailureClass;
    use serde_json::json;

    #[tokio::test]
    async fn takes_what_the_path_names() {
        let value = json!({"items": [{"n": 1, "open": true}, {"n": 2}, {"n": 3, "open": true}]});
        let output = run(
            &JsonQuery::new(),
            json!({"value": value, "path": "$.items[?@.open].n"}),
        )
        .await
        .unwrap();
        assert_eq!(output, json!({"matches": [1, 3], "count": 2}));
        let output = run(&JsonQuery::new(), json!({"value": value, "path": "$.none"}))
            .await
            .unwrap();
        assert_eq!(output, json!({"matches": [], "count": 0}));
    }

    #[tokio::test]
    async fn wrong_and_heavy_paths_are_refused() {
        for path in ["items", "$[", "$..*..*..*", "$[*,*,*,*,*,*,*,*,*,*]"] {
            let failure = run(&JsonQuery::new(), json!({"value": 1, "path": path}))
                .await
                .unwrap_err();
            assert_eq!(failure.class, FailureClass::BadInput);
            assert!(failure.message.contains("`path`"), "{failure}");
        }
    }
}
