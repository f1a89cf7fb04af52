//! One table of spellings: what a URL leads to when its host is an address in numbers.

use super::*;
use crate::http::Target;

/// What the rule says about a URL: not a URL that is called at all, or the kind of its address.
fn verdict(url: &str) -> &'static str {
    let Ok(target) = Target::parse(url) else {
        return "no url";
    };
    let Some(address) = target.literal() else {
        return "name";
    };
    match kind(address) {
        Kind::Public => "public",
        Kind::Loopback => "loopback",
        Kind::Private => "private",
        Kind::Never(_) => "never",
    }
}

#[test]
fn spellings() {
    let table = [
        // This machine, as browsers and `inet_aton` read it.
        ("http://127.0.0.1/", "loopback"),
        ("http://127.1/", "loopback"),
        ("http://127.0.1/", "loopback"),
        ("http://2130706433/", "loopback"),
        ("http://0x7f000001/", "loopback"),
        ("http://0X7F.0.0.1/", "loopback"),
        ("http://0177.0.0.1/", "loopback"),
        ("http://017700000001/", "loopback"),
        ("http://127.0.0.1./", "loopback"),
        ("http://127.255.255.254:8080/", "loopback"),
        ("http://%31%32%37.0.0.1/", "loopback"),
        ("http://１２７.０.０.１/", "loopback"),
        ("http://127。0。0。1/", "loopback"),
        ("http://①②⑦.⓪.⓪.①/", "loopback"),
        ("http://[::1]/", "loopback"),
        ("http://[0:0:0:0:0:0:0:1]/", "loopback"),
        ("http://[::ffff:127.0.0.1]/", "loopback"),
        ("http://[::FFFF:7f00:1]/", "loopback"),
        ("http://[0:0:0:0:0:ffff:7f00:0001]/", "loopback"),
        ("http://[::127.0.0.1]/", "loopback"),
        ("http://[::ffff:0:127.0.0.1]/", "loopback"),
        ("http://[64:ff9b::127.0.0.1]/", "loopback"),
        ("http://[64:ff9b::7f00:1]/", "loopback"),
        ("http://[2002:7f00:1::]/", "loopback"),
        // Credentials of clouds.
        ("http://169.254.169.254/latest/meta-data/", "never"),
        ("http://2852039166/", "never"),
        ("http://0xa9fea9fe/", "never"),
        ("http://0xA9.0xFE.0xA9.0xFE/", "never"),
        ("http://0251.0376.0251.0376/", "never"),
        ("http://169.254.43518/", "never"),
        ("http://169.16689662/", "never"),
        ("http://[::ffff:169.254.169.254]/", "never"),
        ("http://[::ffff:a9fe:a9fe]/", "never"),
        ("http://[64:ff9b::a9fe:a9fe]/", "never"),
        ("http://[2002:a9fe:a9fe::1]/", "never"),
        ("http://[fd00:ec2::254]/", "never"),
        ("http://[fd20:ce::254]/", "never"),
        ("http://169.254.170.2/v2/credentials", "never"),
        ("http://100.100.100.200/", "never"),
        ("http://192.0.0.192/", "never"),
        ("http://168.63.129.16/", "never"),
        // Link-local, unspecified, multicast, broadcast, reserved.
        ("http://169.254.0.1/", "never"),
        ("http://[fe80::1]/", "never"),
        ("http://[febf:ffff::1]/", "never"),
        ("http://[fe80::1%25eth0]/", "no url"),
        ("http://[fec0::1]/", "never"),
        ("http://0.0.0.0/", "never"),
        ("http://0/", "never"),
        ("http://0x0/", "never"),
        ("http://[::]/", "never"),
        ("http://[::ffff:0.0.0.0]/", "never"),
        ("http://0.1.2.3/", "never"),
        ("http://224.0.0.1/", "never"),
        ("http://239.255.255.250:1900/", "never"),
        ("http://[ff02::1]/", "never"),
        ("http://255.255.255.255/", "never"),
        ("http://240.0.0.1/", "never"),
        ("http://192.0.2.1/", "never"),
        ("http://[2001:db8::1]/", "never"),
        ("http://[2001::1]/", "never"),
        ("http://[64:ff9b:1::7f00:1]/", "never"),
        ("http://[100::1]/", "never"),
        ("http://[5f00::1]/", "never"),
        // Private networks.
        ("http://10.0.0.1/", "private"),
        ("http://10.1/", "private"),
        ("http://012.0.0.1/", "private"),
        ("http://167772161/", "private"),
        ("http://172.16.0.1/", "private"),
        ("http://172.31.255.255/", "private"),
        ("http://192.168.1.1/", "private"),
        ("http://3232235777/", "private"),
        ("http://0xc0.0xa8.1.1/", "private"),
        ("http://[::ffff:192.168.1.1]/", "private"),
        ("http://100.64.0.1/", "private"),
        ("http://198.18.0.1/", "private"),
        ("http://[fc00::1]/", "private"),
        ("http://[fdff::1]/", "private"),
        // The public net, close to the borders.
        ("http://8.8.8.8/", "public"),
        ("http://134744072/", "public"),
        ("http://172.15.255.255/", "public"),
        ("http://172.32.0.1/", "public"),
        ("http://100.63.255.255/", "public"),
        ("http://100.128.0.1/", "public"),
        ("http://169.253.255.255/", "public"),
        ("http://192.167.1.1/", "public"),
        ("http://223.255.255.255/", "public"),
        ("https://[2606:4700:4700::1111]/", "public"),
        ("http://[64:ff9b::8.8.8.8]/", "public"),
        ("http://[::ffff:8.8.8.8]/", "public"),
        // Names are judged by what they resolve to.
        ("http://localhost/", "name"),
        ("http://LOCALHOST./", "name"),
        ("http://127.0.0.1.nip.example/", "name"),
        ("http://metadata.google.internal/", "name"),
        ("http://ⓛocalhost/", "name"),
        // Nothing that is called.
        ("http://256.0.0.1/", "no url"),
        ("http://1.2.3.4.5/", "no url"),
        ("http://0x100000000/", "no url"),
        ("http://127.0.0.08/", "no url"),
        ("http://[::1/", "no url"),
        ("http://user@127.0.0.1/", "no url"),
        ("http://8.8.8.8:80@127.0.0.1/", "no url"),
        ("http://8.8.8.8\\@127.0.0.1/", "no url"),
        ("http:\\\\127.0.0.1/", "no url"),
        ("http://127.0.0.1\r\nHost: x/", "no url"),
        ("http://exa\tmple.com/", "no url"),
        (" http://127.0.0.1/", "no url"),
        ("http://127.0.0.1:0/", "no url"),
        ("http://127.0.0.1:65536/", "no url"),
        ("http:///", "no url"),
        ("//127.0.0.1/", "no url"),
        ("127.0.0.1", "no url"),
        ("", "no url"),
        ("file:///etc/passwd", "no url"),
        ("ftp://127.0.0.1/", "no url"),
        ("gopher://127.0.0.1:70/_x", "no url"),
        ("data:text/plain,x", "no url"),
        ("javascript:alert(1)", "no url"),
        ("ws://127.0.0.1/", "no url"),
        ("unix:///run/x.sock", "no url"),
    ];
    let wrong: Vec<_> = table
        .iter()
        .map(|&(url, expected)| (url, expected, verdict(url)))
        .filter(|(_, expected, found)| expected != found)
        .collect();
    assert!(wrong.is_empty(), "url, expected, found: {wrong:#?}");
}

#[test]
fn a_reach_is_what_it_says() {
    let allowed = |text: &str, reach| allow(text.parse().unwrap(), reach).is_ok();
    for (address, public, everywhere) in [
        ("8.8.8.8", true, true),
        ("127.0.0.1", false, true),
        ("10.0.0.1", false, true),
        ("fd12::1", false, true),
        ("::1", false, true),
        ("169.254.169.254", false, false),
        ("fe80::1", false, false),
        ("0.0.0.0", false, false),
    ] {
        assert_eq!(allowed(address, Reach::Public), public, "{address}");
        assert_eq!(allowed(address, Reach::Everywhere), everywhere, "{address}");
    }
}

#[test]
fn a_host_is_shown_in_ascii() {
    for (url, shown) in [
        (
            "https://bücher.example/ü?q=ä#top",
            "https://xn--bcher-kva.example/%C3%BC?q=%C3%A4",
        ),
        // A Cyrillic letter that looks like a Latin one.
        ("https://аpple.com/", "https://xn--pple-43d.com/"),
        ("http://0x7f.1:80/a/../b", "http://127.0.0.1/b"),
    ] {
        assert_eq!(Target::parse(url).unwrap().to_string(), shown);
    }
}
