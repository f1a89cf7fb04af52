//! What an account's models cost, a line each.

use serde_json::Value;

use crate::columns::{field, time};

/// The price of its own model, or that nobody knows it, and what was said of others.
pub fn price_lines(account: &Value) -> Vec<String> {
    let price = &account["price"];
    if account["is_called"] != true {
        return vec!["  price     none for each call: Krake does not call it".to_owned()];
    }
    let mut lines = vec![match price.is_null() {
        true => format!(
            "  price     not known, so a budget in USD refuses its calls; `krake accounts price {:?} --input USD --output USD` says it",
            field(account, "name")
        ),
        false => line(price),
    }];
    let said = account["prices"].as_array().into_iter().flatten();
    lines.extend(
        said.filter(|said| said["model"] != price["model"] || said["source"] != price["source"])
            .map(line),
    );
    lines
}

fn line(price: &Value) -> String {
    let of = match field(price, "model") {
        model if model.is_empty() => "every model without one of its own".to_owned(),
        model => model,
    };
    let source = match price["source"].as_str() {
        Some("by_hand") => format!("set by hand, {}", time(price, "since")),
        Some("own_machine") => "it runs on this machine".to_owned(),
        _ => format!("price table of {}", field(price, "as_of")),
    };
    format!(
        "  price     {} in, {} out, USD for a million tokens of {of} ({source})",
        field(price, "input"),
        field(price, "output"),
    )
}
