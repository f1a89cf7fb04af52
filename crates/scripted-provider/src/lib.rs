//! A local server that speaks the documented formats of the providers, for tests only: it answers
//! with exactly the bytes of a script, also with those that no honest server would send.
//!
//! Plain sockets and threads, so that every byte, cut and silence is the script's. It decides
//! nothing and checks nothing: that is up to the test.
//! **Invariant:** it listens on 127.0.0.1 only, and no product crate depends on it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

pub mod embeddings;
pub mod reply;
pub mod streams;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reply::{Part, Reply};
use serde_json::Value;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// The server; it ends with the test.
pub struct Provider {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    ending: Arc<AtomicBool>,
}

impl Provider {
    /// Answers each request as the script says; the number of requests before it is handed in.
    pub fn start(script: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let ending = Arc::new(AtomicBool::new(false));
        let (script, log, end) = (Arc::new(script), seen.clone(), ending.clone());
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                if end.load(Ordering::SeqCst) {
                    return;
                }
                let (script, log) = (script.clone(), log.clone());
                std::thread::spawn(move || {
                    // A client that goes away ends its own connection only.
                    let _ = socket.and_then(|socket| serve(&socket, &*script, &log));
                });
            }
        });
        Self {
            address,
            seen,
            ending,
        }
    }

    /// Answers every request in the same way.
    pub fn always(reply: Reply) -> Self {
        Self::start(move |_, _| reply.clone())
    }

    /// Answers with these in turn, and with the last one from then on.
    pub fn in_turn(replies: Vec<Reply>) -> Self {
        Self::start(move |_, before| replies[before.min(replies.len() - 1)].clone())
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(
    socket: &TcpStream,
    script: &(impl Fn(&Seen, usize) -> Reply + ?Sized),
    log: &Mutex<Vec<Seen>>,
) -> std::io::Result<()> {
    let seen = read(socket)?;
    let reply = {
        let mut log = log.lock().unwrap();
        let reply = script(&seen, log.len());
        log.push(seen);
        reply
    };
    write(socket, &reply)
}

fn read(socket: &TcpStream) -> std::io::Result<Seen> {
    let mut input = BufReader::new(socket);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        input.read_line(&mut line)?;
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        lines.push(line);
    }
    let mut words = lines.first().map_or("", String::as_str).split(' ');
    let (method, path) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let headers: Vec<(String, String)> = lines
        .iter()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    input.read_exact(&mut body)?;
    Ok(Seen {
        method: method.to_owned(),
        path: path.to_owned(),
        headers,
        body: String::from_utf8(body).unwrap(),
    })
}

fn write(mut socket: &TcpStream, reply: &Reply) -> std::io::Result<()> {
    socket.set_nodelay(true)?;
    let mut head = format!("HTTP/1.1 {} Said\r\nconnection: close\r\n", reply.status);
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if reply.in_chunks {
        head.push_str("transfer-encoding: chunked\r\n");
    }
    head.push_str("\r\n");
    socket.write_all(head.as_bytes())?;
    let send = |mut socket: &TcpStream, bytes: &[u8]| {
        if reply.in_chunks {
            socket.write_all(format!("{:x}\r\n", bytes.len()).as_bytes())?;
            socket.write_all(bytes)?;
            socket.write_all(b"\r\n")
        } else {
            socket.write_all(bytes)
        }
    };
    for part in &reply.parts {
        match part {
            // An empty chunk would be the end.
            Part::Bytes(bytes) if bytes.is_empty() => {}
            Part::Bytes(bytes) => send(socket, bytes)?,
            Part::Drip { bytes, every } => {
                for byte in bytes.iter().cycle() {
                    send(socket, &[*byte])?;
                    std::thread::sleep(*every);
                }
            }
            Part::Silence => {
                // Until the client goes away.
                socket.set_read_timeout(Some(Duration::from_secs(120)))?;
                let _ = socket.read(&mut [0; 64]);
                return Ok(());
            }
            Part::Cut => return socket.shutdown(Shutdown::Both),
        }
    }
    if reply.in_chunks {
        socket.write_all(b"0\r\n\r\n")?;
    }
    socket.shutdown(Shutdown::Write)
}
