//! The policy: may this call go, must a person be asked, or is it refused? Always with the reason.

use krake_domain::plan::ApprovalMode;
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
) -> Ruling {
    let asks = reason(spec, assessment, roots, tainted);
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
    if assessment.class.is_harmless() {
        return spec.asks.then(|| format!("{} asks by default", spec.name));
    }
    if spec.asks {
        return Some(format!("{} asks by default", spec.name));
    }
    if let Some(folder) = &assessment.writes_under
        && !roots.iter().any(|root| is_inside(folder, root))
    {
        return Some("it writes outside the folders that this run was given".to_owned());
    }
    if assessment.class == EffectClass::Unsafe {
        return Some("after a crash nobody could find out whether it happened".to_owned());
    }
    let leaves_a_mark = assessment.writes_under.is_some() || !assessment.reversible;
    (tainted && leaves_a_mark).then(|| "its arguments come from text that others wrote".to_owned())
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
            target_state: None,
            diff: None,
        }
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
            let ruling = match rule(mode, &spec(asks), &call(class, folder), &roots, tainted) {
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
