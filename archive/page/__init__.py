"""One page: its characters, tree and lines, and which of these are the article."""
