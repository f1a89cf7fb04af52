//! Kills at every named point and at random; and proof that the harness would notice.

use std::path::PathBuf;

use krake_tests::crash::{Config, POINTS, Sabotage, run};

fn config(at_each_point: usize, at_random: usize, sabotage: Option<Sabotage>) -> Config {
    Config {
        program: PathBuf::from(env!("CARGO_BIN_EXE_krake-crash")),
        at_each_point,
        at_random,
        seed: 7,
        sabotage,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_kill_breaks_a_promise() {
    let outcome = run(&config(5, 60, None)).await.unwrap();
    assert_eq!(outcome.broken, Vec::<String>::new());
    for point in POINTS {
        for when in ["before", "after"] {
            let hits = outcome
                .at_point
                .get(&format!("{when} {point}"))
                .copied()
                .unwrap_or(0);
            assert!(hits >= 5, "{when} {point} was hit {hits} times");
        }
    }
}

/// Rounds in which a broken promise must be noticed.
const ROUNDS: u64 = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_promise_is_noticed() {
    for (sabotage, sign) in [
        (Sabotage::Keys, "keys"),
        (Sabotage::Consumption, "times"),
        (Sabotage::Results, "lost"),
    ] {
        // Where a kill falls between an effect and its result is chance, and rarer on a busy machine.
        let mut broken = Vec::new();
        for seed in 7..7 + ROUNDS {
            let one = Config {
                seed,
                ..config(6, 0, Some(sabotage))
            };
            broken.extend(run(&one).await.unwrap().broken);
            if broken.iter().any(|line| line.contains(sign)) {
                break;
            }
        }
        assert!(
            broken.iter().any(|line| line.contains(sign)),
            "{sabotage:?} went unnoticed: {broken:?}"
        );
    }
}
