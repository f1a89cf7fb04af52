//! Row types: a struct whose fields are the columns of the same names.

/// Declares a struct and reads it from a row, column by column.
macro_rules! row {
    ($(#[$doc:meta])* $visible:vis struct $name:ident { $($column:ident: $type:ty,)* }) => {
        $(#[$doc])*
        $visible struct $name {
            $($column: $type,)*
        }

        impl<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> for $name {
            fn from_row(row: &'r sqlx::sqlite::SqliteRow) -> sqlx::Result<Self> {
                Ok(Self {
                    $($column: sqlx::Row::try_get(row, stringify!($column))?,)*
                })
            }
        }
    };
}

pub(crate) use row;
