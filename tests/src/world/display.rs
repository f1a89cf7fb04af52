//! A display nobody looks at, a session bus nobody else is on, and a window manager.

use std::collections::BTreeMap;

use super::{Process, World};

/// They end in the order of the fields.
pub struct Display {
    _windows: Process,
    _bus: Process,
    _screen: Process,
    env: BTreeMap<String, String>,
}

impl Display {
    /// Starts all three. The display chooses its own number, so worlds do not meet.
    pub(super) fn start(world: &World) -> anyhow::Result<Self> {
        let mut command = world.command("Xvfb");
        command.args("-displayfd 1 -screen 0 1280x900x24 -nolisten tcp -noreset".split(' '));
        let mut screen = world.start("xvfb", command)?;
        let number = screen.first_line()?;
        let mut command = world.command("dbus-daemon");
        command.args(["--session", "--nofork", "--print-address=1"]);
        let mut bus = world.start("dbus", command)?;
        let address = bus.first_line()?;
        let env = BTreeMap::from([
            ("DISPLAY".to_owned(), format!(":{}", number.trim())),
            (
                "DBUS_SESSION_BUS_ADDRESS".to_owned(),
                address.trim().to_owned(),
            ),
            ("GDK_BACKEND".to_owned(), "x11".to_owned()),
            ("XDG_SESSION_TYPE".to_owned(), "x11".to_owned()),
            ("NO_AT_BRIDGE".to_owned(), "1".to_owned()),
            ("LIBGL_ALWAYS_SOFTWARE".to_owned(), "1".to_owned()),
        ]);
        let mut command = world.command("openbox");
        command.envs(&env);
        let windows = world.start("openbox", command)?;
        Ok(Self {
            _windows: windows,
            _bus: bus,
            _screen: screen,
            env,
        })
    }

    /// What programs need to find them.
    pub(super) fn env(&self) -> BTreeMap<String, String> {
        self.env.clone()
    }
}
