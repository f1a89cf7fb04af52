//! A server on 127.0.0.1 that answers as a test says: with hyper where HTTP is to be right, with
//! bytes where it is to be wrong.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;

/// What a server has seen of one request.
#[derive(Debug, Clone)]
pub struct Seen {
    pub line: String,
    pub headers: HeaderMap,
}

/// Ends with the test.
pub struct Server {
    pub at: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    _task: AbortOnDropHandle<()>,
}

impl Server {
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.at)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

/// Answers each request with what `answer` makes of its path.
pub async fn http(
    answer: impl Fn(&str) -> Response<Full<Bytes>> + Send + Sync + 'static,
) -> Server {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (answer, notes) = (Arc::new(answer), seen.clone());
    let serve = move |socket: TcpStream| {
        let (answer, notes) = (answer.clone(), notes.clone());
        async move {
            let service = service_fn(move |request: Request<Incoming>| {
                notes.lock().unwrap().push(Seen {
                    line: format!("{} {}", request.method(), request.uri()),
                    headers: request.headers().clone(),
                });
                let answer = answer(request.uri().path());
                async move { Ok::<_, Infallible>(answer) }
            });
            let connection = hyper::server::conn::http1::Builder::new();
            _ = connection
                .serve_connection(TokioIo::new(socket), service)
                .await;
        }
    };
    listen(seen, serve).await
}

/// Reads a request and hands the connection over.
pub async fn raw<F, Fut>(talk: F) -> Server
where
    F: Fn(TcpStream) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let talk = Arc::new(talk);
    let serve = move |mut socket: TcpStream| {
        let talk = talk.clone();
        async move {
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && socket.read_exact(&mut byte).await.is_ok() {
                head.push(byte[0]);
            }
            talk(socket).await;
        }
    };
    listen(Arc::default(), serve).await
}

/// Writes these bytes and closes.
pub async fn bytes(answer: Vec<u8>) -> Server {
    raw(move |mut socket| {
        let answer = answer.clone();
        async move {
            _ = socket.write_all(&answer).await;
            _ = socket.shutdown().await;
        }
    })
    .await
}

async fn listen<F, Fut>(seen: Arc<Mutex<Vec<Seen>>>, serve: F) -> Server
where
    F: Fn(TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serve(socket));
        }
    });
    Server {
        at,
        seen,
        _task: AbortOnDropHandle::new(task),
    }
}
