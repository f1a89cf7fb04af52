//! The policy: may this call go, must a person be asked, or is it refused? Always with the reason.

use krake_domain::plan::{ApprovalMode, Author};
use krake_domain::rule::is_inside;
use krake_domain::tool::{Assessment, EffectClass, ToolSpec};

/// The answer of the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ruling {
    Go,
    /// The reason, for the person who is asked.
    Ask(String),
    /// The plan says `never` where the policy asks.
    Refuse(String),
}

pub(super) fn rule(
    mode: ApprovalMode,
    spec: &ToolSpec,
    assessment: &Assessment,
    roots: &[String],
    tainted: bool,
    planned_by: Author,
) -> Ruling {
    let asks =
        reason(spec, assessment, roots, tainted).or_else(|| of_a_model(planned_by, assessment));
    match (mode, asks) {
        (ApprovalMode::Always, asks) => {
            Ruling::Ask(asks.unwrap_or_else(|| "the plan asks before this step".to_owned()))
        }
        (ApprovalMode::Policy, Some(because)) => Ruling::Ask(because),
        (ApprovalMode::Never, Some(because)) => Ruling::Refuse(because),
        (ApprovalMode::Policy | ApprovalMode::Never, None) => Ruling::Go,
    }
}

fn reason(
    spec: &ToolSpec,
    assessment: &Assessment,
    roots: &[String],
    tainted: bool,
) -> Option<String> {
    if spec.asks {
        return Some(format!("{} asks by default", spec.name));
    }
    if assessment.class.is_harmless() {
        // Whoever wrote the address could have written into it what was read before.
        return assessment
            .reaches
            .as_ref()
            .filter(|_| tainted)
            .map(|origin| {
                format!("it speaks to {origin}, and its address comes from text that others wrote")
            });
    }
    if let Some(folder) = &assessment.writes_under
        && !roots.iter().any(|root| is_inside(folder, root))
    {
        return Some("it writes outside the folders that this run was given".to_owned());
    }
    if let Some(origin) = &assessment.reaches {
        return Some(format!("it can change something at {origin}"));
    }
    if assessment.class == EffectClass::Unsafe {
        return Some("after a crash nobody could find out whether it happened".to_owned());
    }
    let leaves_a_mark = assessment.writes_under.is_some() || !assessment.reversible;
    (tainted && leaves_a_mark).then(|| "its arguments come from text that others wrote".to_owned())
}

/// Whatever a model planned asks before it changes anything, also where the same step of a person
/// would go: nobody has said that it should happen.
fn of_a_model(planned_by: Author, assessment: &Assessment) -> Option<String> {
    (planned_by == Author::Model && !assessment.class.is_harmless())
        .then(|| "a model planned this step".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn spec(asks: bool) -> ToolSpec {
        ToolSpec {
            name: "x.y".into(),
            description: String::new(),
            args_schema: json!({}),
            output_schema: json!({}),
            class: EffectClass::Unsafe,
            asks,
            untrusted_output: false,
            timeout_ms: 1,
        }
    }

    fn call(class: EffectClass, folder: Option<&str>) -> Assessment {
        Assessment {
            class,
            target: String::new(),
            summary: String::new(),
            reversible: true,
            writes_under: folder.map(Into::into),
            reaches: None,
            target_state: None,
            diff: None,
        }
    }

    #[test]
    fn what_a_model_planned_asks_before_it_changes_anything() {
        use EffectClass::{Checkable, Keyed, Pure, Read, Unsafe};
        let roots = vec!["/home/u/repo".to_owned()];
        let ruling = |mode, class| {
            let call = call(class, Some("/home/u/repo"));
            rule(mode, &spec(false), &call, &roots, true, Author::Model)
        };
        for class in [Keyed, Checkable, Unsafe] {
            assert!(matches!(
                ruling(ApprovalMode::Policy, class),
                Ruling::Ask(_)
            ));
            assert!(matches!(
                ruling(ApprovalMode::Never, class),
                Ruling::Refuse(_)
            ));
        }
        for class in [Pure, Read] {
            assert_eq!(ruling(ApprovalMode::Policy, class), Ruling::Go);
        }
        // What is kept in Krake's own data asks as well, though the same step of a person does not.
        let own = call(Keyed, None);
        let by = |author| {
            rule(
                ApprovalMode::Policy,
                &spec(false),
                &own,
                &roots,
                true,
                author,
            )
        };
        assert_eq!(by(Author::Person), Ruling::Go);
        assert!(matches!(by(Author::Model), Ruling::Ask(_)));
    }

    #[test]
    fn looking_at_the_network_asks_where_others_wrote_the_address() {
        let look = |origin: Option<&str>, tainted| {
            let call = Assessment {
                reaches: origin.map(Into::into),
                ..call(EffectClass::Read, None)
            };
            rule(
                ApprovalMode::Policy,
                &spec(false),
                &call,
                &[],
                tainted,
                Author::Person,
            )
        };
        assert_eq!(look(Some("https://a.example"), false), Ruling::Go);
        assert_eq!(look(None, true), Ruling::Go);
        let Ruling::Ask(because) = look(Some("https://a.example"), true) else {
            panic!("it must ask");
        };
        assert!(because.contains("https://a.example"), "{because}");
        // A plan that claims that the other side deduplicates is no reason to go ahead.
        let change = Assessment {
            reaches: Some("https://a.example".into()),
            ..call(EffectClass::Keyed, None)
        };
        let ruling = rule(
            ApprovalMode::Policy,
            &spec(false),
            &change,
            &[],
            false,
            Author::Person,
        );
        assert!(matches!(ruling, Ruling::Ask(_)), "{ruling:?}");
    }

    #[test]
    fn table() {
        use ApprovalMode::{Always, Never, Policy};
        use EffectClass::{Checkable, Keyed, Read, Unsafe};
        let roots = vec!["/home/u/repo".to_owned()];
        for (mode, asks, class, folder, tainted, expected) in [
            (Policy, false, Read, None, true, "go"),
            (Always, false, Read, None, false, "ask"),
            (Policy, false, Keyed, None, true, "go"),
            (Policy, false, Checkable, Some("/home/u/repo"), false, "go"),
            (
                Policy,
                false,
                Checkable,
                Some("/home/u/repo/sub"),
                true,
                "ask",
            ),
            (
                Policy,
                false,
                Checkable,
                Some("/home/u/repository"),
                false,
                "ask",
            ),
            (Policy, false, Checkable, Some("/etc"), false, "ask"),
            (Never, false, Checkable, Some("/etc"), false, "refuse"),
            (Never, false, Checkable, Some("/home/u/repo"), false, "go"),
            (Policy, true, Checkable, Some("/home/u/repo"), false, "ask"),
            (Policy, false, Unsafe, None, false, "ask"),
        ] {
            let ruling = match rule(
                mode,
                &spec(asks),
                &call(class, folder),
                &roots,
                tainted,
                Author::Person,
            ) {
                Ruling::Go => "go",
                Ruling::Ask(_) => "ask",
                Ruling::Refuse(_) => "refuse",
            };
            assert_eq!(
                ruling, expected,
                "{mode:?} {asks} {class:?} {folder:?} {tainted}"
            );
        }
    }
}
