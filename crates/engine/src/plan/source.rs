//! YAML or JSON text as a tree in which every node knows its place.
//!
//! **Invariant:** the tree is no larger and no deeper than the caps below, whatever the text says;
//! an alias counts for everything that it stands for.

use std::collections::{HashMap, HashSet};

use krake_domain::position::Position;
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};
use serde_json::{Map, Number, Value};

use super::diagnostic::{Code, Diagnostic};

const MOST_BYTES: usize = 8 << 20;
const MOST_NODES: usize = 400_000;
const MOST_DEPTH: usize = 64;

/// A value with the place where it begins.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub at: Position,
    pub kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Scalar(Value),
    List(Vec<Node>),
    Object(Vec<(Key, Node)>),
}

#[derive(Debug, Clone)]
pub(super) struct Key {
    pub at: Position,
    pub text: String,
}

impl Node {
    /// The value without its places.
    pub fn value(&self) -> Value {
        match &self.kind {
            Kind::Scalar(value) => value.clone(),
            Kind::List(items) => Value::Array(items.iter().map(Self::value).collect()),
            Kind::Object(fields) => Value::Object(
                fields
                    .iter()
                    .map(|(key, node)| (key.text.clone(), node.value()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }

    /// The node that a path of field names and item numbers leads to, or the last one on the way.
    pub fn follow<'n>(&'n self, path: impl IntoIterator<Item = &'n str>) -> &'n Self {
        let mut node = self;
        for part in path {
            let next = match &node.kind {
                Kind::Object(fields) => fields
                    .iter()
                    .find(|(key, _)| key.text == part)
                    .map(|(_, inner)| inner),
                Kind::List(items) => part
                    .parse::<usize>()
                    .ok()
                    .and_then(|place| items.get(place)),
                Kind::Scalar(_) => None,
            };
            match next {
                Some(inner) => node = inner,
                None => break,
            }
        }
        node
    }

    pub fn kind_in_words(&self) -> &'static str {
        match &self.kind {
            Kind::Scalar(value) => crate::expr::kind_of(value),
            Kind::List(_) => "a list",
            Kind::Object(_) => "an object",
        }
    }
}

/// Reads one document.
pub(super) fn read(text: &str) -> Result<Node, Diagnostic> {
    let start = Position { line: 1, column: 1 };
    if text.len() > MOST_BYTES {
        return Err(Diagnostic::new(
            start,
            Code::TooLarge,
            format!("the plan has {} bytes", text.len()),
        )
        .expected(format!("at most {MOST_BYTES}")));
    }
    let mut reader = Reader {
        events: Parser::new_from_str(text),
        anchors: HashMap::new(),
        nodes: 0,
    };
    let node = reader.document()?;
    node.ok_or_else(|| {
        Diagnostic::new(start, Code::Syntax, "the plan is empty")
            .expected("an object with `name` and `steps`")
    })
}

struct Reader<'t, I: saphyr_parser::Input> {
    events: Parser<'t, I>,
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
}

/// A list or object that is being read, with where it began and its anchor.
struct Open {
    at: Position,
    anchor: usize,
    nodes_before: usize,
    parts: Parts,
}

enum Parts {
    List(Vec<Node>),
    Object(Vec<(Key, Node)>, Option<Key>, HashSet<String>),
}

impl<'t, I: saphyr_parser::Input> Reader<'t, I> {
    fn document(&mut self) -> Result<Option<Node>, Diagnostic> {
        let mut stack: Vec<Open> = Vec::new();
        let mut root: Option<Node> = None;
        loop {
            let (event, span) = match self.events.next_event() {
                None => return Ok(root),
                Some(Err(error)) => return Err(syntax(&error)),
                Some(Ok(next)) => next,
            };
            let at = position(&span);
            let finished = match event {
                Event::Scalar(text, style, anchor, tag) => {
                    if tag.is_some() {
                        return Err(Diagnostic::new(at, Code::Syntax, "tags are not read")
                            .expected("a plain value"));
                    }
                    let node = Node {
                        at,
                        kind: Kind::Scalar(scalar(&text, style)),
                    };
                    self.count(at, 1)?;
                    self.remember(anchor, &node, 1);
                    Some(node)
                }
                Event::Alias(anchor) => {
                    let Some((node, size)) = self.anchors.get(&anchor) else {
                        return Err(Diagnostic::new(
                            at,
                            Code::Syntax,
                            "this alias has no anchor before it",
                        ));
                    };
                    let (mut node, size) = (node.clone(), *size);
                    self.count(at, size)?;
                    node.at = at;
                    Some(node)
                }
                Event::SequenceStart(anchor, _) => {
                    self.open(&mut stack, at, anchor, Parts::List(Vec::new()))?;
                    None
                }
                Event::MappingStart(anchor, _) => {
                    self.open(
                        &mut stack,
                        at,
                        anchor,
                        Parts::Object(Vec::new(), None, HashSet::new()),
                    )?;
                    None
                }
                Event::SequenceEnd | Event::MappingEnd => stack.pop().map(|open| self.close(open)),
                Event::DocumentStart(_) if root.is_some() => {
                    return Err(
                        Diagnostic::new(at, Code::Syntax, "a second document begins here")
                            .expected("one plan in one file"),
                    );
                }
                _ => None,
            };
            if let Some(node) = finished {
                match stack.last_mut() {
                    Some(open) => put(&mut open.parts, node)?,
                    None => root = Some(node),
                }
            }
        }
    }

    fn open(
        &mut self,
        stack: &mut Vec<Open>,
        at: Position,
        anchor: usize,
        parts: Parts,
    ) -> Result<(), Diagnostic> {
        if stack.len() >= MOST_DEPTH {
            return Err(Diagnostic::new(at, Code::TooLarge, "nested too deeply")
                .expected(format!("at most {MOST_DEPTH} levels")));
        }
        stack.push(Open {
            at,
            anchor,
            nodes_before: self.nodes,
            parts,
        });
        self.count(at, 1)
    }

    fn close(&mut self, open: Open) -> Node {
        let kind = match open.parts {
            Parts::List(items) => Kind::List(items),
            Parts::Object(fields, ..) => Kind::Object(fields),
        };
        let node = Node { at: open.at, kind };
        self.remember(open.anchor, &node, self.nodes - open.nodes_before);
        node
    }

    fn remember(&mut self, anchor: usize, node: &Node, size: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
    }

    fn count(&mut self, at: Position, nodes: usize) -> Result<(), Diagnostic> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > MOST_NODES {
            return Err(Diagnostic::new(
                at,
                Code::TooLarge,
                "the plan grows too large here, aliases counted in full",
            )
            .expected(format!("at most {MOST_NODES} values")));
        }
        Ok(())
    }
}

fn put(parts: &mut Parts, node: Node) -> Result<(), Diagnostic> {
    match parts {
        Parts::List(items) => items.push(node),
        Parts::Object(_, key @ None, seen) => match node.kind {
            Kind::Scalar(Value::String(text)) => {
                if !seen.insert(text.clone()) {
                    return Err(Diagnostic::new(
                        node.at,
                        Code::Duplicate,
                        format!("`{text}` is there twice"),
                    ));
                }
                *key = Some(Key { at: node.at, text });
            }
            Kind::Scalar(value) if !value.is_null() => {
                *key = Some(Key {
                    at: node.at,
                    text: value.to_string(),
                })
            }
            _ => {
                return Err(
                    Diagnostic::new(node.at, Code::Syntax, "this key is not a text")
                        .expected("a name"),
                );
            }
        },
        Parts::Object(fields, key, _) => {
            if let Some(key) = key.take() {
                fields.push((key, node));
            }
        }
    }
    Ok(())
}

/// The YAML 1.2 core schema: what is not quoted may be null, a truth value or a number.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::String(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let looks_like_number =
        text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    if looks_like_number {
        let plain = text.strip_prefix('+').unwrap_or(text);
        if let Ok(whole) = plain.parse::<i64>() {
            return Value::from(whole);
        }
        if let Some(number) = plain
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .and_then(Number::from_f64)
        {
            return Value::Number(number);
        }
    }
    Value::String(text.to_owned())
}

