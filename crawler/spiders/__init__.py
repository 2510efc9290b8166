"""Thin spiders: they say where to start and which links to follow."""
