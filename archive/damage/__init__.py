"""Damage to characters, undone: GBK cuts, wrong decoders, glosses, leaked markup."""
