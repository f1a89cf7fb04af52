//! A data folder with its runtime and its server, and a client that writes bytes.

use std::path::Path;

use krake_runtime::planner::model::Models;
use krake_runtime::{Drive, Options, Runtime};
use krake_server::{Served, serve};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub struct World {
    pub home: TempDir,
    pub runtime: Runtime,
    pub served: Served,
    pub token: String,
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

impl World {
    pub async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let options = Options {
            home: home.path().to_owned(),
            drive: Drive::All,
            more_tools: Vec::new(),
        };
        // Whoever runs the tests may have keys; nothing of theirs is asked.
        let runtime = krake_runtime::start(options).await.unwrap();
        let runtime = runtime.with_models(Models::off());
        let options = krake_server::Options {
            port: 0,
            ..Default::default()
        };
        let served = serve(runtime.clone(), options).await.unwrap();
        let token = std::fs::read_to_string(home.path().join("api-token")).unwrap();
        Self {
            home,
            runtime,
            served,
            token,
        }
    }

    pub fn port(&self) -> u16 {
        self.served.port
    }

    pub fn path(&self) -> &Path {
        self.home.path()
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port()))
            .await
            .unwrap()
    }

    /// Sends these bytes and reads until the server closes.
    pub async fn raw(&self, request: &str) -> Answer {
        let mut stream = self.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        parse(&String::from_utf8_lossy(&bytes))
    }

    /// The owner's own request.
    pub fn request(&self, method: &str, path: &str, body: Option<&Value>, more: &str) -> String {
        let body = body.map(Value::to_string).unwrap_or_default();
        format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n{more}\r\n{body}",
            self.port(),
            self.token,
            body.len()
        )
    }

    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.raw(&self.request(method, path, body.as_ref(), "Connection: close\r\n"))
            .await
    }

    /// Starts a plan and gives its id.
    pub async fn run(&self, plan: Value) -> String {
        let answer = self
            .call("POST", "/api/orchestrate", Some(json!({ "plan": plan })))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["execution_id"].as_str().unwrap().to_owned()
    }

    /// Starts a plan that waits at a gate; gives the execution's id and the approval's.
    pub async fn run_to_gate(&self) -> (String, String) {
        let id = self.run(gated(self.path())).await;
        let execution = id.parse().unwrap();
        self.runtime.settled(execution).await.unwrap();
        let list = self
            .call("GET", &format!("/api/orchestrate/{id}/approvals"), None)
            .await
            .json();
        (id, list["items"][0]["id"].as_str().unwrap().to_owned())
    }

    pub async fn close(self) {
        self.served.stop().await;
        self.runtime.stop().await.unwrap();
    }
}

pub fn parse(text: &str) -> Answer {
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|word| word.parse().ok())
        .unwrap_or(0);
    Answer {
        status,
        head: head.to_ascii_lowercase(),
        body: body.to_owned(),
    }
}

/// One step that writes a file and asks before it.
pub fn gated(folder: &Path) -> Value {
    json!({
        "name": "gated",
        "steps": [{
            "id": "write",
            "tool": "fs.write",
            "args": { "root": folder, "path": "out.txt", "text": "once" },
            "approval": "always",
        }],
    })
}

/// Waits for each other in a way that no level batch is as fast as.
pub fn uneven() -> Value {
    json!({
        "name": "uneven",
        "steps": [
            { "id": "a", "tool": "wait", "args": { "ms": 10 } },
            { "id": "b", "tool": "wait", "args": { "ms": 50 } },
            { "id": "c", "tool": "wait", "args": { "ms": 50 }, "needs": ["a"] },
            { "id": "d", "tool": "wait", "args": { "ms": 10 }, "needs": ["b"] },
            { "id": "e", "tool": "wait", "args": { "ms": 5 }, "needs": ["c", "d"] },
        ],
    })
}
