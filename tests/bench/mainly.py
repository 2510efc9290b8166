"""`fangzhi` with one more line on stderr: the CPU seconds of its main process alone, as JSON."""

from __future__ import annotations

import json
import resource
import sys

from crawler.cli import main
from tests.bench.contend import peak

if __name__ == "__main__":
    code = main(sys.argv[1:])
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {"main_cpu": used.ru_utime + used.ru_stime, "main_peak": peak()}
    print(json.dumps(told), file=sys.stderr)
    sys.exit(code)
