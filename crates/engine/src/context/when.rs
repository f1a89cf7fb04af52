//! Whether a text says when something happens.

/// Words of time in the languages that the product speaks: English, German, Hebrew, Indonesian.
const TIMES: [&str; 87] = [
    "ago",
    "april",
    "august",
    "besok",
    "bulan",
    "december",
    "depan",
    "dezember",
    "dienstag",
    "donnerstag",
    "februar",
    "february",
    "freitag",
    "friday",
    "gestern",
    "heute",
    "jahr",
    "jahre",
    "januar",
    "january",
    "juli",
    "july",
    "jumat",
    "june",
    "juni",
    "kamis",
    "kemarin",
    "lalu",
    "last",
    "letzte",
    "letzten",
    "mai",
    "march",
    "minggu",
    "mittwoch",
    "monat",
    "monday",
    "montag",
    "month",
    "months",
    "morgen",
    "märz",
    "next",
    "november",
    "nächste",
    "nächsten",
    "october",
    "oktober",
    "rabu",
    "recently",
    "sabtu",
    "samstag",
    "saturday",
    "seit",
    "selasa",
    "senin",
    "september",
    "since",
    "sonntag",
    "sunday",
    "tahun",
    "thursday",
    "today",
    "tomorrow",
    "tonight",
    "tuesday",
    "vorgestern",
    "wednesday",
    "week",
    "weekend",
    "weeks",
    "woche",
    "wochen",
    "wochenende",
    "year",
    "years",
    "yesterday",
    "אתמול",
    "הבא",
    "הבאה",
    "היום",
    "חודש",
    "מחר",
    "שבוע",
    "שנה",
    "שעבר",
    "שעברה",
];

/// Whether a word of the text names a day, a month, or a stretch of time before or after now.
#[must_use]
pub fn says_when(text: &str) -> bool {
    super::words::words(text).any(|word| TIMES.binary_search(&word.as_str()).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_in_four_languages() {
        assert!(TIMES.is_sorted());
        for text in [
            "We met last Friday.",
            "Gestern war ich dort.",
            "נפגשנו אתמול",
            "Kemarin saya pergi.",
        ] {
            assert!(says_when(text), "{text}");
        }
        assert!(!says_when("The parser reads lines."));
    }
}
