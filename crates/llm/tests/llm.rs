//! Models as their providers speak: pure assembling first, then over a real socket.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "llm/answers.rs"]
mod answers;
#[path = "llm/assembling.rs"]
mod assembling;
#[path = "llm/bodies.rs"]
mod bodies;
#[path = "llm/embedding.rs"]
mod embedding;
#[path = "llm/errors.rs"]
mod errors;
#[path = "llm/hostile.rs"]
mod hostile;
#[path = "llm/later.rs"]
mod later;
