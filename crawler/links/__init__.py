"""From a page to the links worth following."""
