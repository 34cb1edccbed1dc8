#!/usr/bin/env python3
"""Runs a command so that a stop reaches only its first process:  bin/gently.py celery … worker

Honcho stops a whole process group. A Celery worker whose children are stopped beside it can wait for
them for ever; stopped alone it lets them finish and goes. What has not gone in time is killed, all of it.
"""

import contextlib
import os
import signal
import subprocess
import sys
from types import FrameType

SECONDS_TO_GO = 15


def main() -> int:
    command = subprocess.Popen(sys.argv[1:], start_new_session=True)

    def stop(signum: int, frame: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            command.terminate()
        signal.alarm(SECONDS_TO_GO)

    def kill(signum: int, frame: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(command.pid, signal.SIGKILL)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGALRM, kill)
    status = command.wait()
    kill(0, None)  # Children that outlived their parent.
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main())
