//! `fs.search`: the lines that match a pattern, in the files that a person would call theirs.
//!
//! Files are searched in the order of their names, a batch at a time on all cores, so the answer is
//! the same each time and the work stops with the batch that fills the limit.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use krake_domain::failure::{Failure, FailureClass};
use krake_domain::tool::{Assessment, EffectClass, ToolSpec};
use krake_edge::path::InnerPath;
use krake_edge::root::Root;
use krake_edge::walk::{Globs, walk};
use regex::bytes::{Regex, RegexBuilder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::define::{bad_input, blocking, define, to_output};
use crate::fs::open;
use crate::tool::{Call, Pending, Tool, harmless, parse_args};

const MOST_HITS: usize = 5_000;
const MOST_FILE_BYTES: u64 = 64 * 1024 * 1024;
const MOST_LINE_CHARS: usize = 400;
const BATCH: usize = 256;
/// A file with a zero byte in its beginning is no text.
const SNIFFED: usize = 8 * 1024;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// Folder that the path is relative to; `~` is the home folder.
    root: String,
    /// Folder or file to search, relative to the root.
    #[serde(default = "default_path")]
    path: String,
    /// Regular expression that a line must contain (syntax of the Rust `regex` crate).
    pattern: String,
    /// How many lines at most.
    #[serde(default = "default_limit")]
    #[schemars(range(min = 1, max = 5_000))]
    limit: usize,
    /// Patterns of file names as in `.gitignore`; `!` leaves out. Empty: every file.
    #[serde(default)]
    glob: Vec<String>,
    /// Not these files and folders, relative to the root; names as they are, no patterns.
    #[serde(default)]
    exclude: Vec<String>,
    /// Larger files are passed over.
    #[serde(default = "default_max_file_bytes")]
    #[schemars(range(min = 1, max = 67_108_864))]
    max_file_bytes: u64,
}

fn default_path() -> String {
    ".".to_owned()
}

fn default_limit() -> usize {
    500
}

fn default_max_file_bytes() -> u64 {
    1024 * 1024
}

#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    /// By path and line.
    hits: Vec<Hit>,
    /// Files that were read to the end, text or not.
    files_searched: usize,
    /// Files that were larger than allowed or could not be read.
    files_skipped: usize,
    /// There may be more lines than the limit allowed.
    truncated: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
struct Hit {
    path: String,
    /// From 1.
    line: usize,
    /// At most 400 characters.
    text: String,
}

pub struct FsSearch {
    spec: ToolSpec,
}

impl FsSearch {
    pub fn new() -> Self {
        let description = "Search the text files below a folder for lines that match a pattern.";
        let spec = define::<Args, Output>("fs.search", description, EffectClass::Read);
        Self {
            spec: ToolSpec {
                untrusted_output: true,
                timeout_ms: 60_000,
                ..spec
            },
        }
    }
}

impl Tool for FsSearch {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn assess<'a>(&'a self, args: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(args)?;
            let summary = format!("search {} for {}", args.path, args.pattern);
            Ok(harmless(
                EffectClass::Read,
                format!("{}/{}", args.root, args.path),
                summary,
            ))
        })
    }

    fn run<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Value, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(&call.args)?;
            let cancel = call.cancel.clone();
            blocking(move || to_output(&search(&args, &cancel)?)).await
        })
    }
}

fn search(args: &Args, cancel: &CancellationToken) -> Result<Output, Failure> {
    if args.limit == 0 {
        return Err(bad_input("`limit` begins at 1"));
    }
    let pattern = RegexBuilder::new(&args.pattern)
        .size_limit(4 * 1024 * 1024)
        .build()
        .map_err(|error| bad_input(format!("`pattern` cannot be read: {error}")))?;
    let (root, start) = open(&args.root, &args.path)?;
    let globs = Globs::parse(&root, &args.glob)?;
    let excluded: Vec<InnerPath> = args
        .exclude
        .iter()
        .map(|path| InnerPath::parse(path))
        .collect::<Result<_, _>>()?;
    let search = Search {
        root: &root,
        pattern: &pattern,
        limit: args.limit.min(MOST_HITS),
        max_file_bytes: args.max_file_bytes.min(MOST_FILE_BYTES),
        cancel,
    };
    let mut output = Output {
        hits: Vec::new(),
        files_searched: 0,
        files_skipped: 0,
        truncated: false,
    };
    let mut batch = Vec::with_capacity(BATCH);
    walk(&root, &start, &globs, cancel, |path| {
        let is_out = |out: &InnerPath| path.as_path().starts_with(out.as_path());
        if excluded.iter().any(is_out) {
            return ControlFlow::Continue(());
        }
        batch.push(path);
        if batch.len() == BATCH {
            search.batch(&mut batch, &mut output)
        } else {
            ControlFlow::Continue(())
        }
    })?;
    if !output.truncated {
        _ = search.batch(&mut batch, &mut output);
    }
    if cancel.is_cancelled() {
        return Err(Failure::new(
            FailureClass::Cancelled,
            "the search was cancelled",
        ));
    }
    Ok(output)
}

