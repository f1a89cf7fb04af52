//! Sizes as people read them.

/// `512 B`, `2.1 kB`, `8.4 MB`: powers of 1000, one decimal below ten.
#[must_use]
pub fn shown(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut tenths = bytes / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    if tenths < 100 {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
    } else {
        format!("{} {}", tenths / 10, UNITS[unit])
    }
}

/// The longest beginning of `text` that has at most `most` bytes and ends between characters.
#[must_use]
pub fn head(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (2149, "2.1 kB"),
            (38_412, "38 kB"),
            (999_999, "999 kB"),
            (1_000_000, "1.0 MB"),
            (8_400_000_000, "8.4 GB"),
        ];
        for (bytes, text) in cases {
            assert_eq!(shown(bytes), text);
        }
        assert_eq!(head("aü", 2), "a");
        assert_eq!(head("a", 9), "a");
    }
}