fn position(span: &Span) -> Position {
    place(span.start.line(), span.start.col())
}

fn place(line: usize, column: usize) -> Position {
    Position {
        line: u32::try_from(line).unwrap_or(u32::MAX),
        column: u32::try_from(column + 1).unwrap_or(u32::MAX),
    }
}

fn syntax(error: &ScanError) -> Diagnostic {
    let at = place(error.marker().line(), error.marker().col());
    Diagnostic::new(
        at,
        Code::Syntax,
        format!("this is not YAML: {}", error.info()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_alias_bomb_is_refused_before_it_grows() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let before = format!("*a{}", level - 1);
            bomb += &format!(
                "a{level}: &a{level} [{}]\n",
                [before.as_str(); 10].join(", ")
            );
        }
        let fault = read(&bomb).unwrap_err();
        assert_eq!(fault.code, Code::TooLarge);
        assert_eq!(fault.at.line, 6);
    }

    #[test]
    fn deep_nesting_is_refused() {
        assert!(read(&"[".repeat(100_000)).is_err());
        let closed = format!("{}{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(read(&closed).unwrap_err().code, Code::TooLarge);
        let indented: String = (0..500)
            .map(|depth| format!("{}a:\n", " ".repeat(depth)))
            .collect();
        assert_eq!(read(&indented).unwrap_err().code, Code::TooLarge);
    }

    #[test]
    fn places_and_kinds() {
        let node = read("a: 1\nb:\n  - x: \"2\"\n    y: 1.5\n").unwrap();
        assert_eq!(
            node.follow(["b", "0", "y"]).at,
            Position { line: 4, column: 8 }
        );
        assert_eq!(
            node.value(),
            serde_json::json!({"a": 1, "b": [{"x": "2", "y": 1.5}]})
        );
        assert_eq!(
            read("{\"a\": [true, null, \"x\"]}").unwrap().value(),
            serde_json::json!({"a": [true, null, "x"]})
        );
    }

    #[test]
    fn faults_have_places() {
        assert_eq!(
            read("a: 1\na: 2\n").unwrap_err().at,
            Position { line: 2, column: 1 }
        );
        assert_eq!(read("a: [1,\nb").unwrap_err().code, Code::Syntax);
        assert_eq!(read("").unwrap_err().code, Code::Syntax);
        assert_eq!(read("a: 1\n---\nb: 2\n").unwrap_err().code, Code::Syntax);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[-:\\[\\]{}&*a-c0-9 \n\"'|>#,!~]{0,60}") {
            let _ = read(&text);
        }
    }
}
