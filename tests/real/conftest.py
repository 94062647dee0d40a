"""Real markets, loaded once a run by the program as a person would load them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from asking import loaded
from commands import Command, command_in
from once import once

REGISTERS = ("charity-lookups", "nhs-org-lists", "uk-gov-registers", "uk-local-authorities")


@pytest.fixture(scope="session")
def notices_folder(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a workspace of drug and alcohol awards alone."""
    awards = shared / "data/uk-contracts-finder-csv/drug_alcohol_services_2021_2024.csv.gz"
    return once(tmp_path_factory, "notices", lambda folder: loaded(folder, awards))


@pytest.fixture(scope="session")
def registered_folder(
    shared: Path, notices_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Give a workspace of the same awards beside four sets of registers."""

    def make(folder: Path) -> None:
        shutil.copytree(notices_folder, folder, dirs_exist_ok=True)
        loaded(folder, *(shared / "data" / name for name in REGISTERS))

    return once(tmp_path_factory, "registered", make)


@pytest.fixture(scope="session")
def notices(notices_folder: Path) -> Command:
    """Give the program in the market of awards alone."""
    return command_in(notices_folder)


@pytest.fixture(scope="session")
def registered(registered_folder: Path) -> Command:
    """Give the program in the market of awards beside registers."""
    return command_in(registered_folder)


@pytest.fixture(scope="session")
def gcloud(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Command:
    """Give the program in a market of payments: sales through one framework."""
    sales = shared / "data/uk-gcloud-sales-2012-2014/sales.csv.gz"
    return command_in(once(tmp_path_factory, "gcloud", lambda folder: loaded(folder, sales)))


@pytest.fixture(scope="session")
def homes(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Command:
    """Give the program in a market of provision: five yearly lists, and who joined and left."""
    folder = shared / "data/ofsted-childrens-social-care"
    lists = sorted(folder.glob("providers_*.csv.gz"))
    files = [*lists, folder / "home_entry_exit.csv.gz"]
    return command_in(once(tmp_path_factory, "homes", lambda made: loaded(made, *files)))
