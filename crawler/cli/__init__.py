"""What the commands share: their base, output files, the process pool."""
