//! The outside world: it takes every effect that arrives, and never refuses a repetition.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What arrived: name of the logical effect → the key of each arrival, in order.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    arrivals: Arc<Mutex<BTreeMap<String, Vec<String>>>>,
}

impl Ledger {
    /// Listens on a free port of the loopback address; returns the port.
    pub async fn listen(&self) -> Result<u16> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let ledger = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(ledger.clone().serve(stream));
            }
        });
        Ok(port)
    }

    pub fn arrivals(&self) -> BTreeMap<String, Vec<String>> {
        self.arrivals
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Lines `do NAME KEY` are entered, lines `ask NAME` are answered with the number of arrivals.
    async fn serve(self, stream: TcpStream) {
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let mut words = line.split(' ');
            let (verb, name, key) = (
                words.next(),
                words.next().unwrap_or_default(),
                words.next().unwrap_or_default(),
            );
            let count = {
                let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
                if verb == Some("do") {
                    arrivals
                        .entry(name.to_owned())
                        .or_default()
                        .push(key.to_owned());
                }
                arrivals.get(name).map_or(0, Vec::len)
            };
            if writer
                .write_all(format!("{count}\n").as_bytes())
                .await
                .is_err()
            {
                return;
            }
        }
    }
}

/// One line to the ledger and its answer.
pub async fn tell(port: u16, line: &str) -> std::io::Result<usize> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(format!("{line}\n").as_bytes()).await?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).await?;
    answer.trim().parse().map_err(std::io::Error::other)
}
