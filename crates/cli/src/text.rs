//! Texts from files and stdin.

use std::io::Read as _;

use anyhow::Context as _;

use crate::exit::Stopped;

/// The largest plan file or knowledge text; transcripts have their own cap.
const MOST_BYTES: u64 = 10 * 1024 * 1024;

/// The file's text; `-` is stdin.
///
/// # Errors
/// It is not there, is too large, or is not UTF-8.
pub fn read(file: &str) -> Result<String, Stopped> {
    utf8(file, bytes(file, MOST_BYTES)?)
}

/// The text of bytes that were read from `file`.
///
/// # Errors
/// They are not UTF-8.
pub fn utf8(file: &str, bytes: Vec<u8>) -> Result<String, Stopped> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Stopped::usage(format!("{file}: not UTF-8 at byte {at}"))
    })
}

/// The file's bytes, at most `most`; `-` is stdin.
///
/// # Errors
/// It is not there or is too large.
pub fn bytes(file: &str, most: u64) -> Result<Vec<u8>, Stopped> {
    let mut bytes = Vec::new();
    let mut take =
        |from: &mut dyn std::io::Read| from.take(most + 1).read_to_end(&mut bytes).map(|_| ());
    if file == "-" {
        take(&mut std::io::stdin().lock()).context("reading stdin")?;
    } else {
        let mut from = std::fs::File::open(file)
            .map_err(|error| Stopped::usage(format!("{file}: {error}")))?;
        take(&mut from).map_err(|error| Stopped::usage(format!("{file}: {error}")))?;
    }
    if bytes.len() as u64 > most {
        return Err(Stopped::usage(format!(
            "{file}: larger than {} MiB",
            most / 1024 / 1024
        )));
    }
    Ok(bytes)
}
