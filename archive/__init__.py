"""Captures in, citable text out: no network, no clock, no chance, no Scrapy."""
