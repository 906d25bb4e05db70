"""Large files as the Python client uploads them with hf-xet, which it installs."""

import os
import pathlib
import random

import huggingface_hub.hf_file_system
from huggingface_hub import CommitOperationAdd, CommitOperationCopy, HfApi, HfFileSystem

from checks import final, sha256

org = os.environ["ORG"]
home = pathlib.Path(os.environ["HOME"])
count = int(os.environ.get("FILES", "60"))
api = HfApi()
noise = random.Random(11)


def content(repo, name, **kwargs):
    return pathlib.Path(api.hf_hub_download(repo, name, force_download=True, **kwargs)).read_bytes()


def upload(repo, name, content):
    (home / "one.bin").write_bytes(content)
    return api.upload_file(path_or_fileobj=home / "one.bin", path_in_repo=name, repo_id=repo)


# One file, from a path, from bytes, and an empty one.
repo = api.create_repo(f"{org}/xet", private=True).repo_id
weights = noise.randbytes(12_000_000)
upload(repo, "model.safetensors", weights)
assert content(repo, "model.safetensors") == weights
api.upload_file(path_or_fileobj=weights[:3_000_000], path_in_repo="bytes.bin", repo_id=repo)
assert content(repo, "bytes.bin") == weights[:3_000_000]
upload(repo, "empty.bin", b"")
assert content(repo, "empty.bin") == b""

# What compresses, and what repeats.
text = b"the same words again and again, " * 200_000
upload(repo, "words.bin", text)
assert content(repo, "words.bin") == text
upload(repo, "zeros.bin", bytes(5_000_000))
assert content(repo, "zeros.bin") == bytes(5_000_000)

# A file that changed in the middle, and the same one at another path.
changed = weights[:5_000_000] + noise.randbytes(100_000) + weights[5_000_000:]
upload(repo, "model.safetensors", changed)
assert content(repo, "model.safetensors") == changed
upload(repo, "copy.safetensors", changed)
assert content(repo, "copy.safetensors") == changed

# A folder of small files.
folder = home / "tree"
files = {f"part-{number % 7}/{number}.bin": noise.randbytes(1000 + noise.randrange(60_000)) for number in range(count)}
for name, one in files.items():
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(one)
tree = api.create_repo(f"{org}/tree", private=True).repo_id
api.upload_folder(repo_id=tree, folder_path=folder)
down = pathlib.Path(api.snapshot_download(tree))
for name, one in files.items():
    assert (down / name).read_bytes() == one, name

# The same content in two repositories.
other = api.create_repo(f"{org}/xet-other", private=True).repo_id
upload(other, "model.safetensors", weights)
assert content(other, "model.safetensors") == weights

# Deleted for good, and uploaded again while the client still believes that it is there.
found = [one for one in api.list_lfs_files(other) if one.file_oid == sha256(weights)]
api.permanently_delete_lfs_files(other, found, rewrite_history=True)
upload(other, "again.safetensors", weights)
assert content(other, "again.safetensors") == weights

# Copied from another repository: LFS files by the server, the others by the client.
api.create_commit(other, [CommitOperationAdd("notes.txt", b"notes")], commit_message="Add notes")
target = api.create_repo(f"{org}/xet-target", private=True).repo_id
copies = [
    CommitOperationCopy("again.safetensors", "from-other.safetensors", src_repo_id=other, src_repo_type="model"),
    CommitOperationCopy("notes.txt", "notes.txt", src_repo_id=other, src_repo_type="model"),
]
api.create_commit(target, copies, commit_message="Copy from another repository")
assert content(target, "from-other.safetensors") == weights
assert content(target, "notes.txt") == b"notes"

# Read as files: over HTTP, and by Xet what `paths-info` tells the name of.
fetched = []
xet_get = huggingface_hub.hf_file_system.xet_get
huggingface_hub.hf_file_system.xet_get = lambda **kwargs: (fetched.append(kwargs), xet_get(**kwargs))
fs = HfFileSystem()
with fs.open(f"{repo}/model.safetensors", block_size=1_000_000) as file:
    file.seek(4_900_000)
    assert file.read(300_000) == changed[4_900_000:5_200_000]
assert fs.cat_file(f"{repo}/zeros.bin", start=4_000_000) == bytes(1_000_000)
for way, count in [(fs, 0), (HfFileSystem(expand_info=True, skip_instance_cache=True), 3)]:
    for name, whole in [("model.safetensors", changed), ("zeros.bin", bytes(5_000_000)), ("words.bin", text)]:
        way.get_file(f"{repo}/{name}", str(home / "got.bin"))
        assert (home / "got.bin").read_bytes() == whole, name
    assert len(fetched) == count, fetched

final("xet")
