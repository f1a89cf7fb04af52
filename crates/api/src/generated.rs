//! Golden files made from the table: they fail when they drift, and `KRAKE_BLESS=1` rewrites them.

#![cfg(test)]

use std::path::PathBuf;

fn agree(path: &str, wanted: &str) {
    let file: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../..", path].iter().collect();
    if std::env::var_os("KRAKE_BLESS").is_some() {
        std::fs::create_dir_all(file.parent().expect("a file lies in a folder")).unwrap();
        std::fs::write(&file, wanted).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        found == wanted,
        "{path} is not what the table says: KRAKE_BLESS=1 cargo test -p krake-api --lib generated"
    );
}

#[test]
fn openapi_document_agrees_with_the_table() {
    let document = serde_json::to_string_pretty(&crate::openapi::document(crate::table())).unwrap();
    agree("docs/openapi.json", &format!("{document}\n"));
}

#[test]
fn typescript_client_agrees_with_the_table() {
    agree(
        "ui/src/backend/generated.ts",
        &crate::typescript::client(crate::table()),
    );
}
