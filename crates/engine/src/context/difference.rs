//! What is different from one snapshot to another.

use std::collections::BTreeMap;

use krake_domain::snapshot::{Change, Changed, Snapshot, SnapshotDiff};

/// What `after` has that `before` had not, or has otherwise, in the order of the ids.
#[must_use]
pub fn difference(before: &Snapshot, after: &Snapshot) -> SnapshotDiff {
    let sessions = compare(
        before.sessions.iter().map(|session| (session.id, session)),
        after.sessions.iter().map(|session| (session.id, session)),
        |session| session.title.clone().unwrap_or_default(),
        |old, new| {
            let more = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
            Some(more(new.messages) - more(old.messages))
        },
    );
    let knowledge = compare(
        before.knowledge.iter().map(|entry| (entry.id, entry)),
        after.knowledge.iter().map(|entry| (entry.id, entry)),
        |entry| entry.title.clone(),
        |_, _| None,
    );
    SnapshotDiff {
        sessions,
        knowledge,
    }
}

fn compare<'a, I: Ord + Copy, T: PartialEq + 'a>(
    before: impl Iterator<Item = (I, &'a T)>,
    after: impl Iterator<Item = (I, &'a T)>,
    title: impl Fn(&T) -> String,
    more: impl Fn(&T, &T) -> Option<i64>,
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
            let (change, shown, more) = match pair {
                (None, Some(new)) => (Change::Added, new, None),
                (Some(old), None) => (Change::Removed, old, None),
                (Some(old), Some(new)) if old != new => (Change::Changed, new, more(old, new)),
                _ => return None,
            };
            Some(Changed {
                id,
                title: title(shown),
                change,
                more,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use krake_domain::hash::Hash;
    use krake_domain::id::{SessionId, SnapshotId, WorkspaceId};
    use krake_domain::snapshot::FrozenSession;
    use krake_domain::time::Timestamp;

    fn frozen(sessions: &[(u128, u64)]) -> Snapshot {
        Snapshot {
            id: SnapshotId::from_uuid(uuid::Uuid::from_u128(9)),
            workspace: WorkspaceId::PERSONAL,
            project: None,
            folder: None,
            name: String::new(),
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
}
