"""Files as the Python client handles them: upload, commit, download, list."""

import io
import os
import pathlib
import random

from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete, HfApi
from huggingface_hub.errors import (
    BadRequestError,
    EntryNotFoundError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from checks import fails, final, git_hash, sha256

org = os.environ["ORG"]
home = pathlib.Path(os.environ["HOME"])
api = HfApi()
repo = api.create_repo(f"{org}/files", private=True).repo_id


def content(name, **kwargs):
    return pathlib.Path(api.hf_hub_download(repo, name, **kwargs)).read_bytes()


def entry(name, **kwargs):
    return api.get_paths_info(repo, name, **kwargs)[0]


# One file, as bytes, as a path and as an open file.
made = api.upload_file(path_or_fileobj=b"hello", path_in_repo="a/hello.txt", repo_id=repo, commit_message="Say hello")
assert made.oid == api.model_info(repo).sha
assert made.repo_url.repo_id == repo and made.commit_url == f"{os.environ['HF_ENDPOINT']}/{repo}/commit/{made.oid}"
assert content("a/hello.txt") == b"hello"
(home / "local.txt").write_text("from disk")
api.upload_file(path_or_fileobj=home / "local.txt", path_in_repo="local.txt", repo_id=repo)
assert content("local.txt") == b"from disk"
api.upload_file(path_or_fileobj=io.BytesIO(b"\x00\x01" * 40_000), path_in_repo="open.bin", repo_id=repo)
assert content("open.bin") == b"\x00\x01" * 40_000
api.upload_file(path_or_fileobj=b"", path_in_repo="empty.txt", repo_id=repo)
assert content("empty.txt") == b"" and entry("empty.txt").size == 0
api.upload_file(path_or_fileobj=b"umlaut", path_in_repo="Ordner mit Ümlaut/a+b #1 50%.txt", repo_id=repo)
assert content("Ordner mit Ümlaut/a+b #1 50%.txt") == b"umlaut"

# Large and binary ones are in LFS, whichever way the client was told to send them.
weights = random.Random(7).randbytes(3_000_000)
(home / "model.safetensors").write_bytes(weights)
api.upload_file(path_or_fileobj=home / "model.safetensors", path_in_repo="model.safetensors", repo_id=repo)
assert content("model.safetensors") == weights
kept = entry("model.safetensors")
assert kept.lfs is not None and kept.lfs.sha256 == sha256(weights) and kept.size == len(weights), kept
assert kept.lfs.pointer_size < 200 and kept.blob_id != kept.lfs.sha256
assert entry("a/hello.txt").lfs is None and entry("a/hello.txt").blob_id == git_hash(b"hello")

# What has not changed makes no commit, and nothing is sent twice.
head = api.model_info(repo).sha
same = api.upload_file(path_or_fileobj=b"hello", path_in_repo="a/hello.txt", repo_id=repo)
assert same.oid == head == api.model_info(repo).sha
api.upload_file(path_or_fileobj=home / "model.safetensors", path_in_repo="model.safetensors", repo_id=repo)
assert api.model_info(repo).sha == head

# The cache names content as git and LFS do.
paths = {p: pathlib.Path(api.hf_hub_download(repo, p)).resolve().name for p in ("a/hello.txt", "model.safetensors")}
assert paths == {"a/hello.txt": git_hash(b"hello"), "model.safetensors": sha256(weights)}, paths
metadata = api.get_hf_file_metadata(url=f"{os.environ['HF_ENDPOINT']}/{repo}/resolve/main/model.safetensors")
assert metadata.commit_hash == head and metadata.size == len(weights) and metadata.xet_file_data is None

# Several changes in one commit.
several = api.create_commit(
    repo,
    operations=[
        CommitOperationAdd("b/one.txt", b"1"),
        CommitOperationAdd("b/two.txt", b"2"),
        CommitOperationAdd("b/deep/three.txt", b"3"),
        CommitOperationDelete("empty.txt"),
        CommitOperationCopy("model.safetensors", "copy.safetensors"),
        CommitOperationCopy("local.txt", "local-copy.txt"),
    ],
    commit_message="Several",
    commit_description="In one go.",
)
names = api.list_repo_files(repo)
assert "empty.txt" not in names and {"b/one.txt", "b/deep/three.txt", "copy.safetensors"} <= set(names), names
assert content("copy.safetensors") == weights and content("local-copy.txt") == b"from disk"
latest = api.list_repo_commits(repo)[0]
assert (latest.commit_id, latest.title, latest.message) == (several.oid, "Several", "In one go."), latest
assert latest.authors == [os.environ["USER_NAME"]]
api.create_commit(repo, operations=[CommitOperationDelete("b/deep/")], commit_message="A folder goes")
assert "b/deep/three.txt" not in api.list_repo_files(repo)
missing = fails(
    EntryNotFoundError,
    lambda: api.create_commit(repo, operations=[CommitOperationDelete("no.txt")], commit_message="x"),
)
assert "A file with this name doesn't exist" in str(missing), missing
api.delete_file("b/two.txt", repo)
api.delete_folder("b", repo)
assert not any(name.startswith("b/") for name in api.list_repo_files(repo))

# A commit on a branch that has moved is refused; the text says what to do.
stale = fails(
    HfHubHTTPError,
    lambda: api.create_commit(
        repo, operations=[CommitOperationAdd("c.txt", b"c")], commit_message="x", parent_commit=head
    ),
)
assert stale.response.status_code == 412, stale
now = api.model_info(repo).sha
api.create_commit(repo, operations=[CommitOperationAdd("c.txt", b"c")], commit_message="x", parent_commit=now)
assert content("c.txt") == b"c"

# Paths that are no plain paths are refused, whatever the client thinks of them.
for path in ("..\\up.txt", "a//b.txt", "a/./b.txt", ".GIT/config", "git~1/config"):
    refusal = fails(
        (HfHubHTTPError, ValueError),
        lambda path=path: api.create_commit(repo, operations=[CommitOperationAdd(path, b"x")], commit_message="x"),
    )
    if isinstance(refusal, HfHubHTTPError):
        assert refusal.response.status_code in (400, 422), (path, refusal)

# A card with metadata that cannot be read is refused before anything is sent.
fails(
    ValueError,
    lambda: api.upload_file(
        path_or_fileobj=b"---\nlicense: [\n---\n# Hm\n", path_in_repo="README.md", repo_id=repo
    ),
)
card = b"---\nlicense: mit\ntags:\n- speech\nlibrary_name: sklearn\n---\n# A card\n"
api.upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=repo)
info = api.model_info(repo)
assert info.card_data.license == "mit" and "speech" in info.tags, info.tags

