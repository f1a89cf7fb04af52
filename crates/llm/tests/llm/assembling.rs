//! The same events wherever the bytes are cut, and no call before the end.

use krake_llm::{
    Answer, AnswerEvent, Assembler, Caps, ModelError, Offer, Request, StopReason, Usage, Wire,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use krake_scripted_provider::streams::{Say, anthropic, gemini, ollama, openai, responses};

pub fn request() -> Request {
    let offer = |name: &str| Offer {
        name: name.to_owned(),
        description: "Tell the weather of a city.".to_owned(),
        schema: json!({ "type": "object" }).as_object().unwrap().clone(),
    };
    Request {
        system: "Be brief.".to_owned(),
        messages: vec![krake_llm::Message::User("weather in Berlin?".to_owned())],
        tools: vec![offer("get_weather"), offer("get_time")],
        choice: krake_llm::ToolChoice::Auto,
        max_tokens: 1_000,
        temperature: None,
    }
}

pub type Ended = (Vec<AnswerEvent>, Result<(), ModelError>);

/// Feeds the pieces and then the end of the body; neighbouring texts are one.
pub fn assemble_with<'p>(
    wire: Wire,
    caps: Caps,
    pieces: impl IntoIterator<Item = &'p [u8]>,
) -> Ended {
    let mut assembler = Assembler::new(wire, &request(), caps);
    let mut events = Vec::new();
    for piece in pieces {
        if assembler.feed(piece, &mut events).is_err() {
            break;
        }
    }
    (events, assembler.end())
}

pub fn assemble<'p>(wire: Wire, pieces: impl IntoIterator<Item = &'p [u8]>) -> Ended {
    assemble_with(wire, Caps::default(), pieces)
}

pub fn answer(events: Vec<AnswerEvent>) -> Answer {
    let mut answer = Answer::default();
    events.into_iter().for_each(|event| answer.take(event));
    answer
}

fn says() -> Vec<Say> {
    vec![
        Say::text("Ich schaue nach: 天気 \u{1f30d} \"ja\"\n"),
        Say::call(
            "get_weather",
            json!({ "city": "Köln \u{1f600} \u{7}", "days": 2 }),
        ),
        Say::call("get_time", json!({})),
    ]
}

pub fn good() -> [(Wire, String); 5] {
    [
        (Wire::Anthropic, anthropic(&says())),
        (Wire::OpenAiChat, openai(&says())),
        (Wire::Ollama, ollama(&says())),
        (Wire::OpenAiResponses, responses(&says())),
        (Wire::Gemini, gemini(&says())),
    ]
}

#[test]
fn every_format_gives_the_same_answer() {
    for (wire, stream) in good() {
        let (events, ended) = assemble(wire, [stream.as_bytes()]);
        assert_eq!(ended, Ok(()), "{wire:?}");
        let answer = answer(events);
        assert_eq!(answer.text, "Ich schaue nach: 天気 \u{1f30d} \"ja\"\n");
        assert_eq!(answer.stop, Some(StopReason::ToolUse));
        let calls: Vec<(&str, Value)> = answer
            .calls
            .iter()
            .map(|call| {
                (
                    call.name.as_str(),
                    Value::Object(call.arguments.clone().unwrap()),
                )
            })
            .collect();
        assert_eq!(
            calls,
            [
                (
                    "get_weather",
                    json!({ "city": "Köln \u{1f600} \u{7}", "days": 2 })
                ),
                ("get_time", json!({})),
            ],
            "{wire:?}"
        );
        assert_eq!(
            (answer.usage.input, answer.usage.output),
            (Some(25), Some(89)),
            "{wire:?}"
        );
    }
}

#[test]
fn cut_at_every_byte_it_reads_the_same() {
    for (wire, stream) in good() {
        let bytes = stream.as_bytes();
        let whole = assemble(wire, [bytes]);
        for cut in 0..=bytes.len() {
            let halves = assemble(wire, [&bytes[..cut], &bytes[cut..]]);
            assert_eq!(halves, whole, "{wire:?} cut at {cut}");
        }
        assert_eq!(
            assemble(wire, bytes.chunks(1)),
            whole,
            "{wire:?} byte by byte"
        );
        for ends in ["\r\n", "\r"] {
            let other = stream.replace('\n', ends);
            assert_eq!(
                assemble(wire, [other.as_bytes()]),
                whole,
                "{wire:?} {ends:?}"
            );
            assert_eq!(
                assemble(wire, other.as_bytes().chunks(1)),
                whole,
                "{wire:?} {ends:?}"
            );
        }
    }
}

