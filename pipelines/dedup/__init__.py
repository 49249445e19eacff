"""Many copies, one document: finding the copies of a speech and folding them together.

`fingerprint` makes a text's sketch, `near` finds the texts that share one, `align` lays two texts side by side, `compare` says
what they are to each other (copies, one template, parts, a spun version), `cluster` draws the clusters, `merge` writes the
fullest text that all copies together prove, `fold` does all of it for one new speech and `bulk` for a collection of files.
"""
