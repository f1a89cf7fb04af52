//! The listener and its life: bind, accept, stop.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use krake_runtime::Runtime;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::router::{Shared, router};
use crate::stall::Impatient;
use crate::token::{Token, TokenError};

/// What raises the window of this process.
pub type Raise = Arc<dyn Fn() + Send + Sync>;

/// A head that takes longer than this to arrive is a client that only holds the connection.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// More connections wait in the kernel's queue.
const MOST_CONNECTIONS: usize = 2_048;
/// What one connection may hold for a client that reads slowly, here and again in the kernel.
const MOST_BUFFERED: usize = 32 * 1024;
/// How long answers that are on their way may take when the server stops.
const STOP_TIME: Duration = Duration::from_secs(1);

/// How to serve.
#[derive(Clone)]
pub struct Options {
    /// 0: any free port.
    pub port: u16,
    /// A loopback address.
    pub bind: IpAddr,
    /// Raises the window; `None` headless.
    pub raise: Option<Raise>,
    /// Fires when the app asks this process to leave; `None`: it does not leave for another.
    pub leave: Option<CancellationToken>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 4177,
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            raise: None,
            leave: None,
        }
    }
}

/// Why nothing is served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(
        "port {0} is in use: stop what listens there, or choose another with --port (0 takes any free one)"
    )]
    PortInUse(u16),
    #[error("{0} is not a loopback address: Krake serves 127.0.0.1 and ::1 only")]
    NotLoopback(IpAddr),
    #[error("cannot listen on {address}: {error}")]
    Listen {
        address: SocketAddr,
        error: io::Error,
    },
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("cannot write down the port: {0}")]
    Announce(#[from] krake_store::StoreError),
}

/// A running server. Dropping it does not stop it; [`Served::stop`] does.
pub struct Served {
    pub port: u16,
    bind: IpAddr,
    token: Arc<Token>,
    stop: CancellationToken,
    listener: JoinHandle<()>,
}

/// Serves `runtime` until stopped, and writes the port down for those who look for the owner.
///
/// # Errors
/// The port is taken, the address is not loopback, or the token cannot be had.
pub async fn serve(runtime: Runtime, options: Options) -> Result<Served, ServeError> {
    if !options.bind.is_loopback() {
        return Err(ServeError::NotLoopback(options.bind));
    }
    let token = Arc::new(Token::load_or_create(runtime.store().dir())?);
    let address = SocketAddr::new(options.bind, options.port);
    let listener = listen(address).map_err(|error| refused(address, error))?;
    let port = listener
        .local_addr()
        .map_err(|error| refused(address, error))?
        .port();
    runtime.store().announce(Some(port)).await?;
    let stop = CancellationToken::new();
    let shared = Shared {
        runtime: runtime.clone(),
        token: token.clone(),
        raise: options.raise,
        leave: options.leave,
        stop: stop.clone(),
    };
    let routes = router(shared, port);
    let listener = tokio::spawn(accept(listener, routes, runtime, stop.clone()));
    Ok(Served {
        port,
        bind: options.bind,
        token,
        stop,
        listener,
    })
}

impl Served {
    /// The address for programs.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://{}", SocketAddr::new(self.bind, self.port))
    }

    /// The address for a browser. The token stands in the fragment, which is never sent.
    #[must_use]
    pub fn address_with_token(&self) -> String {
        format!("{}/#token={}", self.address(), self.token.reveal())
    }

    /// Takes no more connections, ends streams, and lets answers that are on their way finish.
    pub async fn stop(self) {
        self.stop.cancel();
        let _ = self.listener.await;
    }
}

/// Accepted sockets inherit the small buffer: what a client does not read stays in the journal.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A stopped server's old connections do not keep the port; a listener that lives still does.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(u32::try_from(MOST_BUFFERED).expect("it is small"))?;
    socket.bind(address)?;
    socket.listen(1_024)
}

async fn accept(listener: TcpListener, routes: Router, runtime: Runtime, stop: CancellationToken) {
    let mut open = JoinSet::new();
    // Beside the first connections, so that nobody waits for it.
    open.spawn(async move {
        if let Err(error) = krake_api::reply::forget_old(runtime.store()).await {
            tracing::warn!(%error, "old idempotency keys could not be forgotten");
        }
    });
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = open.join_next(), if !open.is_empty() => {}
            accepted = listener.accept(), if open.len() < MOST_CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    open.spawn(connection(stream, routes.clone(), stop.clone()));
                }
                // Out of file descriptors, most likely: waiting for one to close beats spinning.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
        }
    }
    drop(listener);
    // What does not finish in time is dropped with the set.
    let _ = timeout(STOP_TIME, async {
        while open.join_next().await.is_some() {}
    })
    .await;
}

async fn connection(stream: TcpStream, routes: Router, stop: CancellationToken) {
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(MOST_BUFFERED)
        .serve_connection(
            TokioIo::new(Impatient::new(stream)),
            TowerToHyperService::new(routes),
        );
    let mut connection = std::pin::pin!(connection);
    let served = tokio::select! {
        served = connection.as_mut() => served,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended early");
    }
}

fn refused(address: SocketAddr, error: io::Error) -> ServeError {
    if error.kind() == io::ErrorKind::AddrInUse {
        ServeError::PortInUse(address.port())
    } else {
        ServeError::Listen { address, error }
    }
}
