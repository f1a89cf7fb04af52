//! A person at a real terminal, and others who answer meanwhile.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::world::{Running, World};

const TWICE: &str = "\
name: twice
inputs: { path: { type: string, default: \".\", slot: path } }
steps:
  - id: first
    tool: fs.write
    approval: always
    args: { root: \"${{ inputs.path }}\", path: first.txt, text: \"1\\n\" }
  - id: second
    tool: fs.write
    needs: [first]
    approval: always
    args: { root: \"${{ inputs.path }}\", path: second.txt, text: \"2\\n\" }
";

pub struct Terminal {
    person: File,
    pub child: Running,
    pub seen: String,
}

impl Terminal {
    fn run(world: &World, args: &[&str]) -> Self {
        Self::of(world.command(args), false)
    }

    /// Starts a command that was prepared; where `is_whole`, the terminal shows its answers too.
    pub fn of(mut command: Command, is_whole: bool) -> Self {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        let name = ptsname(&person, Vec::new()).unwrap();
        let open = || {
            let mut options = OpenOptions::new();
            options.read(true).write(true);
            options.open(name.to_str().unwrap()).unwrap()
        };
        command
            .stdin(Stdio::from(open()))
            .stderr(Stdio::from(open()));
        if is_whole {
            command.stdout(Stdio::from(open()));
        }
        let child = command.spawn().unwrap();
        Self {
            person: File::from(person),
            child: Running(child),
            seen: String::new(),
        }
    }

    /// Reads on until this is on the screen.
    pub fn wait_for(&mut self, word: &str) {
        while !self.seen.contains(word) {
            let mut bytes = [0; 4096];
            let count = self.person.read(&mut bytes).unwrap_or(0);
            assert!(count > 0, "`{word}` never came: {}", self.seen);
            self.seen
                .push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
        let end = self.seen.find(word).unwrap() + word.len();
        let passed: String = self.seen.drain(..end).collect();
        assert!(!passed.contains("canary"), "a secret was shown: {passed}");
    }

    pub fn types(&mut self, text: &str) {
        self.person.write_all(text.as_bytes()).unwrap();
    }

    /// All that is shown until the command ends.
    pub fn until_the_end(mut self) -> (Option<i32>, String) {
        let mut bytes = [0; 4096];
        // A terminal that nobody holds any more reads as an error.
        while let Ok(count) = self.person.read(&mut bytes)
            && count > 0
        {
            self.seen
                .push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
        (self.child.code(), self.seen.replace("\r\n", "\n"))
    }
}

fn asked(world: &World) -> String {
    let waiting = world.json(&["approvals", "list"]);
    waiting["items"][0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_question_that_is_answered_elsewhere_ends_and_what_was_typed_answers_no_other() {
    let world = World::new();
    world.write("twice.yaml", TWICE);
    let mut terminal = Terminal::run(&world, &["run", "twice.yaml"]);
    terminal.wait_for("approve? [y/N/r=reason] ");
    terminal.types("y");
    terminal.wait_for("y");
    let first = asked(&world);
    let said = world.expect(0, &["approvals", "approve", &first]);
    assert_eq!(said.out, format!("{first} approved\n"));
    terminal.wait_for("answered elsewhere");
    terminal.wait_for("approve? [y/N/r=reason] ");
    assert!(world.work.join("first.txt").exists());
    // Enter alone is a no: the `y` was for the question before.
    terminal.types("\n");
    assert_eq!(terminal.child.code(), Some(1));
    assert!(!world.work.join("second.txt").exists());
}

#[test]
fn after_an_answer_elsewhere_the_next_question_takes_the_next_line() {
    let world = World::new();
    world.write("twice.yaml", TWICE);
    let served = world.serve();
    let mut terminal = Terminal::run(&world, &["run", "twice.yaml"]);
    terminal.wait_for("approve? [y/N/r=reason] ");
    world.expect(0, &["approvals", "approve", &asked(&world)]);
    terminal.wait_for("answered elsewhere");
    terminal.wait_for("approve? [y/N/r=reason] ");
    terminal.types("y\n");
    assert_eq!(terminal.child.code(), Some(0));
    assert!(world.work.join("second.txt").exists());
    drop(served);
}

#[test]
fn what_may_have_happened_is_settled_by_a_key_of_its_own() {
    let world = World::new();
    world.write(
        "slow.yaml",
        "name: slow\ninputs: { path: { type: string, default: \".\", slot: path } }\nsteps:\n  - id: run\n    tool: shell.run\n    timeout_ms: 400\n    args: { root: \"${{ inputs.path }}\", argv: [sh, -c, \"echo x >> ran; sleep 20\"] }\n",
    );
    let mut terminal = Terminal::run(&world, &["run", "slow.yaml"]);
    terminal.wait_for("approve? [y/N/r=reason] ");
    terminal.types("y\n");
    terminal.wait_for("may have happened already: run sh");
    terminal.wait_for("run it again, or did it happen? [y/h/N/r=reason] ");
    terminal.types("h\n");
    assert_eq!(terminal.child.code(), Some(0));
    assert_eq!(
        std::fs::read_to_string(world.work.join("ran")).unwrap(),
        "x\n"
    );
}

#[test]
fn a_question_whose_execution_is_cancelled_ends() {
    let world = World::new();
    world.write("twice.yaml", TWICE);
    let mut terminal = Terminal::run(&world, &["run", "twice.yaml"]);
    terminal.wait_for("approve? [y/N/r=reason] ");
    let id = world.newest()["id"].as_str().unwrap().to_owned();
    world.expect(0, &["executions", "cancel", &id]);
    terminal.wait_for("no longer asked");
    assert_eq!(terminal.child.code(), Some(130));
}

#[test]
fn a_key_that_is_typed_is_not_on_the_screen() {
    let world = World::new();
    let add = ["accounts", "add", "One", "--provider", "anthropic"];
    let mut terminal = Terminal::run(&world, &add);
    terminal.wait_for("key (not shown): ");
    terminal.types("sk-ant-canary-0123456789\n");
    // The person of this test has no keychain.
    terminal.wait_for("no keychain runs here");
    assert_eq!(terminal.child.code(), Some(1));
    assert!(!terminal.seen.contains("canary"), "{}", terminal.seen);
    assert!(!world.keeps("canary"));
}

#[test]
fn a_question_for_a_key_that_is_given_up_leaves_a_terminal_that_shows_what_is_typed() {
    use rustix::termios::{LocalModes, tcgetattr};
    let world = World::new();
    let add = ["accounts", "add", "One", "--provider", "anthropic"];
    let mut terminal = Terminal::run(&world, &add);
    terminal.wait_for("key (not shown): ");
    let echoes = |terminal: &Terminal| {
        let modes = tcgetattr(&terminal.person).unwrap().local_modes;
        modes.contains(LocalModes::ECHO)
    };
    assert!(!echoes(&terminal));
    terminal.child.signal("INT");
    assert_eq!(terminal.child.code(), Some(130));
    assert!(echoes(&terminal));
}
