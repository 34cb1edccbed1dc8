"""What was counted since the last minute: lines that web processes add and one task takes away.

With Redis a list there; without, a file below DATA_DIR that each writer locks, so that several processes can add.
A process that stops, or is killed, leaves its lines where they are. What a crash of Redis or of the machine can
lose is what came since the last taking: a minute. Lines are taken before they are written to the database, so
that a crash in between loses them and never counts them twice.
"""

import fcntl
import logging
import os
from collections.abc import Sequence
from functools import lru_cache

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

KEY = "portal.counts"
MOST = 500_000  # Lines, some 40 bytes each; a day without workers must not fill the memory.
MOST_BYTES = 32 * 1024 * 1024
SECONDS = 0.3  # No reader waits longer for a count.

logger = logging.getLogger(__name__)


def add(line: str) -> None:
    """Never raises: a page that can't be counted is shown all the same."""
    try:
        if settings.REDIS_URL:
            redis = _redis()
            if redis.rpush(KEY, line) > MOST:
                redis.ltrim(KEY, -MOST, -1)
        else:
            _append([line])
    except (RedisError, OSError) as error:
        logger.warning("A page could not be counted: %s", type(error).__name__)


def take() -> list[str]:
    """Everything that was added; from now on nobody else gets it. Raises RedisError or OSError."""
    if settings.REDIS_URL:
        with _redis().pipeline(transaction=True) as both:
            both.lrange(KEY, 0, -1)
            both.delete(KEY)
            lines, _gone = both.execute()
        return [line.decode("utf-8", "replace") for line in lines]
    return _empty()


def give_back(lines: Sequence[str]) -> None:
    """They could not be written to the database; the next round takes them again."""
    if settings.REDIS_URL:
        for start in range(0, len(lines), 1000):
            _redis().rpush(KEY, *lines[start : start + 1000])
    else:
        _append(lines)


@lru_cache(maxsize=4)
def _client(location: str) -> Redis:
    return Redis.from_url(location, socket_timeout=SECONDS, socket_connect_timeout=SECONDS)


def _redis() -> Redis:
    return _client(settings.CACHES["default"]["LOCATION"])


def _file() -> int:
    return os.open(settings.DATA_DIR / "counts", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)


def _append(lines: Sequence[str]) -> None:
    file = _file()
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file).st_size < MOST_BYTES:
            os.write(file, "".join(f"{line}\n" for line in lines).encode())
    finally:
        os.close(file)  # Gives the lock back too.


def _empty() -> list[str]:
    file = _file()
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = os.fstat(file).st_size
        content = b""
        while len(content) < size and (more := os.pread(file, size - len(content), len(content))):
            content += more
        os.ftruncate(file, 0)
    finally:
        os.close(file)
    return content.decode("utf-8", "replace").splitlines()
