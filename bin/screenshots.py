#!/usr/bin/env python3
"""Makes the pictures of the README anew:  docs/img/public.png and docs/img/run.png

From a portal of its own in a folder that is thrown away: the demo county as it is right after loading.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright
from prepare import ROOT, chromium

IMAGES = ROOT / "docs" / "img"
SIZE = ViewportSize(width=1280, height=860)
LARGEST = 300_000  # bytes; the README is read on phones too


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address: str, web: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(address, timeout=2)
            return
        except OSError:
            if web.poll() is not None:
                break
            time.sleep(0.2)
    sys.exit(f"{address} does not answer")


def keep(page: Page, name: str) -> None:
    """Writes the picture with 256 colours: a third of the size, the same to the eye."""
    page.wait_for_load_state("networkidle")
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    file = IMAGES / name
    picture.quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)
    if file.stat().st_size > LARGEST:
        sys.exit(f"{file} has {file.stat().st_size} bytes, more than {LARGEST}")
    print(f"{file.relative_to(ROOT)}  {file.stat().st_size // 1000} kB")


def take(address: str, password: str) -> None:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        page = browser.new_page(base_url=address, viewport=SIZE, locale="nb-NO", color_scheme="light")
        page.goto("/nb/al/")
        keep(page, "public.png")
        page.goto("/admin/login/")
        page.fill("[name=login]", "servicekontor@al.example")
        page.fill("[name=password]", password)
        page.click("main [type=submit]")
        page.wait_for_url("**/admin/")
        page.goto("/admin/welcome/letterrun/?state__exact=frozen")
        page.locator("#result_list a[href*='/letterrun/']").first.click()
        keep(page, "run.png")
        browser.close()


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="tilflytter-pictures.") as folder:
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        env = {**os.environ, "DATA_DIR": folder, "DATABASE_URL": "", "REDIS_URL": "", "SITE_URL": address}
        env["SECOND_FACTOR"] = "0"
        prove = ["letter_run", "3328", "2026Q3", "--here"]  # As a worker does within a minute.
        for words in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"], ["demo", "-v0"], prove):
            subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=env, check=True)
        gunicorn = [sys.executable, "-m", "gunicorn", "tilflytter.wsgi", "--bind", f"127.0.0.1:{port}"]
        web = subprocess.Popen([*gunicorn, "--no-control-socket", "--threads", "4"], cwd=ROOT, env=env)
        try:
            wait_for(f"{address}/healthz", web)
            take(address, (Path(folder) / "secrets" / "demo_password").read_text().strip())
        finally:
            web.terminate()
            web.wait()


if __name__ == "__main__":
    main()
