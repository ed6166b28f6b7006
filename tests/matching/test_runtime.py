"""A runtime in use: disagreement, threads, closing under load, memory."""

import contextlib
import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from service.domain.facts import MONEY, PERCENT
from service.matching.compiled import second_opinion
from service.matching.engine import EngineClosed, EngineFault, Lanes
from service.matching.runtime import Runtime
from service.policy.program import BoundComputed, BoundGuardrail, BoundOption, Program
from tests.matching.programs import Template, bound, facts, node, program, rule, stage


def two_stages(threshold: int = 3) -> Program:
    price = stage(
        "price",
        [
            rule("hassle", f"client.orders >= {threshold}", markup="20", approvals="senior"),
            rule("long", "job.days > 30", markup="10"),
        ],
        [BoundComputed("decision.floor", MONEY, node("percent(job.cost, 20)", MONEY))],
    )
    when = node("decision.markup > 20 && 'senior' in decision.approvals")
    terms = stage("terms", [rule("all", "client.trusted", "terms", prepayment="25")])
    paid = bound("paid", when, [("prepayment", node("decision.markup", PERCENT))], "terms")
    return program(price, stage("terms", [*terms.rules, paid]))


def test_a_later_stage_reads_what_an_earlier_one_decided() -> None:
    runtime = Runtime(two_stages())
    matched = runtime.decide(facts(client_orders=3, job_days=31, job_cost=999))
    assert [r.id for r in matched.fired] == ["hassle", "long", "paid"]
    assert matched.env["decision.markup"] == 3_000
    assert matched.env["decision.prepayment"] == 3_000
    assert matched.env["decision.approvals"] == {"senior"}
    assert matched.env["decision.approvals:owner"] is False
    assert matched.env["decision.floor"] == 200
    assert matched.contributions == {
        "markup": (("hassle", 2_000), ("long", 1_000)),
        "approvals": (("hassle", "senior"),),
        "prepayment": (("paid", 3_000),),
    }
    runtime.close()


def test_rules_of_two_stages_with_one_condition_fire_together() -> None:
    price = stage("price", [rule("a", "!client.trusted", markup="20"), rule("b", "client.trusted", markup="10")])
    runtime = Runtime(program(price, stage("terms", [rule("c", "!client.trusted", "terms", prepayment="25")])))
    assert [r.id for r in runtime.decide(facts(client_trusted=False)).fired] == ["a", "c"]
    assert [r.id for r in runtime.decide(facts(client_trusted=True)).fired] == ["b"]
    runtime.close()


def test_matchers_at_odds_are_named_without_a_value() -> None:
    runtime = Runtime(two_stages(threshold=3), second_opinion(two_stages(threshold=4)))
    assert runtime.decide(facts(client_orders=4)).disagreement is None
    told = runtime.decide(facts(client_orders=3, job_cost=123_456)).disagreement
    assert told == (
        "only the engine fires hassle; different values of "
        "decision.approvals, decision.approvals:senior, decision.markup"
    )
    runtime.close()


def test_guardrails_and_options() -> None:
    p = program(
        stage("price", [rule("long", "job.days > 30", markup="10")]),
        guardrails=[BoundGuardrail("no-markup", "P1", node("decision.markup == 0"), Template(()))],
        options=[
            BoundOption("small", node("60", PERCENT), node("decision.markup > 0")),
            BoundOption("whole", node("max(decision.markup, 100)", PERCENT), node("true")),
        ],
    )
    runtime = Runtime(p)
    marked = runtime.decide(facts(job_days=31)).env
    assert [rail.id for rail in runtime.breaches(marked)] == ["no-markup"]
    assert [(option.id, share) for option, share in runtime.options(marked)] == [("small", 6_000), ("whole", 10_000)]
    assert runtime.breaches(runtime.decide(facts()).env) == ()
    runtime.close()


def test_eight_threads_get_their_own_answers() -> None:
    runtime = Runtime(program(stage("price", [rule(f"r{n:02}", f"client.orders == {n}") for n in range(60)])))

    def ask(thread: int) -> int:
        wrong = 0
        for turn in range(1_500):
            number = (thread * 7 + turn) % 60
            matched = runtime.decide(facts(client_orders=number))
            wrong += [r.id for r in matched.fired] != [f"r{number:02}"] or matched.disagreement is not None
        return wrong

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(8))) == 0
    runtime.close()


def test_a_closed_runtime_refuses_and_close_may_come_twice() -> None:
    runtime = Runtime(two_stages())
    runtime.decide(facts())
    runtime.close()
    runtime.close()
    with pytest.raises(EngineClosed):
        runtime.decide(facts())


def test_closing_waits_for_evaluations_under_way() -> None:
    runtime = Runtime(two_stages())
    lanes: Lanes = runtime._lanes
    lane = lanes.borrow()
    runtime.close()
    assert not lanes.disposed
    lanes.give_back(lane)
    assert lanes.disposed


def until_closed(runtime: Runtime, started: threading.Barrier, unexpected: list[str]) -> None:
    started.wait()
    with contextlib.suppress(EngineClosed):
        while True:
            matched = runtime.decide(facts(client_orders=3))
            if matched.disagreement is not None:
                unexpected.append(matched.disagreement)


def test_closing_under_eight_busy_threads() -> None:
    for _ in range(20):
        runtime = Runtime(two_stages())
        started = threading.Barrier(9)
        unexpected: list[str] = []

        threads = [threading.Thread(target=until_closed, args=(runtime, started, unexpected)) for _ in range(8)]
        for thread in threads:
            thread.start()
        started.wait()
        runtime.close()
        for thread in threads:
            thread.join()
        assert runtime._lanes.disposed
        assert unexpected == []


def test_the_last_reference_frees_the_engine() -> None:
    runtime = Runtime(two_stages())
    lanes = runtime._lanes
    runtime.decide(facts())
    del runtime
    gc.collect()
    assert lanes.disposed


def test_a_fault_of_the_engine_leaves_the_next_evaluation_right() -> None:
    runtime = Runtime(two_stages())
    lane = runtime._lanes.borrow()
    with pytest.raises(EngineFault):
        lane.matched(0, ',"f0":1,,')
    runtime._lanes.give_back(lane)
    assert [r.id for r in runtime.decide(facts(client_orders=3)).fired] == ["hassle"]
    runtime.close()


def resident() -> int:
    """In KB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads /proc")
def test_memory_stays_flat_over_builds_and_evaluations() -> None:
    p = two_stages()
    given = facts(client_orders=3, job_days=31)

    def build(times: int) -> None:
        for _ in range(times):
            runtime = Runtime(p)
            runtime.decide(given)
            runtime.close()

    build(50)
    before = resident()
    build(300)
    runtime = Runtime(p)
    for _ in range(10_000):
        runtime.decide(given)
    runtime.close()
    # One ruleset left behind is 560 KB: 300 of them would be 160 MB.
    assert resident() - before < 8_000
