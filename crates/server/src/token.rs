//! The owner's token: 256 bits in `api-token`, readable by the owner alone.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use subtle::ConstantTimeEq as _;

const FILE: &str = "api-token";
const LETTERS: usize = 64;

/// The token of one data folder. It does not print.
#[derive(Clone)]
pub struct Token(String);

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("{path}: {error}", path = path.display())]
    Io { path: PathBuf, error: io::Error },
    #[error("{path} can be read by others: set its mode to 0600, or delete it and start again for a new token", path = path.display())]
    Open { path: PathBuf },
    #[error("{path} does not hold 64 hexadecimal digits: delete it and start again for a new token", path = path.display())]
    Broken { path: PathBuf },
}

impl Token {
    /// Reads the token of this data folder.
    ///
    /// # Errors
    /// The file is not there, is readable by others, or holds something else.
    pub fn load(home: &Path) -> Result<Self, TokenError> {
        let path = home.join(FILE);
        let io = |error| TokenError::Io {
            path: path.clone(),
            error,
        };
        let file = File::open(&path).map_err(io)?;
        if is_open_to_others(&file).map_err(io)? {
            return Err(TokenError::Open { path });
        }
        let mut text = String::new();
        file.take(1_024).read_to_string(&mut text).map_err(io)?;
        let text = text.trim().to_owned();
        if text.len() == LETTERS && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Self(text))
        } else {
            Err(TokenError::Broken { path })
        }
    }

    /// Reads the token, or writes a new one where there is none. Only the owner of the folder's
    /// lock calls this, so two new tokens cannot race.
    ///
    /// # Errors
    /// As [`Token::load`].
    pub fn load_or_create(home: &Path) -> Result<Self, TokenError> {
        match Self::load(home) {
            Err(TokenError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => {
                Self::create(home)
            }
            other => other,
        }
    }

    /// Whether `given` is this token, found out in the same time for every wrong one.
    #[must_use]
    pub fn matches(&self, given: &[u8]) -> bool {
        given.len() == self.0.len() && bool::from(self.0.as_bytes().ct_eq(given))
    }

    /// The proof that this process holds the token, for a client that is about to send it.
    #[must_use]
    pub fn proof(&self, challenge: &str) -> String {
        krake_edge::proof::owner_proof(&self.0, challenge)
    }

    /// The text, to be sent in a header or shown to the owner in the address of the UI.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    fn create(home: &Path) -> Result<Self, TokenError> {
        let path = home.join(FILE);
        let io = |error| TokenError::Io {
            path: path.clone(),
            error,
        };
        let mut random = [0u8; LETTERS / 2];
        getrandom::fill(&mut random).map_err(|error| io(io::Error::other(error)))?;
        let text = random
            .iter()
            .fold(String::with_capacity(LETTERS), |mut text, byte| {
                write!(text, "{byte:02x}").expect("a String takes all");
                text
            });
        // Written beside and moved into place, so that a crash leaves no half token.
        let draft = home.join(".api-token.new");
        let _ = fs::remove_file(&draft);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&draft).map_err(io)?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(io)?;
        fs::rename(&draft, &path).map_err(io)?;
        Ok(Self(text))
    }
}

#[cfg(unix)]
fn is_open_to_others(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(file.metadata()?.permissions().mode() & 0o077 != 0)
}

/// Elsewhere the data folder lies in the user's own profile, which others cannot read.
#[cfg(not(unix))]
fn is_open_to_others(_: &File) -> io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_token_is_read_again_and_is_the_owners_alone() {
        let home = tempfile::tempdir().unwrap();
        let token = Token::load_or_create(home.path()).unwrap();
        let again = Token::load_or_create(home.path()).unwrap();
        assert!(again.matches(token.reveal().as_bytes()));
        assert!(!again.matches(&token.reveal().as_bytes()[1..]));
        assert!(!again.matches(b""));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let path = home.path().join(FILE);
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            assert!(matches!(
                Token::load_or_create(home.path()),
                Err(TokenError::Open { .. })
            ));
        }
    }

    #[test]
    fn another_content_is_refused_and_not_replaced() {
        let home = tempfile::tempdir().unwrap();
        Token::load_or_create(home.path()).unwrap();
        fs::write(home.path().join(FILE), "hello").unwrap();
        assert!(matches!(
            Token::load_or_create(home.path()),
            Err(TokenError::Broken { .. })
        ));
    }
}
