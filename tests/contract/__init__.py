"""The contract: both halves, and JSON Schema, say the same of every example."""
