//! One entry of the table of commands: a name, a route, an access rule and a function.

use std::future::Future;
use std::pin::Pin;

use futures_util::Stream;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::access::Access;
use crate::called;
use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::event::StreamItem;
use crate::input;
use crate::screen::screen;

/// How a command is carried over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Patch,
    Delete,
}

impl Method {
    /// The word of the protocol.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether fields that do not stand in the path are sent as a body.
    #[must_use]
    pub fn has_body(self) -> bool {
        matches!(self, Self::Post | Self::Patch)
    }
}

/// What a call of a command gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Looks; may be repeated freely.
    Query,
    /// Changes something.
    Command,
    /// Answers with events until the caller or the core ends it.
    Stream,
}

impl Kind {
    /// The word in the generated client.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Command => "command",
            Self::Stream => "stream",
        }
    }
}

/// A stream of events, pulled by its reader: what is not read is not made.
pub type EventStream = Pin<Box<dyn Stream<Item = StreamItem> + Send>>;

type Pending<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>> + Send>>;

/// The input was read, and nothing has begun; or why it cannot be read.
type Read<T> = Result<Pending<T>, ApiError>;

enum Body {
    Once(Box<dyn Fn(Ctx, Value) -> Read<Value> + Send + Sync>),
    Stream(Box<dyn Fn(Ctx, Value) -> Read<EventStream> + Send + Sync>),
}

/// One command or query, as every shell sees it.
pub struct Command {
    pub name: &'static str,
    pub method: Method,
    /// With `{field}` where a field of the input stands in the path.
    pub path: &'static str,
    pub access: Access,
    pub kind: Kind,
    /// One sentence for the documents.
    pub about: &'static str,
    /// Tags of change after which the answer of this query may be another.
    pub provides: &'static [&'static str],
    pub input: fn(&mut SchemaGenerator) -> Schema,
    pub output: fn(&mut SchemaGenerator) -> Schema,
    body: Body,
}

/// A query: GET, looks only.
pub fn query<I, O, F, Fut>(
    name: &'static str,
    path: &'static str,
    access: Access,
    call: F,
    provides: &'static [&'static str],
    about: &'static str,
) -> Command
where
    I: DeserializeOwned + JsonSchema + Send,
    O: Serialize + JsonSchema,
    F: Fn(Ctx, I) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = Result<O, ApiError>> + Send + 'static,
{
    once(
        name,
        Method::Get,
        Kind::Query,
        path,
        access,
        call,
        provides,
        about,
    )
}

/// A command: POST, changes something.
pub fn command<I, O, F, Fut>(
    name: &'static str,
    path: &'static str,
    access: Access,
    call: F,
    about: &'static str,
) -> Command
where
    I: DeserializeOwned + JsonSchema + Send,
    O: Serialize + JsonSchema,
    F: Fn(Ctx, I) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = Result<O, ApiError>> + Send + 'static,
{
    once(
        name,
        Method::Post,
        Kind::Command,
        path,
        access,
        call,
        &[],
        about,
    )
}

/// A command that changes what the path names: PATCH.
pub fn change<I, O, F, Fut>(
    name: &'static str,
    path: &'static str,
    access: Access,
    call: F,
    about: &'static str,
) -> Command
where
    I: DeserializeOwned + JsonSchema + Send,
    O: Serialize + JsonSchema,
    F: Fn(Ctx, I) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = Result<O, ApiError>> + Send + 'static,
{
    once(
        name,
        Method::Patch,
        Kind::Command,
        path,
        access,
        call,
        &[],
        about,
    )
}

/// A command that takes away what the path names: DELETE.
pub fn removal<I, O, F, Fut>(
    name: &'static str,
    path: &'static str,
    access: Access,
    call: F,
    about: &'static str,
) -> Command
where
    I: DeserializeOwned + JsonSchema + Send,
    O: Serialize + JsonSchema,
    F: Fn(Ctx, I) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = Result<O, ApiError>> + Send + 'static,
{
    once(
        name,
        Method::Delete,
        Kind::Command,
        path,
        access,
        call,
        &[],
        about,
    )
}

