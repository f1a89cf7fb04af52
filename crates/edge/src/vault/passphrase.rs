//! The passphrase of the vault from a file, for servers and scripts that have nobody to ask.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use krake_domain::secret::{Hidden, MOST_SECRET_BYTES};

use super::error::VaultError;

/// The variable that names the file.
pub const PASSPHRASE_FILE: &str = "KRAKE_VAULT_PASSPHRASE_FILE";

/// The passphrase that the environment's file holds; none where it names none.
///
/// # Errors
/// The file is not there, is too large, or others can read it.
pub fn passphrase_from_file() -> Result<Option<Hidden>, VaultError> {
    let named = std::env::var_os(PASSPHRASE_FILE).filter(|value| !value.is_empty());
    named.map(|path| read(&PathBuf::from(path))).transpose()
}

fn read(path: &Path) -> Result<Hidden, VaultError> {
    let bad = |why: String| VaultError::Io {
        why: format!("{PASSPHRASE_FILE} ({}): {why}", path.display()),
    };
    let file = std::fs::File::open(path).map_err(|error| bad(error.to_string()))?;
    if let Some(mode) = open_to_others(&file) {
        return Err(bad(format!(
            "others can read it (mode {mode:o}); expected 600"
        )));
    }
    let most = MOST_SECRET_BYTES as u64;
    let mut text = String::new();
    file.take(most + 1)
        .read_to_string(&mut text)
        .map_err(|error| bad(error.to_string()))?;
    if text.len() as u64 > most {
        return Err(bad(format!("it is larger than {most} bytes")));
    }
    // Editors end a file with a line break; it is no part of the passphrase.
    let end = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(end);
    Ok(Hidden::new(text))
}

#[cfg(unix)]
fn open_to_others(file: &std::fs::File) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = file.metadata().ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn open_to_others(_: &std::fs::File) -> Option<u32> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pass");
        std::fs::write(&path, "correct horse\n").unwrap();
        let set = |mode| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        set(0o640);
        let error = read(&path).err().unwrap().to_string();
        assert!(error.contains("mode 640"), "{error}");
        assert!(!error.contains("horse"), "{error}");
        set(0o600);
        assert_eq!(read(&path).ok().unwrap().open_here(), "correct horse");
        std::fs::write(&path, "x".repeat(MOST_SECRET_BYTES + 1)).unwrap();
        assert!(read(&path).is_err());
        assert!(read(&dir.path().join("absent")).is_err());
    }
}
