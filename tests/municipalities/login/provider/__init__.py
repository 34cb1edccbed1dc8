"""A real OpenID provider (django-oauth-toolkit) in a process of its own, that lies when it is told to."""

import json
import os
import subprocess
import sys
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

REPOSITORY = Path(__file__).resolve().parents[4]
TENANT = "11111111-2222-3333-4444-555555555555"
CLIENT, SECRET = "tilflytter", "en-hemmelighet"
KEYS = {"first": 2048, "second": 2048, "other": 2048, "short": 1024}


class Provider:
    """`say(...)` tells it what to do from now on:

    - claims: what the token says of the person, signed by the toolkit itself
    - patch, drop: claims that are changed in the finished token, which is then signed anew
    - sign: how: own, other (a key of the same name that is not published), none, hs256, unnamed
    - key, published: which key signs, and which are shown
    - discovery, token, keys: html, huge, slow, list, error: what that address answers instead
    - published_issuer, here_iss: what it calls itself in its discovery, and through the browser
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, bits in KEYS.items():
            key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
            (folder / f"{name}.pem").write_bytes(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
        self.reset()
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DJANGO", "DATABASE", "COV"))
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.municipalities.login.provider.serve"],
            cwd=REPOSITORY,
            env=clean | {"PROVIDER_FOLDER": str(folder), "PYTHONPATH": str(REPOSITORY)},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self.process.stdout.readline())

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}/o"

    def reset(self) -> None:
        self.told = {"claims": {}, "key": "first", "published": ["first"]}
        self._write()

    def say(self, **more) -> None:
        self.told |= more
        self._write()

    def _write(self) -> None:
        draft = self.folder / "control.draft"
        draft.write_text(json.dumps(self.told))
        draft.replace(self.folder / "control.json")

    @property
    def asked(self) -> list[str]:
        """The addresses that were asked for, in order."""
        log = self.folder / "asked.log"
        return log.read_text().split() if log.exists() else []

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
