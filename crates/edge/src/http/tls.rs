//! Encryption: what this machine trusts, checked by rustls over aws-lc-rs.

use std::sync::Arc;

use krake_domain::origin::Origin;
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::http::HttpError;

pub(super) struct Tls {
    /// Trusts nobody; for calls that are not encrypted, which still need one.
    none: ClientConfig,
    trusted: Result<ClientConfig, String>,
}

impl Tls {
    /// Reads the certificates that this machine trusts. The provider is named, so nothing depends
    /// on which one another part of the process made its default.
    pub(super) fn load() -> Self {
        let builder = || {
            ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("the provider knows the usual versions")
        };
        Self {
            none: builder()
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth(),
            trusted: builder()
                .with_platform_verifier()
                .map(|config| config.with_no_client_auth())
                .map_err(|error| error.to_string()),
        }
    }

    pub(super) fn for_origin(&self, origin: &Origin) -> Result<ClientConfig, HttpError> {
        if !origin.is_encrypted() {
            return Ok(self.none.clone());
        }
        self.trusted.clone().map_err(|why| HttpError::Tls {
            origin: origin.to_string(),
            why: format!("this machine has no certificates to trust ({why})"),
        })
    }
}

#[cfg(test)]
impl Tls {
    /// Trusts these certificates in place of the machine's.
    pub(super) fn trusting(roots: RootCertStore) -> Self {
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self {
            none: config.clone(),
            trusted: Ok(config),
        }
    }
}
