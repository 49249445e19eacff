"""What happens to text: pure, typed functions that know nothing of the crawler (docs/adr/0001)."""
