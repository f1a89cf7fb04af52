//! System packages: which are missing here, and the commands of this machine's package manager.

use std::process::Command;

use anyhow::{Result, bail};

use super::need::{Need, Packages, Part, Proof, missing};
use crate::command::{find_program, run, succeeds};

/// Installs the missing parts, or says in one line how.
pub fn ensure(needs: &[Need]) -> Result<()> {
    if cfg!(target_os = "macos") {
        return ensure_command_line_tools();
    }
    if !cfg!(target_os = "linux") {
        // On Windows, Rust's own installer brings the build tools, and the web view is part of the
        // system.
        return Ok(());
    }
    let absent = missing(needs, is_here);
    if absent.is_empty() {
        return Ok(());
    }
    let proofs = describe(&absent);
    let Some(manager) = Manager::of_this_machine() else {
        bail!("missing: {proofs}. No apt-get, dnf or pacman here: install what provides them");
    };
    let packages = manager.packages(&absent);
    println!("System packages: installing {}", packages.join(" "));
    println!("  (missing here: {proofs})");
    let commands = manager.install(&packages);
    match Rights::of_this_process() {
        Rights::Root => perform(&commands, &[])?,
        Rights::Sudo => perform(&commands, &["sudo", "-n"])?,
        Rights::None => bail!(
            "no right to install packages. Run this line, then the same command again:\n{}",
            one_line(&commands)
        ),
    }
    let left = missing(needs, is_here);
    if !left.is_empty() {
        bail!("still missing after the installation: {}", describe(&left));
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Manager {
    AptDebian,
    AptUbuntu,
    Dnf,
    Pacman,
}

impl Manager {
    fn of_this_machine() -> Option<Self> {
        if find_program("apt-get").is_some() {
            let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
            return Some(Self::of_apt(&release));
        }
        if find_program("dnf").is_some() {
            return Some(Self::Dnf);
        }
        find_program("pacman").map(|_| Self::Pacman)
    }

    /// Ubuntu and what derives from it name the browser differently.
    fn of_apt(os_release: &str) -> Self {
        let names_ubuntu = os_release
            .lines()
            .filter(|line| line.starts_with("ID=") || line.starts_with("ID_LIKE="))
            .any(|line| line.contains("ubuntu"));
        if names_ubuntu {
            Self::AptUbuntu
        } else {
            Self::AptDebian
        }
    }

    fn packages(self, parts: &[&Part]) -> Vec<&'static str> {
        let mut names = Vec::new();
        for part in parts {
            let name = self.name(&part.packages);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    fn name(self, packages: &Packages) -> &'static str {
        match self {
            Self::AptDebian => packages.debian,
            Self::AptUbuntu => packages.ubuntu,
            Self::Dnf => packages.fedora,
            Self::Pacman => packages.arch,
        }
    }

    fn install(self, packages: &[&'static str]) -> Vec<Vec<&'static str>> {
        let (prepare, install): (&[&str], &[&str]) = match self {
            Self::AptDebian | Self::AptUbuntu => (
                &["apt-get", "update"],
                &[
                    "env",
                    "DEBIAN_FRONTEND=noninteractive",
                    "apt-get",
                    "install",
                    "-y",
                    "--no-install-recommends",
                ],
            ),
            Self::Dnf => (&[], &["dnf", "install", "-y"]),
            Self::Pacman => (&[], &["pacman", "-S", "--needed", "--noconfirm"]),
        };
        [prepare.to_vec(), [install, packages].concat()]
            .into_iter()
            .filter(|command| !command.is_empty())
            .collect()
    }
}

enum Rights {
    Root,
    Sudo,
    None,
}

impl Rights {
    fn of_this_process() -> Self {
        let id = Command::new("id").arg("-u").output();
        if id.is_ok_and(|output| output.stdout.trim_ascii() == b"0") {
            return Self::Root;
        }
        if succeeds(Command::new("sudo").args(["-n", "true"])) {
            return Self::Sudo;
        }
        Self::None
    }
}

fn perform(commands: &[Vec<&str>], prefix: &[&str]) -> Result<()> {
    for command in commands {
        let words = [prefix, command.as_slice()].concat();
        let (program, arguments) = words.split_first().expect("no command is empty");
        run(Command::new(program).args(arguments))?;
    }
    Ok(())
}

fn one_line(commands: &[Vec<&str>]) -> String {
    commands
        .iter()
        .map(|words| format!("sudo {}", words.join(" ")))
        .collect::<Vec<_>>()
        .join(" && ")
}

fn is_here(proof: &Proof) -> bool {
    match proof {
        Proof::Program(names) => names.iter().any(|name| find_program(name).is_some()),
        Proof::Library(names) => names
            .iter()
            .any(|name| succeeds(Command::new("pkg-config").args(["--exists", name]))),
    }
}

fn describe(parts: &[&Part]) -> String {
    parts
        .iter()
        .map(|part| match part.proof {
            Proof::Program(names) => names.join(" or "),
            Proof::Library(names) => format!("library {}", names.join(" or ")),
        })
        .collect::<Vec<_>>()
        .join(", ")
}

fn ensure_command_line_tools() -> Result<()> {
    if succeeds(Command::new("xcode-select").arg("-p")) {
        return Ok(());
    }
    bail!("the Xcode command line tools are missing. Run this line:\nxcode-select --install")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::need::PARTS;

    #[test]
    fn the_line_to_run_is_one_line_a_person_can_paste() {
        let line = one_line(&Manager::AptDebian.install(&["git", "xvfb"]));
        assert_eq!(
            line,
            "sudo apt-get update && sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y \
             --no-install-recommends git xvfb"
        );
        let line = one_line(&Manager::Pacman.install(&["git"]));
        assert_eq!(line, "sudo pacman -S --needed --noconfirm git");
    }

    #[test]
    fn derivatives_of_ubuntu_take_its_names() {
        let mint = "NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n";
        assert_eq!(Manager::of_apt(mint), Manager::AptUbuntu);
        let debian = "ID=debian\nHOME_URL=\"https://ubuntu.example\"\n";
        assert_eq!(Manager::of_apt(debian), Manager::AptDebian);
    }

    #[test]
    fn every_part_has_a_package_and_none_is_asked_for_twice() {
        let parts: Vec<&Part> = PARTS.iter().collect();
        for manager in [
            Manager::AptDebian,
            Manager::AptUbuntu,
            Manager::Dnf,
            Manager::Pacman,
        ] {
            let names = manager.packages(&parts);
            assert!(names.iter().all(|name| !name.is_empty()));
            let mut unique = names.clone();
            unique.sort_unstable();
            unique.dedup();
            assert_eq!(unique.len(), names.len(), "{manager:?}");
        }
    }
}
