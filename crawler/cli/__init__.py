"""What the commands share: their base, where they write, the process pool."""
