from __future__ import annotations

from service.domain.facts import COUNT, MONEY, PERCENT
from service.policy.book import Template
from service.policy.nodes import Node, Op
from service.wording.reasons import rendered

SCORE = Node(Op.REF, COUNT, value="client.hassle_score")
TARGET = Node(Op.REF, MONEY, value="decision.target")
TWENTY = Node(Op.LIT, PERCENT, value=2_000)


def test_facts_and_parameters_in_a_managers_units() -> None:
    template = Template(("Score ", SCORE, ": ", TWENTY, " of ", TARGET))
    env = {"client.hassle_score": 7, "decision.target": 120_000}
    assert rendered(template, "EUR")(env) == "Score 7: 20 % of 1,200.00 EUR"


def test_per_cent_signs_of_the_text_itself() -> None:
    assert rendered(Template(("100 % %s",)), "EUR")({}) == "100 % %s"
    assert rendered(Template(("5 % of ", SCORE)), "EUR")({"client.hassle_score": 7}) == "5 % of 7"
