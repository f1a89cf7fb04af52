#![allow(unsafe_code)]
use krake_domain::event::{Event, Stamped};
use krake_domain::execution::ExecutionStatus;
use krake_domain::id::*;
use krake_domain::plan::StepId;
use krake_domain::time::Timestamp;
use krake_store::*;
use sqlx::{ConnectOptions, Executor};
use std::time::{Duration, Instant};
fn q(v: &mut Vec<Duration>, p: f64) -> f64 {
    v.sort();
    v[((v.len() - 1) as f64 * p) as usize].as_secs_f64() * 1e6
}
fn ev(i: u32) -> Stamped {
    Stamped {
        at: Timestamp(1_700_000_000_000),
        event: Event::AttemptSucceeded {
            step: StepId::parse("a").unwrap(),
            attempt: i,
            output: serde_json::json!({"ok": true, "n": i}).into(),
            tainted: false,
        },
    }
}
fn sm() -> Summary {
    Summary {
        name: "n".into(),
        title: "t".into(),
        source: "s".into(),
        status: ExecutionStatus::Running,
        created_at: Timestamp(1),
        started_at: None,
        ended_at: None,
        steps_total: 1000,
        steps_done: 5,
        steps_failed: 0,
        waiting: 0,
    }
}
#[tokio::main]
async fn main() {
    tokio::spawn(run()).await.unwrap()
}
async fn run() {
    let dir = std::path::PathBuf::from(std::env::args().nth(1).unwrap());
    let n: u32 = std::env::args()
        .nth(2)
        .map(|x| x.parse().unwrap())
        .unwrap_or(1000);
    let only_chain = std::env::args().nth(3).is_some();
    let store = Store::open_owner(&dir).await.unwrap();
    let mk = |i: u64| {
        ExecutionId::from_uuid(uuid::Uuid::from_u128(
            0x0193_0000_0000_7000_8000_0000_0000_0000 + i as u128,
        ))
    };
    let raw = dir.join("raw.db");
    let mut conn = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&raw)
        .create_if_missing(true)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
        .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
        .disable_statement_logging()
        .connect()
        .await
        .unwrap();
    conn.execute("create table if not exists t(a integer primary key, b text) strict")
        .await
        .unwrap();
    // raw F, measured on the sqlite thread by locking the handle: plain exec through ffi
    let mut f = Vec::new();
    let mut fs = Vec::new();
    let mut c = Vec::new();
    let mut cs = Vec::new();
    let mut _rx = store.commits();
    for round in 0..n {
        if !only_chain {
            let t = Instant::now();
            sqlx::query("insert into t(b) values ($1)")
                .bind("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")
                .execute(&mut conn)
                .await
                .unwrap();
            f.push(t.elapsed());
            let mut h = conn.lock_handle().await.unwrap();
            let p = h.as_raw_handle().as_ptr();
            let t = Instant::now();
            let rc = unsafe {
                libsqlite3_sys::sqlite3_exec(p, c"insert into t(b) values ('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')".as_ptr(), None, std::ptr::null_mut(), std::ptr::null_mut())
            };
            fs.push(t.elapsed());
            assert_eq!(rc, 0);
            drop(h);
        }
        let t = Instant::now();
        store
            .append(Batch {
                workspace: WorkspaceId::PERSONAL,
                execution: mk(1),
                events: vec![ev(round)],
                summary: None,
            })
            .await
            .unwrap();
        c.push(t.elapsed());
        if !only_chain {
            let t = Instant::now();
            store
                .append(Batch {
                    workspace: WorkspaceId::PERSONAL,
                    execution: mk(1),
                    events: vec![ev(round)],
                    summary: Some(sm()),
                })
                .await
                .unwrap();
            cs.push(t.elapsed());
        }
    }
    if !only_chain {
        println!(
            "F through sqlx    p50 {:.0} p99 {:.0} us",
            q(&mut f, 0.5),
            q(&mut f, 0.99)
        );
        println!(
            "F raw ffi         p50 {:.0} p99 {:.0} us",
            q(&mut fs, 0.5),
            q(&mut fs, 0.99)
        );
        println!(
            "append+summary    p50 {:.0} p99 {:.0} us",
            q(&mut cs, 0.5),
            q(&mut cs, 0.99)
        );
    }
    println!(
        "append 1 event    p50 {:.0} p99 {:.0} us",
        q(&mut c, 0.5),
        q(&mut c, 0.99)
    );
    if !only_chain {
        let mut g = Vec::new();
        for _ in 0..20 {
            let t = Instant::now();
            store
                .append(Batch {
                    workspace: WorkspaceId::PERSONAL,
                    execution: mk(2),
                    events: (0..1000).map(ev).collect(),
                    summary: Some(sm()),
                })
                .await
                .unwrap();
            g.push(t.elapsed());
        }
        println!(
            "1000 in one batch p50 {:.0} max {:.0} us",
            q(&mut g, 0.5),
            q(&mut g, 1.0)
        );
        let mut g = Vec::new();
        for r in 0..20u64 {
            let t = Instant::now();
            let all: Vec<_> = (0..1000)
                .map(|i| {
                    let s = store.clone();
                    let e = mk(1000 * r + i % 200 + 10);
                    tokio::spawn(async move {
                        s.append(Batch {
                            workspace: WorkspaceId::PERSONAL,
                            execution: e,
                            events: vec![ev(i as u32)],
                            summary: Some(sm()),
                        })
                        .await
                        .unwrap()
                    })
                })
                .collect();
            for a in all {
                a.await.unwrap();
            }
            g.push(t.elapsed());
        }
        println!(
            "1000 tasks 1 ev   p50 {:.0} max {:.0} us",
            q(&mut g, 0.5),
            q(&mut g, 1.0)
        );
        let t = Instant::now();
        let r = store.load_execution(mk(2)).await.unwrap();
        println!("load {} events {:?}", r.len(), t.elapsed());
        let t = Instant::now();
        let a = store.verify_journal().await.unwrap();
        println!("verify {} {:?} {:?}", a.events, a.faults, t.elapsed());
    }
    let t = Instant::now();
    store.stop().await.unwrap();
    println!("stop {:?}", t.elapsed());
    let t = Instant::now();
    let store = Store::open_owner(&dir).await.unwrap();
    println!("open {:?}", t.elapsed());
    store.stop().await.unwrap();
}
