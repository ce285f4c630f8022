"""The extension: its builds, its core, its outbox and its panel."""
