"""Lets a client's own tests talk to a hub of ours. It is put beside a copy of them, which never enters the project."""

import functools
import os
import pathlib
from typing import Protocol

import pytest
from huggingface_hub import HfApi, RepoUrl

from . import testing_constants, testing_utils

endpoint = os.environ["HF_ENDPOINT"]
production = pytest.mark.production

testing_constants.ENDPOINT_STAGING = endpoint
for name in ("TOKEN", "USER", "OTHER_TOKEN", "OTHER_USER", "ENTERPRISE_TOKEN", "ENTERPRISE_USER", "ENTERPRISE_ORG"):
    setattr(testing_constants, name, os.environ[name])
# Older tests have a decorator of their own for those that need the public hub
testing_utils.with_production_testing = production


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "production: needs the public hub")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what is listed, and says which lines of the list found something."""
    lines = pathlib.Path(os.environ["LEFT_OUT"]).read_text().splitlines()
    listed = {line for line in lines if line and not line.startswith("#")}
    found = {item: listed.intersection(names_of(item)) for item in items}
    config.hook.pytest_deselected(items=[item for item in items if found[item]])
    items[:] = [item for item in items if not found[item]]
    pathlib.Path(os.environ["FOUND"]).write_text("\n".join(set().union(*found.values())))


def names_of(item: pytest.Item) -> list[str]:
    """`test_file.py::Class::test` and `test_file.py::Class`."""
    parts = item.nodeid.removeprefix("tests/").split("[")[0].split("::")
    return ["::".join(parts[:length]) for length in range(2, len(parts) + 1)]


def without_pull_requests(method):
    """What is set up as a pull request is left out, like the tests that look at it."""

    @functools.wraps(method)
    def run(*args, **kwargs):
        return None if kwargs.get("create_pr") else method(*args, **kwargs)

    return run


HfApi.upload_file = without_pull_requests(HfApi.upload_file)
HfApi.create_commit = without_pull_requests(HfApi.create_commit)


class RepoFactory(Protocol):
    def __call__(self, repo_type: str = "model", repo_id: str | None = None, **kwargs) -> RepoUrl: ...


@pytest.fixture(scope="session")
def api() -> HfApi:
    return HfApi(endpoint=endpoint, token=testing_constants.TOKEN)


@pytest.fixture(scope="class")
def repo_factory(api: HfApi):
    """Creates repositories that end with the class of tests."""
    made = []

    def create(repo_type: str = "model", repo_id: str | None = None, *, token: str | None = None, **kwargs) -> RepoUrl:
        url = api.create_repo(repo_id or testing_utils.repo_name(), repo_type=repo_type, token=token, **kwargs)
        made.append((url, token))
        return url

    yield create
    for url, token in made:
        api.delete_repo(url.repo_id, repo_type=url.repo_type, token=token, missing_ok=True)


@pytest.fixture
def new_repo_id(api: HfApi):
    """The name of a repository that a test creates."""
    name = f"{testing_constants.USER}/{testing_utils.repo_name()}"
    yield name
    api.delete_repo(name, missing_ok=True)


@pytest.fixture
def fx_cache_dir(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> None:
    request.cls.cache_dir = tmp_path.resolve()
