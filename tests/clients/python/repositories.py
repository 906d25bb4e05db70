"""Repositories as the Python client handles them: create, look up, list, set, move, copy, delete."""

import os

from huggingface_hub import HfApi, RepoUrl
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

from checks import fails, final

org = os.environ["ORG"]
user = os.environ["USER_NAME"]
other = os.environ["OTHER_TOKEN"]
# It lacks a few functions.
is_oldest = not hasattr(HfApi, "list_user_repos")
endpoint = os.environ["HF_ENDPOINT"]
api = HfApi()

# Who one is, and what is there at first.
who = api.whoami()
assert who["name"] == user, who
assert org in [one["name"] for one in who["orgs"]], who

url = api.create_repo(f"{org}/first")
assert isinstance(url, RepoUrl)
assert url == f"{endpoint}/{org}/first", url
assert (url.repo_id, url.repo_type) == (f"{org}/first", "model"), repr(url)
assert api.repo_exists(f"{org}/first")
assert not api.repo_exists(f"{org}/second")
assert not api.repo_exists(f"{org}/first", repo_type="dataset")
again = api.create_repo(f"{org}/first", exist_ok=True)
assert again == url
refusal = fails(HfHubHTTPError, lambda: api.create_repo(f"{org}/first"))
assert refusal.response.status_code == 409, refusal

# The three types are three worlds; a name without a namespace is one's own.
data = api.create_repo(f"{org}/first", repo_type="dataset", private=True)
assert data == f"{endpoint}/datasets/{org}/first"
space = api.create_repo(f"{org}/first", repo_type="space", space_sdk="static")
assert space == f"{endpoint}/spaces/{org}/first"
own = api.create_repo("mine", private=True)
assert own.repo_id == f"{user}/mine"

# What is told of one.
info = api.model_info(f"{org}/first")
assert info.id == f"{org}/first" and info.author == org
assert info.private is False and info.gated is False
assert len(info.sha) == 40 and info.created_at.tzinfo is not None
assert [one.rfilename for one in info.siblings] == [".gitattributes"], info.siblings
assert api.dataset_info(f"{org}/first").private is True
assert api.space_info(f"{org}/first").sdk == "static"
assert api.repo_info(f"{org}/first", repo_type="dataset").id == f"{org}/first"
few = api.model_info(f"{org}/first", expand=["private", "sha"])
assert few.sha == info.sha and few.author is None and few.siblings is None
blobs = api.model_info(f"{org}/first", files_metadata=True).siblings[0]
assert blobs.size > 0 and len(blobs.blob_id) == 40
first_commit = api.list_repo_commits(f"{org}/first")
assert [one.title for one in first_commit] == ["initial commit"]
assert first_commit[0].authors == [user], first_commit

# Names are found whatever their case, and a single word is no repository.
assert api.model_info(f"{org.upper()}/FIRST").id == f"{org}/first"
fails(RepositoryNotFoundError, lambda: api.model_info("justoneword"))

# Lists show what the caller may see.
listed = [one.id for one in api.list_models(author=org)]
assert listed == [f"{org}/first"], listed
assert [one.id for one in api.list_datasets(author=org)] == [f"{org}/first"]
assert [one.id for one in api.list_spaces(author=org)] == [f"{org}/first"]
assert list(api.list_datasets(author=org, token=other)) == []
assert list(api.list_datasets(author=org, token=False)) == []
for number in range(5):
    api.create_repo(f"{org}/many-{number}", private=number % 2 == 0)
