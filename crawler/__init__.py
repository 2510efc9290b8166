"""Gets bytes: the only place for Scrapy and Twisted."""
