"""A chat behind uvicorn, told what chatcore-server is told: `python -m benchmarks.asgi_server --db FILE --port N`."""

from __future__ import annotations

import asyncio
import sys

import click
import uvicorn

import chatcore
import chatcore.asgi


@click.command()
@click.option("--db", required=True)
@click.option("--port", type=int, required=True)
@click.option("--password-cost", default="normal")
@click.option("--throttling", type=click.Choice(["off"]), expose_value=False)
def main(db: str, port: int, password_cost: str) -> None:
    """Serve until SIGTERM."""
    asyncio.run(_serve(chatcore.Chat(db, password_cost=password_cost, throttles=chatcore.Throttles.off()), port))


async def _serve(chat: chatcore.Chat, port: int) -> None:
    config = uvicorn.Config(chatcore.asgi.app(chat), port=port, ws="websockets-sansio", log_level="warning")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started and not running.done():
        await asyncio.sleep(0.01)
    taken = server.servers[0].sockets[0].getsockname()[1]
    sys.stdout.write(f"listening on ws://127.0.0.1:{taken}\n")
    sys.stdout.flush()
    await running


if __name__ == "__main__":
    main()
