//! Files that a person drags onto a window from a file manager: the dragging side of XDND, version 5,
//! so that a drop comes through the toolkit of the window and not as an event inside its page.
//!
//! What it deliberately does not do: it moves no pointer; the protocol only wants to be told where one
//! would be. **Invariant:** the window gets the files by asking for them, as from any file manager.

use std::path::Path;

use anyhow::{Context as _, bail};
use url::Url;
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, MapState,
    PropMode, SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent, Window,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;
use x11rb::{CURRENT_TIME, NONE};

use super::{World, wait_for};

const VERSION: u32 = 5;
/// The lowest bit of an answer: the window takes it, or has taken it.
const YES: u32 = 1;

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        XdndAware,
        XdndSelection,
        XdndEnter,
        XdndPosition,
        XdndStatus,
        XdndDrop,
        XdndFinished,
        XdndActionCopy,
        TARGETS,
        UriList: b"text/uri-list",
    }
}

/// Files that hang over the window of a world, which has said that it takes a copy of them.
pub struct Drag {
    connection: RustConnection,
    atoms: Atoms,
    source: Window,
    target: Window,
    uris: String,
    /// Where the pointer would be, from the corner of the screen.
    x: u16,
    y: u16,
}

impl Drag {
    /// Drags these over the middle of the one window that takes drops, and a little further: the page
    /// inside hears of a place when there was one before.
    ///
    /// # Errors
    /// There is no such window, or it takes no copy of them.
    pub fn over(world: &World, files: &[&Path]) -> anyhow::Result<Self> {
        let (connection, screen) = RustConnection::connect(world.display())?;
        let atoms = Atoms::new(&connection)?.reply()?;
        let root = connection.setup().roots[screen].root;
        let source = connection.generate_id()?;
        connection
            .create_window(
                x11rb::COPY_DEPTH_FROM_PARENT,
                source,
                root,
                0,
                0,
                1,
                1,
                0,
                WindowClass::INPUT_OUTPUT,
                x11rb::COPY_FROM_PARENT,
                &CreateWindowAux::new(),
            )?
            .check()?;
        let target = wait_for("a window that takes drops", || {
            // A window that is gone again while it is looked at is an error, and none of ours.
            find_target(&connection, &atoms, root).ok().flatten()
        })?;
        let (x, y) = middle_of(&connection, target, root)?;
        let mut drag = Self {
            connection,
            atoms,
            source,
            target,
            uris: uri_list(files)?,
            x,
            y,
        };
        drag.own_selection()?;
        drag.tell(atoms.XdndEnter, [VERSION << 24, atoms.UriList, 0, 0])?;
        drag.advance()?;
        drag.advance()?;
        Ok(drag)
    }

    /// Lets go of them, a little further. What the page has said meanwhile is the answer to that step.
    ///
    /// # Errors
    /// The window takes no copy of them any more, or does not say that it has copied them.
    pub fn drop(mut self) -> anyhow::Result<()> {
        self.advance()?;
        self.tell(self.atoms.XdndDrop, [0, CURRENT_TIME, 0, 0])?;
        let [_, flags, action, ..] = self.answer(self.atoms.XdndFinished, "XdndFinished")?;
        if flags & YES == 0 || action != self.atoms.XdndActionCopy {
            bail!("the window did not copy what was dropped: flags {flags}, action {action}");
        }
        Ok(())
    }

    fn own_selection(&self) -> anyhow::Result<()> {
        let selection = self.atoms.XdndSelection;
        self.connection
            .set_selection_owner(self.source, selection, CURRENT_TIME)?;
        let owner = self.connection.get_selection_owner(selection)?.reply()?;
        if owner.owner != self.source {
            bail!("somebody else drags on this display");
        }
        Ok(())
    }

