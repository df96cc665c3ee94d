"""Frames on their way out: one write for each connection, in their order."""

from __future__ import annotations

from chatcore.host.mail import Mail
from chatcore.ports.transport import OutFrame
from tests.host.room import Ear

ONE, TWO, THREE = (OutFrame(data) for data in (b"one", b"two", b"three"))


def test_each_connection_gets_its_frames_in_order_in_one_write_when_the_mail_is_sent() -> None:
    mail, alice, bob, carol = Mail(), Ear(), Ear(), Ear()

    mail.add([alice, bob], ONE)
    mail.put(bob, TWO)
    mail.add([bob, alice], THREE)
    before = [*alice.writes, *bob.writes]
    mail.send()

    assert before == []
    assert (alice.writes, bob.writes, carol.writes) == ([[ONE, THREE]], [[ONE, TWO, THREE]], [])


def test_one_who_hears_of_it_in_another_way_is_passed_over() -> None:
    mail, alice, bob = Mail(), Ear(), Ear()

    mail.add([alice, bob], ONE, but=alice)
    mail.put(alice, TWO)
    mail.send()

    assert (alice.writes, bob.writes) == ([[TWO]], [[ONE]])
