"""What `websockets` costs alone: it echoes on /echo, broadcasts to everybody on /broadcast, and nothing else."""

from __future__ import annotations

import argparse
import asyncio

from websockets.asyncio.server import ServerConnection, broadcast, serve

try:
    from uvloop import new_event_loop
except ImportError:
    from asyncio import new_event_loop  # type: ignore[assignment]


async def _serve(port: int) -> None:
    everybody: set[ServerConnection] = set()

    async def handle(connection: ServerConnection) -> None:
        everybody.add(connection)
        is_echo = connection.request is not None and connection.request.path == "/echo"
        try:
            async for message in connection:
                if is_echo:
                    await connection.send(message)
                else:
                    broadcast(everybody, message)
        finally:
            everybody.discard(connection)

    async with serve(handle, "127.0.0.1", port, compression=None, backlog=1024) as server:
        print(f"listening on ws://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    options, _ = parser.parse_known_args()  # those of chatcore-server mean nothing here
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(options.port))
