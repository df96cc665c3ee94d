"""The scenario without a screen: what the library says is to be shown."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chatcore import ChatClient
from chatcore.testing import ChatWorld
from chatcore.testing.frontend_scenario import FrontendScenario, Staged
from chatcore.testing.headless import Headless, WorldStage


async def headless(client: ChatClient) -> Headless:
    return Headless(client)


@asynccontextmanager
async def world_stage() -> AsyncIterator[WorldStage]:
    async with ChatWorld() as world:
        yield WorldStage(world, headless)


class TestHeadless(FrontendScenario):
    @pytest.fixture
    def staged(self) -> Staged:
        return world_stage()
