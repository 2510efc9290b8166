"""What a page says about its article: title, days, source, people, document number."""
