//! Copies the built UI and writes the table of its files, so that the binary carries them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let dist = root.join("../../ui/dist");
    // An absent folder cannot be watched: cargo would build this crate again each time.
    fs::create_dir_all(&dist)?;
    let dist = dist.canonicalize()?;
    println!("cargo::rerun-if-changed={}", dist.display());
    // The compiler reads a copy: a UI that is built meanwhile cannot pull files from under it.
    let copy = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it")).join("ui");
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    let mut names = Vec::new();
    take(&dist, &copy, "", &mut names)?;
    names.sort();
    let mut table = String::from("static FILES: &[(&str, &[u8])] = &[\n");
    for name in names {
        let file = copy.join(&name).display().to_string();
        writeln!(table, "    ({name:?}, include_bytes!({file:?})),").expect("a String takes all");
    }
    table.push_str("];\n");
    fs::write(copy.with_file_name("ui_files.rs"), table)
}

fn take(from: &Path, to: &Path, prefix: &str, names: &mut Vec<String>) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, target) = (entry.file_name(), to.join(entry.file_name()));
        let name = format!("{prefix}{}", name.to_string_lossy());
        if entry.file_type()?.is_dir() {
            take(&entry.path(), &target, &format!("{name}/"), names)?;
        } else {
            fs::copy(entry.path(), target)?;
            names.push(name);
        }
    }
    Ok(())
}
