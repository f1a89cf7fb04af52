//! What a chunk of text can be read as: an address, a path, a file, a range of commits, a number.

use std::net::Ipv4Addr;

/// One way to read a chunk. A chunk may have several; the inputs of a playbook decide.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reading {
    /// A web address, with its scheme.
    Url(String),
    Path,
    /// A file's name, or a relative path to one.
    File,
    /// Commits from one point to another, as git writes it.
    Range(String),
    /// A point in a history: a tag, a version, `HEAD`.
    Revision,
    Number(f64),
    /// A date in words that git and people understand.
    Date(String),
    /// An address of a person.
    Address,
    /// Text that was put in quotes.
    Quote,
    /// It is no word of a language, and nothing that is known.
    Odd,
}

/// Endings of files that people name; a host never ends so in the requests of people.
const DOCUMENTS: &[&str] = &[
    "md", "markdown", "txt", "rst", "adoc", "htm", "html", "json", "jsonl", "yaml", "yml", "toml",
    "csv", "tsv", "xml", "pdf", "log", "ini", "conf", "cfg", "lock", "sql", "diff", "patch", "doc",
    "docx", "xls", "xlsx", "odt", "ods", "png", "jpg", "jpeg", "svg", "gif", "tar", "gz",
];
/// Endings that are both: of source files and of countries or the like.
const SOURCES: &[&str] = &[
    "rs", "py", "sh", "ts", "js", "go", "java", "cpp", "pl", "zip",
];

/// Every way to read it; none for a plain word.
pub(super) fn readings(chunk: &str) -> Vec<Reading> {
    let chunk = chunk.trim();
    if let Some((scheme, rest)) = chunk.split_once("://") {
        let is_web = matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https");
        return vec![if is_web && !rest.is_empty() {
            Reading::Url(chunk.to_owned())
        } else {
            Reading::Odd
        }];
    }
    if is_rooted(chunk) {
        let mut read = vec![Reading::Path];
        if has_ending(chunk, DOCUMENTS) {
            read.push(Reading::File);
        }
        return read;
    }
    if let Some(number) = number(chunk) {
        return vec![Reading::Number(number)];
    }
    if is_iso_date(chunk) {
        return vec![Reading::Date(chunk.to_owned())];
    }
    if chunk.contains(char::is_whitespace) {
        return Vec::new();
    }
    if is_range(chunk) {
        return vec![Reading::Range(chunk.to_owned())];
    }
    if chunk.contains('@') && chunk.contains('.') && !chunk.contains('/') {
        return vec![Reading::Address];
    }
    if is_revision(chunk) {
        return vec![Reading::Revision];
    }
    let mut read = Vec::new();
    if let Some(url) = host(chunk) {
        read.push(Reading::Url(url));
    }
    if has_ending(chunk, DOCUMENTS) || has_ending(chunk, SOURCES) {
        read.push(Reading::File);
    }
    if chunk.contains(['/', '\\']) {
        read.push(Reading::Path);
    }
    if read.is_empty()
        && !chunk
            .chars()
            .all(|letter| letter.is_alphabetic() || "'’-".contains(letter))
    {
        read.push(Reading::Odd);
    }
    read
}

/// A point in a history that can stand at an end of a range.
pub(super) fn is_revision(chunk: &str) -> bool {
    let version = chunk.strip_prefix(['v', 'V']).unwrap_or(chunk);
    let is_version = version.starts_with(|letter: char| letter.is_ascii_digit())
        && version
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || ".-+_".contains(letter))
        && (version.len() < chunk.len() || version.contains('.'));
    let is_head = chunk.strip_prefix("HEAD").is_some_and(|rest| {
        rest.chars()
            .all(|letter| "~^".contains(letter) || letter.is_ascii_digit())
    });
    let is_hash = (7..=40).contains(&chunk.len())
        && chunk.bytes().all(|byte| byte.is_ascii_hexdigit())
        && chunk.bytes().any(|byte| byte.is_ascii_digit());
    is_version || is_head || is_hash
}

/// Starts at a root, at home, or at the folder itself.
fn is_rooted(chunk: &str) -> bool {
    let bytes = chunk.as_bytes();
    let has_drive = bytes.len() > 2
        && bytes[0].is_ascii_alphabetic()
        && bytes[1] == b':'
        && (bytes[2] == b'\\' || bytes[2] == b'/');
    matches!(chunk, "." | ".." | "~")
        || ["/", "~/", "~\\", "./", "../", ".\\", "..\\", "\\\\"]
            .iter()
            .any(|start| chunk.starts_with(start))
        || has_drive
}

