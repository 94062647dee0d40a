"""The Open Contracting Data Standard: its shapes, its versions, and how releases are merged."""
