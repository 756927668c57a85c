"""What is left of avoirs, asked in one place: what payments used of them (reversed ones give it back), and what was withdrawn otherwise."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, func, select

from models import tables as t


def not_reversed(payment_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Say, in a query, that a payment was not reversed."""
    return ~exists().where(t.reversal.c.payment_id == payment_id)


def used_cents() -> ColumnElement[int]:
    """Return, in a query over `avoir`, what payments that stand used of it, in cents."""
    use = t.avoir_use.c
    return (
        select(func.coalesce(func.sum(use.amount_cents), 0))
        .where(use.avoir_id == t.avoir.c.id, not_reversed(use.payment_id))
        .scalar_subquery()
    )


def withdrawn_cents() -> ColumnElement[int]:
    """Return, in a query over `avoir`, what a reversal or a refund took from it, in cents."""
    taken = t.avoir_withdrawal.c
    return (
        select(func.coalesce(func.sum(taken.amount_cents), 0)).where(taken.avoir_id == t.avoir.c.id).scalar_subquery()
    )


def left_cents() -> ColumnElement[int]:
    """Return, in a query over `avoir`, what is left of it, in cents: never negative."""
    return t.avoir.c.amount_cents - used_cents() - withdrawn_cents()
