"""What the scripts share."""

import hashlib


def fails(kind, action):
    """Runs what has to fail in this way, and returns how it failed."""
    try:
        action()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was expected, and nothing failed")


def git_hash(content):
    """The name git gives a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def final(name):
    """The last line of a script that got to its end."""
    print(f"all of {name} holds")
