//! How git is called, and what its refusals mean.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use krake_domain::failure::{Failure, FailureClass};
use krake_edge::EdgeError;
use krake_edge::path::InnerPath;
use krake_edge::process::{self, Captured};
use krake_edge::root::Root;
use tokio_util::sync::CancellationToken;

use crate::define::{bad_input, blocking};
use crate::git::refusal::refusal;

/// Output above this is cut; callers say so.
pub const MOST_CAPTURED: usize = 32 * 1024 * 1024;

/// Set for every call: nothing is paged, monitored, signed or shown in a language of its own.
const SETTINGS: &[&str] = &[
    "--no-pager",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.quotePath=false",
    "-c",
    "log.showSignature=false",
    "-c",
    "gc.auto=0",
    "-c",
    "maintenance.auto=false",
];

/// Names that git itself reads and that belong to the user, not to the caller's own repository.
const PASSED: &[&str] = &[
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GNUPGHOME",
    "SSH_AUTH_SOCK",
];

/// A folder inside a work tree.
pub struct Repository {
    pub root: Arc<Root>,
    /// Where the root lies below the top of the work tree: empty, or ending with `/`.
    prefix: String,
    cancel: CancellationToken,
    timeout: Duration,
}

impl Repository {
    /// Opens the folder and asks git whether it is part of a work tree.
    ///
    /// # Errors
    /// [`FailureClass::BadInput`] where it is none, [`FailureClass::NoAccess`] where git does not
    /// trust it, [`FailureClass::NotFound`] where the folder or git is missing.
    pub async fn open(
        root: &str,
        cancel: &CancellationToken,
        timeout_ms: u64,
    ) -> Result<Self, Failure> {
        let written = root.to_owned();
        let root = blocking(move || Ok(Root::open_written(&written)?)).await?;
        let mut repository = Self {
            root: Arc::new(root),
            prefix: String::new(),
            cancel: cancel.clone(),
            timeout: Duration::from_millis(timeout_ms),
        };
        let prefix = repository
            .read(&["rev-parse", "--show-prefix"], &[])
            .await?;
        let text = String::from_utf8_lossy(&prefix.head).into_owned();
        repository.prefix = text.strip_suffix('\n').unwrap_or(&text).to_owned();
        Ok(repository)
    }

    /// A call that changes nothing and takes no locks.
    ///
    /// # Errors
    /// What git says, sorted.
    pub async fn read(&self, args: &[&str], rest: &[String]) -> Result<Captured, Failure> {
        self.read_capped(args, rest, MOST_CAPTURED).await
    }

    /// As [`Repository::read`], with another cap on what is kept of the output.
    ///
    /// # Errors
    /// What git says, sorted.
    pub async fn read_capped(
        &self,
        args: &[&str],
        rest: &[String],
        cap: usize,
    ) -> Result<Captured, Failure> {
        let args = ["--no-optional-locks"]
            .iter()
            .chain(args)
            .map(OsString::from)
            .chain(rest.iter().map(OsString::from));
        let captured = self.start(args.collect(), None, cap).await?;
        self.well(captured)
    }

    /// A call that may change the repository.
    ///
    /// # Errors
    /// What git says, sorted.
    pub async fn change(
        &self,
        args: &[&str],
        rest: &[String],
        stdin: Vec<u8>,
    ) -> Result<Captured, Failure> {
        let args = args
            .iter()
            .map(OsString::from)
            .chain(rest.iter().map(OsString::from));
        let captured = self
            .start(args.collect(), Some(stdin), MOST_CAPTURED)
            .await?;
        self.well(captured)
    }

    /// The id of a revision; nothing where it does not exist.
    ///
    /// # Errors
    /// Git could not be asked.
    pub async fn find_commit(&self, revision: &str) -> Result<Option<String>, Failure> {
        let name = format!("{revision}^{{commit}}");
        let args = [
            "--no-optional-locks",
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &name,
        ];
        let captured = self
            .start(args.iter().map(OsString::from).collect(), None, 1024)
            .await?;
        let id = String::from_utf8_lossy(&captured.head).trim().to_owned();
        Ok((captured.succeeded() && !id.is_empty()).then_some(id))
    }

    /// The short form of a commit's id, unambiguous here.
    ///
    /// # Errors
    /// What git says, sorted.
    pub async fn short(&self, id: &str) -> Result<String, Failure> {
        let captured = self.read(&["rev-parse", "--short", id], &[]).await?;
        Ok(String::from_utf8_lossy(&captured.head).trim().to_owned())
    }

    /// The id of the tree without files: what the first commit is compared with.
    ///
    /// # Errors
    /// What git says, sorted.
    pub async fn empty_tree(&self) -> Result<String, Failure> {
        let captured = self
            .change(&["hash-object", "-t", "tree", "--stdin"], &[], Vec::new())
            .await?;
        Ok(String::from_utf8_lossy(&captured.head).trim().to_owned())
    }

