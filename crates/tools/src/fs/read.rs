//! `fs.read`: the text of one file.

use krake_domain::failure::Failure;
use krake_domain::tool::{Assessment, EffectClass, ToolSpec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::define::{MOST_OUTPUT, blocking, define, to_output};
use crate::fs::open;
use crate::size;
use crate::tool::{Call, Pending, Tool, harmless, parse_args};

const MOST_BYTES: u64 = 8 * 1024 * 1024;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// Folder that the path is relative to; `~` is the home folder.
    root: String,
    /// Path of the file, relative to the root.
    path: String,
    /// How many bytes to read at most, up to 8 MiB.
    #[serde(default = "default_max_bytes")]
    #[schemars(range(min = 1, max = 8_388_608))]
    max_bytes: u64,
}

fn default_max_bytes() -> u64 {
    1024 * 1024
}

#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    text: String,
    /// Size of the whole file.
    bytes: u64,
    /// The file is longer than `text`.
    truncated: bool,
    /// The file is not UTF-8; what could not be read is replaced by U+FFFD.
    lossy: bool,
}

pub struct FsRead {
    spec: ToolSpec,
}

impl FsRead {
    pub fn new() -> Self {
        let spec = define::<Args, Output>("fs.read", "Read the text of a file.", EffectClass::Read);
        Self {
            spec: ToolSpec {
                untrusted_output: true,
                ..spec
            },
        }
    }
}

impl Tool for FsRead {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn assess<'a>(&'a self, args: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(args)?;
            Ok(harmless(
                EffectClass::Read,
                format!("{}/{}", args.root, args.path),
                format!("read {}", args.path),
            ))
        })
    }

    fn run<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Value, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(&call.args)?;
            blocking(move || to_output(&read(&args)?)).await
        })
    }
}

fn read(args: &Args) -> Result<Output, Failure> {
    let (root, path) = open(&args.root, &args.path)?;
    let head = root.read(&path, args.max_bytes.min(MOST_BYTES))?;
    let mut bytes = head.bytes;
    if head.truncated {
        bytes.truncate(whole_characters(&bytes));
    }
    let (text, lossy) = match String::from_utf8(bytes) {
        Ok(text) => (text, false),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), true),
    };
    let fits = fitting(&text);
    let truncated = head.truncated || fits < text.len();
    Ok(Output {
        text: size::head(&text, fits).to_owned(),
        bytes: head.total_bytes,
        truncated,
        lossy,
    })
}

/// Where the last character ends that was not cut in the middle.
fn whole_characters(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => bytes.len(),
    }
}

/// How much of the text fits into an output once it is written as JSON, where a control character
/// takes six bytes.
fn fitting(text: &str) -> usize {
    let mut room = MOST_OUTPUT - 1024;
    for (place, byte) in text.bytes().enumerate() {
        let takes = match byte {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 2,
            0..0x20 => 6,
            _ => 1,
        };
        if room < takes {
            return place;
        }
        room -= takes;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::run;
    use krake_domain::failure::FailureClass;
    use serde_json::json;

    async fn read_bytes(bytes: &[u8], max_bytes: u64) -> Value {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), bytes).unwrap();
        run(
            &FsRead::new(),
            json!({"root": folder.path(), "path": "a", "max_bytes": max_bytes}),
        )
        .await
        .unwrap()
    }

    #[tokio::test]
    async fn cuts_between_characters_and_says_so() {
        let output = read_bytes("aüb".as_bytes(), 2).await;
        assert_eq!(
            output,
            json!({"text": "a", "bytes": 4, "truncated": true, "lossy": false})
        );
        let output = read_bytes("aüb".as_bytes(), 4).await;
        assert_eq!(
            output,
            json!({"text": "aüb", "bytes": 4, "truncated": false, "lossy": false})
        );
    }

    #[tokio::test]
    async fn what_is_no_text_is_replaced_and_said() {
        let output = read_bytes(b"a\xffb", 100).await;
        assert_eq!(
            output,
            json!({"text": "a\u{fffd}b", "bytes": 3, "truncated": false, "lossy": true})
        );
    }

    #[tokio::test]
    async fn the_output_stays_small_also_for_control_characters() {
        let output = read_bytes(&vec![1; 4 << 20], 8 << 20).await;
        assert_eq!(output["truncated"], true);
        assert!(output.to_string().len() < 8 << 20);
    }

    #[tokio::test]
    async fn wrong_paths_and_arguments_say_which() {
        let folder = tempfile::tempdir().unwrap();
        let cases = [
            (
                json!({"root": folder.path(), "path": "../x"}),
                FailureClass::BadInput,
                "../x",
            ),
            (
                json!({"root": folder.path(), "path": "/etc/passwd"}),
                FailureClass::BadInput,
                "absolute",
            ),
            (
                json!({"root": folder.path(), "path": "none.md"}),
                FailureClass::NotFound,
                "none.md",
            ),
            (
                json!({"root": folder.path(), "path": "."}),
                FailureClass::BadInput,
                "a folder",
            ),
            (
                json!({"root": "/no/such/root", "path": "x"}),
                FailureClass::NotFound,
                "/no/such/root",
            ),
            (
                json!({"root": folder.path(), "path": "x", "mode": 1}),
                FailureClass::BadInput,
                "mode",
            ),
            (json!({"path": "x"}), FailureClass::BadInput, "root"),
        ];
        for (args, class, part) in cases {
            let failure = run(&FsRead::new(), args.clone()).await.unwrap_err();
            assert_eq!(failure.class, class, "{args}: {failure}");
            assert!(failure.message.contains(part), "{args}: {failure}");
        }
    }
}
