//! Many rows in one statement, from few statement texts.
//!
//! Each call of the driver is a hop to the connection's thread, so rows go in as one multi-row
//! statement. SQLite compiles a statement per text; rows are therefore padded with nulls up to a few
//! sizes, and the statement leaves out rows whose first column is null.

use sqlx::Arguments;
use sqlx::sqlite::SqliteArguments;

const SIZES: [usize; 8] = [1, 4, 16, 64, 256, 512, 1_024, 2_048];

/// The most rows that one statement usually takes.
pub(crate) const MOST_ROWS: usize = 256;

/// The most rows of one statement that writes to a full-text index. Such a statement begins with a
/// savepoint, at which the index writes down what it holds, and pieces are merged for longer than they
/// are written: few large statements are much less work than many.
pub(crate) const MOST_INDEXED: usize = 2_048;

/// The size that `rows` rows are padded to.
pub(crate) fn padded(rows: usize) -> usize {
    *SIZES
        .iter()
        .find(|size| **size >= rows)
        .expect("callers cut at the most rows")
}

/// `(values (?,?),(?,?)) where column1 is not null` for so many rows. Unnumbered, because the driver
/// counts these on through all statements of one text.
pub(crate) fn values(columns: usize, rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(","));
    format!(
        "(values {}) where column1 is not null",
        vec![row; rows].join(",")
    )
}

/// Fills the place of the missing rows.
pub(crate) fn pad(args: &mut SqliteArguments, columns: usize, rows: usize) {
    for _ in 0..(padded(rows) - rows) * columns {
        put(args, None::<i64>);
    }
}

/// Adds one argument. Numbers, text, bytes and nulls always encode.
pub(crate) fn put<'t, T>(args: &mut SqliteArguments, value: T)
where
    T: sqlx::Encode<'t, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    args.add(value)
        .expect("numbers, text, bytes and nulls always encode");
}

/// Rows that wait to go in as one statement.
pub(crate) struct Batch {
    columns: usize,
    most_rows: usize,
    most_bytes: usize,
    args: SqliteArguments,
    pub(crate) rows: usize,
    bytes: usize,
}

impl Batch {
    pub(crate) fn new(columns: usize, most_rows: usize, most_bytes: usize) -> Self {
        Self {
            columns,
            most_rows,
            most_bytes,
            args: SqliteArguments::default(),
            rows: 0,
            bytes: 0,
        }
    }

    /// Where the columns of a further row go.
    pub(crate) fn row(&mut self, bytes: usize) -> &mut SqliteArguments {
        self.rows += 1;
        self.bytes += bytes;
        &mut self.args
    }

    pub(crate) fn is_full(&self) -> bool {
        self.rows == self.most_rows || self.bytes >= self.most_bytes
    }

    /// The rows as SQL and what they hold; the batch is empty after that.
    pub(crate) fn take(&mut self) -> Option<(String, SqliteArguments)> {
        if self.rows == 0 {
            return None;
        }
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        let mut args = std::mem::take(&mut self.args);
        pad(&mut args, self.columns, rows);
        Some((values(self.columns, padded(rows)), args))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_cover_every_count_up_to_the_most() {
        assert_eq!(
            [1, 2, 4, 5, 64, 65, MOST_ROWS, 257, MOST_INDEXED].map(padded),
            [1, 4, 4, 16, 64, 256, 256, 512, 2_048]
        );
        assert_eq!(
            values(2, 3),
            "(values (?,?),(?,?),(?,?)) where column1 is not null"
        );
    }
}
