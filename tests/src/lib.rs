//! What the end-to-end tests and the benchmarks share.
//!
//! What it deliberately does not do: nothing here is part of the product.
//! **Invariant:** whatever is measured or killed is the real thing on a real disk.

pub mod bench;
pub mod crash;
pub mod world;