# Folders: what is ignored, what is deleted, and nothing twice.
folder = home / "folder"
for name, text in {"x.txt": "x", "sub/y.txt": "y", "sub/z.log": "z", ".gitignore": "*.log\n"}.items():
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
ignoring = api.create_repo(f"{org}/ignoring").repo_id
api.upload_folder(repo_id=ignoring, folder_path=folder)
assert set(api.list_repo_files(ignoring)) == {".gitattributes", ".gitignore", "x.txt", "sub/y.txt"}
api.upload_file(path_or_fileobj=b"later", path_in_repo="later.log", repo_id=ignoring)
assert "later.log" not in api.list_repo_files(ignoring)
api.upload_folder(repo_id=repo, folder_path=folder, path_in_repo="folder", ignore_patterns=["*.log", ".gitignore"])
names = set(api.list_repo_files(repo))
assert {"folder/x.txt", "folder/sub/y.txt"} <= names and "folder/sub/z.log" not in names, names
(folder / "sub/y.txt").write_text("why")
api.upload_folder(
    repo_id=repo, folder_path=folder, path_in_repo="folder", delete_patterns="x.txt", allow_patterns="sub/*.txt"
)
assert content("folder/sub/y.txt") == b"why" and "folder/x.txt" not in api.list_repo_files(repo)
at_once = home / "at-once"
at_once.mkdir()
for number in range(300):
    (at_once / f"{number:03}.txt").write_text(f"number {number}")
api.upload_folder(repo_id=repo, folder_path=at_once, path_in_repo="many", commit_message="Many")
assert len([name for name in api.list_repo_files(repo) if name.startswith("many/")]) == 300
assert content("many/299.txt") == b"number 299"
head = api.model_info(repo).sha
api.upload_folder(repo_id=repo, folder_path=at_once, path_in_repo="many", commit_message="Many")
assert api.model_info(repo).sha == head

# Trees.
tree = {one.path: one for one in api.list_repo_tree(repo)}
assert "many" in tree and "many/000.txt" not in tree and len(tree["many"].tree_id) == 40
inside = [one.path for one in api.list_repo_tree(repo, "folder/sub")]
assert inside == ["folder/sub/y.txt"], inside
everything = {one.path: one for one in api.list_repo_tree(repo, recursive=True, expand=True)}
assert "folder/sub" in everything and everything["a/hello.txt"].last_commit.title == "Say hello"
assert len([path for path in everything if path.startswith("many/")]) == 300
fails(EntryNotFoundError, lambda: list(api.list_repo_tree(repo, "no/such")))
two = api.get_paths_info(repo, ["a/hello.txt", "many", "not-there"], expand=True)
assert {one.path for one in two} == {"a/hello.txt", "many"}
assert [one for one in two if one.path == "a/hello.txt"][0].last_commit.oid == made.oid

# Whether and where.
assert api.file_exists(repo, "a/hello.txt") and not api.file_exists(repo, "a/bye.txt")
assert not api.file_exists(repo, "a/hello.txt", revision="no-such")
assert api.revision_exists(repo, "main") and not api.revision_exists(repo, "no-such")
fails(EntryNotFoundError, lambda: api.hf_hub_download(repo, "a/bye.txt"))
fails(RevisionNotFoundError, lambda: api.hf_hub_download(repo, "a/hello.txt", revision="no-such"))
fails(RepositoryNotFoundError, lambda: api.hf_hub_download(repo, "a/hello.txt", token=False))
fails(RepositoryNotFoundError, lambda: api.hf_hub_download(f"{org}/nothing", "a/hello.txt"))
assert content("a/hello.txt", revision=made.oid) == b"hello"
assert content("a/hello.txt", revision=made.oid[:7]) == b"hello"

# The whole of it.
folder = pathlib.Path(api.snapshot_download(repo))
assert folder.name == head
on_disk = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
assert on_disk == set(api.list_repo_files(repo)), on_disk ^ set(api.list_repo_files(repo))
assert (folder / "model.safetensors").read_bytes() == weights
part = pathlib.Path(api.snapshot_download(repo, allow_patterns="folder/*", local_dir=home / "part"))
assert [str(p.relative_to(part)) for p in part.rglob("*.txt")] == ["folder/sub/y.txt"]
old = pathlib.Path(api.snapshot_download(repo, revision=made.oid))
assert {p.name for p in old.rglob("*") if p.is_file()} == {".gitattributes", "hello.txt"}

# A pull request is not something this hub knows; it says so.
refusal = fails(
    HfHubHTTPError,
    lambda: api.upload_file(path_or_fileobj=b"x", path_in_repo="pr.txt", repo_id=repo, create_pr=True),
)
assert refusal.response.status_code in (403, 501), refusal
assert not isinstance(refusal, BadRequestError)

final("files")
