//! The page inside a capsule: one file that shows what is in it, without a server and without a
//! network.
//!
//! What others wrote lies in blocks of JSON that no browser runs, and the page puts it on the screen as
//! text. The policy in its head lets one script run, named by its digest, and nothing load.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use krake_edge::EdgeError;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::CapsuleError;
use super::entries::Entries;

const PAGE: &str = include_str!("reader/page.html");
const STYLE: &str = include_str!("reader/page.css");
const SCRIPT: &str = include_str!("reader/page.js");
/// What a browser opens without trouble; sessions beyond it are in the capsule's lines alone.
const MOST_BYTES: usize = 48 << 20;
/// Of one message.
const MOST_TEXT: usize = 60_000;

/// The page, as it is collected.
pub struct Reader {
    messages: BufWriter<File>,
    place: PathBuf,
    /// The session whose block is open.
    open: Option<String>,
    bytes: usize,
    /// Sessions that are shown only in part or not at all.
    beyond: HashSet<String>,
    lists: Vec<(&'static str, Vec<Value>)>,
}

impl Reader {
    /// Begins a page; what is long lies in this folder meanwhile.
    pub fn begin(folder: &Path) -> Result<Self, CapsuleError> {
        let place = folder.join("reader");
        let file = File::create(&place).map_err(|error| failed(&place, error))?;
        Ok(Self {
            messages: BufWriter::new(file),
            place,
            open: None,
            bytes: 0,
            beyond: HashSet::new(),
            lists: Vec::new(),
        })
    }

    /// A line of a noun that is shown.
    pub fn line(&mut self, noun: &'static str, line: &Value) {
        let shown: &[&str] = match noun {
            "projects" => &[
                "id",
                "name",
                "description",
                "status",
                "folder",
                "objectives",
            ],
            "sessions" => &[
                "id",
                "source",
                "title",
                "started_at",
                "ended_at",
                "project_id",
                "cwd",
                "model",
            ],
            "knowledge" => &[
                "id",
                "category",
                "title",
                "text",
                "sources",
                "created_at",
                "superseded_by",
                "withdrawn_at",
            ],
            "handoffs" => &["id", "goal", "state", "created_at", "note", "briefing"],
            "executions" => &["id", "name", "title", "status", "created_at", "ended_at"],
            _ => return,
        };
        let mut slim: serde_json::Map<String, Value> = shown
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), line.get(*name)?.clone())))
            .collect();
        if let Some(briefing) = slim.get_mut("briefing") {
            *briefing = briefing["text"].take();
        }
        self.add(noun, Value::Object(slim));
    }

    pub fn playbook(&mut self, file: &str, text: &str) {
        self.add(
            "playbooks",
            json!({ "id": file, "title": file, "text": text }),
        );
    }

    pub fn event(&mut self, execution: &str, line: &Value) {
        self.add(
            "events",
            json!([
                execution,
                line["at"],
                line["event"]["kind"],
                line["event"]["step"]
            ]),
        );
    }

    fn add(&mut self, list: &'static str, value: Value) {
        let bytes = value.to_string().len();
        if self.bytes + bytes > MOST_BYTES {
            return;
        }
        self.bytes += bytes;
        match self.lists.iter_mut().find(|(name, _)| *name == list) {
            Some((_, values)) => values.push(value),
            None => self.lists.push((list, vec![value])),
        }
    }

    /// A message, in the order of its session.
    pub fn message(&mut self, session: &str, message: &Value) -> Result<(), CapsuleError> {
        let text = message["text"].as_str().unwrap_or_default();
        let cut = text.floor_char_boundary(MOST_TEXT);
        let block = escaped(&json!([
            message["role"],
            message["kind"],
            message["at"],
            &text[..cut],
            message["tool"]["name"],
            message["tool"]["input"],
            cut < text.len(),
        ]));
        if self.bytes + block.len() > MOST_BYTES {
            self.beyond.insert(session.to_owned());
            return Ok(());
        }
        self.bytes += block.len();
        let is_open = self.open.as_deref() == Some(session);
        let begin = match is_open {
            true => ",\n".to_owned(),
            false => {
                let before = self.close();
                self.open = Some(session.to_owned());
                // An id holds letters, digits and a line.
                format!("{before}<script type=\"application/json\" data-session=\"{session}\">[")
            }
        };
        self.messages
            .write_all(begin.as_bytes())
            .and_then(|()| self.messages.write_all(block.as_bytes()))
            .map_err(|error| failed(&self.place, error))
    }

    fn close(&mut self) -> &'static str {
        match self.open.take() {
            Some(_) => "]</script>\n",
            None => "",
        }
    }

    /// Writes the page into the open entry.
    pub fn finish(mut self, about: &Value, to: &mut Entries) -> Result<(), CapsuleError> {
        let end = self.close();
        self.messages
            .write_all(end.as_bytes())
            .and_then(|()| self.messages.flush())
            .map_err(|error| failed(&self.place, error))?;
        let (head, tail) = PAGE
            .split_once("{{DATA}}")
            .expect("the page has this place");
        let policy = format!(
            "default-src 'none'; script-src '{}'; style-src '{}'; base-uri 'none'; form-action 'none'",
            source(SCRIPT),
            source(STYLE)
        );
        let head = head
            .replace("{{POLICY}}", &policy)
            .replace("{{STYLE}}", STYLE);
        to.write(head.as_bytes())?;
        let mut data = json!({ "about": about, "beyond": self.beyond });
        for (name, values) in std::mem::take(&mut self.lists) {
            data[name] = Value::Array(values);
        }
        let data = escaped(&data);
        to.write(b"<script type=\"application/json\" id=\"data\">")?;
        to.write(data.as_bytes())?;
        to.write(b"</script>\n")?;
        let mut file = File::open(&self.place)
            .map(BufReader::new)
            .map_err(|error| failed(&self.place, error))?;
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = file
                .read(&mut buffer)
                .map_err(|error| failed(&self.place, error))?;
            if read == 0 {
                break;
            }
            to.write(&buffer[..read])?;
        }
        to.write(tail.replace("{{SCRIPT}}", SCRIPT).as_bytes())
    }
}

