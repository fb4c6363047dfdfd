# Copyright: modwsgi-fix contributors
# SPDX-License-Identifier: Apache-2.0
"""What ``modwsgi-fix fetch`` takes for ssh: hands the script on standard input to a socket, and prints what comes back.

Behind the socket is the connection that Ansible has to the target. The answer begins with the exit code, in four digits.
"""

from __future__ import annotations

import socket
import sys


def main() -> int:
    """Ask, and return the exit code of what was run there."""
    script = sys.stdin.buffer.read()
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(sys.argv[1])
        asking.sendall(script)
        asking.shutdown(socket.SHUT_WR)
        with asking.makefile("rb") as answer:
            code = answer.read(4)
            sys.stdout.buffer.write(answer.read())
    return int(code) if code else 255


if __name__ == "__main__":
    sys.exit(main())
