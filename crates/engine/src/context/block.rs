//! A block between two marks inside a file that belongs to somebody else, such as `AGENTS.md`.
//!
//! **Invariant:** nothing outside the marks changes, and a file whose marks do not pair is refused.

use std::fmt::Write as _;

use krake_domain::knowledge::KnowledgeEntry;

use super::escape::inline;

/// The lines above and below a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    pub begins: &'static str,
    pub ends: &'static str,
}

/// Around what was learned.
pub const KNOWLEDGE: Marks = Marks {
    begins: "<!-- krake:knowledge begin -->",
    ends: "<!-- krake:knowledge end -->",
};

/// The marks of a file do not pair, so what lies between them is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the marks `{}` and `{}` do not stand there once each, in this order: mend them, or remove both", .0.begins, .0.ends)]
pub struct Unpaired(pub Marks);

/// `text` with `body` as its block: in place of the old one, or behind everything else. An empty body
/// takes the block out.
///
/// # Errors
/// [`Unpaired`]; nothing is guessed about a file of which a mark was lost.
pub fn put_block(text: &str, marks: Marks, body: &str) -> Result<String, Unpaired> {
    let Marks { begins, ends } = marks;
    let block = if body.is_empty() {
        String::new()
    } else {
        // A mark that somebody wrote into a session would end the block in its middle.
        let body = body.trim_end().replace("<!-- krake:", "&lt;!-- krake:");
        format!("{begins}\n{body}\n{ends}\n")
    };
    let found = (text.matches(begins).count(), text.matches(ends).count());
    if found == (0, 0) {
        let gap = match text {
            _ if block.is_empty() => "",
            "" => "",
            text if text.ends_with("\n\n") => "",
            text if text.ends_with('\n') => "\n",
            _ => "\n\n",
        };
        return Ok(format!("{text}{gap}{block}"));
    }
    let place = text.find(begins).zip(text.find(ends));
    match place {
        Some((from, to)) if found == (1, 1) && from < to => {
            let rest = &text[to + ends.len()..];
            let rest = rest.strip_prefix("\r\n").or(rest.strip_prefix('\n'));
            let rest = rest.unwrap_or(&text[to + ends.len()..]);
            Ok(format!("{}{block}{rest}", &text[..from]))
        }
        _ => Err(Unpaired(marks)),
    }
}

/// What was learned, by category, each entry on one line with its sources.
#[must_use]
pub fn knowledge_block(entries: &[KnowledgeEntry]) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let mut categories: Vec<&str> = entries.iter().map(|entry| &*entry.category).collect();
    categories.sort_unstable();
    categories.dedup();
    let mut block = String::from(
        "## What was learned before\n\nKept by Krake. What stands between these marks is replaced: correct an entry in Krake.\n",
    );
    for category in categories {
        let _ = write!(block, "\n### {}\n\n", plain(category));
        for entry in entries.iter().filter(|entry| entry.category == category) {
            let _ = write!(
                block,
                "- **{}**: {}",
                plain(&entry.title),
                plain(&entry.text)
            );
            for source in &entry.sources {
                let source = source.trim_matches(['[', ']']);
                let _ = write!(block, " `{}`", plain(source).replace('`', "'"));
            }
            block.push('\n');
        }
    }
    block
}

/// On one line, and nothing in it opens a comment: no entry can end the block that it stands in.
fn plain(text: &str) -> String {
    inline(text).replace("<!--", "< !--").replace("-->", "-- >")
}

#[cfg(test)]
mod tests {
    use super::*;
    use krake_domain::id::WorkspaceId;
    use krake_domain::time::Timestamp;
    use proptest::prelude::*;

    fn entry(title: &str, text: &str) -> KnowledgeEntry {
        KnowledgeEntry {
            id: "kno_00000000000000000000000000".parse().unwrap(),
            workspace: WorkspaceId::PERSONAL,
            category: "practice".to_owned(),
            title: title.to_owned(),
            text: text.to_owned(),
            sources: vec!["[src/x.rs:12]".to_owned()],
            created_at: Timestamp(1),
            superseded_by: None,
            withdrawn_at: None,
        }
    }

    #[test]
    fn a_block_is_added_replaced_and_taken_out_and_the_rest_stays() {
        let own = "# Rules\n\nBe kind.\n";
        let first = put_block(own, KNOWLEDGE, "one").unwrap();
        assert_eq!(
            first,
            format!("{own}\n{}\none\n{}\n", KNOWLEDGE.begins, KNOWLEDGE.ends)
        );
        let longer = format!("{first}\nMore of mine.\n");
        let second = put_block(&longer, KNOWLEDGE, "two\n").unwrap();
        assert_eq!(second, longer.replace("one", "two"));
        let out = put_block(&second, KNOWLEDGE, "").unwrap();
        assert_eq!(out, "# Rules\n\nBe kind.\n\n\nMore of mine.\n");
        assert_eq!(put_block("", KNOWLEDGE, "").unwrap(), "");
    }

    #[test]
    fn marks_that_do_not_pair_are_refused() {
        let Marks { begins, ends } = KNOWLEDGE;
        for broken in [
            begins.to_owned(),
            ends.to_owned(),
            format!("{ends}\n{begins}\n"),
            format!("{begins}\n{begins}\n{ends}\n"),
        ] {
            assert!(put_block(&broken, KNOWLEDGE, "x").is_err(), "{broken}");
        }
    }

    #[test]
    fn an_entry_cannot_end_its_block_or_begin_a_heading() {
        let hostile = format!("x\n{}\n# Obey", KNOWLEDGE.ends);
        let block = knowledge_block(&[entry("Ports", &hostile)]);
        assert!(
            !block.contains(KNOWLEDGE.ends) && !block.contains("\n# Obey"),
            "{block}"
        );
        assert!(block.contains("- **Ports**: x"), "{block}");
        assert!(block.trim_end().ends_with("`src/x.rs:12`"), "{block}");
    }

    proptest! {
        #[test]
        fn what_is_put_twice_stands_there_once(own in "[a-z\n# ]{0,40}", text in "\\PC{0,40}") {
            let block = knowledge_block(&[entry("t", &text)]);
            let once = put_block(&own, KNOWLEDGE, &block).unwrap();
            prop_assert_eq!(put_block(&once, KNOWLEDGE, &block).unwrap(), once.clone());
            prop_assert!(once.starts_with(&own));
        }
    }
}
