//! The home folder as a person writes it.

use std::path::{Path, PathBuf};

use crate::EdgeError;

/// The path with a leading `~` replaced by the home folder; every other path unchanged.
///
/// # Errors
/// [`EdgeError::BadPath`] for `~name` and where no home folder is known.
pub fn expand_home(path: &str) -> Result<PathBuf, EdgeError> {
    expand(path, std::env::home_dir().as_deref())
}

fn expand(path: &str, home: Option<&Path>) -> Result<PathBuf, EdgeError> {
    let Some(rest) = path.strip_prefix('~') else {
        return Ok(PathBuf::from(path));
    };
    let bad = |why| EdgeError::BadPath {
        path: path.to_owned(),
        why,
    };
    let home = home
        .filter(|home| home.is_absolute())
        .ok_or_else(|| bad("the home folder of this user is not known"))?;
    match rest.strip_prefix(['/', std::path::MAIN_SEPARATOR]) {
        Some(inside) => Ok(home.join(inside.trim_start_matches(['/', std::path::MAIN_SEPARATOR]))),
        None if rest.is_empty() => Ok(home.to_owned()),
        None => Err(bad("`~name` is not supported, write the whole path")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_leading_tilde_is_the_home_folder() {
        let home = Some(Path::new("/home/a"));
        assert_eq!(expand("~", home).unwrap(), Path::new("/home/a"));
        assert_eq!(expand("~/x/y", home).unwrap(), Path::new("/home/a/x/y"));
        assert_eq!(expand("~//etc", home).unwrap(), Path::new("/home/a/etc"));
        assert_eq!(expand("/x/~", home).unwrap(), Path::new("/x/~"));
        assert!(expand("~root/x", home).is_err());
        assert!(expand("~/x", None).is_err());
    }
}
