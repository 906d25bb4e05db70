"""Runs `hf auth login` at a terminal, and chooses the browser in its menu by pressing Enter."""

import os
import pty
import select
import sys

pid, terminal = pty.fork()
if pid == 0:
    os.execvp("hf", ["hf", "auth", "login"])

said = b""
while True:
    ready, _, _ = select.select([terminal], [], [], 0.3)
    if ready:
        try:
            chunk = os.read(terminal, 4096)
        except OSError:  # Linux answers EIO once the program has ended
            break
        if not chunk:
            break
        said += chunk
        sys.stdout.buffer.write(chunk)
    # What is pressed while the menu is drawn is lost, so it is pressed again
    elif b"How would you like to log in?" in said and b"Open this URL" not in said:
        os.write(terminal, b"\r")

_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status))
