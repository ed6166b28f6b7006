"""The body of `POST /evaluate`: every field with its unit, range, default and meaning, and what must hold between them.

The one place where a fact of the request is declared (`vocabulary.py` reads it). It knows no policies and no HTTP.
"""

from __future__ import annotations

from schemas.fields import (
    MOST_MONEY,
    Choice,
    Count,
    Currency,
    Day,
    Days,
    Flag,
    Hours,
    Language,
    Moment,
    Money,
    Months,
    Percent,
    Text,
)  # fmt: skip
from schemas.shapes import Aggregate, ExtraFacts, ListOf, Part, Strict
from service.domain import quote
from service.domain.facts import COUNT, MONEY
from service.domain.money import EXPONENTS


class ClientSchema(Strict):
    builds = quote.Client
    id = Text("The caller's own id of the client.", longest=100)
    name = Text("The name to greet the client by.", optional=True)
    category = Choice("The client's category.", ("vip", "good", "regular", "other"), default="regular")
    relationship = Choice(
        "What the client seeks.", ("unknown", "seeker", "loyal", "exploiter", "one_off"), default="unknown"
    )
    months_active = Months("Months since the first order.", default=0)
    orders = Count("Orders so far.", maximum=10_000, default=0)
    average_monthly_payment = Money("What the client paid a month, on average of the active months.", default=0)
    late_payments = Count("Payments that came late.", default=0)
    overdue = Money("What is overdue now.", default=0)
    overdue_days = Days("Age of the oldest overdue amount.", default=0)
    exposure = Money("What the client owes or will owe for work already begun.", default=0)
    revenue_12m = Money("Revenue from the client in the last twelve months.", default=0)
    cost_12m = Money("Cost of the work and of serving the client in the last twelve months.", default=0)
    concessions_12m = Money("Everything given away to the client in the last twelve months.", default=0)
    days_since_last_order = Days("Days since the last order.", optional=True)
    running_contract = Flag("A contract with the client is running.")
    warning_recorded = Flag("A warning about the client's conduct is recorded.")


class LineSchema(Strict):
    builds = quote.Line
    description = Text("What is done, in words for the client.", longest=500)
    kind = Choice("What kind of work it is.", ("make", "support", "repair", "monitor"), default="make")
    cost = Money("What the line costs the firm.")
    fair_price = Money("What the line is fairly worth.")
    performer = Text("Who does it, in words for the client.", optional=True)
    format = Text("In what format it is delivered.", optional=True)
    includes = ListOf(Text("One thing included.", longest=500), "What the line includes, even the obvious.", most=50)


class OpenDetailSchema(Strict):
    builds = quote.OpenDetail
    name = Text("The detail that isn't known yet.")
    question = Text("The question that would settle it.", longest=500, optional=True)
    weight = Count("How much of the range's width hangs on it.", minimum=1, maximum=10, default=1)


class ExtraSchema(Strict):
    builds = quote.Extra
    description = Text("The extra, in words for the client.", longest=500)
    cost = Money("What the extra costs the firm.")
    price = Money("What the extra is fairly worth.")


class JobSchema(Strict):
    builds = quote.Job
    title = Text("The job's title, in words for the client.", optional=True)
    scope = Choice(
        "How mature the scope is.", ("complete", "detailed", "defined", "outline", "concept"), default="defined"
    )
    lines = ListOf(
        Part(LineSchema, "One piece of the work."),
        "The pieces of the work.",
        most=200,
        aggregates=(
            Aggregate("job.cost", "Cost of all lines.", MONEY, MOST_MONEY, "cost"),
            Aggregate("job.fair_price", "Fair price of all lines.", MONEY, MOST_MONEY, "fair_price"),
            Aggregate("job.line_count", "How many lines there are.", COUNT, 200),
            Aggregate("job.making_lines", "Lines that make something.", COUNT, 200, "kind", ("make",)),
            Aggregate(
                "job.support_lines", "Lines that support, repair or watch over something.", COUNT, 200,
                "kind", ("support", "repair", "monitor"),
            ),
        ),
    )  # fmt: skip
    open_details = ListOf(
        Part(OpenDetailSchema, "A detail not yet known."),
        "What is not yet known.",
        most=100,
        aggregates=(
            Aggregate("job.open_count", "How many details are open.", COUNT, 100),
            Aggregate("job.open_weight", "Weights of the open details together.", COUNT, 1_000, "weight"),
        ),
    )
    extras = ListOf(
        Part(ExtraSchema, "A small extra."),
        "Extras asked for beside the lines.",
        most=50,
        aggregates=(
            Aggregate("job.extras_count", "How many extras there are.", COUNT, 50),
            Aggregate("job.extras_cost", "Cost of all extras.", MONEY, MOST_MONEY, "cost"),
            Aggregate("job.extras_price", "Fair price of all extras.", MONEY, MOST_MONEY, "price"),
        ),
    )
    excludes = ListOf(Text("One thing not included.", longest=500), "What the price does not include.", most=50)
    taste_only = Flag("The wish is a matter of taste ('make it beautiful').")
    references = Count("Samples given of what the client likes.", default=0)
    novelty = Percent("Share of the result that rests on novel, unproven means.", default=0)
    duration_days = Days("How long the work takes.", minimum=1, default=5)
    deadline = Day(
        "When the client needs it.", optional=True, fact="deadline_days", counted="Days from as_of to the deadline."
    )


