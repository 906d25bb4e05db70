"""A client that reaches a rate limit waits as the server says, and finishes."""

import os
import pathlib
import time

from huggingface_hub import HfApi
from huggingface_hub.utils import build_hf_headers, get_session

api = HfApi()
repository = os.environ["REPOSITORY"]
reached = pathlib.Path(os.environ["REACHED"])
nearly_over = pathlib.Path(os.environ["NEARLY_OVER"])

# Uses up the limit with requests that are not tried again.
whoami = f"{api.endpoint}/api/whoami-v2"
headers = build_hf_headers()
while (status := get_session().get(whoami, headers=headers).status_code) == 200:
    pass
assert status == 429, status

# The test moves the clock close to the end of the window.
reached.touch()
while not nearly_over.exists():
    time.sleep(0.05)

began = time.monotonic()
api.upload_file(path_or_fileobj=b"late, but whole", path_in_repo="late.txt", repo_id=repository, commit_message="Late")
assert time.monotonic() - began > 1, "the client did not wait"
assert "late.txt" in api.list_repo_files(repository)
print("all of waits holds")