#[test]
fn no_call_of_a_stream_that_was_cut_is_seen() {
    for (wire, stream) in good() {
        let bytes = stream.as_bytes();
        for cut in 0..bytes.len() {
            let (events, ended) = assemble(wire, [&bytes[..cut]]);
            let calls = events
                .iter()
                .any(|event| matches!(event, AnswerEvent::ToolCall(_)));
            match ended {
                // Only the very end of the end marker may be missing.
                Ok(()) => assert!(bytes.len() - cut < 3, "{wire:?} cut at {cut}"),
                Err(error) => {
                    assert!(!calls, "{wire:?} cut at {cut}");
                    assert!(
                        matches!(error, ModelError::Incomplete { .. }),
                        "{cut}: {error}"
                    );
                }
            }
        }
    }
}

#[test]
fn heartbeats_comments_and_what_is_unknown_change_nothing() {
    for (wire, stream) in good() {
        let noisy = match wire {
            Wire::Ollama => stream
                .lines()
                .map(|line| format!("\n{}\n", line.replacen('{', "{\"new\":[1,{}],", 1)))
                .collect::<String>(),
            _ => {
                let noise = ": hi\n\nevent: new_kind\ndata: not json\n\nretry: 5\nid: 3\n\n";
                let pings = "event: ping\ndata: {\"type\":\"ping\"}\n\n".repeat(100);
                let noisy = stream
                    .replace("data: {", "data: {\"new\":[1,{}],")
                    .replacen("\n\n", &format!("\n\n{noise}{pings}"), 1);
                format!("\u{feff}{noisy}")
            }
        };
        let wanted = answer(assemble(wire, [stream.as_bytes()]).0);
        let (events, ended) = assemble(wire, [noisy.as_bytes()]);
        assert_eq!((answer(events), ended), (wanted, Ok(())), "{wire:?}");
    }
}

#[test]
fn what_comes_after_the_end_marker_is_passed_over() {
    for (wire, stream) in good() {
        let wanted = assemble(wire, [stream.as_bytes()]);
        let more = format!("{stream}{stream}garbage\n\n");
        assert_eq!(assemble(wire, [more.as_bytes()]), wanted, "{wire:?}");
    }
}

/// The example of the vendor's own page.
#[test]
fn the_vendors_stream_of_a_call() {
    const STREAM: &str = r#"event: message_start
data: {"type":"message_start","message":{"id":"msg_01","type":"message","role":"assistant","content":[],"model":"m","stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":25,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"toolu_01","name":"get_weather","input":{}}}

event: ping
data: {"type":"ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"city\": \"Ber"}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"lin\"}"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":89}}

event: message_stop
data: {"type":"message_stop"}

"#;
    let (events, ended) = assemble(Wire::Anthropic, [STREAM.as_bytes()]);
    assert_eq!(ended, Ok(()));
    let usage = |output| {
        AnswerEvent::Usage(Usage {
            input: Some(25),
            cache_read: Some(0),
            cache_write: Some(0),
            output: Some(output),
        })
    };
    assert_eq!(events[..2], [usage(1), usage(89)]);
    let AnswerEvent::ToolCall(call) = &events[2] else {
        panic!("{events:?}");
    };
    assert_eq!(
        (call.id.as_str(), call.name.as_str()),
        ("toolu_01", "get_weather")
    );
    assert_eq!(
        Value::Object(call.arguments.clone().unwrap()),
        json!({ "city": "Berlin" })
    );
    assert_eq!(events[3..], [AnswerEvent::Stop(StopReason::ToolUse)]);
}

#[test]
fn caches_count_into_what_was_read() {
    let stream = anthropic(&[Say::text("hi")]).replace(
        "\"input_tokens\":25",
        "\"input_tokens\":25,\"cache_creation_input_tokens\":100,\"cache_read_input_tokens\":7",
    );
    let usage = answer(assemble(Wire::Anthropic, [stream.as_bytes()]).0).usage;
    assert_eq!(
        usage,
        Usage {
            input: Some(132),
            cache_read: Some(7),
            cache_write: Some(100),
            output: Some(89)
        }
    );
    let stream = openai(&[Say::text("hi")]).replace("\"cached_tokens\":0", "\"cached_tokens\":20");
    let usage = answer(assemble(Wire::OpenAiChat, [stream.as_bytes()]).0).usage;
    assert_eq!(
        (usage.input, usage.cache_read, usage.cache_write),
        (Some(25), Some(20), None)
    );
}

proptest! {
    /// A good stream with some bytes changed: never a panic, and cuts never matter.
    #[test]
    fn damaged_streams_read_the_same_wherever_they_are_cut(
        which in 0..5usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let (wire, stream) = good()[which].clone();
        let mut bytes = stream.into_bytes();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let whole = assemble(wire, [bytes.as_slice()]);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len())).collect();
        cuts.push(0);
        cuts.push(bytes.len());
        cuts.sort_unstable();
        let pieces = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]);
        prop_assert_eq!(assemble(wire, pieces), whole);
    }
}
