use krake_domain::session::{Message, ToolUse};
use proptest::prelude::*;

use super::*;

/// Shapes are put together here, so that no scanner takes this file for a leak.
fn keys() -> Vec<(&'static str, String)> {
    let chance = "Q7fK2mVx9TbL4cRz8WnD1hYs6GpJ3uEa5oXi0BvCqNtM";
    let hex = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    vec![
        ("anthropic_key", format!("sk-ant-api03-{chance}{chance}-AA")),
        ("openrouter_key", format!("sk-or-v1-{hex}")),
        ("openai_key", format!("sk-proj-{chance}_{chance}")),
        ("openai_key", format!("sk-{chance}")),
        ("github_token", format!("ghp_{}", &chance[..36])),
        (
            "github_token",
            format!("github_pat_{}_{chance}{}", &chance[..22], &chance[..15]),
        ),
        ("gitlab_token", format!("glpat-{}", &chance[..20])),
        ("aws_key_id", format!("AKIA{}", "QW7XZ2LMNB4RTY5C")),
        ("google_key", format!("AIza{}", &chance[..35])),
        ("google_token", format!("ya29.{chance}")),
        ("slack_token", format!("xoxb-{}-{chance}", "736251849027")),
        (
            "slack_webhook",
            format!(
                "hooks.slack.com/services/T{}/B{}/{}",
                "0AB1CD2EF",
                "0GH3IJ4KL",
                &chance[..24]
            ),
        ),
        ("stripe_key", format!("sk_live_{}", &chance[..24])),
        ("webhook_secret", format!("whsec_{}", &chance[..32])),
        ("npm_token", format!("npm_{}", &chance[..36])),
        ("huggingface_token", format!("hf_{}", &chance[..34])),
        (
            "sendgrid_key",
            format!("SG.{}.{}", &chance[..22], &chance[..43]),
        ),
        (
            "telegram_token",
            format!("{}:AA{}", "736251849", &chance[..33]),
        ),
        (
            "age_key",
            format!(
                "AGE-SECRET-KEY-1{}",
                "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE"
            ),
        ),
        ("groq_key", format!("gsk_{chance}")),
        ("shopify_token", format!("shpat_{}", &hex[..32])),
        ("docker_token", format!("dckr_pat_{}", &chance[..27])),
        ("linear_key", format!("lin_api_{}", &chance[..40])),
    ]
}

fn kinds(text: &str) -> Vec<&'static str> {
    let (_, replaced) = redact(text, &Known::default());
    replaced.into_iter().map(|one| one.kind).collect()
}

#[test]
fn every_shape_is_found_in_prose_in_code_and_in_json() {
    for (kind, key) in keys() {
        for text in [
            key.clone(),
            format!("use {key} for this"),
            format!("export X={key}\n"),
            format!("{{\"env\":\"A=1\\n{key}\\nB=2\"}}"),
            format!("curl -H 'x-api-key: {key}' https://api.test"),
        ] {
            let (clean, replaced) = redact(&text, &Known::default());
            assert!(!clean.contains(&key), "{kind} in {text}");
            assert!(
                replaced.iter().any(|one| one.kind == kind),
                "{kind}: {replaced:?}"
            );
        }
    }
}

#[test]
fn a_token_is_the_same_for_the_same_secret_and_another_for_another() {
    let (_, key) = keys().swap_remove(3);
    let text = format!("first {key} then {key} and {}", key.replace("Q7", "Q8"));
    let (clean, replaced) = redact(&text, &Known::default());
    assert_eq!(replaced[0], replaced[1]);
    assert_ne!(replaced[0].token, replaced[2].token);
    assert!(replaced[0].token.starts_with("[secret:openai_key:"));
    // What was replaced is not found again.
    let replaced_before = [
        clean.as_ref(),
        "[secret:openai_key:1a27]",
        "x [secret:github_token:90b3] y",
    ];
    for text in replaced_before {
        assert_eq!(kinds(text), [""; 0], "{text}");
    }
}

