"""History as the Python client handles it: branches, tags, commits, squash, LFS files."""

import os
import pathlib
import random

from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete, HfApi
from huggingface_hub.errors import HfHubHTTPError, RevisionNotFoundError

from checks import fails, final, sha256

org = os.environ["ORG"]
api = HfApi()
repo = api.create_repo(f"{org}/history", repo_type="dataset", private=True).repo_id
kind = {"repo_id": repo, "repo_type": "dataset"}


def commit(name, text, **kwargs):
    return api.upload_file(path_or_fileobj=text, path_in_repo=name, commit_message=f"Write {name}", **kind, **kwargs)


def text(name, revision):
    path = api.hf_hub_download(repo, name, repo_type="dataset", revision=revision)
    return pathlib.Path(path).read_bytes()


def branches():
    return {one.name: one.target_commit for one in api.list_repo_refs(**kind).branches}


# Branches.
first = commit("one.txt", b"1").oid
second = commit("two.txt", b"2").oid
api.create_branch(**kind, branch="dev")
api.create_branch(**kind, branch="old", revision=first)
api.create_branch(**kind, branch="feature/with-slash", revision="dev")
assert branches() == {"main": second, "dev": second, "old": first, "feature/with-slash": second}, branches()
again = fails(HfHubHTTPError, lambda: api.create_branch(**kind, branch="dev"))
assert again.response.status_code == 409 and "refs/heads/dev already exists" in str(again), again
api.create_branch(**kind, branch="dev", exist_ok=True)
fails(RevisionNotFoundError, lambda: api.create_branch(**kind, branch="x", revision="no-such"))
for bad in ("-x", "a..b", "refs/heads/x", "a b", "x.lock", "@{"):
    refusal = fails((HfHubHTTPError, ValueError), lambda bad=bad: api.create_branch(**kind, branch=bad))
    assert not isinstance(refusal, HfHubHTTPError) or refusal.response.status_code in (400, 422), (bad, refusal)

# Work on one of them shows there only.
on_dev = commit("dev.txt", b"dev", revision="dev").oid
on_slash = commit("slash.txt", b"slash", revision="feature/with-slash").oid
assert text("dev.txt", "dev") == b"dev" and text("slash.txt", "feature/with-slash") == b"slash"
assert "dev.txt" not in api.list_repo_files(**kind)
assert "slash.txt" in api.list_repo_files(**kind, revision="feature/with-slash")
assert branches()["dev"] == on_dev and branches()["feature/with-slash"] == on_slash
assert api.dataset_info(repo, revision="feature/with-slash").sha == on_slash
api.delete_branch(**kind, branch="feature/with-slash")
api.delete_branch(**kind, branch="old")
assert set(branches()) == {"main", "dev"}
fails(RevisionNotFoundError, lambda: api.list_repo_files(**kind, revision="old"))
protected = fails(HfHubHTTPError, lambda: api.delete_branch(**kind, branch="main"))
assert "Cannot delete refs/heads/main" in str(protected), protected
unknown = fails(HfHubHTTPError, lambda: api.delete_branch(**kind, branch="no-such"))
assert "Invalid rev id" in str(unknown), unknown

# Tags.
api.create_tag(**kind, tag="v1", revision=first, tag_message="The first")
api.create_tag(**kind, tag="v2")
api.create_tag(**kind, tag="short", revision=first[:8])
tags = {one.name: one.ref for one in api.list_repo_refs(**kind).tags}
assert tags == {"v1": "refs/tags/v1", "v2": "refs/tags/v2", "short": "refs/tags/short"}, tags
assert api.dataset_info(repo, revision="v1").sha == first == api.dataset_info(repo, revision="short").sha
assert text("one.txt", "v1") == b"1"
taken = fails(HfHubHTTPError, lambda: api.create_tag(**kind, tag="v1"))
assert taken.response.status_code == 409, taken
api.create_tag(**kind, tag="v1", exist_ok=True)
api.create_tag(**kind, tag="v1", revision="no-such", exist_ok=True)
fails(RevisionNotFoundError, lambda: api.create_tag(**kind, tag="v9", revision="no-such"))
api.create_branch(**kind, branch="v1")
api.delete_branch(**kind, branch="v1")
api.delete_tag(**kind, tag="v1")
fails(RevisionNotFoundError, lambda: api.delete_tag(**kind, tag="v1"))
assert {one.name for one in api.list_repo_refs(**kind).tags} == {"v2", "short"}

# Commits, newest first.
titles = [one.title for one in api.list_repo_commits(**kind)]
assert titles == ["Write two.txt", "Write one.txt", "initial commit"], titles
commits = api.list_repo_commits(**kind, revision="dev", formatted=True)
assert commits[0].commit_id == on_dev and "Write dev.txt" in commits[0].formatted_title
assert commits[0].created_at >= commits[-1].created_at
for number in range(60):
    api.create_commit(
        **kind, operations=[CommitOperationAdd("n.txt", f"{number}".encode())], commit_message=f"Number {number}"
    )
titles = [one.title for one in api.list_repo_commits(**kind)]
assert len(titles) == 63 and titles[0] == "Number 59" and titles[-1] == "initial commit", len(titles)

# LFS files can be listed and taken away for good.
weights = random.Random(3).randbytes(200_000)
commit("w.bin", weights)
listed = list(api.list_lfs_files(**kind))
assert [(one.file_oid, one.size, one.filename, one.ref) for one in listed] == [
    (sha256(weights), 200_000, "w.bin", "refs/heads/main")
], listed
# They are called what they are called now, and so are those that came by the LFS protocol.
api.create_commit(
    **kind,
    operations=[CommitOperationCopy("w.bin", "moved/w.bin"), CommitOperationDelete("w.bin")],
    commit_message="Move it",
)
with open(os.path.join(os.environ["HOME"], "opened.bin"), "w+b") as opened:
    opened.write(random.Random(4).randbytes(12_000_000))
    opened.seek(0)
    api.upload_file(path_or_fileobj=opened, path_in_repo="opened.bin", revision="dev", **kind)
names = {(one.filename, one.ref) for one in api.list_lfs_files(**kind)}
assert names == {("moved/w.bin", "refs/heads/main"), ("opened.bin", "refs/heads/dev")}, names
api.delete_file("opened.bin", **kind, revision="dev")
listed = list(api.list_lfs_files(**kind))
assert {(one.filename, one.ref) for one in listed} == {("moved/w.bin", "refs/heads/main"), ("opened.bin", None)}, listed
api.permanently_delete_lfs_files(repo, listed, repo_type="dataset")
assert list(api.list_lfs_files(**kind)) == [] and "moved/w.bin" not in api.list_repo_files(**kind)

# Squashing leaves one commit there and everything else alone.
before = branches()
files = api.list_repo_files(**kind)
api.super_squash_history(**kind, commit_message="All in one")
squashed = api.list_repo_commits(**kind)
assert [one.title for one in squashed] == ["All in one"], squashed
assert api.list_repo_files(**kind) == files and text("n.txt", "main") == b"59"
assert branches()["dev"] == before["dev"]
assert len(api.list_repo_commits(**kind, revision="dev")) >= 4
refs = api.list_repo_refs(**kind, include_pull_requests=True)
assert refs.pull_requests == [] and refs.converts == []

final("history")
