//! How a tool is defined: its schemas from its own types, and its work off the async threads.

use krake_domain::failure::{Failure, FailureClass};
use krake_domain::tool::{EffectClass, ToolSpec};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;

/// Largest JSON that a tool answers with; what is longer is cut and says so.
pub const MOST_OUTPUT: usize = 8 * 1024 * 1024 - 64 * 1024;

/// A definition with the usual rest: does not ask, trusted output, 30 seconds.
#[must_use]
pub fn define<A: JsonSchema, O: JsonSchema>(
    name: &str,
    description: &str,
    class: EffectClass,
) -> ToolSpec {
    ToolSpec {
        name: name.to_owned(),
        description: description.to_owned(),
        args_schema: schema::<A>(SchemaSettings::draft2020_12()),
        output_schema: schema::<O>(SchemaSettings::draft2020_12().for_serialize()),
        class,
        asks: false,
        untrusted_output: false,
        timeout_ms: 30_000,
    }
}

/// Runs blocking work on a thread that may block.
///
/// # Errors
/// What the work says; [`FailureClass::Internal`] where it panicked.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| {
            Err(Failure::new(
                FailureClass::Internal,
                format!("the tool broke: {error}"),
            ))
        })
}

/// The output as JSON.
///
/// # Errors
/// [`FailureClass::TooLarge`] beyond [`MOST_OUTPUT`].
pub fn to_output(output: &impl Serialize) -> Result<Value, Failure> {
    let value = serde_json::to_value(output).map_err(|error| {
        Failure::new(
            FailureClass::Internal,
            format!("the output is no JSON: {error}"),
        )
    })?;
    let bytes = value.to_string().len();
    if bytes > MOST_OUTPUT {
        let message =
            format!("the output has {bytes} bytes, at most {MOST_OUTPUT} are kept; ask for less");
        return Err(Failure::new(FailureClass::TooLarge, message));
    }
    Ok(value)
}

/// A failure of the arguments.
pub fn bad_input(message: impl Into<String>) -> Failure {
    Failure::new(FailureClass::BadInput, message)
}

/// Schemas stand alone, so that a reader needs no second document.
fn schema<T: JsonSchema>(settings: SchemaSettings) -> Value {
    let settings = settings.with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut value = Value::from(settings.into_generator().into_root_schema_for::<T>());
    if let Some(fields) = value.as_object_mut() {
        fields.remove("title");
        fields.remove("description");
    }
    value
}
