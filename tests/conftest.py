"""What all tests share: Hypothesis without deadlines (the machines are shared and noisy)."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("shared", deadline=None, max_examples=60)
settings.load_profile("shared")
