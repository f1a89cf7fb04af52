//! Workloads that are timed: the same ones that durable engines are compared by.
//!
//! What it deliberately does not do: it asserts no time. It prints what it measured beside the
//! physical floor of the same minute, so that figures of different machines can be compared.
//! **Invariant:** every figure comes from the real runtime on a real data folder on disk.

pub mod floor;
pub mod footprint;
pub mod import;
pub mod noop;
pub mod planner;
pub mod plans;
pub mod report;
pub mod repository;
pub mod restart;
pub mod scan;
pub mod search;
pub mod talk;
pub mod window;
pub mod workloads;