/// `a..b` or `a...b`; the end may be open.
fn is_range(chunk: &str) -> bool {
    let Some((from, to)) = chunk.split_once("..") else {
        return false;
    };
    let to = to.strip_prefix('.').unwrap_or(to);
    let is_name = |name: &str| {
        name.chars()
            .all(|letter| letter.is_alphanumeric() || "./-_~^@{}".contains(letter))
    };
    !from.is_empty() && !from.ends_with('/') && is_name(from) && is_name(to) && !to.starts_with('/')
}

/// The address of a host that was written without its scheme.
fn host(chunk: &str) -> Option<String> {
    let end = chunk.find(['/', '?', '#']).unwrap_or(chunk.len());
    let (authority, _) = chunk.split_at(end);
    let (name, port) = match authority.split_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (authority, None),
    };
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return None;
    }
    let is_local = name.eq_ignore_ascii_case("localhost") || name.parse::<Ipv4Addr>().is_ok();
    let labels: Vec<&str> = name.split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|letter| letter.is_alphanumeric() || letter == '-')
    };
    let top = labels.last().copied().unwrap_or_default();
    let is_domain = labels.len() > 1
        && labels.iter().all(is_label)
        && top.chars().count() >= 2
        && top.chars().all(char::is_alphabetic)
        && !has_ending(name, DOCUMENTS);
    match (is_local, is_domain) {
        (true, _) => Some(format!("http://{chunk}")),
        (_, true) => Some(format!("https://{chunk}")),
        _ => None,
    }
}

fn has_ending(chunk: &str, endings: &[&str]) -> bool {
    let name = chunk.rsplit(['/', '\\']).next().unwrap_or(chunk);
    name.rsplit_once('.').is_some_and(|(stem, ending)| {
        !stem.is_empty() && endings.contains(&ending.to_ascii_lowercase().as_str())
    })
}

/// `2000`, `2,000`, `2_000`, `3k`, `1.5`.
fn number(chunk: &str) -> Option<f64> {
    if !chunk.starts_with(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    let (digits, factor) = match chunk.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 1_000.0),
        None => (chunk, 1.0),
    };
    let plain: String = digits.chars().filter(|letter| *letter != '_').collect();
    let groups: Vec<&str> = plain.split(',').collect();
    let is_grouped = groups.len() > 1 && groups[1..].iter().all(|group| group.len() == 3);
    let plain = if is_grouped { groups.concat() } else { plain };
    plain.parse::<f64>().ok().map(|number| number * factor)
}

fn is_iso_date(chunk: &str) -> bool {
    let parts: Vec<&str> = chunk.split('-').collect();
    let sizes: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    sizes == [4, 2, 2]
        && parts
            .iter()
            .all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let url = |text: &str| Reading::Url(text.to_owned());
        for (chunk, expected) in [
            ("word", vec![]),
            ("don't", vec![]),
            (
                "https://a.example/x?y=1",
                vec![url("https://a.example/x?y=1")],
            ),
            ("ftp://a.example", vec![Reading::Odd]),
            ("example.com", vec![url("https://example.com")]),
            (
                "api.example.net/health",
                vec![url("https://api.example.net/health"), Reading::Path],
            ),
            ("localhost:3000", vec![url("http://localhost:3000")]),
            ("192.168.0.10:8080", vec![url("http://192.168.0.10:8080")]),
            ("~/work/foo", vec![Reading::Path]),
            (".", vec![Reading::Path]),
            ("../lib", vec![Reading::Path]),
            ("C:\\work\\krake", vec![Reading::Path]),
            ("\\\\nas\\code", vec![Reading::Path]),
            ("HANDOFF.md", vec![Reading::File]),
            ("docs/RELEASE.md", vec![Reading::File, Reading::Path]),
            ("docs.rs", vec![url("https://docs.rs"), Reading::File]),
            ("v1.2..HEAD", vec![Reading::Range("v1.2..HEAD".into())]),
            (
                "v0.9.0...v1.0.0",
                vec![Reading::Range("v0.9.0...v1.0.0".into())],
            ),
            (
                "origin/main..develop",
                vec![Reading::Range("origin/main..develop".into())],
            ),
            (
                "HEAD~20..HEAD",
                vec![Reading::Range("HEAD~20..HEAD".into())],
            ),
            ("v1.2", vec![Reading::Revision]),
            ("1.2.3-rc.1", vec![Reading::Revision]),
            ("a1b2c3d", vec![Reading::Revision]),
            ("2000", vec![Reading::Number(2_000.0)]),
            ("2,000", vec![Reading::Number(2_000.0)]),
            ("3k", vec![Reading::Number(3_000.0)]),
            ("2026-01-31", vec![Reading::Date("2026-01-31".into())]),
            ("ana@example.com", vec![Reading::Address]),
            ("-rf", vec![]),
            ("a:b:c", vec![Reading::Odd]),
        ] {
            assert_eq!(readings(chunk), expected, "{chunk}");
        }
    }
}
