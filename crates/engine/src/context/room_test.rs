//! What has room before what, where there is not enough for all.

use std::fmt::Write as _;

use krake_domain::briefing::ItemKind;

use super::tests::{brief_of, session, texts};

const PARTS: [&str; 18] = [
    "alder", "birch", "cedar", "dogwood", "elm", "fir", "ginkgo", "hazel", "ivy", "juniper",
    "larch", "maple", "oak", "pine", "rowan", "spruce", "teak", "willow",
];

#[test]
fn what_was_run_stands_in_a_briefing_before_names_that_were_only_met() {
    let mut script = "user: Build every part of the warehouse, please.\n".to_owned();
    for part in PARTS {
        let command = format!("make {part} TARGET=warehouse/{part} WITH={part}");
        writeln!(script, "Bash {{\"command\": \"{command}\"}}\nok: built").unwrap();
        for name in 0..30 {
            writeln!(
                script,
                "agent: {part}Of{name}x calls boxOf{name}{part} now."
            )
            .unwrap();
        }
    }
    for (budget, all) in [(1_000, false), (2_000, true)] {
        let made = brief_of(&[session(&script)], &[], budget);
        let told = texts(&made, ItemKind::Command).len();
        assert_eq!(
            told == PARTS.len(),
            all,
            "{told} in {budget}: {}",
            made.text
        );
        assert!(made.text.contains("boxOf"), "{}", made.text);
    }
}