class EarlierRangeSchema(Strict):
    builds = quote.EarlierRange
    low = Money("Low end of the range named before.")
    high = Money("High end of the range named before.")
    scope_changed = Flag("The scope has changed since, and that is recorded.")


class DealSchema(Strict):
    builds = quote.Deal
    stage = Choice("How far the talk has come.", ("inquiry", "negotiation", "ready"), default="inquiry")
    budget = Money("The budget that the client named.", optional=True)
    asked_discount = Flag("The client asked for a discount.")
    asked_percent = Percent("The discount that the client asked for.", optional=True)
    closes_if_discounted = Flag("The client gave the word to sign if the discount is given.")
    sign_by = Day(
        "When the client would sign.", optional=True, fact="sign_by_days", counted="Days from as_of to the signing."
    )
    obstacle = Choice("What keeps the client from signing.", ("none", "no_funds", "hesitating"), default="none")
    competitor_price = Money("What the client says that others ask.", optional=True)
    half_hour_claim = Flag("The client says that it is half an hour's work.")
    prepays_in_full = Flag("The client offers to pay everything before work begins.")
    asks_credit = Flag("The client asks to pay after delivery.")
    spontaneous = Flag("A small purchase on the spur of the moment.")
    earlier = Part(EarlierRangeSchema, "The range named before for this job.", optional=True)


class SignalsSchema(Strict):
    builds = quote.Signals
    changed_decisions = Count("Decisions changed after they were made.", default=0)
    cancellations = Count("Orders cancelled or ordered anew.", default=0)
    scenes = Count("Scenes over trifles.", default=0)
    trifling_haggles = Count("Haggles over trifling sums.", default=0)
    draining_meetings = Count("Draining meetings.", default=0)
    teaching = Count("Times that the client set out to teach the firm its trade or to run its team.", default=0)


class HassleSchema(Strict):
    builds = quote.Hassle
    recent = Part(SignalsSchema, "Signals of the last six months.", defaulted=True)
    older = Part(SignalsSchema, "Signals of the eighteen months before.", defaulted=True)
    staff_rating = Count("How the staff rated the client: 0 easy to 5 exhausting.", maximum=5, default=0)


class FirmSchema(Strict):
    builds = quote.Firm
    strategy = Choice("The firm's strategy this season.", ("growth", "cash", "profit"), default="profit")
    backlog_days = Days("Days of work already sold.", default=10)
    clients = Count("Clients that the firm has.", maximum=100_000, default=30)
    monthly_turnover = Money("The firm's turnover a month.", default=0)
    earliest_start_days = Days("Days until the work could begin.", default=0)
    answer_hours = Hours("Hours that the work of answering takes.", default=0)


class DisputeSchema(Strict):
    builds = quote.Dispute
    amount = Money("What the dispute is about.")
    cost_to_pursue = Money("What it would cost to pursue it.")


class MistakeSchema(Strict):
    builds = quote.Mistake
    loss = Money("What the client lost by the firm's own mistake.")


class SaleSchema(Strict):
    builds = quote.Sale
    starts_on = Day("When the planned price cut begins.", fact="starts_in_days", counted="Days from as_of to the sale.")
    percent = Percent("How much the price will fall.")


class QuestionSchema(Strict):
    builds = quote.Question
    text = Text("A question that the client asked.", longest=1_000)
    answer = Text("Its answer, if it is known.", longest=4_000, optional=True)


class QuoteRequestSchema(Strict):
    builds = quote.QuoteRequest
    currency = Currency("The currency of all sums in the body.", EXPONENTS)
    language = Language("The client's language.", default="en")
    received_at = Moment("When the request came in; now, if left out.", optional=True)
    as_of = Day("The day whose policy and prices hold; that of received_at, if left out.", optional=True)
    known_at = Moment("The moment whose knowledge of releases holds; all that is known, if left out.", optional=True)
    policy_version = Text("The policy version that must be in force on that day.", longest=100, optional=True)
    client = Part(ClientSchema, "Who asks.")
    job = Part(JobSchema, "What is asked for.")
    deal = Part(DealSchema, "How the talk stands.", defaulted=True)
    hassle = Part(HassleSchema, "How hard the client is to work with.", defaulted=True)
    firm = Part(FirmSchema, "How the firm stands.", defaulted=True)
    dispute = Part(DisputeSchema, "A dispute with the client.", optional=True)
    mistake = Part(MistakeSchema, "The firm's own mistake.", optional=True)
    sale = Part(SaleSchema, "A price cut already planned.", optional=True)
    questions = ListOf(
        Part(QuestionSchema, "One question."),
        "What the client asked, in that order.",
        most=50,
        aggregates=(Aggregate("job.question_count", "How many questions the client asked.", COUNT, 50),),
    )
    extra = ExtraFacts("Facts that the book adds to the vocabulary, by name without `extra.`.", most=100)