#[test]
fn what_stands_near_a_key_word_is_found() {
    for (text, kind) in [
        (
            "AWS_SECRET_ACCESS_KEY=wJa1rXUt5FEMI7K2MDENGbPxRfiCYzq8Lm4Tn6Vb",
            "key",
        ),
        (
            "aws_secret_access_key = \"wJa1rXUt5FEMI7K2MDENGbPxRfiCYzq8Lm4Tn6Vb\"",
            "key",
        ),
        (
            "{\\\"client_secret\\\": \\\"8f3Kq0Zr7Ty2Wm5Xv9Bn\\\"}",
            "key",
        ),
        ("api-key: 'f4c1b2a98d7e6f5041c3a2b1d0e9f8a7'", "key"),
        ("DB_PASSWORD=Sommer-2026!", "password"),
        ("password: hunter2hunter", "password"),
        (
            "Authorization: Bearer 7fK2mVx9TbL4cRz8WnD1hYs6GpJ3",
            "bearer",
        ),
        (
            "postgres://app:t0ps3cr3tpw@db.internal:5432/app",
            "password",
        ),
        ("https://oauth2:9f86d081884c7d65@git.test/x.git", "password"),
    ] {
        assert_eq!(kinds(text), [kind], "{text}");
    }
}

#[test]
fn what_is_typed_sent_or_told_is_found() {
    let hex = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let short = &hex[..40];
    let typed = "Xk9mP2vL5nQ8wR3t";
    for (text, kind) in [
        (format!("SECRET_KEY_BASE={hex}{hex}"), "key"),
        (format!("secret_key_base: \"{hex}{hex}\""), "key"),
        (format!("API_TOKEN: {short}"), "token"),
        // A word before a colon is no value: what comes after it is.
        (format!("hex_token: API_TOKEN: {short}"), "token"),
        (format!("secret: PASSWORD={typed}"), "key"),
        (format!("Cookie: session={short}"), "cookie"),
        (
            format!("Cookie: theme=dark; sid={short}; lang=de"),
            "cookie",
        ),
        (
            format!("curl -H 'Cookie: session={short}' https://a.test"),
            "cookie",
        ),
        (
            format!("{{\\\"Cookie\\\": \\\"session={short}\\\"}}"),
            "cookie",
        ),
        (format!("Set-Cookie: id={short}; Path=/; Secure"), "cookie"),
        (format!("my new password is {typed}"), "password"),
        (
            format!("The password for staging is now `{typed}`."),
            "password",
        ),
        (format!("Das Passwort ist: {typed}"), "password"),
        (format!("Passwort: {typed}"), "password"),
        (format!("Das Kennwort lautet „{typed}“"), "password"),
        (format!("Kata sandi adalah {typed}"), "password"),
        (format!("הסיסמה היא {typed}"), "password"),
        ("the passphrase is t5-9k2m-x7q1-r8w4".to_owned(), "password"),
        (
            format!("curl -u admin:{} https://a.test", &typed[..14]),
            "password",
        ),
        (
            format!("curl -sSu 'admin:{typed}' https://a.test"),
            "password",
        ),
        (
            format!("curl https://a.test \\\n  --user admin:{typed}"),
            "password",
        ),
        (format!("mysql -u root -p{}", &typed[..12]), "password"),
        (
            format!("mysqldump -h db -uroot -p'{typed}' shop"),
            "password",
        ),
        (format!("sshpass -p {typed} ssh root@a.test"), "password"),
        (format!("Mailgun: key-{}", &hex[..32]), "mailgun_key"),
        (format!("MAILGUN_API_KEY=key-{}", &hex[..32]), "key"),
    ] {
        let (clean, _) = redact(&text, &Known::default());
        assert_eq!(kinds(&text), [kind], "{text}");
        assert!(
            !clean.contains(&typed[..12]) && !clean.contains(&hex[..32]),
            "{clean}"
        );
    }
}

#[test]
fn private_keys_are_found_whole_cut_and_escaped() {
    let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
    let (begin, end) = ("-----BEGIN RSA PRIVATE", "-----END RSA PRIVATE");
    for text in [
        format!("{begin} KEY-----\n{body}\n{body}\n{end} KEY-----\n"),
        format!("{{\"k\":\"{begin} KEY-----\\n{body}\\n{body}\\n{end} KEY-----\\n\"}}"),
        format!("{begin} KEY-----\n{body}\n{body}"),
    ] {
        let (clean, replaced) = redact(&text, &Known::default());
        assert_eq!(replaced.len(), 1, "{text}");
        assert!(!clean.contains("MIIE"), "{clean}");
    }
    assert_eq!(
        kinds(&format!("look for {begin} KEY----- and the end line")),
        [""; 0]
    );
}

