"""The tests that every storage passes: inherit, give a fixture `storage`, get the tests."""

from __future__ import annotations

from .storage_accounts import AccountsContract
from .storage_commits import CommitsContract
from .storage_generations import GenerationsContract
from .storage_happenings import HappeningsContract
from .storage_invitations import InvitationsContract
from .storage_jobs import JobsContract
from .storage_joining import JoiningContract
from .storage_marks import MarksContract
from .storage_pages import PagesContract
from .storage_posts import PostsContract
from .storage_refusals import RefusalsContract
from .storage_sessions import SessionsContract
from .storage_tokens import TokensContract
from .storage_users import UsersContract


class StorageContract(
    PostsContract,
    RefusalsContract,
    CommitsContract,
    MarksContract,
    JoiningContract,
    PagesContract,
    AccountsContract,
    UsersContract,
    SessionsContract,
    InvitationsContract,
    TokensContract,
    GenerationsContract,
    HappeningsContract,
    JobsContract,
):
    """What the port `chatcore.ports.storage.Storage` promises, as tests for pytest with pytest-asyncio.

    Inherit in a class whose name begins with `Test`, and override

    - the fixture `storage`, which gives an open and empty storage,
    - `reopen`, where what is stored outlives the object: it closes the storage and opens the same data again,
    - `seed`, which puts messages into the log as they are; without it the tests that need it are skipped.
    """
