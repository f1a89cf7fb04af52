//! What building, the window and the tests need from a Linux system, as a table: how to see that
//! it is there, and the package that brings it.
//!
//! Presence is asked of the thing itself (a program on the path, a library known to `pkg-config`)
//! and not of the package database, so that an own build counts and no distribution is special.

/// What a part of the system is needed for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// Compiling the command line, and git as a tool at run time.
    Build,
    /// Compiling and opening the desktop window.
    Window,
    /// The window and browser tests, which start their own display, bus and window manager.
    Test,
    /// The formatter and the linter, which are parts of the Rust toolchain and not of the system.
    Tidy,
}

impl Need {
    pub const ALL: &[Need] = &[Need::Build, Need::Window, Need::Test, Need::Tidy];
}

/// How to see that it is there: any one of the names is enough.
#[derive(Debug)]
pub enum Proof {
    Program(&'static [&'static str]),
    Library(&'static [&'static str]),
}

#[derive(Debug)]
pub struct Part {
    pub need: Need,
    pub proof: Proof,
    pub packages: Packages,
}

/// Package names by distribution family. `dnf` accepts the path of a file in place of a name.
#[derive(Debug)]
pub struct Packages {
    pub debian: &'static str,
    pub ubuntu: &'static str,
    pub fedora: &'static str,
    pub arch: &'static str,
}

const fn packages(debian: &'static str, fedora: &'static str, arch: &'static str) -> Packages {
    Packages {
        debian,
        ubuntu: debian,
        fedora,
        arch,
    }
}

const fn part(need: Need, proof: Proof, packages: Packages) -> Part {
    Part {
        need,
        proof,
        packages,
    }
}

use Need::{Build, Test, Window};
use Proof::{Library, Program};

// One line per part: the table is read across.
#[rustfmt::skip]
pub const PARTS: &[Part] = &[
    part(Build, Program(&["cc"]), packages("build-essential", "gcc", "base-devel")),
    part(Build, Program(&["git"]), packages("git", "git", "git")),
    part(Window, Program(&["pkg-config"]), packages("pkg-config", "pkgconf-pkg-config", "pkgconf")),
    part(Window, Library(&["webkit2gtk-4.1"]), packages("libwebkit2gtk-4.1-dev", "webkit2gtk4.1-devel", "webkit2gtk-4.1")),
    part(Window, Library(&["gtk+-3.0"]), packages("libgtk-3-dev", "gtk3-devel", "gtk3")),
    part(Window, Library(&["ayatana-appindicator3-0.1", "appindicator3-0.1"]), packages("libayatana-appindicator3-dev", "libappindicator-gtk3-devel", "libappindicator-gtk3")),
    part(Window, Library(&["librsvg-2.0"]), packages("librsvg2-dev", "librsvg2-devel", "librsvg")),
    part(Test, Program(&["Xvfb"]), packages("xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb")),
    part(Test, Program(&["xauth"]), packages("xauth", "xorg-x11-xauth", "xorg-xauth")),
    part(Test, Program(&["openbox"]), packages("openbox", "openbox", "openbox")),
    part(Test, Program(&["dbus-run-session"]), packages("dbus", "dbus-daemon", "dbus")),
    part(Test, Program(&["dbus-launch"]), packages("dbus-x11", "dbus-x11", "dbus")),
    part(Test, Program(&["gnome-keyring-daemon"]), packages("gnome-keyring", "gnome-keyring", "gnome-keyring")),
    part(Test, Program(&["WebKitWebDriver"]), packages("webkit2gtk-driver", "/usr/bin/WebKitWebDriver", "webkitgtk-6.0")),
    part(Test, Program(&["chromium", "chromium-browser", "google-chrome"]), Packages { debian: "chromium", ubuntu: "chromium-browser", fedora: "chromium", arch: "chromium" }),
    part(Test, Program(&["chromedriver"]), Packages { debian: "chromium-driver", ubuntu: "chromium-chromedriver", fedora: "chromedriver", arch: "chromium" }),
];

/// The parts of these needs that `is_here` does not find, in the order of the table.
pub fn missing(needs: &[Need], is_here: impl Fn(&Proof) -> bool) -> Vec<&'static Part> {
    PARTS
        .iter()
        .filter(|part| needs.contains(&part.need) && !is_here(&part.proof))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_needed_and_absent_is_missing() {
        let no_git = |proof: &Proof| !matches!(proof, Program(names) if names.contains(&"git"));
        let names: Vec<&str> = missing(Need::ALL, no_git)
            .iter()
            .map(|part| part.packages.debian)
            .collect();
        assert_eq!(names, ["git"]);
        assert!(missing(&[Window, Test], no_git).is_empty());
        assert!(missing(Need::ALL, |_| true).is_empty());
    }

    #[test]
    fn a_headless_build_asks_for_no_window_library() {
        let bare = missing(&[Build], |_| false);
        assert!(bare.iter().all(|part| matches!(part.proof, Program(_))));
        assert_eq!(bare.len(), 2);
    }
}
