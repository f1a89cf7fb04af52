//! The plans of the stories, and the ways in which their steps are made to fail.

use krake_domain::failure::FailureClass;

pub const UNEVEN: &str = "
name: uneven
steps:
  - { id: a, tool: wait, args: { ms: 100 } }
  - { id: b, tool: wait, args: { ms: 500 } }
  - { id: c, tool: wait, args: { ms: 500 }, needs: [a] }
  - { id: d, tool: wait, args: { ms: 100 }, needs: [b] }
  - { id: e, tool: wait, args: { ms: 50 }, needs: [c, d] }
";
pub const DIAMOND: &str = "
name: diamond
steps:
  - { id: root, tool: t.read }
  - { id: left, tool: t.pure, args: { x: '${{ steps.root.output.from }}' } }
  - { id: right, tool: t.read, args: { x: '${{ steps.root.output }}' } }
  - { id: join, tool: t.pure, args: { x: ['${{ steps.left.output.from }}', '${{ steps.right.output.from }}'] } }
";
pub const EFFECTS: &str = "
name: effects
steps:
  - { id: look, tool: t.read }
  - { id: send, tool: t.keyed, needs: [look] }
  - { id: book, tool: t.check, needs: [look] }
  - { id: mail, tool: t.unsafe, needs: [send] }
  - { id: note, tool: t.keyed, approval: always, needs: [book, mail] }
";
pub const BRANCHES: &str = "
name: branches
steps:
  - { id: a, tool: t.read, retry: { max: 1, backoff_ms: 10 } }
  - { id: b, tool: t.pure, needs: [a] }
  - { id: c, tool: t.check, needs: [b] }
  - { id: x, tool: t.read, on_error: continue }
  - { id: y, tool: t.pure, args: { v: '${{ default(steps.x.output, 0) }}' } }
  - { id: never, tool: t.pure, when: '${{ steps.y.output.from == \"z\" }}' }
  - { id: last, tool: t.pure, needs: [never, y] }
";
pub const EACH: &str = "
name: each
steps:
  - { id: a, tool: t.read, retry: { max: 1, backoff_ms: 10 } }
  - { id: b, tool: t.check, for_each: [x, y], when: '${{ item != \"y\" }}', args: { of: ['${{ item }}', '${{ steps.a.output }}'] } }
  - { id: c, tool: t.keyed, for_each: '${{ steps.b.output }}', args: { from: '${{ default(item.from, 0) }}' }, on_error: continue }
  - { id: mail, tool: t.unsafe, for_each: ['${{ steps.c.output[0].from }}'], args: { to: '${{ item }}' } }
  - { id: none, tool: t.unsafe, for_each: [] }
  - { id: last, tool: t.pure, args: { of: '${{ steps.mail.output }}' }, needs: [none] }
";
pub const WAYS: &str = "
name: ways
steps:
  - { id: a, tool: t.read, retry: { max: 1, backoff_ms: 10 }, alternatives: [{ tool: t.pure }, { tool: t.check, args: { n: 2 } }] }
  - { id: book, tool: t.check, alternatives: [{ tool: t.keyed }], needs: [a] }
  - { id: mail, tool: t.unsafe, retry: { max: 0 }, alternatives: [{ tool: t.unsafe, args: { x: '${{ steps.a.output }}' } }] }
";
pub const LIMITED: &str = "
name: limited
limits: { attempts: 2 }
steps:
  - { id: a, tool: t.read, retry: { max: 2, backoff_ms: 10 } }
  - { id: b, tool: t.check, needs: [a] }
  - { id: c, tool: t.keyed }
  - { id: d, tool: t.unsafe, needs: [c] }
  - { id: e, tool: wait, args: { ms: 50 }, needs: [b, d] }
";
pub const ASKING: &str = "
name: asking
steps:
  - { id: look, tool: t.read }
  - { id: which, tool: ask.user, args: { question: 'Take ${{ steps.look.output.from }}?', choices: [one, two] } }
  - { id: why, tool: ask.user, args: { question: Why? }, needs: [which] }
  - { id: send, tool: t.check, args: { x: '${{ steps.which.output.answer }}', y: '${{ steps.why.output.answer }}' } }
";
pub const COPING: &str = "
name: coping
steps:
  - { id: a, tool: t.read, on_error: ask }
  - { id: b, tool: t.check, args: { x: '${{ default(steps.a.output, 0) }}' }, on_error: ask }
  - { id: c, tool: t.unsafe, needs: [b], on_error: ask }
  - { id: d, tool: t.keyed, needs: [b], on_error: fail }
";
pub const ALLOWED: &str = "
name: allowed
steps:
  - { id: a, tool: t.asks }
  - { id: b, tool: t.asks, needs: [a] }
  - { id: c, tool: t.unsafe, needs: [b] }
";
/// Two lists of which no item can begin, and what needs both: it fails by itself.
pub const FAILING: &str = "
name: failing
steps:
  - { id: a, tool: t.pure, for_each: [1, 2], args: { x: '${{ item.nope }}' } }
  - { id: b, tool: t.check, for_each: [3], args: { x: '${{ item.nope }}' } }
  - { id: c, tool: t.pure, needs: [a, b] }
  - { id: d, tool: t.pure, needs: [c] }
";
/// Where a person is asked, or a limit stops it.
pub const GATES: [&str; 4] = [LIMITED, ASKING, COPING, ALLOWED];
pub const PLANS: [&str; 10] = [
    UNEVEN, DIAMOND, EFFECTS, BRANCHES, EACH, WAYS, LIMITED, ASKING, COPING, ALLOWED,
];
pub const CLASSES: [FailureClass; 10] = [
    FailureClass::RateLimited,
    FailureClass::Timeout,
    FailureClass::Unavailable,
    FailureClass::BadInput,
    FailureClass::NoAccess,
    FailureClass::NotFound,
    FailureClass::TargetChanged,
    FailureClass::Rejected,
    FailureClass::UnknownOutcome,
    FailureClass::Cancelled,
];