    /// A path that git tells from the top of the work tree, told from the root; nothing where it
    /// lies outside of the root.
    pub fn below_root<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(self.prefix.as_str())
    }

    /// The folder, for messages.
    pub fn shown(&self) -> String {
        self.root.canonical().display().to_string()
    }

    async fn start(
        &self,
        args: Vec<OsString>,
        stdin: Option<Vec<u8>>,
        cap: usize,
    ) -> Result<Captured, Failure> {
        let fixed = [
            ("LC_ALL", "C.UTF-8"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_EDITOR", "true"),
            ("GIT_NO_LAZY_FETCH", "1"),
        ];
        let spec = process::Spec {
            program: "git".to_owned(),
            args: SETTINGS.iter().map(OsString::from).chain(args).collect(),
            cwd: PathBuf::from(self.root.canonical()),
            pass_env: PASSED.iter().map(|&name| name.to_owned()).collect(),
            env: fixed
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.into()))
                .collect(),
            stdin,
            cap_bytes: cap,
            spool_dir: None,
            timeout: self.timeout,
            cancel: self.cancel.clone(),
            listener: None,
        };
        process::run(spec).await.map_err(|error| match error {
            EdgeError::NotFound { what } if what.contains("`git`") => Failure::new(
                FailureClass::NotFound,
                "git is not installed, or not on the PATH of this process",
            ),
            other => other.into(),
        })
    }

    fn well(&self, captured: Captured) -> Result<Captured, Failure> {
        if captured.succeeded() {
            return Ok(captured);
        }
        Err(refusal(&self.shown(), captured.stderr.trim()))
    }
}

/// A revision or a range as an argument that cannot be an option.
///
/// # Errors
/// [`FailureClass::BadInput`] that names the field.
pub fn revision(field: &str, text: &str) -> Result<String, Failure> {
    if text.is_empty()
        || text.starts_with('-')
        || text.chars().any(|c| c.is_control() || c.is_whitespace())
    {
        let shown = text.escape_debug();
        return Err(bad_input(format!(
            "`{field}`: `{shown}` is no revision; expected a name, an id or `a..b`"
        )));
    }
    Ok(text.to_owned())
}

/// Paths below the root as arguments that mean exactly these names.
///
/// # Errors
/// [`FailureClass::BadInput`] for a path that climbs, is absolute or holds control characters.
pub fn literal(paths: &[String]) -> Result<Vec<String>, Failure> {
    let literal = |path: &String| Ok(format!(":(literal){}", InnerPath::parse(path)?.display()));
    paths.iter().map(literal).collect()
}

/// The same for what is left out.
///
/// # Errors
/// As [`literal`].
pub fn all_but(paths: &[String]) -> Result<Vec<String>, Failure> {
    let out = |path: &String| {
        Ok(format!(
            ":(exclude,literal){}",
            InnerPath::parse(path)?.display()
        ))
    };
    paths.iter().map(out).collect()
}

/// The tokens of an output that ends each with a zero byte. Of an output that was cut, a token that
/// is not whole is left out.
pub fn tokens(captured: &Captured) -> impl Iterator<Item = String> + '_ {
    let whole = if captured.is_cut() {
        captured
            .head
            .iter()
            .rposition(|byte| *byte == 0)
            .map_or(0, |end| end + 1)
    } else {
        captured.head.len()
    };
    split(&captured.head[..whole])
}

/// As [`tokens`], of bytes that are whole.
pub fn split(bytes: &[u8]) -> impl Iterator<Item = String> + '_ {
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    let pieces = if bytes.is_empty() {
        None
    } else {
        Some(bytes.split(|byte| *byte == 0))
    };
    pieces
        .into_iter()
        .flatten()
        .map(|token| String::from_utf8_lossy(token).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_was_cut_is_left_out() {
        let captured = |total_bytes| Captured {
            code: Some(0),
            head: b"a\0\0bc\0de".to_vec(),
            total_bytes,
            spool: None,
            stderr: String::new(),
        };
        assert_eq!(
            tokens(&captured(8)).collect::<Vec<_>>(),
            ["a", "", "bc", "de"]
        );
        assert_eq!(tokens(&captured(9)).collect::<Vec<_>>(), ["a", "", "bc"]);
        assert_eq!(split(b"").count(), 0);
    }

    #[test]
    fn revisions_and_paths_cannot_be_options_or_patterns() {
        for text in ["", "-x", "--all", "a b", "a\nb", "a\0b"] {
            assert!(revision("range", text).is_err(), "{text:?}");
        }
        assert_eq!(revision("range", "v1^..HEAD@{1}").unwrap(), "v1^..HEAD@{1}");
        assert_eq!(
            literal(&["-x".to_owned(), ":(top)*".to_owned()]).unwrap(),
            [":(literal)-x", ":(literal):(top)*"]
        );
    }
}
