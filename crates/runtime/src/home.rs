//! Where the data lies: the same answer for the command line and the desktop.

use std::path::PathBuf;

/// No folder is named and the platform has none.
#[derive(Debug, thiserror::Error)]
#[error("no data folder: this user has no home; set KRAKE_HOME or use --home")]
pub struct NoHome;

/// The data folder: `named`, else `KRAKE_HOME`, else the platform's place for application data.
///
/// # Errors
/// None of the three is there.
pub fn resolve(named: Option<PathBuf>) -> Result<PathBuf, NoHome> {
    let from_environment = || {
        std::env::var_os("KRAKE_HOME")
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let of_the_platform = || {
        directories::ProjectDirs::from("app", "krake", "krake")
            .map(|dirs| dirs.data_local_dir().to_path_buf())
    };
    named
        .or_else(from_environment)
        .or_else(of_the_platform)
        .ok_or(NoHome)
}