assert len(list(api.list_models(author=org))) == 6
assert len(list(api.list_models(author=org, token=False))) == 3
assert len(list(api.list_models(author=org, limit=2))) == 2
found = [one.id for one in api.list_models(author=org, search="many-3")]
assert found == [f"{org}/many-3"], found
newest = next(iter(api.list_models(author=org, sort="created_at")))
assert newest.id == f"{org}/many-4", newest.id
full = next(iter(api.list_models(author=org, search="many-3", full=True)))
assert full.sha == api.model_info(f"{org}/many-3").sha
assert [one.rfilename for one in full.siblings] == [".gitattributes"], full.siblings
expanded = next(iter(api.list_models(author=org, search="many-3", expand=["siblings"])))
assert [one.rfilename for one in expanded.siblings] == [".gitattributes"], expanded.siblings
assert next(iter(api.list_models(author=org, search="many-3"))).siblings is None
assert next(iter(api.list_datasets(author=org, full=True))).siblings is not None
if not is_oldest:
    for sort in ["created_at", "last_modified", "downloads", "likes", "trending_score"]:
        assert len(list(api.list_models(author=org, sort=sort))) == 6, sort
        assert len(list(api.list_datasets(author=org, sort=sort))) == 1, sort

    # A filter finds what it names; one that the hub does not have is refused.
    card = b"---\npipeline_tag: summarization\ntags: [handy]\ndatasets: [squad]\n---\n"
    api.upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=f"{org}/many-3")
    for wanted in [{"pipeline_tag": "summarization"}, {"filter": ["handy", "summarization"]}, {"trained_dataset": "squad"}]:
        assert [one.id for one in api.list_models(author=org, **wanted)] == [f"{org}/many-3"], wanted
    assert list(api.list_models(author=org, pipeline_tag="translation")) == []
    assert list(api.list_models(author=org, gated=True)) == []
    assert len(list(api.list_models(author=org, gated=False))) == 6
    for unknown in [{"apps": "ollama"}, {"inference": "warm"}, {"num_parameters": "min:1B"}, {"fetch_config": True}]:
        refusal = fails(HfHubHTTPError, lambda: list(api.list_models(author=org, **unknown)))
        assert refusal.response.status_code == 400, refusal
    storage = {(one.type, one.id): one for one in api.list_user_repos(namespace=org)}
    assert storage[("dataset", f"{org}/first")].visibility == "private"
    assert ("model", f"{user}/mine") in {(one.type, one.id) for one in api.list_user_repos()}

# Settings show at once.
api.update_repo_settings(f"{org}/first", private=True)
assert api.model_info(f"{org}/first").private is True
fails(RepositoryNotFoundError, lambda: api.model_info(f"{org}/first", token=other))
fails(RepositoryNotFoundError, lambda: api.model_info(f"{org}/first", token=False))
api.update_repo_settings(f"{org}/first", private=False)
assert api.model_info(f"{org}/first", token=False).private is False

# Whether one may.
api.auth_check(f"{org}/first")
api.auth_check(f"{org}/first", token=False)
if not is_oldest:
    api.auth_check(f"{org}/first", write=True)
    fails(HfHubHTTPError, lambda: api.auth_check(f"{org}/first", write=True, token=other))
fails(RepositoryNotFoundError, lambda: api.auth_check(f"{org}/first", repo_type="dataset", token=other))
fails(RepositoryNotFoundError, lambda: api.auth_check(f"{org}/nothing"))

# Moving keeps the old name working until someone takes it.
api.upload_file(path_or_fileobj=b"weights", path_in_repo="w.txt", repo_id=f"{org}/first")
before = api.model_info(f"{org}/first").sha
api.move_repo(f"{org}/first", f"{org}/renamed")
assert api.model_info(f"{org}/renamed").sha == before
assert api.model_info(f"{org}/first").id == f"{org}/renamed"
assert open(api.hf_hub_download(f"{org}/first", "w.txt")).read() == "weights"
api.upload_file(path_or_fileobj=b"more", path_in_repo="m.txt", repo_id=f"{org}/first")
assert api.file_exists(f"{org}/renamed", "m.txt")
taken = fails(HfHubHTTPError, lambda: api.move_repo(f"{org}/renamed", f"{org}/many-1"))
assert "already exists" in str(taken), taken
api.create_repo(f"{org}/first")
assert api.model_info(f"{org}/first").id == f"{org}/first"
assert not api.file_exists(f"{org}/first", "w.txt")
fails(HfHubHTTPError, lambda: api.move_repo(f"{org}/renamed", f"{user}/x", token=other))

# A copy has the history and the content, and is another repository.
if not is_oldest:
    copy = api.duplicate_repo(f"{org}/renamed", f"{user}/copied", private=True)
    assert copy.repo_id == f"{user}/copied", copy
    assert open(api.hf_hub_download(f"{user}/copied", "m.txt")).read() == "more"
    titles = [one.title for one in api.list_repo_commits(f"{user}/copied")]
    assert titles == [one.title for one in api.list_repo_commits(f"{org}/renamed")]

# Deleting.
refusal = fails(HfHubHTTPError, lambda: api.delete_repo(f"{org}/many-1", token=other))
assert "write access" in str(refusal) and ".." not in str(refusal), refusal
assert api.repo_exists(f"{org}/many-1")
api.delete_repo(f"{org}/many-1")
assert not api.repo_exists(f"{org}/many-1")
fails(RepositoryNotFoundError, lambda: api.delete_repo(f"{org}/many-1"))
api.delete_repo(f"{org}/many-1", missing_ok=True)
fails(RepositoryNotFoundError, lambda: api.hf_hub_download(f"{org}/many-1", ".gitattributes"))

final("repositories")
