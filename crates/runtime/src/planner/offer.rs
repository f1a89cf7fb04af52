//! What a model is told: the page, the tools of this installation, the playbooks, and the request;
//! and the two calls that it can answer with.

use krake_domain::tool::{Catalog, ToolSpec};
use krake_llm::{Message, Offer, Request, ToolChoice};
use serde_json::{Map, Value, json};

use crate::playbooks::{Playbook, Playbooks};

/// The page, with its version in the first line.
const PAGE: &str = include_str!("../../prompts/plan.md");
/// The longest plan, in tokens.
const MOST_TOKENS: u32 = 8_192;
/// Steps of a plan that a model writes; whoever reads it must be able to.
pub(super) const MOST_STEPS: usize = 100;
/// A description is cut there: it is there to choose by, not to read.
const MOST_DESCRIPTION: usize = 300;

pub(super) const PROPOSE: &str = "propose_plan";
pub(super) const DECLINE: &str = "decline";

/// The first question about a request in plain words.
pub(super) fn question(query: &str, catalog: &Catalog, playbooks: &Playbooks) -> Request {
    Request {
        system: format!(
            "{PAGE}\n## Tools\n\n{}\n## Playbooks that exist already\n\n{}",
            catalog
                .iter()
                .map(|entry| tool(&entry.spec))
                .collect::<String>(),
            playbooks
                .list()
                .iter()
                .map(|one| playbook(one))
                .collect::<String>(),
        ),
        messages: vec![Message::User(format!("<request>\n{query}\n</request>"))],
        tools: vec![propose(catalog), decline()],
        choice: ToolChoice::Any,
        max_tokens: MOST_TOKENS,
        temperature: None,
    }
}

fn tool(spec: &ToolSpec) -> String {
    let class = serde_json::to_value(spec.class).unwrap_or_default();
    let fields = spec.output_schema["properties"].as_object();
    let fields: Vec<&str> = fields
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    format!(
        "### {}\n{} Effect: {}.{}\nArguments: {}\nOutput fields: {}\n\n",
        spec.name,
        spec.description,
        class.as_str().unwrap_or_default(),
        if spec.asks {
            " Always asks a person."
        } else {
            ""
        },
        spec.args_schema,
        fields.join(", "),
    )
}

fn playbook(playbook: &Playbook) -> String {
    let description = playbook
        .parsed
        .as_ref()
        .map_or("", |parsed| parsed.plan.description.as_str());
    let description: String = description.chars().take(MOST_DESCRIPTION).collect();
    format!(
        "- {}: {}\n",
        one_line(&playbook.name),
        one_line(&description)
    )
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn propose(catalog: &Catalog) -> Offer {
    let tools: Vec<&str> = catalog
        .iter()
        .map(|entry| entry.spec.name.as_str())
        .collect();
    let step = json!({
        "type": "object",
        "required": ["id", "tool", "args"],
        "additionalProperties": false,
        "properties": {
            "id": { "type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$" },
            "name": { "type": "string", "description": "A title of a few words." },
            "tool": { "type": "string", "enum": tools },
            "args": { "type": "object", "description": "As the tool's schema says; references allowed." },
            "needs": { "type": "array", "items": { "type": "string" } },
            "when": { "type": "string" },
            "approval": { "type": "string", "enum": ["policy", "always"] },
            "on_error": { "type": "string", "enum": ["fail", "continue"] },
        },
    });
    Offer {
        name: PROPOSE.to_owned(),
        description: "Propose a plan. It is checked, and a person looks at it before it runs."
            .to_owned(),
        schema: object(json!({
            "type": "object",
            "required": ["name", "description", "steps"],
            "additionalProperties": false,
            "properties": {
                "name": { "type": "string", "description": "A few words in lower case with hyphens." },
                "description": { "type": "string", "description": "What it does, in one sentence." },
                "inputs": {
                    "type": "object",
                    "description": "Name → JSON Schema with `default`, and `slot: path` for folders.",
                    "additionalProperties": { "type": "object" },
                },
                "steps": { "type": "array", "minItems": 1, "maxItems": MOST_STEPS, "items": step },
                "output": { "type": "object", "description": "What the whole returns; references allowed." },
            },
        })),
    }
}

fn decline() -> Offer {
    Offer {
        name: DECLINE.to_owned(),
        description: "Say that the tools cannot do what is asked.".to_owned(),
        schema: object(json!({
            "type": "object",
            "required": ["reason"],
            "additionalProperties": false,
            "properties": { "reason": { "type": "string", "description": "One sentence for the person." } },
        })),
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_is_told_every_tool_and_no_more_than_it_needs() {
        let home = tempfile::tempdir().unwrap();
        let catalog = crate::builtin_catalog();
        let asked = question("count the lines", &catalog, &Playbooks::new(home.path()));
        for entry in catalog.iter() {
            assert!(asked.system.contains(&format!("### {}\n", entry.spec.name)));
        }
        assert!(asked.system.starts_with("<!-- version "));
        assert!(asked.system.contains("- brief-repo: Read a git repository"));
        // Nothing about this machine, this person or this folder.
        let home = home.path().to_string_lossy().into_owned();
        assert!(!asked.system.contains(&home));
        assert_eq!(
            asked.messages,
            [Message::User(
                "<request>\ncount the lines\n</request>".to_owned()
            )]
        );
    }
}