/// JSON that cannot end the block that it stands in, nor begin anything else.
fn escaped(value: &Value) -> String {
    let text = value.to_string();
    let mut safe = String::with_capacity(text.len() + text.len() / 16);
    for letter in text.chars() {
        match letter {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                safe.push_str(&format!("\\u{:04x}", u32::from(letter)));
            }
            letter => safe.push(letter),
        }
    }
    safe
}

/// How a policy names a text that stands in the page.
fn source(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text)))
}

/// Base64 with padding.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = three
            .iter()
            .chain([0, 0].iter())
            .take(3)
            .fold(0_usize, |bits, byte| (bits << 8) | usize::from(*byte));
        for place in 0..4 {
            if place <= three.len() {
                text.push(char::from(LETTERS[(bits >> (18 - 6 * place)) & 63]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

fn failed(place: &Path, error: std::io::Error) -> CapsuleError {
    CapsuleError::Edge(EdgeError::from_io(format!("`{}`", place.display()), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_its_block() {
        let hostile = json!([
            "</script><script>alert(1)</script>",
            "<!--",
            "]]>",
            "\u{2028}"
        ]);
        let safe = escaped(&hostile);
        assert!(!safe.contains(['<', '>', '&', '\u{2028}']));
        assert_eq!(serde_json::from_str::<Value>(&safe).unwrap(), hostile);
    }

    #[test]
    fn base64_is_padded() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn the_page_asks_for_nothing_from_outside() {
        for text in [PAGE, STYLE, SCRIPT] {
            for way in [
                "http:",
                "https:",
                "url(",
                "@import",
                "innerHTML",
                "eval(",
                "fetch(",
                "document.write",
            ] {
                assert!(!text.contains(way), "{way}");
            }
        }
        assert!(!SCRIPT.contains("</script") && !STYLE.contains("</style"));
    }
}
