use std::collections::BTreeMap;
use std::sync::LazyLock;
static K: LazyLock<BTreeMap<String, f64>> = LazyLock::new(|| std::env::var("KNOBS").unwrap_or_default().split(',').filter_map(|p| { let (a, b) = p.split_once('=')?; Some((a.to_owned(), b.parse().ok()?)) }).collect());
pub fn knob(name: &str, usual: f64) -> f64 { K.get(name).copied().unwrap_or(usual) }
pub fn stage(name: &str) {
    static LAST: std::sync::Mutex<Option<std::time::Instant>> = std::sync::Mutex::new(None);
    if knob("time", 0.0) == 0.0 { return; }
    let mut last = LAST.lock().unwrap();
    let now = std::time::Instant::now();
    if let Some(before) = *last { eprintln!("{:>8} us {name}", (now - before).as_micros()); }
    *last = Some(std::time::Instant::now());
}