/// A query that only computes but whose input does not fit into an address: POST.
pub fn question<I, O, F, Fut>(
    name: &'static str,
    path: &'static str,
    access: Access,
    call: F,
    about: &'static str,
) -> Command
where
    I: DeserializeOwned + JsonSchema + Send,
    O: Serialize + JsonSchema,
    F: Fn(Ctx, I) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = Result<O, ApiError>> + Send + 'static,
{
    once(
        name,
        Method::Post,
        Kind::Query,
        path,
        access,
        call,
        &[],
        about,
    )
}

/// A stream of events: GET.
pub fn stream<I, F, Fut>(
    name: &'static str,
    path: &'static str,
    access: Access,
    call: F,
    about: &'static str,
) -> Command
where
    I: DeserializeOwned + JsonSchema + Send,
    F: Fn(Ctx, I) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = Result<EventStream, ApiError>> + Send + 'static,
{
    Command {
        name,
        method: Method::Get,
        path,
        access,
        kind: Kind::Stream,
        about,
        provides: &[],
        input: I::json_schema,
        output: |generator| generator.subschema_for::<crate::event::EventView>(),
        body: Body::Stream(Box::new(move |ctx, value| {
            Ok(Box::pin(call(ctx, input::read(value)?)))
        })),
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "one line of the table, spelled out"
)]
fn once<I, O, F, Fut>(
    name: &'static str,
    method: Method,
    kind: Kind,
    path: &'static str,
    access: Access,
    call: F,
    provides: &'static [&'static str],
    about: &'static str,
) -> Command
where
    I: DeserializeOwned + JsonSchema + Send,
    O: Serialize + JsonSchema,
    F: Fn(Ctx, I) -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = Result<O, ApiError>> + Send + 'static,
{
    Command {
        name,
        method,
        path,
        access,
        kind,
        about,
        provides,
        input: I::json_schema,
        output: |generator| generator.subschema_for::<O>(),
        body: Body::Once(Box::new(move |ctx, value| {
            let answer = call(ctx, input::read(value)?);
            Ok(Box::pin(async move { view(&answer.await?) }))
        })),
    }
}

impl Command {
    /// The JSON Schema of the input, with what it refers to where its references lead.
    #[must_use]
    pub fn input_schema(&self) -> Value {
        let (mut schema, definitions) = crate::schemas::input_of(self);
        if !definitions.is_empty()
            && let Some(fields) = schema.as_object_mut()
        {
            fields.insert(
                "components".to_owned(),
                serde_json::json!({ "schemas": definitions }),
            );
        }
        schema
    }

    /// Checks access and input, looks for secrets in its words, journals what a machine begins, then
    /// calls. `value` is one object: the fields of path, query and body together.
    ///
    /// # Errors
    /// What the access rule, the input or the command itself says.
    pub async fn call(&self, ctx: Ctx, value: Value) -> Result<Value, ApiError> {
        self.access.check(ctx.principal())?;
        match &self.body {
            Body::Once(call) => {
                let input = input::normalise(self, value)?;
                let (input, replaced) = screen(self, &ctx, input).await?;
                let called = called::event(self, ctx.principal(), &input);
                let acting = call(ctx.clone().with_replaced(replaced), input)?;
                if let Some(event) = called {
                    called::journal(&ctx, event).await?;
                }
                acting.await
            }
            Body::Stream(_) => Err(ApiError::new(
                Code::BadInput,
                format!("`{}` is a stream: open it instead of calling it", self.name),
            )),
        }
    }

    /// Opens a stream command.
    ///
    /// # Errors
    /// As [`Command::call`].
    pub async fn open(&self, ctx: Ctx, value: Value) -> Result<EventStream, ApiError> {
        self.access.check(ctx.principal())?;
        match &self.body {
            Body::Stream(open) => open(ctx, input::normalise(self, value)?)?.await,
            Body::Once(_) => Err(ApiError::new(
                Code::BadInput,
                format!("`{}` is not a stream", self.name),
            )),
        }
    }
}

fn view<O: Serialize>(answer: &O) -> Result<Value, ApiError> {
    serde_json::to_value(answer).map_err(|error| {
        tracing::error!(%error, "a view does not serialise");
        ApiError::new(Code::Internal, "the answer could not be written as JSON")
    })
}
