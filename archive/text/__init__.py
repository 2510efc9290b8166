"""Steps over the text of an article: its frame, second copies, shared documents, spun words."""
