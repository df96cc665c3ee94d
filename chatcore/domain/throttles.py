"""Throttles: how fast who may do what costs others something, as whoever runs a chat sets it."""

from __future__ import annotations

from typing import Self

import attrs

from .rates import ANY, Rate

_is_rate = attrs.validators.instance_of(Rate)
_is_count = (attrs.validators.instance_of(int), attrs.validators.ge(1))


@attrs.frozen(kw_only=True)
class Throttles:
    """How fast who may do what costs others something. What is beyond that is refused with `slow_down`.

    A client waits as long as that says, and tries again by itself.
    """

    posts: Rate = attrs.field(default=Rate(50, 500), validator=_is_rate)
    "Posts of one user, over all their connections."
    reads: Rate = attrs.field(default=Rate(200, 2_000), validator=_is_rate)
    "What one user asks, by its cost: 1 for a number or marks, 2 to 5 for a page, 20 to come in."
    registrations: Rate = attrs.field(default=Rate(5, 200), validator=_is_rate)
    "Accounts that are made, in all."
    registrations_per_address: Rate = attrs.field(default=Rate(100 / 3600, 100), validator=_is_rate)
    "Accounts that are made from one address."
    guesses: int = attrs.field(default=5, validator=_is_count)
    "Log-ins that may fail from one address with one account; then one waits 1 s, 2 s, 4 s and so on for the next."
    longest_wait: float = attrs.field(default=60.0, validator=attrs.validators.ge(0))
    "The longest of these waits, in seconds."
    guesses_per_address: Rate = attrs.field(default=Rate(30 / 3600, 30), validator=_is_rate)
    "Log-ins that may fail from one address, with whatever accounts."
    guesses_per_account: Rate = attrs.field(default=Rate(100 / 3600, 100), validator=_is_rate)
    "Log-ins that may fail with one account. Then an address from which nobody knew its password has one guess."
    hashes: int = attrs.field(default=256, validator=_is_count)
    "Passwords that wait to be looked at. Of more, one of whoever has most of them is told `busy`."

    @classmethod
    def off(cls) -> Self:
        """Return throttles that count nothing: for tests and measurements."""
        return cls(
            posts=ANY,
            reads=ANY,
            registrations=ANY,
            registrations_per_address=ANY,
            guesses=2**31,
            guesses_per_address=ANY,
            guesses_per_account=ANY,
        )
