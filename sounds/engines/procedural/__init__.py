"""The default engine: a table-driven synthesizer that needs no weights."""
