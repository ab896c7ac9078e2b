"""`python -m kiosk.devices.bench`: host the simulated devices of a settings file, and steer them from a shell."""

from __future__ import annotations

import asyncio
import signal
import sys

from kiosk.configfile import ConfigFileError
from kiosk.devices.bench.arguments import parse, say
from kiosk.devices.bench.client import BenchClient, BenchError
from kiosk.devices.bench.host import Bench
from kiosk.devices.bench.messages import control_socket_path
from kiosk.settings import Settings, load_settings

EXIT_FAILED = 1


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0, or 1 when the bench does not run or refuses (said on standard error)."""
    options = parse(arguments)
    try:
        settings = load_settings(options.config)
        if options.act is None:
            asyncio.run(_serve(settings))
        else:
            with BenchClient(control_socket_path(settings)) as client:
                options.act(client, options)
    except (BenchError, ConfigFileError) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_FAILED
    return 0


async def _serve(settings: Settings) -> None:
    """Until SIGTERM or SIGINT. One line on standard output when all is up."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    bench = Bench(settings)
    try:
        await bench.start()
        ports = ", ".join(f"{s.name} at {s.port}" for s in settings.simulator)
        say(f"ready: {ports or 'no simulators'}; control socket {control_socket_path(settings)}")
        await stop.wait()
    finally:
        await bench.stop()


if __name__ == "__main__":
    sys.exit(main())
