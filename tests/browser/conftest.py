"""One JupyterLab and one Chromium for all browser tests; a page for each module that asks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from lab import CHROMIUM_FLAGS, Lab, chromium, jupyterlab

# What notebooks import. It registers backends, so no test does.
MODULES = ("rings.py", "soft_picture.py")


def notebook_folder(make: pytest.TempPathFactory, name: str) -> Path:
    root = make.mktemp(name)
    for module in MODULES:
        (root / module).write_text((Path(__file__).parent / module).read_text())
    return root


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    root = notebook_folder(tmp_path_factory, "notebooks")
    with jupyterlab(root, tmp_path_factory.mktemp("jupyter")) as address:
        yield address, root


@pytest.fixture(scope="session")
def server_without_subshells(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    root = notebook_folder(tmp_path_factory, "notebooks-without-subshells")
    settings = {"@jupyterlab/apputils-extension:kernels-settings": {"commsOverSubshells": "disabled"}}
    with jupyterlab(root, tmp_path_factory.mktemp("jupyter-without-subshells"), settings) as address:
        yield address, root


def open_page(
    browser: Any, server: tuple[str, Path], *, width: int = 1400, height: int = 1000, ratio: float = 1
) -> Lab:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=ratio,
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    return Lab(page, *server)


@pytest.fixture(scope="module")
def lab(browser: Any, server: tuple[str, Path]) -> Iterator[Lab]:
    lab = open_page(browser, server)
    yield lab
    lab.page.context.close()


@pytest.fixture(scope="module")
def lab_without_subshells(browser: Any, server_without_subshells: tuple[str, Path]) -> Iterator[Lab]:
    lab = open_page(browser, server_without_subshells)
    yield lab
    lab.page.context.close()
