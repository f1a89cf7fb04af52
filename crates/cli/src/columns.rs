//! Lists as aligned columns.

use serde_json::Value;

/// Rows under their headings, each column as wide as its widest cell, the last one open.
#[must_use]
pub fn columns(headings: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = headings
        .iter()
        .map(|heading| heading.chars().count())
        .collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut text = String::new();
        for (cell, width) in cells.zip(&widths) {
            text.push_str(cell);
            text.extend(std::iter::repeat_n(' ', width + 2 - cell.chars().count()));
        }
        text.trim_end().to_owned()
    };
    let mut lines = vec![line(&mut headings.iter().copied())];
    lines.extend(
        rows.iter()
            .map(|row| line(&mut row.iter().map(String::as_str))),
    );
    lines.join("\n")
}

/// The items of a page.
#[must_use]
pub fn items(page: &Value) -> &[Value] {
    page.get("items")
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// A field as one line of text; nothing where it is absent.
#[must_use]
pub fn field(value: &Value, name: &str) -> String {
    match value.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => krake_api::visible_line(text),
        Some(other) => other.to_string(),
    }
}

/// A number of things: `1 step`, `2 steps`.
#[must_use]
pub fn counted(number: usize, thing: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{end}")
}

/// A time without its milliseconds, for lists.
#[must_use]
pub fn time(value: &Value, name: &str) -> String {
    let text = field(value, name);
    text.get(..19).map_or(text.clone(), |short| {
        format!("{}Z", short.replace('T', " "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let rows = [
            vec!["a".to_owned(), "grün".to_owned()],
            vec!["bbb".to_owned(), "x".to_owned()],
        ];
        assert_eq!(
            columns(&["id", "name"], &rows),
            "id   name\na    grün\nbbb  x"
        );
    }
}
