//! The language between `${{` and `}}`: paths, literals, comparisons, `&& || !` and six functions.
//!
//! What it deliberately does not do: no loops, no assignment, no calls with effects, no access to
//! anything but the inputs and the outputs of steps.
//! **Invariant:** every evaluation ends, in time proportional to the text and the values it names.

mod eval;
mod parse;
mod template;

pub(crate) use eval::kind as kind_of;
pub use eval::{EvalError, Scope, truthy};
pub use template::{Part, Template, TemplateError};

use serde_json::Value;

/// The longest expression that is read, in bytes.
pub const MOST_BYTES: usize = 4_096;

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    Literal(Value),
    /// `inputs` or `inputs.name`.
    Input(String),
    /// `steps.id.output`.
    StepOutput(String),
    /// `item`: what a `for_each` step is at.
    Item,
    /// `a.b`.
    Field(Box<Expr>, String),
    /// `a[0]` or `a["b"]`.
    Index(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Binary(Operator, Box<Expr>, Box<Expr>),
    Call(Function, Vec<Expr>),
}

/// What stands between two expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    And,
    Or,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// The functions of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// `len(x)`: characters of a text, items of a list, fields of an object.
    Len,
    /// `default(x, y)`: `y` where `x` is missing or null.
    Default,
    /// `join(list, separator)`.
    Join,
    /// `lower(text)`.
    Lower,
    /// `contains(list or text or object, item)`.
    Contains,
    /// `basename(path)`: the last part of a path.
    Basename,
}

/// What is wrong with an expression's text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ExprError {
    /// Characters from the start of the expression.
    pub offset: usize,
    pub message: String,
}

impl Expr {
    /// Reads the text between `${{` and `}}`.
    ///
    /// # Errors
    /// The text is no expression; the error says where and what was expected.
    pub fn parse(text: &str) -> Result<Self, ExprError> {
        parse::parse(text)
    }

    /// Calls `visit` with the name of every step that is referred to.
    pub fn each_step<'a>(&'a self, visit: &mut dyn FnMut(&'a str)) {
        match self {
            Self::StepOutput(step) => visit(step),
            Self::Literal(_) | Self::Input(_) | Self::Item => {}
            Self::Field(inner, _) | Self::Not(inner) => inner.each_step(visit),
            Self::Index(a, b) | Self::Binary(_, a, b) => {
                a.each_step(visit);
                b.each_step(visit);
            }
            Self::Call(_, args) => args.iter().for_each(|arg| arg.each_step(visit)),
        }
    }

    /// Calls `visit` with the name of every input that is referred to.
    pub fn each_input<'a>(&'a self, visit: &mut dyn FnMut(&'a str)) {
        match self {
            Self::Input(name) => visit(name),
            Self::Literal(_) | Self::StepOutput(_) | Self::Item => {}
            Self::Field(inner, _) | Self::Not(inner) => inner.each_input(visit),
            Self::Index(a, b) | Self::Binary(_, a, b) => {
                a.each_input(visit);
                b.each_input(visit);
            }
            Self::Call(_, args) => args.iter().for_each(|arg| arg.each_input(visit)),
        }
    }

    /// Whether it names `item`.
    #[must_use]
    pub fn names_item(&self) -> bool {
        match self {
            Self::Item => true,
            Self::Literal(_) | Self::StepOutput(_) | Self::Input(_) => false,
            Self::Field(inner, _) | Self::Not(inner) => inner.names_item(),
            Self::Index(a, b) | Self::Binary(_, a, b) => a.names_item() || b.names_item(),
            Self::Call(_, args) => args.iter().any(Self::names_item),
        }
    }
}
