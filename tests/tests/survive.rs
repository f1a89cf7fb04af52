//! The real binary on bad days: bad input, damaged files, full disks, kills and crowds. Each ends in
//! a clear message and loses nothing; `docs/failures.md` says which case each test stands for.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "survive/repository.rs"]
mod repository;
#[path = "survive/scene.rs"]
mod scene;

#[path = "survive/bodies.rs"]
mod bodies;
#[path = "survive/briefs.rs"]
mod briefs;
#[path = "survive/capsules.rs"]
mod capsules;
#[path = "survive/crowds.rs"]
mod crowds;
#[path = "survive/damage.rs"]
mod damage;
#[path = "survive/disks.rs"]
mod disks;
#[path = "survive/ends.rs"]
mod ends;
#[path = "survive/folders.rs"]
mod folders;
#[path = "survive/imports.rs"]
mod imports;
#[path = "survive/plans.rs"]
mod plans;
