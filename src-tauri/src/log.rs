//! The process's own log on stderr: warnings, or what `KRAKE_LOG` asks for.

use tracing_subscriber::EnvFilter;

/// Starts it. A filter that cannot be read is said, and warnings are shown.
pub fn start() {
    let wanted = std::env::var("KRAKE_LOG").unwrap_or_else(|_| "warn".to_owned());
    let (filter, fault) = match EnvFilter::try_new(&wanted) {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new("warn"), Some(error)),
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        .init();
    if let Some(fault) = fault {
        tracing::warn!("KRAKE_LOG `{wanted}`: {fault}");
    }
}
