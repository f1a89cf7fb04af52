//! Encryption: who is trusted, and under which name.

use std::sync::{Arc, OnceLock};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_util::task::AbortOnDropHandle;

use super::get;
use super::way::Turns;
use crate::http::tls::Tls;
use crate::http::{Client, HttpError};

/// An encrypted server that calls itself `name`; its port, its certificate and its end.
async fn server(name: &str) -> (u16, CertificateDer<'static>, AbortOnDropHandle<()>) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(socket).await else {
                continue;
            };
            _ = stream.read(&mut [0; 4096]).await;
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret";
            _ = stream.write_all(answer).await;
            _ = stream.shutdown().await;
        }
    });
    (port, cert.der().clone(), AbortOnDropHandle::new(task))
}

/// Every name leads to this machine.
fn here(client: Client) -> Client {
    client.with_lookup(Turns::new(&[&["127.0.0.1"][..]; 4]))
}

fn trusting(certificate: CertificateDer<'static>) -> Client {
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let mut client = Client::new();
    client.tls = Arc::new(OnceLock::from(Tls::trusting(roots)));
    client
}

#[tokio::test]
async fn a_name_is_trusted_with_a_certificate_for_it_and_no_other() {
    let (port, certificate, _server) = server("site.example").await;
    let url = |name: &str| format!("https://{name}:{port}/");
    let client = here(trusting(certificate));
    let answer = client.send(get(&url("site.example"))).await.unwrap();
    assert_eq!(answer.collect().await.unwrap().body, b"secret");

    for (client, name) in [
        (client, "other.example"),
        (here(Client::new()), "site.example"),
    ] {
        let error = client.send(get(&url(name))).await.err().unwrap();
        assert!(matches!(error, HttpError::Tls { .. }), "{name}: {error:?}");
        assert!(!error.may_have_arrived());
    }
}
