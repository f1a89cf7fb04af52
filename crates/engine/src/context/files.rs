//! Files that were edited: the last edit of each, with the sentence that says why.

use std::borrow::Cow;
use std::collections::BTreeMap;

use krake_domain::briefing::ItemKind;
use krake_domain::session::{MessageKind, Role};

use super::calls::{Act, act};
use super::escape::{inline, quoted};
use super::line::Line;
use super::requests::decides;
use super::timeline::Timeline;
use super::words::{clip, content, sentences};

/// What is known about one file.
pub struct Edited {
    pub path: String,
    pub last: usize,
    pub times: usize,
    /// Where the account said what the last edit is for.
    reason: Option<(usize, String)>,
}

/// Edited files, the latest first. An edit that failed is none.
#[must_use]
pub fn edited(timeline: &Timeline<'_>) -> Vec<Edited> {
    let mut found: BTreeMap<String, Edited> = BTreeMap::new();
    for place in 0..timeline.moments.len() {
        let (Act::Edit(paths) | Act::Shell { edits: paths, .. }) = act(timeline.at(place)) else {
            continue;
        };
        if timeline
            .other_half(place)
            .is_some_and(|result| timeline.at(result).error)
        {
            continue;
        }
        for path in paths {
            let path = timeline.relative(&path).to_owned();
            let times = found.get(&path).map_or(0, |edited| edited.times);
            let reason = reason(timeline, place)
                .or_else(|| found.remove(&path).and_then(|edited| edited.reason));
            found.insert(
                path.clone(),
                Edited {
                    path,
                    last: place,
                    times: times + 1,
                    reason,
                },
            );
        }
    }
    let mut files: Vec<Edited> = found.into_values().collect();
    files.sort_by_key(|file| std::cmp::Reverse(file.last));
    files
}

/// The folder that most edited files lie in, for sessions that did not say where they worked.
#[must_use]
pub fn shared_folder(timeline: &Timeline<'_>) -> String {
    let mut paths: Vec<String> = Vec::new();
    for place in 0..timeline.moments.len() {
        if let Act::Edit(edited) | Act::Shell { edits: edited, .. } = act(timeline.at(place)) {
            paths.extend(
                edited
                    .into_iter()
                    .filter(|path| path.starts_with('/'))
                    .map(Cow::into_owned),
            );
        }
    }
    paths.sort_unstable();
    paths.dedup();
    deepest_shared(&paths).to_owned()
}

fn deepest_shared(paths: &[String]) -> &str {
    let mut within: BTreeMap<&str, usize> = BTreeMap::new();
    for path in paths {
        let mut folder = path.as_str();
        while let Some((above, _)) = folder.rsplit_once('/') {
            *within.entry(above).or_default() += 1;
            folder = above;
        }
    }
    let shared = within
        .iter()
        .filter(|(_, count)| **count * MOST_OF.1 >= paths.len() * MOST_OF.0);
    shared
        .map(|(folder, _)| *folder)
        .max_by_key(|folder| folder.len())
        .unwrap_or_default()
}

/// The share of the files that lie in the folder of the work: seven of ten.
const MOST_OF: (usize, usize) = (7, 10);

/// One line for each file. All are named before one is explained: the reasons, of the latest edits
/// first, take what the names leave of the room.
#[must_use]
pub fn lines(timeline: &Timeline<'_>, files: &[Edited], room: u64) -> Vec<Line> {
    let mut lines: Vec<Line> = files
        .iter()
        .map(|file| line(timeline, file, None))
        .collect();
    let named: u64 = lines.iter().map(Line::cost).sum();
    let mut left = room.saturating_sub(named);
    for (plain, file) in lines.iter_mut().zip(files) {
        let Some(reason) = &file.reason else { continue };
        let explained = line(timeline, file, Some(reason));
        let more = explained.cost().saturating_sub(plain.cost());
        if more <= left {
            left -= more;
            *plain = explained;
        }
    }
    lines
}

fn line(timeline: &Timeline<'_>, file: &Edited, reason: Option<&(usize, String)>) -> Line {
    let mut text = format!("`{}`", inline(&clip(&file.path, 8)));
    if file.times > 1 {
        text.push_str(&format!(" ({}×)", file.times));
    }
    let mut sources = vec![timeline.source(file.last)];
    if let Some((place, why)) = reason {
        text.push_str(": ");
        text.push_str(&quoted(&clip(why, 22)));
        sources.push(timeline.source(*place));
    }
    Line {
        list: false,
        kind: ItemKind::File,
        text,
        sources,
        weight: 2.0,
        place: file.last,
    }
}

/// The last sentence that the account said within a few messages before.
fn reason(timeline: &Timeline<'_>, place: usize) -> Option<(usize, String)> {
    (place.saturating_sub(5)..place).rev().find_map(|before| {
        let message = timeline.at(before);
        let said = message.role == Role::Assistant && matches!(message.kind, MessageKind::Text);
        let sentence = sentences(&message.text)
            .filter(|sentence| {
                !sentence.ends_with('?') && !decides(sentence) && content(sentence).len() >= 3
            })
            .last()
            .filter(|_| said)?;
        Some((before, sentence.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_the_one_that_most_files_share() {
        let paths = [
            "/home/a/app/src/x.rs",
            "/home/a/app/src/y.rs",
            "/home/a/app/docs/z.md",
            "/home/a/.rc",
        ];
        assert_eq!(deepest_shared(&paths.map(str::to_owned)), "/home/a/app");
        assert_eq!(deepest_shared(&[]), "");
    }
}
