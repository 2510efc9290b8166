"""`fangzhi serve`: the holdings in a browser, on loopback.

    browser ── front (our pages, one port) ──► catalogue, text files
       └────── frames (captured pages, another port) ──► engine: pywb on a socket in a private folder

Captured pages are hostile. They come from another origin than our pages, in a sandboxed frame,
under a policy that lets no script run and nothing be fetched but captures; of a captured
response's header fields only a named few are passed on. Our own pages hold no script at all.
"""
