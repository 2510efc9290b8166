"""How hosts are treated: their robots.txt, pauses, rest, allowed hours."""
