//! Files that were edited: the last edit of each, with the sentence that says why.

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
    shorten(&mut files);
    files.sort_by_key(|file| std::cmp::Reverse(file.last));
    files
}

/// Leaves out the folder that all absolute paths share, where the session did not say where it worked.
fn shorten(files: &mut [Edited]) {
    let absolute: Vec<&str> = files
        .iter()
        .map(|file| file.path.as_str())
        .filter(|path| path.starts_with('/'))
        .collect();
    let Some((first, others)) = absolute.split_first() else {
        return;
    };
    let folder = first.rsplit_once('/').map_or("", |(folder, _)| folder);
    let shared = others.iter().fold(folder, |shared, path| {
        let mut shared = shared;
        while !path
            .strip_prefix(shared)
            .is_some_and(|rest| rest.starts_with('/'))
        {
            shared = shared.rsplit_once('/').map_or("", |(folder, _)| folder);
            if shared.is_empty() {
                break;
            }
        }
        shared
    });
    // One folder stays, so that a name such as `mod.rs` still says where it is.
    let cut = shared
        .rsplit_once('/')
        .map_or(0, |(above, _)| above.len() + 1);
    if cut > 1 {
        for file in files.iter_mut().filter(|file| file.path.starts_with('/')) {
            file.path.drain(..cut);
        }
    }
}

/// One line for each file; with reasons where there is room for them.
#[must_use]
pub fn lines(timeline: &Timeline<'_>, files: &[Edited], with_reasons: bool) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for file in files {
        let mut text = format!("`{}`", inline(&clip(&file.path, 8)));
        if file.times > 1 {
            text.push_str(&format!(" ({}×)", file.times));
        }
        let mut sources = vec![timeline.source(file.last)];
        if let Some((place, why)) = file.reason.as_ref().filter(|_| with_reasons) {
            text.push_str(": ");
            text.push_str(&quoted(&clip(why, 22)));
            sources.push(timeline.source(*place));
        }
        lines.push(Line {
            list: false,
            kind: ItemKind::File,
            text,
            sources,
            weight: 2.0,
            place: file.last,
        });
    }
    lines
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
