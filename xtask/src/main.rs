//! Developer commands of this repository: `cargo xtask <command>`.
//!
//! It depends on no crate of the product and on nothing heavy, because it is the first thing that
//! compiles on a fresh machine and must work while the product does not compile.
//! **Invariant:** exit code 0 means that everything the command's help line says has happened.
#![expect(
    clippy::print_stdout,
    reason = "a developer command talks to its terminal"
)]

mod command;
mod ui;

mod bench;
mod codegen;
mod crash;
mod dist;
mod run;
mod setup;
mod stage;
mod test;
mod tidy;

use std::process::ExitCode;

use anyhow::Result;

struct Task {
    name: &'static str,
    arguments: &'static str,
    help: &'static str,
    run: fn(&[String]) -> Result<()>,
}

const TASKS: &[Task] = &[
    Task {
        name: "setup",
        arguments: "",
        help: "install what is missing: system libraries, UI packages, the built UI",
        run: setup::run,
    },
    Task {
        name: "run",
        arguments: "[-- ARGS]",
        help: "set up, build, open the app; without a display start `krake serve`",
        run: run::run,
    },
    Task {
        name: "test",
        arguments: "[FILTER]",
        help: "set up, then every test and `tidy`; with FILTER only the Rust tests so named",
        run: test::run,
    },
    Task {
        name: "tidy",
        arguments: "",
        help: "layers, bans, licences, versions, source rules, rustfmt, clippy",
        run: tidy::run,
    },
    Task {
        name: "codegen",
        arguments: "",
        help: "write docs/openapi.json and ui/src/backend/generated.ts from the table of commands",
        run: codegen::run,
    },
    Task {
        name: "bench",
        arguments: "[NAMES]",
        help: "build for release and run the measurements",
        run: bench::run,
    },
    Task {
        name: "crash",
        arguments: "[--kills N]",
        help: "kill a working process N times and check that nothing is lost or done twice",
        run: crash::run,
    },
    Task {
        name: "dist",
        arguments: "",
        help: "build both binaries for release into target/dist",
        run: dist::run,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        print_help();
        return ExitCode::SUCCESS;
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        print_help();
        return ExitCode::SUCCESS;
    }
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        eprintln!("xtask: no command `{name}`; `cargo xtask` lists them");
        return ExitCode::from(2);
    };
    match (task.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn print_help() {
    println!("cargo xtask <command>\n");
    for task in TASKS {
        let usage = format!("{} {}", task.name, task.arguments);
        println!("  {usage:<20} {}", task.help);
    }
}
