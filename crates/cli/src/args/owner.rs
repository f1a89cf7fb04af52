//! What can be typed about the data folder and the process that owns it.

use std::net::IpAddr;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum Db {
    /// Go on with a database that is older than what this folder has seen: a restored backup, a
    /// lost log. What the folder remembered is kept beside it
    AcceptRollback,
}

/// `krake serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// 0 takes any free port
    #[arg(long, env = "KRAKE_PORT", default_value_t = 4177)]
    pub port: u16,
    /// A loopback address
    #[arg(long, default_value = "127.0.0.1")]
    pub bind: IpAddr,
}
