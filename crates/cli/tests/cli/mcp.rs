//! `krake mcp`: another AI tool starts us and speaks over the standard streams.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::world::{Running, World};

/// A client that has shaken hands.
struct Client {
    child: Running,
    out: BufReader<std::process::ChildStdout>,
    last: u64,
}

impl Client {
    fn of(world: &World) -> Self {
        let mut command = world.command(&["mcp"]);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut client = Self {
            child: Running(child),
            out,
            last: 0,
        };
        let hello = client.ask(
            "initialize",
            json!({
                "protocolVersion": "2025-11-25", "capabilities": {},
                "clientInfo": { "name": "test", "version": "1" },
            }),
        );
        assert_eq!(hello["result"]["serverInfo"]["name"], "krake", "{hello}");
        client.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        client
    }

    fn say(&mut self, message: &Value) {
        let stdin = self.child.0.stdin.as_mut().unwrap();
        writeln!(stdin, "{message}").unwrap();
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        self.say(&json!({ "jsonrpc": "2.0", "id": self.last, "method": method, "params": params }));
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(answer["id"], self.last, "{answer}");
        answer
    }

    fn call(&mut self, name: &str, arguments: Value) -> Value {
        let answer = self.ask(
            "tools/call",
            json!({ "name": name, "arguments": arguments }),
        );
        answer["result"].clone()
    }

    /// Closes our end, as a client does that has had enough.
    fn leave(mut self) -> Option<i32> {
        drop(self.child.0.stdin.take());
        self.child.code()
    }
}

#[test]
fn knowledge_goes_in_and_out_without_an_owner_and_with_one() {
    let world = World::new();
    let mut client = Client::of(&world);
    let entry = json!({ "title": "Ports", "text": "Ports above 4000 are free." });
    let added = client.call("add_knowledge", entry);
    assert_eq!(added["isError"], false, "{added}");
    // The folder was let go again: somebody else can own it while the client stays.
    let served = world.serve();
    let found = client.call("search_knowledge", json!({ "query": "ports" }));
    assert_eq!(
        found["structuredContent"]["items"][0]["title"], "Ports",
        "{found}"
    );
    let entry = json!({ "title": "Hosts", "text": "The test host is green." });
    assert_eq!(client.call("add_knowledge", entry)["isError"], false);
    drop(served);
    let listed = world.json(&["knowledge", "list"]);
    assert_eq!(listed["items"].as_array().unwrap().len(), 2, "{listed}");
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn what_it_changes_is_a_machines_in_the_journal_without_an_owner_and_with_one() {
    let world = World::new();
    let mut client = Client::of(&world);
    let entry = |title: &str| json!({ "title": title, "text": "Ports above 4000 are free." });
    let work = json!({ "context": "Make the totals of the cart exact.", "goal": "go on" });
    client.call("add_knowledge", entry("Ports"));
    let made = client.call("create_handoff", work.clone());
    let first = &made["structuredContent"]["id"];
    client.call("search_knowledge", json!({ "query": "ports" }));
    // What a person types stands where it stood before.
    world.expect(0, &["knowledge", "add", "Hosts", "The test host is green."]);

    let served = world.serve();
    client.call("add_knowledge", entry("More ports"));
    let made = client.call("create_handoff", work);
    assert_eq!(made["structuredContent"]["state"], "pending", "{made}");
    let claimed = client.call("claim_handoff", json!({ "id": first }));
    assert_eq!(
        claimed["structuredContent"]["state"], "claimed",
        "{claimed}"
    );
    drop(served);
    assert_eq!(client.leave(), Some(0));

    let exported = world.expect(0, &["audit", "export"]).out;
    let events = exported.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        line["event"].clone()
    });
    let called = |command: &str| json!({ "kind": "machine_called", "command": command, "by": { "kind": "machine", "name": "mcp" } });
    let mut claim = called("handoffs.claim");
    claim["id"] = first.clone();
    assert_eq!(
        events.collect::<Vec<_>>(),
        [
            called("knowledge.add"),
            called("handoffs.create"),
            called("knowledge.add"),
            called("handoffs.create"),
            claim,
        ]
    );
    assert_eq!(world.json(&["audit", "verify"])["intact"], true);
}

