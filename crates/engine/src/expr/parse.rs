use serde_json::{Number, Value};

use super::{Expr, ExprError, Function, MOST_BYTES, Operator};

/// Deeper nesting than this is refused, so that no text can exhaust the stack.
const MOST_DEPTH: usize = 64;

pub(super) fn parse(text: &str) -> Result<Expr, ExprError> {
    let mut parser = Parser {
        chars: text.chars().collect(),
        at: 0,
        depth: 0,
    };
    if text.len() > MOST_BYTES {
        return Err(parser.error(format!(
            "an expression may have at most {MOST_BYTES} bytes, this one has {}",
            text.len()
        )));
    }
    let expr = parser.or()?;
    parser.blank();
    match parser.peek() {
        None => Ok(expr),
        Some(other) => {
            Err(parser.error(format!("expected an operator or the end, found `{other}`")))
        }
    }
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn or(&mut self) -> Result<Expr, ExprError> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(self.error(format!("nested deeper than {MOST_DEPTH}")));
        }
        let mut left = self.and()?;
        while self.takes("||") {
            left = Expr::Binary(Operator::Or, Box::new(left), Box::new(self.and()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn and(&mut self) -> Result<Expr, ExprError> {
        let mut left = self.comparison()?;
        while self.takes("&&") {
            left = Expr::Binary(Operator::And, Box::new(left), Box::new(self.comparison()?));
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Result<Expr, ExprError> {
        const OPERATORS: [(&str, Operator); 6] = [
            ("==", Operator::Equal),
            ("!=", Operator::NotEqual),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        let left = self.unary()?;
        for (sign, operator) in OPERATORS {
            if self.takes(sign) {
                return Ok(Expr::Binary(
                    operator,
                    Box::new(left),
                    Box::new(self.unary()?),
                ));
            }
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expr, ExprError> {
        let mut negations = 0usize;
        while self.takes_not() {
            negations += 1;
        }
        if negations > MOST_DEPTH {
            return Err(self.error(format!("nested deeper than {MOST_DEPTH}")));
        }
        let mut expr = self.postfix()?;
        for _ in 0..negations {
            expr = Expr::Not(Box::new(expr));
        }
        Ok(expr)
    }

    fn postfix(&mut self) -> Result<Expr, ExprError> {
        let mut expr = self.primary()?;
        for _ in 0..MOST_DEPTH {
            if self.takes(".") {
                let name = self
                    .word()
                    .ok_or_else(|| self.error("expected a field name after `.`"))?;
                expr = Expr::Field(Box::new(expr), name);
            } else if self.takes("[") {
                let index = self.or()?;
                self.must("]")?;
                expr = Expr::Index(Box::new(expr), Box::new(index));
            } else {
                return Ok(expr);
            }
        }
        Err(self.error(format!("a path may have at most {MOST_DEPTH} parts")))
    }

    fn primary(&mut self) -> Result<Expr, ExprError> {
        self.blank();
        let start = self.at;
        match self.peek() {
            Some('(') => {
                self.at += 1;
                let inner = self.or()?;
                self.must(")")?;
                Ok(inner)
            }
            Some(quote @ ('"' | '\'')) => self
                .text(quote)
                .map(|text| Expr::Literal(Value::String(text))),
            Some(c) if c.is_ascii_digit() || c == '-' => self
                .number()
                .map(|number| Expr::Literal(Value::Number(number))),
            Some(_) => match self.word() {
                Some(word) => self.named(&word, start),
                None => Err(self.error("expected a path, a literal or a function")),
            },
            None => Err(self.error("expected a path, a literal or a function, found the end")),
        }
    }

    fn named(&mut self, word: &str, start: usize) -> Result<Expr, ExprError> {
        match word {
            "true" => return Ok(Expr::Literal(Value::Bool(true))),
            "false" => return Ok(Expr::Literal(Value::Bool(false))),
            "null" => return Ok(Expr::Literal(Value::Null)),
            "inputs" => {
                self.must(".")?;
                let name = self
                    .word()
                    .ok_or_else(|| self.error("expected the name of an input after `inputs.`"))?;
                return Ok(Expr::Input(name));
            }
            "steps" => return self.step_output(),
            "item" => return Ok(Expr::Item),
            _ => {}
        }
        let function = match word {
            "len" => Function::Len,
            "default" => Function::Default,
            "join" => Function::Join,
            "lower" => Function::Lower,
            "contains" => Function::Contains,
            "basename" => Function::Basename,
            _ => {
                return Err(self.error_at(
                    start,
                    format!("`{word}` is not known; expected `inputs.…`, `steps.….output`, `item`, a literal, or one of len, default, join, lower, contains, basename"),
                ));
            }
        };
        self.must("(")?;
        let mut args = vec![self.or()?];
        while self.takes(",") {
            args.push(self.or()?);
        }
        self.must(")")?;
        let wanted = match function {
            Function::Len | Function::Lower | Function::Basename => 1,
            Function::Default | Function::Join | Function::Contains => 2,
        };
        if args.len() != wanted {
            return Err(self.error_at(
                start,
                format!(
                    "`{word}` takes {wanted} argument{}, found {}",
                    if wanted == 1 { "" } else { "s" },
                    args.len()
                ),
            ));
        }
        Ok(Expr::Call(function, args))
    }

    fn step_output(&mut self) -> Result<Expr, ExprError> {
        self.must(".")?;
        let step = self
            .word()
            .ok_or_else(|| self.error("expected the id of a step after `steps.`"))?;
        self.must(".")?;
        match self.word() {
            Some(word) if word == "output" => Ok(Expr::StepOutput(step)),
            _ => Err(self.error(format!("expected `output` after `steps.{step}.`"))),
        }
    }

    fn number(&mut self) -> Result<Number, ExprError> {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E'))
        {
            self.at += 1;
        }
        let text: String = self.chars[start..self.at].iter().collect();
        serde_json::from_str(&text)
            .map_err(|_| self.error_at(start, format!("`{text}` is not a number")))
    }

    fn text(&mut self, quote: char) -> Result<String, ExprError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                c if c == quote => return Ok(text),
                '\\' => match self.peek() {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some(c @ ('\\' | '"' | '\'')) => text.push(c),
                    _ => return Err(self.error("expected n, t, \\ or a quote after `\\`")),
                },
                c => text.push(c),
            }
            if c == '\\' {
                self.at += 1;
            }
        }
        Err(self.error_at(start, "this text has no closing quote"))
    }

    fn word(&mut self) -> Option<String> {
        self.blank();
        let start = self.at;
        let begins = self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_');
        while begins
            && self
                .peek()
                .is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-')
        {
            self.at += 1;
        }
        (self.at > start).then(|| self.chars[start..self.at].iter().collect())
    }

    fn blank(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn takes(&mut self, sign: &str) -> bool {
        self.blank();
        let here = sign
            .chars()
            .enumerate()
            .all(|(offset, c)| self.chars.get(self.at + offset) == Some(&c));
        if here {
            self.at += sign.chars().count();
        }
        here
    }

    fn takes_not(&mut self) -> bool {
        self.blank();
        let here = self.peek() == Some('!') && self.chars.get(self.at + 1) != Some(&'=');
        if here {
            self.at += 1;
        }
        here
    }

    fn must(&mut self, sign: &str) -> Result<(), ExprError> {
        if self.takes(sign) {
            Ok(())
        } else {
            Err(self.error(format!("expected `{sign}`")))
        }
    }

    fn error(&self, message: impl Into<String>) -> ExprError {
        self.error_at(self.at, message)
    }

    #[expect(clippy::unused_self, reason = "reads as one family with `error`")]
    fn error_at(&self, offset: usize, message: impl Into<String>) -> ExprError {
        ExprError {
            offset,
            message: message.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(text: &str) -> String {
        let error = parse(text).unwrap_err();
        format!("{}: {}", error.offset, error.message)
    }

    #[test]
    fn precedence_binds_as_written_on_paper() {
        let a = parse("!inputs.a == true && len(steps.b.output.x) > 2 || false").unwrap();
        let b = parse("(((!inputs.a) == true) && (len(steps.b.output.x) > 2)) || false").unwrap();
        assert_eq!(a, b);
    }

    #[test]
    fn errors_say_where_and_what_was_expected() {
        assert_eq!(
            message("steps.a.result"),
            "14: expected `output` after `steps.a.`"
        );
        assert_eq!(message("len(1, 2)"), "0: `len` takes 1 argument, found 2");
        assert!(message("env.HOME").starts_with("0: `env` is not known"));
        assert_eq!(message("'abc"), "0: this text has no closing quote");
        assert_eq!(
            message("1 2"),
            "2: expected an operator or the end, found `2`"
        );
    }

    #[test]
    fn depth_is_bounded() {
        assert!(parse(&"(".repeat(2_000)).is_err());
        assert!(parse(&format!("{}true", "!".repeat(2_000))).is_err());
        assert!(parse(&format!("inputs.a{}", ".b".repeat(1_000))).is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,80}") {
            let _ = parse(&text);
        }

        #[test]
        fn no_likely_text_panics(text in "(steps|inputs|len|default|[a-z]|[0-9]|[.()\\[\\]!=<>&|'\",-]| ){0,30}") {
            let _ = parse(&text);
        }
    }
}