#[test]
fn false_friends_are_left_alone() {
    let image = format!(
        "data:image/png;base64,{}",
        "iVBORw0KGgo/AIzaSyA1b2C3d4E5f6G7h8I9j0KlMnOpQrStUvWxY/".repeat(40)
    );
    let words = [
        "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
        "token 550e8400-e29b-41d4-a716-446655440000",
        "session_token: 550e8400-e29b-41d4-a716-446655440000",
        "AKIAIOSFODNN7EXAMPLE",
        "OPENAI_API_KEY=sk-your-key-here-please-replace-it",
        "OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxx",
        "api_key = os.environ[\"OPENAI_API_KEY\"]",
        "api_key: process.env.ANTHROPIC_API_KEY",
        "const token = getAccessTokenFromSession(request)",
        "let secret: Option<crate::secret::Known> = None;",
        "password: ${DB_PASSWORD}",
        "postgres://user:password@localhost/db",
        "postgres://user:${PASSWORD}@localhost/db",
        "the task-manager-for-everything-and-more-things",
        "risk-assessment-2026-report-final-version",
        "max_tokens: 4096, input_tokens: 1234567",
        "\"usage\":{\"input_tokens\":1000,\"cache_creation_input_tokens\":20000000000}",
        "keyword: concatenation-of-many-words",
        "integrity sha512-Q7fK2mVx9TbL4cRz8WnD1hYs6GpJ3uEa5oXi0BvCqNtM==",
        "src/secrets/token_store.rs:120",
        "the password is in the keychain",
        "https://example.org:8080/path@x",
        "\"tool_use_id\":\"toolu_01A09q90qw90lq917835lq9\"",
        "tokens: [\"alpha\", \"beta\"]",
        "shpat_ and dckr_pat_ and lin_api_ are how they begin",
        "cache key-9f86d081884c7d659a2feaa0c55ad015",
        "\"integrity\": \"sha1-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b\"",
        "checksum = \"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"",
        "Cookie: session=abc",
        "Cookie: theme=dark; lang=de",
        "the cookie is set: session=expired-after-one-day",
        "Set-Cookie: id=a3f; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Max-Age=2592000",
        "the password is wrong",
        "The password is incorrect, and the passphrase was changed yesterday",
        "the password is base64-encoded and the token is SHA-256",
        "the password is ${DB_PASSWORD}",
        "Das Passwort ist verschlüsselt, das Kennwort lautet anders",
        "Passwort: größenabhängig",
        "docker run -p 8080:8080 mysql",
        "docker run mysql:8 -p3306:3306",
        "mysql -u root -p",
        "mysql -u root -p shop_2026",
        "mysql -u root -p$DB_PASS -h db",
        "mysql -u root -p\"${MYSQL_ROOT_PASSWORD}\"",
        "mysql -pedantic",
        "curl -u user:$PASS https://a.test",
        "curl -u \"$USER:${PASS}\" https://a.test",
        "curl -u admin:password https://a.test",
        "curl -o out --user-agent=Mozilla:5a6b7c8d https://a.test",
        "curl -X POST -d name:abcdef1234 https://a.test",
        "git push -u origin:feature-2026",
        "sshpass -p \"$PASS\" ssh root@a.test",
        "sshpass -e ssh -p 2222 root@a.test",
        image.as_str(),
    ];
    for text in words {
        assert_eq!(kinds(text), [""; 0], "{text}");
    }
}

#[test]
fn every_kind_has_words_of_its_own() {
    let plain = in_words("something else");
    for kind in all_kinds().filter(|kind| *kind != "key") {
        assert_ne!(in_words(kind), plain, "{kind}");
    }
}

#[test]
fn known_values_are_found_wherever_they_stand_and_the_longer_one_wins() {
    let bound = |value: &str| Secret::new(value.into(), "https://a.example".parse().unwrap());
    let known = Known::new(["horse-battery", "correct-horse-battery", "short"].map(bound));
    let text = "say(correct-horse-battery) or horse-battery, in short";
    let (clean, replaced) = redact(text, &known);
    let [first, second] = &replaced[..] else {
        panic!("{replaced:?}");
    };
    assert_eq!(
        clean,
        format!("say({}) or {}, in short", first.token, second.token)
    );
    assert_ne!(first.token, second.token);
    assert_eq!(first.kind, "known");
    assert!(!format!("{known:?}").contains("horse"));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_or_loses_what_is_no_secret(text in "\\PC{0,200}") {
        let (clean, replaced) = redact(&text, &Known::default());
        if replaced.is_empty() {
            prop_assert_eq!(clean.as_ref(), text.as_str());
        }
    }

    #[test]
    fn keys_between_texts_of_any_kind_are_replaced(before in "\\PC{0,40}", after in "\\PC{0,40}", which in 0..keys().len()) {
        let (_, key) = keys().swap_remove(which);
        let text = format!("{before} {key} {after}");
        let (clean, _) = redact(&text, &Known::default());
        prop_assert!(!clean.contains(&key), "{}", clean);
    }
}