struct Search<'a> {
    root: &'a Root,
    pattern: &'a Regex,
    limit: usize,
    max_file_bytes: u64,
    cancel: &'a CancellationToken,
}

impl Search<'_> {
    fn batch(&self, batch: &mut Vec<InnerPath>, output: &mut Output) -> ControlFlow<()> {
        let files = std::mem::take(batch);
        let room = self.limit - output.hits.len();
        let next = AtomicUsize::new(0);
        let work = || {
            // Threads that share one pattern wait for each other at its cache.
            let pattern = self.pattern.clone();
            let mut found = Vec::new();
            while let Some((place, path)) = take(&next, &files) {
                if self.cancel.is_cancelled() {
                    break;
                }
                // One more than there is room for tells whether there are more.
                found.push((place, self.file(&pattern, path, room + 1)));
            }
            found
        };
        let workers = std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(8)
            .min(files.len());
        let mut found: Vec<_> = std::thread::scope(|scope| {
            let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
            let mut found = work();
            found.extend(
                others
                    .into_iter()
                    .flat_map(|other| other.join().expect("searching a file does not panic")),
            );
            found
        });
        found.sort_by_key(|(place, _)| *place);
        for (_, hits) in found {
            match hits {
                Some(hits) => {
                    output.files_searched += 1;
                    output.hits.extend(hits);
                }
                None => output.files_skipped += 1,
            }
        }
        output.truncated = output.hits.len() > self.limit;
        output.hits.truncate(self.limit);
        if output.truncated || self.cancel.is_cancelled() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    /// The hits of one file; absent where it was passed over.
    fn file(&self, pattern: &Regex, path: &InnerPath, most: usize) -> Option<Vec<Hit>> {
        let head = self.root.read(path, self.max_file_bytes).ok()?;
        if head.truncated {
            return None;
        }
        let bytes = head.bytes;
        if bytes[..bytes.len().min(SNIFFED)].contains(&0) {
            return Some(Vec::new());
        }
        let lines = bytes.split(|byte| *byte == b'\n').enumerate();
        let hits = lines.filter_map(|(place, line)| {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            // After the last line end there is a piece, but no line.
            let end_of_file = std::ptr::eq(line.as_ptr(), bytes.as_ptr_range().end);
            if end_of_file || !pattern.is_match(line) {
                return None;
            }
            let text = String::from_utf8_lossy(line)
                .chars()
                .take(MOST_LINE_CHARS)
                .collect();
            Some(Hit {
                path: path.display(),
                line: place + 1,
                text,
            })
        });
        Some(hits.take(most).collect())
    }
}

