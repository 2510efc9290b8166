"""The formats archives are written in: WARC, ARC, WACZ and CDXJ, HTTP messages, packing."""
