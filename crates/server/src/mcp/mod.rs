//! Krake as a server of the Model Context Protocol: what other AI tools may ask, over `/mcp` and
//! over the standard streams.
//!
//! What it deliberately does not do: it knows no rule of its own. Every tool is an entry of the
//! api's table, called as a machine by both transports: whoever comes this way can look and add, and
//! answers no approval. Negotiating the revision, sessions and framing are the library's.
//!
//! Reading order: which commands are offered, how a call is carried, the two transports.

mod carry;
mod http;
mod tools;

pub use carry::{Caller, Mcp, Pending, Refusal};
pub(crate) use http::{only_the_owner, service};

use rmcp::ServiceExt as _;
use rmcp::transport::async_rw::AsyncRwTransport;
use rmcp::transport::io::stdio_pipes;

/// The name of the machine that everybody is who comes this way.
pub const MACHINE_NAME: &str = "mcp";

/// Serves one client over the standard streams until it closes them.
///
/// # Errors
/// The client does not speak the protocol, or a stream breaks.
pub async fn over_stdio(
    caller: impl Caller,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let (reader, writer) = stdio_pipes();
    let transport = AsyncRwTransport::new_server(reader, writer);
    let running = Mcp::new(caller).serve(transport).await?;
    running.waiting().await?;
    Ok(())
}
