//! The desktop binary: a window over the same core that `krake serve` runs without one.
//!
//! What it deliberately does not do: no rule of the domain, no SQL, no second way to a command. It
//! opens the data folder, carries calls of its own window to the door as the person who sits before
//! it, and leaves the folder cleanly.
//! **Invariant:** the window reaches nothing but the table of commands, and while it has no core the
//! wish that the owner of the folder leaves.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod carry;
mod core;
mod follow;
mod life;
mod log;
mod other;
mod view;

use std::process::ExitCode;

fn main() -> ExitCode {
    log::start();
    let ended = krake_edge::limits::begin()
        .map_err(Into::into)
        .and_then(|()| life::run());
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