    /// Moves on by a pixel, and demands a yes there.
    fn advance(&mut self) -> anyhow::Result<()> {
        self.x += 1;
        let place = (u32::from(self.x) << 16) | u32::from(self.y);
        let copy = self.atoms.XdndActionCopy;
        self.tell(self.atoms.XdndPosition, [0, place, CURRENT_TIME, copy])?;
        let [_, flags, _, _, action] = self.answer(self.atoms.XdndStatus, "XdndStatus")?;
        if flags & YES == 0 || action != copy {
            bail!("the window takes no copy of them: flags {flags}, action {action}");
        }
        Ok(())
    }

    /// Sends one message of the protocol; each begins with who sends it.
    fn tell(&self, kind: Atom, [a, b, c, d]: [u32; 4]) -> anyhow::Result<()> {
        let message = ClientMessageEvent::new(32, self.target, kind, [self.source, a, b, c, d]);
        self.connection
            .send_event(false, self.target, EventMask::NO_EVENT, message)?;
        self.connection.flush()?;
        Ok(())
    }

    /// Waits for that message of the window and gives it the files meanwhile.
    fn answer(&self, kind: Atom, name: &str) -> anyhow::Result<[u32; 5]> {
        wait_for(name, || self.find_answer(kind).transpose())?
    }

    fn find_answer(&self, kind: Atom) -> anyhow::Result<Option<[u32; 5]>> {
        while let Some(event) = self.connection.poll_for_event()? {
            match event {
                Event::SelectionRequest(request) => self.serve(&request)?,
                Event::ClientMessage(message) if message.type_ == kind => {
                    return Ok(Some(message.data.as_data32()));
                }
                _ => {}
            }
        }
        Ok(None)
    }

    fn serve(&self, request: &SelectionRequestEvent) -> anyhow::Result<()> {
        let (to, property, wanted) = (request.requestor, request.property, request.target);
        let known = [self.atoms.TARGETS, self.atoms.UriList];
        let connection = &self.connection;
        if wanted == self.atoms.TARGETS {
            let kind = AtomEnum::ATOM;
            connection.change_property32(PropMode::REPLACE, to, property, kind, &known)?;
        } else if wanted == self.atoms.UriList {
            let uris = self.uris.as_bytes();
            connection.change_property8(PropMode::REPLACE, to, property, wanted, uris)?;
        }
        let answer = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: to,
            selection: request.selection,
            target: wanted,
            property: if known.contains(&wanted) {
                property
            } else {
                NONE
            },
        };
        connection.send_event(false, to, EventMask::NO_EVENT, answer)?;
        connection.flush()?;
        Ok(())
    }
}

/// The middle of a window, from the corner of the screen.
fn middle_of(
    connection: &RustConnection,
    window: Window,
    root: Window,
) -> anyhow::Result<(u16, u16)> {
    let size = connection.get_geometry(window)?.reply()?;
    let (x, y) = ((size.width / 2).try_into()?, (size.height / 2).try_into()?);
    let middle = connection
        .translate_coordinates(window, root, x, y)?
        .reply()?;
    Ok((middle.dst_x.try_into()?, middle.dst_y.try_into()?))
}

/// The window below this one that is shown and says that it takes drops.
fn find_target(
    connection: &RustConnection,
    atoms: &Atoms,
    window: Window,
) -> anyhow::Result<Option<Window>> {
    for child in connection.query_tree(window)?.reply()?.children {
        let shown = connection.get_window_attributes(child)?.reply()?.map_state;
        if shown != MapState::VIEWABLE {
            continue;
        }
        let version = connection
            .get_property(false, child, atoms.XdndAware, AtomEnum::ATOM, 0, 1)?
            .reply()?
            .value32()
            .and_then(|mut values| values.next());
        if version.is_some_and(|version| version >= VERSION) {
            return Ok(Some(child));
        }
        if let Some(found) = find_target(connection, atoms, child)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The files as the protocol's lists write them.
fn uri_list(files: &[&Path]) -> anyhow::Result<String> {
    let mut list = String::new();
    for file in files {
        let uri = Url::from_file_path(file)
            .ok()
            .with_context(|| format!("{} is no whole path", file.display()))?;
        list.push_str(uri.as_str());
        list.push_str("\r\n");
    }
    Ok(list)
}
