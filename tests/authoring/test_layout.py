"""How a file looks after `fmt`, by texts written by hand."""

from __future__ import annotations

import pytest

from service.authoring.formatting import format_file

RULES = """\
# The file's own words.
rules:
- when: a > 1   # beside the condition
  # above the id
  id: first
  practice: P1
  then: {discount: "0 %"}
  reason: 'Because'
  # the first rule ends
# above the second
- {id: second, practice: P1, when: "true", then: {decline: true}, reason: "Say: so"}


- id: third
  priority: 10
  practice: P1
  when: client.part_with && client.hassle_score >= params.part_from && client.category != "other" \
&& client.is_too_long_for_one_line
  then: {decline: true}
  reason: "{client.hassle_score} points"
  # - id: a rule put aside
  #   practice: P1
stage: price
# The end.
"""

RULES_LAID_OUT = """\
# The file's own words.
stage: price

rules:
  # above the id
  - id: first
    practice: P1
    when: a > 1 # beside the condition
    then: {discount: "0 %"}
    reason: Because
    # the first rule ends

  # above the second
  - {id: second, practice: P1, when: "true", then: {decline: true}, reason: "Say: so"}

  - id: third
    practice: P1
    priority: 10
    when: >-
      client.part_with
      && client.hassle_score >= params.part_from
      && client.category != "other"
      && client.is_too_long_for_one_line
    then: {decline: true}
    reason: "{client.hassle_score} points"
    # - id: a rule put aside
    #   practice: P1
# The end.
"""

PARAMETERS = """\
parameters:
    late_fee: {meaning: "What a client pays who is late with a sum that is worth speaking of at all.", type: money,
        practice: T3, values: {2027-01-01: "60.00", 2026-01-01: '50.00'}}   # ask Anna
    # Only since last year.
    trust:
        values: # dated
            2026-01-01: 6
        meaning: Months
        practice: T2
        type: months
rates:
    USD: {
        2027-01-01: '1.10', # a guess
        2026-01-01: '1.08' }
"""

PARAMETERS_LAID_OUT = """\
parameters:
  late_fee: {type: money, practice: T3, values: {2026-01-01: "50.00", 2027-01-01: "60.00"},
    meaning: What a client pays who is late with a sum that is worth speaking of at all.} # ask Anna
  # Only since last year.
  trust:
    type: months
    practice: T2
    values: # dated
      2026-01-01: 6
    meaning: Months

rates:
  USD:
    2026-01-01: "1.08"
    2027-01-01: "1.10" # a guess
"""

WORDING = """\
summary: {range: "From {low} to {high}"}
long: 'Thank you for asking us. We take on work only where we can answer for every step of it, \
and we have read all of it.'
longer: >-
  Thank you for asking us. We take on work only where we can answer for every step of it, and we have read all of it
  with care.
two_lines: |-
  Dear all,
  hello
no: 'on'
"""

WORDING_LAID_OUT = """\
summary: {range: "From {low} to {high}"}

long: >-
  Thank you for asking us. We take on work only where we can answer for every step of it, and we have read all of it.

longer: >-
  Thank you for asking us. We take on work only where we can answer for every step of it, and we have read all of it
  with care.

two_lines: >-
  Dear all,

  hello

"no": "on"
"""


TABLE = """\
tables:
- rows:
  - [b, '[3..6)', -, '10 %', Why not]  # kept in order
  - [a, < 3, '-', 0, no]
  columns: [id, client.x, client.z, -> markup, reason]
  hit: first
  practice: P3
  id: ladder
"""

TABLE_LAID_OUT = """\
tables:
  - id: ladder
    practice: P3
    hit: first
    columns: [id, client.x, client.z, "-> markup", reason]
    rows:
      - [b, "[3..6)", "-", "10 %", Why not] # kept in order
      - [a, "< 3", "-", 0, "no"]
"""


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("price.yaml", RULES, RULES_LAID_OUT),
        ("parameters.yaml", PARAMETERS, PARAMETERS_LAID_OUT),
        ("messages/en.yaml", WORDING, WORDING_LAID_OUT),
        ("price.yaml", TABLE, TABLE_LAID_OUT),
        ("price.yaml", "# only words\n", "# only words\n"),
        ("price.yaml", "\ufeffstage:   price\r\n\r\n\r\nrules: []   # none\r\n", "stage: price\n\nrules: [] # none\n"),
        ("price.yaml", "--- # begins\nstage: price\n...\n# ends\n", "# begins\nstage: price\n# ends\n"),
        ("price.yaml", "rules:\n- # odd\n  id: a\n-\n  id: b\n", "rules:\n  # odd\n  - id: a\n  - id: b\n"),
        ("price.yaml", "derive:\n  a: # one\n    # two\n    type: bool # three\n", None),
        ("price.yaml", "derive: {a: 1, # one\n  b: 2 # two\n  # three\n  } # four\n",
         "derive: # four\n  a: 1 # one\n  b: 2 # two\n  # three\n"),
        ("price.yaml", "derive:\n  a: >- # one\n    b\n\n    c\n  # two\n", None),
    ],
)  # fmt: skip
def test_layout(file: str, text: str, expected: str | None) -> None:
    """None: as it is."""
    assert format_file(file, text.encode()) == ((expected or text).encode(), [])


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"rules: [", "bad-yaml"),
        (b"a: &x 1\nb: *x\n", "yaml-alias"),
        (b"a: 1\na: 2\n", "duplicate-key"),
        (b"a: \xff\n", "bad-yaml"),
        ("a: b # c\u2028d: e\n".encode(), "bad-yaml"),
    ],
)
def test_what_cannot_be_read_is_left_alone(raw: bytes, code: str) -> None:
    same, findings = format_file("price.yaml", raw)
    assert same == raw
    assert findings[0].code == code
