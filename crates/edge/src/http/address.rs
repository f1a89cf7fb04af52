//! Which addresses a call may go to. Judged is the address that is connected to, never its
//! spelling, so decimal, octal, mapped and named forms of one address are one case.
//!
//! The ranges are those of the IANA special-purpose registries (RFC 6890 and its followers) and the
//! addresses at which clouds hand out credentials.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far a call may go. What [`Kind::Never`] names is out of reach always.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The public internet only.
    Public,
    /// This machine and private networks as well: for addresses that a person gave.
    Everywhere,
}

/// What an address is to the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Public,
    Loopback,
    Private,
    /// Nobody has business there; the text says what it is.
    Never(&'static str),
}

/// Whether a call of that reach may connect there.
///
/// # Errors
/// Says what the address is.
pub fn allow(address: IpAddr, reach: Reach) -> Result<(), &'static str> {
    match (kind(address), reach) {
        (Kind::Public, _) | (Kind::Loopback | Kind::Private, Reach::Everywhere) => Ok(()),
        (Kind::Loopback, Reach::Public) => Err("an address of this machine"),
        (Kind::Private, Reach::Public) => Err("an address of a private network"),
        (Kind::Never(what), _) => Err(what),
    }
}

/// Sorts an address.
#[must_use]
pub fn kind(address: IpAddr) -> Kind {
    match address {
        IpAddr::V4(address) => kind_of_4(address),
        IpAddr::V6(address) => kind_of_6(address),
    }
}

const METADATA: Kind = Kind::Never("an address at which clouds hand out credentials");
const RESERVED: Kind = Kind::Never("a reserved address");

fn kind_of_4(address: Ipv4Addr) -> Kind {
    match address.octets() {
        [0, 0, 0, 0] => Kind::Never("the unspecified address"),
        [0, ..] => RESERVED,
        // Alibaba, Oracle and Azure keep theirs outside the link-local range.
        [100, 100, 100, 200] | [192, 0, 0, 192] | [168, 63, 129, 16] => METADATA,
        [169, 254, 169, 254] | [169, 254, 170, 2 | 23] => METADATA,
        [169, 254, ..] => Kind::Never("a link-local address"),
        [127, ..] => Kind::Loopback,
        [10, ..] | [192, 168, ..] | [172, 16..=31, ..] => Kind::Private,
        // Shared by carriers and by overlay networks; and the range for measuring devices.
        [100, 64..=127, ..] | [198, 18 | 19, ..] => Kind::Private,
        [192, 0, 0, _] | [192, 88, 99, _] => RESERVED,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => {
            Kind::Never("an address for documentation")
        }
        [255, 255, 255, 255] => Kind::Never("the broadcast address"),
        [224..=239, ..] => Kind::Never("a multicast address"),
        [240..=255, ..] => RESERVED,
        _ => Kind::Public,
    }
}

fn kind_of_6(address: Ipv6Addr) -> Kind {
    if let Some(inner) = inner_4(address) {
        return kind_of_4(inner);
    }
    let parts = address.segments();
    match parts {
        [0, 0, 0, 0, 0, 0, 0, 0] => Kind::Never("the unspecified address"),
        [0, 0, 0, 0, 0, 0, 0, 1] => Kind::Loopback,
        // Amazon and Google.
        [0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254] | [0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254] => {
            METADATA
        }
        [0xfc00..=0xfdff, ..] => Kind::Private,
        [0xfe80..=0xfebf, ..] => Kind::Never("a link-local address"),
        [0xff00..=0xffff, ..] => Kind::Never("a multicast address"),
        [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => {
            Kind::Never("an address for documentation")
        }
        // Tunnels and test networks below 2001:200::, which hide where they lead.
        [0x2001, 0..=0x01ff, ..] => RESERVED,
        // What is handed out to the public lies in 2000::/3.
        [0x2000..=0x3fff, ..] => Kind::Public,
        _ => RESERVED,
    }
}

/// The IPv4 address that an IPv6 address stands for: mapped, compatible, translated (64:ff9b::/96)
/// and 6to4 (2002::/16).
fn inner_4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let from = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x0064, 0xff9b, 0, 0, 0, 0, high, low] => Some(from(high, low)),
        [0x2002, high, low, ..] => Some(from(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