fn take<'a>(next: &AtomicUsize, files: &'a [InnerPath]) -> Option<(usize, &'a InnerPath)> {
    let place = next.fetch_add(1, Ordering::Relaxed);
    files.get(place).map(|path| (place, path))
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{call, run};
    use serde_json::json;

    fn write(folder: &tempfile::TempDir, path: &str, bytes: impl AsRef<[u8]>) {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn places(output: &Value) -> Vec<String> {
        let hits = output["hits"].as_array().unwrap().iter();
        hits.map(|hit| format!("{}:{}", hit["path"].as_str().unwrap(), hit["line"]))
            .collect()
    }

    #[tokio::test]
    async fn finds_lines_in_order_and_passes_over_what_is_no_ones_text() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder, ".gitignore", "target\n");
        write(&folder, "b.rs", "one\n// TODO two\r\n\nTODO");
        write(&folder, "a/x.md", format!("{}TODO", "ü".repeat(500)));
        write(&folder, "target/t.rs", "TODO");
        write(&folder, "bin", b"TODO\0");
        write(&folder, "large", vec![b'x'; 2 << 20]);
        std::fs::write(
            folder.path().parent().unwrap().join("krake-outside-todo"),
            "TODO",
        )
        .unwrap();
        std::os::unix::fs::symlink("..", folder.path().join("up")).unwrap();
        let tool = FsSearch::new();
        let output = run(&tool, json!({"root": folder.path(), "pattern": "TODO$"}))
            .await
            .unwrap();
        assert_eq!(places(&output), ["a/x.md:1", "b.rs:4"]);
        assert_eq!(
            (&output["files_searched"], &output["files_skipped"]),
            (&json!(3), &json!(1))
        );
        assert_eq!(output["hits"][0]["text"].as_str().unwrap(), "ü".repeat(400));
        let output = run(
            &tool,
            json!({"root": folder.path(), "pattern": "^$", "glob": ["*.rs"]}),
        )
        .await
        .unwrap();
        assert_eq!(places(&output), ["b.rs:3"]);
        std::fs::remove_file(folder.path().parent().unwrap().join("krake-outside-todo")).unwrap();
    }

    #[tokio::test]
    async fn what_is_excluded_is_left_out_by_its_exact_name() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["a[1].md", "a1.md", "b/a1.md", "b/c/d", "bc"] {
            write(&folder, path, "x");
        }
        let found = async |exclude: Value| {
            let args = json!({"root": folder.path(), "pattern": "x", "exclude": exclude});
            run(&FsSearch::new(), args).await
        };
        let all = found(json!([])).await.unwrap();
        assert_eq!(places(&all).len(), 5);
        let rest = found(json!(["a[1].md", "./b/c"])).await.unwrap();
        assert_eq!(places(&rest), ["a1.md:1", "b/a1.md:1", "bc:1"]);
        let rest = found(json!(["b"])).await.unwrap();
        assert_eq!(places(&rest), ["a1.md:1", "a[1].md:1", "bc:1"]);
        let failure = found(json!(["../b"])).await.unwrap_err();
        assert_eq!(failure.class, FailureClass::BadInput);
    }

    #[tokio::test]
    async fn the_limit_keeps_the_first_hits_whatever_the_threads_do() {
        let folder = tempfile::tempdir().unwrap();
        for file in 0..600 {
            write(&folder, &format!("{file:03}"), "x\nx\n");
        }
        let tool = FsSearch::new();
        let output = run(
            &tool,
            json!({"root": folder.path(), "pattern": "x", "limit": 3}),
        )
        .await
        .unwrap();
        assert_eq!(places(&output), ["000:1", "000:2", "001:1"]);
        assert_eq!(output["truncated"], true);
        let output = run(
            &tool,
            json!({"root": folder.path(), "pattern": "x", "limit": 1200}),
        )
        .await
        .unwrap();
        assert_eq!(
            (places(&output).len(), &output["truncated"]),
            (1200, &json!(false))
        );
        assert_eq!(output["files_searched"], 600);
    }

    #[tokio::test]
    async fn wrong_patterns_and_cancelled_calls_are_told() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder, "a", "x");
        for (args, part) in [
            (json!({"root": folder.path(), "pattern": "("}), "pattern"),
            (
                json!({"root": folder.path(), "pattern": "x", "glob": ["["]}),
                "[",
            ),
            (
                json!({"root": folder.path(), "pattern": "x", "path": "../"}),
                "..",
            ),
        ] {
            let failure = run(&FsSearch::new(), args).await.unwrap_err();
            assert_eq!(failure.class, FailureClass::BadInput);
            assert!(failure.message.contains(part), "{failure}");
        }
        let cancelled = call(json!({"root": folder.path(), "pattern": "x"}), None);
        cancelled.cancel.cancel();
        assert_eq!(
            FsSearch::new().run(&cancelled).await.unwrap_err().class,
            FailureClass::Cancelled
        );
    }
}
