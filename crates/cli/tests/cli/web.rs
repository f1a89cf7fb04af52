//! A small web site on 127.0.0.1.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

/// Answers until the test ends; `/moved` leads to `/`.
pub struct Site {
    at: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Site {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let site = Self {
            at: listener.local_addr().unwrap(),
            seen: Arc::default(),
        };
        let seen = site.seen.clone();
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                let mut socket = socket.unwrap();
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && socket.read_exact(&mut byte).is_ok() {
                    head.push(byte[0]);
                }
                let head = String::from_utf8_lossy(&head).into_owned();
                let (status, more) = if head.starts_with("GET /moved ") {
                    ("302 Found", "Location: /\r\n")
                } else {
                    ("200 OK", "")
                };
                seen.lock().unwrap().push(head);
                let answer = format!(
                    "HTTP/1.1 {status}\r\n{more}Content-Length: 5\r\nConnection: close\r\n\r\nhello"
                );
                let _ = socket.write_all(answer.as_bytes());
            }
        });
        site
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.at)
    }

    /// The first line of each request so far.
    pub fn seen(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        let first = |head: &String| head.lines().next().unwrap_or_default().to_owned();
        seen.iter().map(first).collect()
    }
}

/// An address at which nobody listens.
pub fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/", listener.local_addr().unwrap())
}

/// What a page of the window is answered: a query with the token, over its own socket.
pub fn get(origin: &str, path: &str, token: &str) -> serde_json::Value {
    let host = origin.strip_prefix("http://").unwrap();
    let mut socket = std::net::TcpStream::connect(host).unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
}
