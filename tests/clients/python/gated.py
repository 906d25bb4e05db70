"""Gated repositories as the Python client handles them, for models and datasets: the gate, requests, and downloads."""

import os
import tempfile

from huggingface_hub import HfApi
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError
from huggingface_hub.utils import get_session

from checks import fails, final

org = os.environ["ORG"]
endpoint = os.environ["HF_ENDPOINT"]
token = os.environ["OTHER_TOKEN"]
author = HfApi()
asker = HfApi(token=token)
card = b"---\nextra_gated_fields:\n  Company: text\n---\n# Gated\n"
answers = {"fields": {"Company": "Initech"}}


def ask(kind, repo):
    address = f"{endpoint}/api/{kind}s/{repo}/user-access-request"
    return get_session().post(address, json=answers, headers={"Authorization": f"Bearer {token}"})


def users(requests):
    return [request.username for request in requests]


def keeps_out(kind, repo, api, sentence="you are not in the authorized list"):
    """Every way to the files is closed, and the metadata and the card are readable."""
    on = {"repo_id": repo, "repo_type": kind}
    # What is in the cache would be found there.
    fresh = {**on, "cache_dir": tempfile.mkdtemp(dir=os.environ["HOME"])}
    words = f"Access to {kind} {repo} is restricted and {sentence}"
    assert words in str(fails(GatedRepoError, lambda: api.hf_hub_download(filename="weights.txt", **fresh)))
    fails(GatedRepoError, lambda: api.hf_hub_download(filename="none.txt", **fresh))
    fails(GatedRepoError, lambda: api.snapshot_download(**fresh))
    fails(GatedRepoError, lambda: list(api.list_repo_tree(**on)))
    fails(GatedRepoError, lambda: api.auth_check(**on))
    assert api.repo_exists(**on) and api.repo_info(**on).gated == "manual"
    with open(api.hf_hub_download(filename="README.md", **fresh), "rb") as readme:
        assert readme.read() == card


for kind in ("model", "dataset"):
    repo = author.create_repo(f"{org}/gated", repo_type=kind, private=False).repo_id
    on = {"repo_id": repo, "repo_type": kind}
    for name, content in {"README.md": card, "weights.txt": b"weights"}.items():
        author.upload_file(path_or_fileobj=content, path_in_repo=name, **on)
    assert fails(HfHubHTTPError, lambda: author.grant_access(user="stranger", **on)).response.status_code == 400
    author.update_repo_settings(gated="manual", **on)
    keeps_out(kind, repo, asker)
    keeps_out(kind, repo, HfApi(token=False))
    author.auth_check(**on)

    assert ask(kind, repo).status_code == 200
    (request,) = author.list_pending_access_requests(**on)
    assert (request.username, request.status, request.fields) == ("stranger", "pending", {"Company": "Initech"})
    assert request.email is not None and request.timestamp is not None
    keeps_out(kind, repo, asker)

    author.accept_access_request(user="stranger", **on)
    assert users(author.list_accepted_access_requests(**on)) == ["stranger"]
    assert fails(HfHubHTTPError, lambda: author.accept_access_request(user="stranger", **on)).response.status_code == 404
    asker.auth_check(**on)
    with open(asker.hf_hub_download(filename="weights.txt", force_download=True, **on), "rb") as weights:
        assert weights.read() == b"weights"
    assert os.path.exists(os.path.join(asker.snapshot_download(**on), "weights.txt"))

    author.cancel_access_request(user="stranger", **on)
    assert users(author.list_pending_access_requests(**on)) == ["stranger"]
    author.reject_access_request(user="stranger", rejection_reason="Not a lab", **on)
    (rejected,) = author.list_rejected_access_requests(**on)
    assert rejected.username == "stranger"
    # What was downloaded before is in the cache.
    fresh = os.path.join(os.environ["HOME"], f"fresh-{kind}")
    fails(GatedRepoError, lambda: asker.hf_hub_download(filename="weights.txt", cache_dir=fresh, **on))
    assert ask(kind, repo).status_code == 403
    for missing in ("no-such-person", os.environ["USER_NAME"]):
        error = fails(HfHubHTTPError, lambda: author.accept_access_request(user=missing, **on))
        assert error.response.status_code == 404, missing

    author.cancel_access_request(user="stranger", **on)
    author.grant_access(user="stranger", **on)
    assert fails(HfHubHTTPError, lambda: author.grant_access(user="stranger", **on)).response.status_code == 400
    assert fails(HfHubHTTPError, lambda: author.grant_access(user="no-such-person", **on)).response.status_code == 404
    asker.auth_check(**on)

    author.update_repo_settings(gated=False, **on)
    assert author.repo_info(**on).gated is False

final("gated")
