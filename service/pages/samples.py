"""Requests that a page offers to begin with, as its form writes them."""

from __future__ import annotations

from collections.abc import Mapping

SAMPLES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "website": (
        "A website, the scope still open",
        {
            "client.id": "c-204", "client.name": "Ann", "client.months_active": "8", "job.title": "Website",
            "job.scope": "outline", "job.lines.0.description": "Design and pages", "job.lines.0.cost": "1400",
            "job.lines.0.fair_price": "3000", "job.open_details.0.name": "texts", "job.open_details.0.weight": "3",
            "job.open_details.1.name": "languages", "job.open_details.1.weight": "2", "deal.budget": "2800",
        },
    ),
    "discount": (
        "A video; a discount would close it",
        {
            "client.id": "c-1004", "client.name": "Laura Ilves", "job.title": "the video about your bakery",
            "job.scope": "detailed", "job.lines.0.description": "Script", "job.lines.0.cost": "700",
            "job.lines.0.fair_price": "1200", "job.lines.1.description": "One day of shooting",
            "job.lines.1.cost": "1500", "job.lines.1.fair_price": "2500", "deal.stage": "negotiation",
            "deal.asked_discount": "on", "deal.asked_percent": "10", "deal.closes_if_discounted": "on",
        },
    ),
    "difficult": (
        "A client who is hard to work with",
        {
            "client.id": "c-310", "job.title": "Brochure", "job.scope": "detailed",
            "job.lines.0.description": "Layout of 24 pages", "job.lines.0.cost": "900",
            "job.lines.0.fair_price": "2000", "hassle.recent.changed_decisions": "32", "hassle.staff_rating": "2",
        },
    ),
}  # fmt: skip
"""By name: what it is, and its fields."""
