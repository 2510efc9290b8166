"""Injected spam by its evidence: links, places, words, hiding, machinery."""
