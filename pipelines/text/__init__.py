"""What every later stage needs to know of Chinese text: edits, characters, numerals, the canonical form."""
