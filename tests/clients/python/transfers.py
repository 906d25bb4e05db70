"""What every client does with files of any size, whichever way it sends them."""

import hashlib
import os
import pathlib
import random

from huggingface_hub import HfApi

from checks import final

org = os.environ["ORG"]
prefix = os.environ["PREFIX"]
count = int(os.environ.get("FILES", "30"))
large = int(os.environ.get("LARGE", "20000000"))
home = pathlib.Path(os.environ["HOME"])
api = HfApi()
noise = random.Random(prefix)
piece = 16_000_000


def digest(path):
    sha256 = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(piece):
            sha256.update(block)
    return sha256.hexdigest()


def create(name):
    return api.create_repo(f"{org}/{prefix}-{name}", private=True).repo_id


# Small files, an empty one, and a large one.
folder = home / "tree"
for number in range(count):
    path = folder / f"part-{number % 7}" / f"{number}.bin"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(noise.randbytes(1000 + noise.randrange(60_000)))
(folder / "empty.bin").write_bytes(b"")
weights = folder / "model.safetensors"
with open(weights, "wb") as file:
    for at in range(0, large, piece):
        file.write(noise.randbytes(min(piece, large - at)))
names = [str(path.relative_to(folder)) for path in folder.rglob("*.bin")] + ["model.safetensors"]
sent = {name: digest(folder / name) for name in names}


def same(repo, **kwargs):
    down = pathlib.Path(api.snapshot_download(repo, **kwargs))
    for name in names:
        assert digest(down / name) == sent[name], name


one = create("one")
api.upload_folder(repo_id=one, folder_path=folder)
same(one)

# The same content in another repository.
other = create("other")
api.upload_folder(repo_id=other, folder_path=folder)
same(other)

# Deleted for good, and uploaded again while the client may believe that it is there.
found = [file for file in api.list_lfs_files(other) if file.file_oid == sent["model.safetensors"]]
api.permanently_delete_lfs_files(other, found, rewrite_history=True)
assert "model.safetensors" not in api.list_repo_files(other)
api.upload_file(path_or_fileobj=weights, path_in_repo="model.safetensors", repo_id=other)
same(other, local_dir=home / "again")

# A part of it changed.
with open(weights, "r+b") as file:
    file.seek(large // 2)
    file.write(noise.randbytes(100_000))
sent["model.safetensors"] = digest(weights)
api.upload_file(path_or_fileobj=weights, path_in_repo="model.safetensors", repo_id=one)
same(one, local_dir=home / "changed")

final("transfers")
