"""Packs that come from elsewhere, or come back: read by what they say of themselves, kept as they sound."""
