"""Exit codes of the `fangzhi` command."""

DONE = 0  # 404s, redirects and rejected pages are outcomes
FAILED = 1  # a site, URL or file could not be had, or a site is not as usual
WRONG_USE = 2  # or a wrong site definition, or holdings of a later version
FULL = 3  # disk full, a failing disk, or a set limit was reached
IN_USE = 4  # another process writes into the holdings
SHORT = 5  # less room on the disk than --min-free
INTERRUPTED = 11  # cleanly: the next run goes on