#[test]
fn originals_are_held_once_where_they_are_wanted_and_keys_of_accounts_never() {
    let own = "own-key-of-an-account-1f4e";
    let known = Known::new([Secret::new(
        own.to_owned(),
        "https://api.example.com".parse().unwrap(),
    )]);
    let (kind, key) = &keys()[0];
    let text = format!("{key} and {own}, again {key}");
    let mut cleaner = Cleaner::collecting(&known, Originals::wanted());
    let clean = cleaner.text(&text).into_owned();
    assert_eq!(cleaner.replaced.values().sum::<u32>(), 3);
    let held: Vec<Original> = cleaner.originals.into_iter().collect();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].kind, *kind);
    assert!(clean.contains(&held[0].token));
    let mut careless = Cleaner::new(&known);
    careless.text(&text);
    assert!(careless.originals.is_empty());
}

#[test]
fn what_is_too_long_to_be_held_is_counted() {
    let known = Known::default();
    let mut cleaner = Cleaner::collecting(&known, Originals::wanted());
    let body = "QmFzZTY0".repeat(10 << 10);
    cleaner.text(&format!(
        "-----BEGIN PRIVATE {}-----\n{body}\n-----END PRIVATE KEY-----",
        "KEY"
    ));
    assert_eq!(cleaner.replaced.values().sum::<u32>(), 1);
    assert_eq!(cleaner.originals.left_out, 1);
}

/// The code of the rules without comments and indents.
fn code_of_the_rules() -> String {
    let files = [
        include_str!("shape.rs"),
        include_str!("near.rs"),
        include_str!("friend.rs"),
        include_str!("spoken.rs"),
        include_str!("command_line.rs"),
        include_str!("kind.rs"),
    ];
    let lines = files.iter().flat_map(|file| file.lines()).map(str::trim);
    let code: Vec<&str> = lines.filter(|line| !line.starts_with("//")).collect();
    code.join("\n")
}

#[test]
fn whoever_changes_a_rule_thinks_of_what_is_stored_already() {
    let seen = (RULES, hash(&code_of_the_rules()).to_string());
    let (revision, code) = (
        1,
        "ddedc2af46d71df8b8a6ff6fb9435f5b781a638251a5ea758f71558fc54c1d4a",
    );
    assert_eq!(
        (seen.0, seen.1.as_str()),
        (revision, code),
        "the rules are not as they were. Where they find more than before, raise `RULES`, so that people \
         are told to have what is stored looked through once more; then put both here"
    );
}

#[test]
fn a_stored_message_gets_the_tokens_that_its_line_would_get() {
    let known = Known::default();
    let body = "Mk7fQ2mVx9TbL4cRz8WnD1hYs6GpJ3uEa5oXi0BvCqNtMk7fQ2mVx9TbL4cRz8Wn";
    let block = format!(
        "-----BEGIN PRIVATE {0}-----\n{body}\n-----END PRIVATE {0}-----",
        "KEY"
    );
    let mut message = Message {
        text: format!("use {} here:\n{block}", keys()[0].1),
        tool: Some(ToolUse {
            input: serde_json::json!({ "password": "Sommer-2026!", "user": "me" }),
            ..ToolUse::default()
        }),
        ..Message::default()
    };
    let line = serde_json::to_string(&message).unwrap();
    let mut import = Cleaner::new(&known);
    let read: Message = serde_json::from_slice(&import.bytes(line.as_bytes())).unwrap();
    let mut again = Cleaner::new(&known);
    assert!(again.stored(&mut message));
    assert_eq!(message, read);
    assert_eq!(again.replaced, import.replaced);
    assert_eq!(again.replaced.values().sum::<u32>(), 3);
    let clean = message.clone();
    assert!(!again.stored(&mut message), "once is enough");
    assert_eq!(message, clean);
}
