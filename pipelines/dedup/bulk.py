"""Folding a whole collection of files together."""
