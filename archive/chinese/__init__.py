"""Chinese as data: characters and their variants, places, a language model, punctuation."""
