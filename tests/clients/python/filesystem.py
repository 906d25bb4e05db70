"""The file system that the Python client offers over a repository."""

import os
import random

from huggingface_hub import HfApi, HfFileSystem

from checks import fails, final

org = os.environ["ORG"]
api = HfApi()
repo = api.create_repo(f"{org}/fs", repo_type="dataset", private=True).repo_id
root = f"datasets/{repo}"
fs = HfFileSystem()

# Writing and reading.
with fs.open(f"{root}/data/train.csv", "w") as file:
    file.write("a,b\n1,2\n")
assert fs.read_text(f"{root}/data/train.csv") == "a,b\n1,2\n"
numbers = random.Random(1).randbytes(1_000_000)
with fs.open(f"{root}/data/numbers.bin", "wb") as file:
    file.write(numbers)
with fs.open(f"{root}/data/numbers.bin", "rb") as file:
    file.seek(500_000)
    assert file.read(1000) == numbers[500_000:501_000]
    file.seek(-10, 2)
    assert file.read() == numbers[-10:]
assert fs.cat_file(f"{root}/data/numbers.bin", start=10, end=20) == numbers[10:20]
with fs.open(f"{root}/data/numbers.bin", "rb", block_size=0) as stream:
    assert stream.read(64) == numbers[:64]

# Looking around.
fs.invalidate_cache()
names = [one.removeprefix(f"{root}/") for one in fs.ls(root, detail=False)]
assert sorted(names) == [".gitattributes", "data"], names
found = [one.removeprefix(f"{root}/") for one in fs.find(root)]
assert found == [".gitattributes", "data/numbers.bin", "data/train.csv"], found
assert fs.glob(f"{root}/data/*.csv") == [f"{root}/data/train.csv"]
assert fs.exists(f"{root}/data") and fs.isdir(f"{root}/data") and fs.isfile(f"{root}/data/train.csv")
assert not fs.exists(f"{root}/nothing") and not fs.exists(f"datasets/{org}/nothing/x")
info = fs.info(f"{root}/data/numbers.bin")
assert info["size"] == 1_000_000 and info["lfs"] is not None, info
assert fs.info(f"{root}/data/train.csv", expand_info=True)["last_commit"] is not None
assert fs.url(f"{root}/data/train.csv") == f"{os.environ['HF_ENDPOINT']}/{root}/resolve/main/data/train.csv"
assert [path for path, _, _ in fs.walk(root)] == [root, f"{root}/data"]

# At a revision.
api.create_branch(repo, branch="dev/one", repo_type="dataset")
with fs.open(f"{root}@dev%2Fone/only-here.txt", "w") as file:
    file.write("dev")
assert fs.read_text(f"{root}@dev%2Fone/only-here.txt") == "dev"
assert not fs.exists(f"{root}/only-here.txt")

# Copying, taking away.
fs.cp_file(f"{root}/data/numbers.bin", f"{root}/copy.bin")
fs.cp_file(f"{root}/data/train.csv", f"{root}/copy.csv")
assert fs.cat_file(f"{root}/copy.bin") == numbers and fs.read_text(f"{root}/copy.csv") == "a,b\n1,2\n"
fs.get_file(f"{root}/copy.bin", f"{os.environ['HOME']}/copy.bin")
with open(f"{os.environ['HOME']}/copy.bin", "rb") as file:
    assert file.read() == numbers
fs.rm(f"{root}/copy.bin")
fs.rm(f"{root}/data", recursive=True)
fs.invalidate_cache()
assert [one.removeprefix(f"{root}/") for one in fs.find(root)] == [".gitattributes", "copy.csv"]
fails(FileNotFoundError, lambda: fs.read_text(f"{root}/data/train.csv"))
fails(FileNotFoundError, lambda: HfFileSystem(token=False).ls(root))

final("filesystem")
