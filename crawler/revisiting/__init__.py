"""When a page is fetched again, and whether a site is still as it was."""
