//! What a call writes into files: the names that it brings into the world.
//!
//! Bodies of files can be read again, so they are no words of the account. What it has just defined is
//! different: that is what it goes on with, and nothing else says where it stands.

use krake_domain::session::{Message, MessageKind};
use serde_json::Value;

/// Words that open a definition, in many languages.
const DEFINES: [&str; 15] = [
    "class",
    "const",
    "def",
    "enum",
    "fn",
    "fun",
    "func",
    "function",
    "interface",
    "module",
    "record",
    "struct",
    "test",
    "trait",
    "type",
];

/// Fields of a call that hold what is written.
const WRITTEN: [&str; 6] = [
    "content",
    "file_text",
    "input",
    "new_source",
    "new_str",
    "new_string",
];
/// Fields that hold what it replaces.
const REPLACED: [&str; 2] = ["old_str", "old_string"];

/// The names that this call defines, in order, without those of the text that it replaces.
#[must_use]
pub fn defined(message: &Message) -> Vec<&str> {
    let Some(tool) = message
        .tool
        .as_ref()
        .filter(|_| message.kind == MessageKind::ToolCall)
    else {
        return Vec::new();
    };
    let mut names = Vec::new();
    let mut before = Vec::new();
    of(&tool.input, &mut names, &mut before);
    names.retain(|name| !before.contains(name));
    names
}

fn of<'m>(input: &'m Value, names: &mut Vec<&'m str>, before: &mut Vec<&'m str>) {
    let take = |keys: &[&str], into: &mut Vec<&'m str>| {
        let texts = keys.iter().filter_map(|key| input.get(*key)?.as_str());
        into.extend(texts.flat_map(str::lines).filter_map(definition));
    };
    take(&WRITTEN, names);
    take(&REPLACED, before);
    for edit in input
        .get("edits")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        of(edit, names, before);
    }
    let patches = ["patch", "diff"]
        .iter()
        .filter_map(|key| input.get(*key)?.as_str());
    let added = input
        .as_str()
        .into_iter()
        .chain(patches)
        .flat_map(str::lines);
    names.extend(added.filter_map(|line| definition(line.strip_prefix('+')?)));
}

/// The name that a line defines: the first word behind one that opens a definition, which itself
/// stands among the first words of the line.
fn definition(line: &str) -> Option<&str> {
    let mut rest = line.trim_start();
    for _ in 0..LEADING {
        let (word, behind) = rest.split_once(' ')?;
        rest = behind.trim_start();
        if DEFINES.binary_search(&word).is_ok() {
            // The receiver of a method in Go.
            let rest = match rest.strip_prefix('(') {
                Some(receiver) => receiver.split_once(')')?.1.trim_start(),
                None => rest,
            };
            let end = rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
            let name = &rest[..end.unwrap_or(rest.len())];
            return (!name.is_empty()).then_some(name);
        }
        if !word
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '(' | ')' | '@'))
        {
            return None;
        }
    }
    None
}

/// Words that may stand before the one that opens: `pub async`, `export default`.
const LEADING: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use krake_domain::session::ToolUse;
    use serde_json::json;

    fn call(input: Value) -> Message {
        Message {
            kind: MessageKind::ToolCall,
            tool: Some(ToolUse {
                call_id: None,
                name: "Edit".to_owned(),
                input,
            }),
            ..Message::default()
        }
    }

    #[test]
    fn what_an_edit_defines_is_found_in_many_languages() {
        assert!(DEFINES.is_sorted());
        let table = [
            ("    pub async fn load_cart(&self) {", "load_cart"),
            ("def test_total(self):", "test_total"),
            ("func (c *Cart) TotalOf(x int) int {", "TotalOf"),
            ("export default class CartView extends View {", "CartView"),
            ("pub(crate) struct LineItem;", "LineItem"),
        ];
        for (line, name) in table {
            let edit =
                call(json!({ "old_string": "x", "new_string": format!("// one\n{line}\n") }));
            assert_eq!(defined(&edit), [name], "{line}");
        }
        for line in ["let total = type_of(x)", "return fn", "x.class = 1"] {
            let edit = call(json!({ "content": line }));
            assert_eq!(defined(&edit), Vec::<&str>::new(), "{line}");
        }
    }

    #[test]
    fn what_stood_there_before_is_not_new_and_a_patch_counts_what_it_adds() {
        let edit = call(json!({
            "old_string": "fn keep_it() {}", "new_string": "fn keep_it() {}\nfn make_it() {}",
        }));
        assert_eq!(defined(&edit), ["make_it"]);
        let patch = call(json!(
            "*** Begin Patch\n-fn old_one() {}\n+fn new_one() {}\n fn same_one() {}"
        ));
        assert_eq!(defined(&patch), ["new_one"]);
    }
}