#[test]
fn a_wrong_call_is_answered_and_the_next_one_works() {
    let world = World::new();
    let mut client = Client::of(&world);
    let unknown = client.ask("tools/call", json!({ "name": "rm", "arguments": {} }));
    assert_eq!(unknown["error"]["code"], -32602, "{unknown}");
    let wrong = client.call("add_knowledge", json!({ "title": "", "text": "x" }));
    assert_eq!(wrong["isError"], true, "{wrong}");
    let listed = client.ask("tools/list", json!({}));
    assert!(
        listed["result"]["tools"].as_array().unwrap().len() > 3,
        "{listed}"
    );
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn another_tool_finds_the_work_is_briefed_and_leaves_it_for_the_next_account() {
    let world = World::new();
    world.expect(0, &["projects", "add", "shop"]);
    let said =
        json!({ "id": "0", "role": "user", "content": "Make the totals of the cart exact." });
    world.write("shop.jsonl", &format!("{said}\n"));
    world.expect(0, &["import", "shop.jsonl", "--project", "shop"]);
    let mut client = Client::of(&world);
    let found = client.call("search", json!({ "query": "totals project:shop" }));
    let hit = &found["structuredContent"]["hits"][0];
    assert_eq!(hit["position"], 0, "{found}");
    let read = client.call("read_session", json!({ "id": hit["session"] }));
    let first = &read["structuredContent"]["items"][0];
    assert_eq!(
        first["text"], "Make the totals of the cart exact.",
        "{read}"
    );
    let briefing = client.call(
        "get_briefing",
        json!({ "project_id": "shop", "budget": 500 }),
    );
    let text = briefing["content"][0]["text"].as_str().unwrap();
    assert!(
        text.starts_with("# Briefing") && text.contains("totals"),
        "{text}"
    );
    let made = client.call(
        "create_handoff",
        json!({ "project_id": "shop", "goal": "go on" }),
    );
    assert_eq!(made["structuredContent"]["state"], "pending", "{made}");
    let waiting = client.call("list_handoffs", json!({ "state": "pending" }));
    assert_eq!(waiting["structuredContent"]["items"][0]["goal"], "go on");
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn what_one_tool_names_the_next_one_takes() {
    let world = World::new();
    world.expect(0, &["projects", "add", "shop"]);
    // Nothing was ever said in it: no label of a citation stands for it.
    world.expect(0, &["sessions", "start", "--project", "shop"]);
    for (name, asked) in [
        ("one", "Make the totals exact."),
        ("two", "Style the cart page."),
    ] {
        let lines: Vec<String> = (0..9)
            .map(|number| {
                let text = if number == 6 { asked } else { "Go on, please." };
                json!({ "id": format!("{name}{number}"), "role": "user", "content": text })
                    .to_string()
            })
            .collect();
        let file = format!("{name}.jsonl");
        world.write(&file, &lines.join("\n"));
        world.expect(0, &["import", &file, "--project", "shop"]);
    }
    let mut client = Client::of(&world);
    let found = client.call("search", json!({ "query": "totals exact" }));
    let id = &found["structuredContent"]["hits"][0]["id"];
    assert!(id.as_str().unwrap().ends_with("#6"), "{found}");
    let around = client.call("read_session", json!({ "id": id }));
    let items = around["structuredContent"]["items"].as_array().unwrap();
    let places: Vec<u64> = items
        .iter()
        .filter_map(|one| one["position"].as_u64())
        .collect();
    assert_eq!(places, [3, 4, 5, 6, 7, 8], "{around}");
    assert_eq!(items[3]["text"], "Make the totals exact.");

    // A citation of the briefing, followed with what stands beside it.
    let briefing = client.call(
        "get_briefing",
        json!({ "project_id": "shop", "budget": 600 }),
    );
    follow(&mut client, &briefing);
    let wrong = client.call("read_session", json!({ "id": "s1#6" }));
    let said = wrong["content"][0]["text"].as_str().unwrap();
    assert!(said.contains("expected `ses_…`"), "{said}");

    let made = client.call(
        "create_handoff",
        json!({ "project_id": "shop", "goal": "go on" }),
    );
    let id = made["structuredContent"]["id"].clone();
    let shown = client.call("get_handoff", json!({ "id": id }));
    assert!(
        shown["content"][1]["text"]
            .as_str()
            .unwrap()
            .contains("\"state\":\"pending\"")
    );
    follow(&mut client, &shown);
    let claimed = client.call("claim_handoff", json!({ "id": id }));
    assert_eq!(
        claimed["structuredContent"]["state"], "claimed",
        "{claimed}"
    );
    assert_eq!(claimed["content"][0], shown["content"][0]);
    let twice = client.call("claim_handoff", json!({ "id": id }));
    assert_eq!(twice["isError"], true, "{twice}");
    let ended = client.call("end_handoff", json!({ "id": id, "note": "styled" }));
    assert_eq!(ended["structuredContent"]["note"], "styled", "{ended}");
    assert_eq!(client.leave(), Some(0));
}

/// Reads what the briefing cites for "Style the cart page." by the id that stands beside its text.
fn follow(client: &mut Client, answer: &Value) {
    let blocks = answer["content"].as_array().unwrap();
    let text = blocks[0]["text"].as_str().unwrap();
    let line = text
        .lines()
        .find(|line| line.contains("Style the cart page."))
        .unwrap();
    let cited = line.rsplit_once('[').unwrap().1.trim_end_matches(']');
    let (label, position) = cited.split_once('#').unwrap();
    let position: u64 = position.parse().unwrap();
    let beside = blocks.last().unwrap()["text"].as_str().unwrap();
    let named = format!("[{label}#12] is ");
    let id = beside
        .split_once(&named)
        .unwrap()
        .1
        .split('#')
        .next()
        .unwrap();
    let asked = json!({ "id": format!("{id}#{position}"), "limit": 10 });
    let read = client.call("read_session", asked);
    let items = read["structuredContent"]["items"].as_array().unwrap();
    let there = items.iter().find(|one| one["position"] == position);
    assert_eq!(there.unwrap()["text"], "Style the cart page.", "{read}");
}
