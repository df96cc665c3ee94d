"""The directory: without holes, whatever order users are heard of in."""

from hypothesis import given
from hypothesis import strategies as st

from chatcore import User, UserId
from chatcore.client.directory import Directory

USERS = [User(UserId(f"{number:016x}"), f"User{number}", number) for number in range(1, 7)]


def test_the_next_user_is_taken_an_older_one_passed_over_and_a_later_one_left_to_the_pull() -> None:
    directory = Directory()
    one, two, three = USERS[:3]

    taken = [directory.add([one]), directory.add([three]), directory.add([one, two])]

    assert taken == [[one], [], [two]]
    assert directory.users == [one, two]


@given(st.lists(st.lists(st.sampled_from(USERS), max_size=4), max_size=12))
def test_whatever_comes_the_directory_has_no_holes(arrivals: list[list[User]]) -> None:
    directory = Directory()

    for users in arrivals:
        directory.add(users)

    assert directory.users == USERS[: len(directory)]


def test_it_is_complete_when_everybody_is_here_that_was_heard_of() -> None:
    directory = Directory()
    seen = [directory.is_complete]

    directory.hear(2)
    directory.hear(1)
    seen.append(directory.is_complete)
    directory.add(USERS[:1])
    seen.append(directory.is_complete)
    directory.add(USERS[1:2])
    seen.append(directory.is_complete)

    assert seen == [True, False, False, True]


def test_users_are_found_by_id_and_by_name_in_any_case() -> None:
    directory = Directory()
    directory.add(USERS)

    assert directory.get(USERS[2].id) == directory.named("uSER3") == USERS[2]
    assert directory.get(UserId("f" * 16)) is None
    assert directory.named("nobody") is None
