"""`python -m tests.web [--port N] [--tls-port N] [--log FILE]`: serve until interrupted."""

from __future__ import annotations

import argparse
import json
import signal
from pathlib import Path

from tests.web import HOSTS, start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="proxy port; 0: any free one")
    parser.add_argument("--tls-port", type=int, default=0, help="TLS port; 0: any free one")
    parser.add_argument("--log", type=Path, help="JSON lines, one exchange each")
    asked = parser.parse_args()
    end = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, end)
    with start(asked.port, asked.tls_port, asked.log) as web:
        ready = {"port": web.port, "tls_port": web.tls_port, "proxy": web.proxy}
        print(json.dumps(ready | {"hosts": list(HOSTS)}), flush=True)
        signal.sigwait(end)


if __name__ == "__main__":
    main()
