"""What libraries do on top of the client: datasets, and transformers where it is installed."""

import importlib.util
import os

import pandas
from datasets import Dataset, get_dataset_config_names, load_dataset
from huggingface_hub import DatasetCard, HfApi

from checks import final

org = os.environ["ORG"]
api = HfApi()

# A dataset goes up as Parquet, with its metadata in the card, and comes back the same.
repo = f"{org}/rows"
rows = Dataset.from_dict({"text": [f"row {number}" for number in range(1000)], "number": list(range(1000))})
rows.push_to_hub(repo, private=True)
assert load_dataset(repo, split="train")[:] == rows[:]
files = api.list_repo_files(repo, repo_type="dataset")
assert sorted(files) == [".gitattributes", "README.md", "data/train-00000-of-00001.parquet"], files
assert DatasetCard.load(repo).data.dataset_info["splits"][0]["num_examples"] == 1000
assert api.get_paths_info(repo, files[-1], repo_type="dataset")[0].lfs is not None

# A second configuration, a second split, and the first split again.
rows.select(range(10)).push_to_hub(repo, "small", split="test")
assert sorted(get_dataset_config_names(repo)) == ["default", "small"]
assert load_dataset(repo, "small", split="test").num_rows == 10
rows.select(range(500)).push_to_hub(repo)
assert load_dataset(repo, split="train").num_rows == 500
assert load_dataset(repo, revision=api.list_repo_commits(repo, repo_type="dataset")[0].commit_id)["train"].num_rows == 500

# A dataset out of a plain file.
api.upload_file(
    path_or_fileobj=b"a,b\n1,2\n3,4\n", path_in_repo="plain.csv", repo_id=api.create_repo(f"{org}/plain", repo_type="dataset").repo_id, repo_type="dataset"
)
assert load_dataset(f"{org}/plain", split="train")["b"][:] == [2, 4]

# Row by row, without a download of all of it.
streamed = load_dataset(repo, split="train", streaming=True)
assert next(iter(streamed)) == {"text": "row 0", "number": 0}
assert sum(1 for _ in streamed) == 500

# pandas reads and writes through the file system of the client.
assert pandas.read_csv(f"hf://datasets/{org}/plain/plain.csv")["b"].tolist() == [2, 4]
frame = pandas.read_parquet(f"hf://datasets/{repo}/data/train-00000-of-00001.parquet", columns=["number"])
assert frame["number"].tolist() == list(range(500))
frame.to_parquet(f"hf://datasets/{org}/plain/written.parquet")
assert pandas.read_parquet(f"hf://datasets/{org}/plain/written.parquet").equals(frame)

if importlib.util.find_spec("transformers"):
    from tokenizers import Tokenizer, models
    from transformers import AutoConfig, AutoTokenizer, BertConfig, PreTrainedTokenizerFast

    model = f"{org}/tiny"
    BertConfig(hidden_size=24, num_attention_heads=2).push_to_hub(model, private=True)
    assert AutoConfig.from_pretrained(model).hidden_size == 24
    words = Tokenizer(models.WordLevel({"hello": 0, "[UNK]": 1}, unk_token="[UNK]"))
    PreTrainedTokenizerFast(tokenizer_object=words, unk_token="[UNK]").push_to_hub(model)
    assert AutoTokenizer.from_pretrained(model)("hello")["input_ids"] == [0]
    assert {"config.json", "tokenizer.json"} <= set(api.list_repo_files(model))

final("libraries")
