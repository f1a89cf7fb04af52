//! Arrows between the crates of the workspace run down only; crates of one layer are strangers.

use super::metadata::{Layer, Member};

pub fn check(members: &[Member]) -> Vec<String> {
    members
        .iter()
        .flat_map(|from| {
            let unknown = (from.layer == Layer::Unknown).then(|| {
                format!(
                    "{}: its Cargo.toml needs `[package.metadata] layer = N` or `layer = \"dev\"`",
                    from.name
                )
            });
            unknown.into_iter().chain(wrong_arrows(from, members))
        })
        .collect()
}

fn wrong_arrows(from: &Member, members: &[Member]) -> Vec<String> {
    from.dependencies
        .iter()
        .filter_map(|dependency| {
            let to = members
                .iter()
                .find(|member| member.name == dependency.name)?;
            let wrong = what_is_wrong(from.layer, to.layer, dependency.for_tests)?;
            Some(format!("{} -> {}: {wrong}", from.name, to.name))
        })
        .collect()
}

fn what_is_wrong(from: Layer, to: Layer, for_tests: bool) -> Option<String> {
    match (from, to) {
        // An unknown layer has its own finding.
        (Layer::Unknown, _) | (_, Layer::Unknown) | (Layer::Dev, _) => None,
        (Layer::Number(_), Layer::Dev) if for_tests => None,
        (Layer::Number(_), Layer::Dev) => {
            Some("the product may use a dev crate only in dev-dependencies".into())
        }
        (Layer::Number(from), Layer::Number(to)) if from > to => None,
        (Layer::Number(from), Layer::Number(to)) if from == to => Some(format!(
            "both are on layer {from}, and rooms of one layer are strangers"
        )),
        (Layer::Number(from), Layer::Number(to)) => {
            Some(format!("an arrow from layer {from} up to layer {to}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::metadata::Dependency;

    fn member(name: &str, layer: Layer, uses: &[(&str, bool)]) -> Member {
        Member {
            name: name.into(),
            layer,
            dependencies: uses
                .iter()
                .map(|(name, for_tests)| Dependency {
                    name: (*name).into(),
                    for_tests: *for_tests,
                })
                .collect(),
        }
    }

    fn findings_with(domain_uses: &[(&str, bool)], store_uses: &[(&str, bool)]) -> Vec<String> {
        check(&[
            member("domain", Layer::Number(0), domain_uses),
            member("store", Layer::Number(2), store_uses),
            member(
                "engine",
                Layer::Number(2),
                &[("domain", false), ("serde", false)],
            ),
            member(
                "testkit",
                Layer::Dev,
                &[("store", false), ("engine", false)],
            ),
        ])
    }

    #[test]
    fn down_is_fine_and_so_is_everything_outside_the_workspace() {
        assert!(findings_with(&[("uuid", false)], &[("domain", false)]).is_empty());
    }

    #[test]
    fn up_and_sideways_are_found_even_for_tests() {
        for for_tests in [false, true] {
            let findings = findings_with(&[("store", for_tests)], &[("engine", for_tests)]);
            assert_eq!(
                findings,
                [
                    "domain -> store: an arrow from layer 0 up to layer 2",
                    "store -> engine: both are on layer 2, and rooms of one layer are strangers",
                ]
            );
        }
    }

    #[test]
    fn a_dev_crate_serves_only_tests() {
        assert!(findings_with(&[], &[("testkit", true)]).is_empty());
        let findings = findings_with(&[], &[("testkit", false)]);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].starts_with("store -> testkit"), "{findings:?}");
    }

    #[test]
    fn a_crate_without_a_layer_is_found() {
        let findings = check(&[member("new", Layer::Unknown, &[])]);
        assert!(
            findings[0].starts_with("new: its Cargo.toml"),
            "{findings:?}"
        );
    }
}
