//! What is different from one snapshot to another.

use std::collections::BTreeMap;

use krake_domain::snapshot::{Change, Changed, FrozenEntry, Snapshot, SnapshotDiff};

/// What `after` has that `before` had not, or has otherwise, in the order of the ids.
#[must_use]
pub fn difference(before: &Snapshot, after: &Snapshot) -> SnapshotDiff {
    let sessions = compare(
        before.sessions.iter().map(|session| (session.id, session)),
        after.sessions.iter().map(|session| (session.id, session)),
        |session| session.title.clone().unwrap_or_default(),
        |old, new| {
            let count = |messages: u64| i64::try_from(messages).unwrap_or(i64::MAX);
            Moved {
                more: Some(count(new.messages) - count(old.messages)),
                ..Moved::default()
            }
        },
        |_| Moved::default(),
    );
    let knowledge = compare(
        before.knowledge.iter().map(|entry| (entry.id, entry)),
        after.knowledge.iter().map(|entry| (entry.id, entry)),
        |entry| entry.title.clone(),
        |_, new| standing(new),
        standing,
    );
    SnapshotDiff {
        sessions,
        knowledge,
    }
}

/// How something stands that came, or that is another one.
#[derive(Default)]
struct Moved {
    more: Option<i64>,
    superseded: Option<bool>,
    withdrawn: Option<bool>,
}

fn standing(entry: &FrozenEntry) -> Moved {
    Moved {
        more: None,
        superseded: Some(entry.superseded_by.is_some()),
        withdrawn: Some(entry.withdrawn_at.is_some()),
    }
}

fn compare<'a, I: Ord + Copy, T: PartialEq + 'a>(
    before: impl Iterator<Item = (I, &'a T)>,
    after: impl Iterator<Item = (I, &'a T)>,
    title: impl Fn(&T) -> String,
    moved: impl Fn(&T, &T) -> Moved,
    came: impl Fn(&T) -> Moved,
) -> Vec<Changed<I>> {
    let mut pairs: BTreeMap<I, (Option<&T>, Option<&T>)> = BTreeMap::new();
    for (id, old) in before {
        pairs.entry(id).or_default().0 = Some(old);
    }
    for (id, new) in after {
        pairs.entry(id).or_default().1 = Some(new);
    }
    pairs
        .into_iter()
        .filter_map(|(id, pair)| {
            let (change, shown, moved) = match pair {
                (None, Some(new)) => (Change::Added, new, came(new)),
                (Some(old), None) => (Change::Removed, old, Moved::default()),
                (Some(old), Some(new)) if old != new => (Change::Changed, new, moved(old, new)),
                _ => return None,
            };
            Some(Changed {
                id,
                title: title(shown),
                change,
                more: moved.more,
                superseded: moved.superseded,
                withdrawn: moved.withdrawn,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use krake_domain::hash::Hash;
    use krake_domain::id::{KnowledgeId, SessionId, SnapshotId, WorkspaceId};
    use krake_domain::snapshot::FrozenSession;
    use krake_domain::time::Timestamp;

    fn frozen(sessions: &[(u128, u64)]) -> Snapshot {
        Snapshot {
            id: SnapshotId::from_uuid(uuid::Uuid::from_u128(9)),
            workspace: WorkspaceId::PERSONAL,
            project: None,
            folder: None,
            name: String::new(),
            occasion: None,
            created_at: Timestamp(0),
            sessions: sessions
                .iter()
                .map(|(id, messages)| FrozenSession {
                    id: SessionId::from_uuid(uuid::Uuid::from_u128(*id)),
                    title: None,
                    messages: *messages,
                    hash: Hash::of(&messages.to_be_bytes()),
                })
                .collect(),
            knowledge: Vec::new(),
        }
    }

    #[test]
    fn what_came_went_and_grew_is_told_and_what_is_the_same_is_not() {
        let found = difference(
            &frozen(&[(1, 4), (2, 4), (3, 4)]),
            &frozen(&[(1, 4), (3, 9), (4, 1)]),
        );
        let told: Vec<(Change, Option<i64>)> = found
            .sessions
            .iter()
            .map(|changed| (changed.change, changed.more))
            .collect();
        assert_eq!(
            told,
            [
                (Change::Removed, None),
                (Change::Changed, Some(5)),
                (Change::Added, None)
            ]
        );
        assert_eq!(
            difference(&frozen(&[(1, 4)]), &frozen(&[(1, 4)])),
            SnapshotDiff::default()
        );
    }

    #[test]
    fn an_entry_is_told_as_superseded_as_withdrawn_or_as_counting_again() {
        let entry = |by: Option<u128>| FrozenEntry {
            id: KnowledgeId::from_uuid(uuid::Uuid::from_u128(1)),
            category: "practice".to_owned(),
            title: "Round at the end".to_owned(),
            text: String::new(),
            sources: Vec::new(),
            created_at: Timestamp(0),
            superseded_by: by.map(|id| KnowledgeId::from_uuid(uuid::Uuid::from_u128(id))),
            withdrawn_at: None,
        };
        let holding = |entry: FrozenEntry| Snapshot {
            knowledge: vec![entry],
            ..frozen(&[])
        };
        let told = |before: FrozenEntry, after: FrozenEntry| {
            let found = difference(&holding(before), &holding(after));
            let [changed] = found.knowledge.as_slice() else {
                panic!("one entry changed: {found:?}");
            };
            let stands = (changed.superseded, changed.withdrawn);
            (changed.change, stands, changed.more)
        };
        let (yes, no) = (Some(true), Some(false));
        let now = told(entry(None), entry(Some(2)));
        assert_eq!(now, (Change::Changed, (yes, no), None));
        let back = told(entry(Some(2)), entry(None));
        assert_eq!(back, (Change::Changed, (no, no), None));
        let withdrawn = FrozenEntry {
            withdrawn_at: Some(Timestamp(4)),
            ..entry(None)
        };
        let taken = told(entry(None), withdrawn.clone());
        assert_eq!(taken, (Change::Changed, (no, yes), None));
        let came = difference(&frozen(&[]), &holding(withdrawn)).knowledge;
        assert_eq!((came[0].change, came[0].withdrawn), (Change::Added, yes));
    }
}
