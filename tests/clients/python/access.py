"""What the Python client may do with one repository, as a line of JSON."""

import json
import os

from huggingface_hub import HfApi

repo = os.environ["REPO"]
token = os.environ.get("HF_TOKEN") or False
api = HfApi(token=token)


def outcome(action):
    try:
        action()
        return "yes"
    except Exception as error:
        status = getattr(getattr(error, "response", None), "status_code", "")
        return f"{type(error).__name__} {status}".strip()


print(
    json.dumps(
        {
            "look": outcome(lambda: api.model_info(repo)),
            "download": outcome(lambda: api.hf_hub_download(repo, "README.md")),
            "list": "yes" if repo in [one.id for one in api.list_models(author=repo.split("/")[0])] else "no",
            "upload": outcome(
                lambda: api.upload_file(
                    path_or_fileobj=os.urandom(16).hex().encode(), path_in_repo="notes.txt", repo_id=repo
                )
            ),
            "tag": outcome(lambda: api.create_tag(repo, tag=f"by-{os.urandom(6).hex()}")),
        }
    )
)
