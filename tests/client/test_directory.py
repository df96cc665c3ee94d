"""The directory: without holes, whatever order facts are heard of in."""

from hypothesis import given
from hypothesis import strategies as st

from chatcore import User, UserId
from chatcore.client.directory import Directory

USERS = [User(UserId(f"{number:016x}"), f"User{number}", number, number) for number in range(1, 7)]
RENAMED = User(USERS[0].id, "Renamed", 1, 7)


def test_the_next_fact_is_taken_an_older_one_passed_over_and_a_later_one_left_to_the_pull() -> None:
    directory = Directory()
    one, two, three = USERS[:3]

    taken = [directory.tell(one), directory.tell(three), directory.tell(one), directory.tell(two)]

    assert taken == [[(one, "new")], [], [], [(two, "new")]]
    assert directory.users == [one, two]
    assert not directory.is_complete


@given(st.lists(st.sampled_from([*USERS, RENAMED]), max_size=12))
def test_whatever_comes_the_directory_has_no_holes(arrivals: list[User]) -> None:
    directory = Directory()

    for user in arrivals:
        directory.tell(user)

    assert [user.id for user in directory.users] == [user.id for user in USERS[: len(directory)]]
    assert directory.is_complete == (directory.upto == max((user.fact for user in arrivals), default=0))


def test_it_is_complete_when_every_fact_is_here_that_was_heard_of() -> None:
    directory = Directory()
    seen = [directory.is_complete]

    directory.hear(2)
    directory.hear(1)
    seen.append(directory.is_complete)
    directory.take(USERS[:1], 1)
    seen.append(directory.is_complete)
    directory.take(USERS[1:2], 2)
    seen.append(directory.is_complete)

    assert seen == [True, False, False, True]


def test_a_page_that_leaves_superseded_facts_out_completes_it_all_the_same() -> None:
    directory = Directory()
    directory.hear(7)

    directory.take(USERS[1:4], 4)
    directory.take([*USERS[4:], RENAMED], 7)

    assert directory.is_complete
    assert directory.users == [RENAMED, *USERS[1:]]


def test_who_is_known_otherwise_from_now_on_is_found_by_the_new_name_only() -> None:
    directory = Directory()
    directory.take(USERS, 6)

    assert directory.tell(RENAMED) == [(RENAMED, "changed")]

    assert directory.named("renamed") == directory.get(RENAMED.id) == directory.users[0] == RENAMED
    assert directory.named("User1") is None
    assert directory.take(USERS, 6) == []
    assert directory.users[0] == RENAMED


def test_users_are_found_by_id_and_by_name_in_any_case() -> None:
    directory = Directory()
    directory.take(USERS, 6)

    assert directory.get(USERS[2].id) == directory.named("uSER3") == USERS[2]
    assert directory.get(UserId("f" * 16)) is None
    assert directory.named("nobody") is None
