"""Untrusted JSON and YAML to domain objects, and back. Knows neither rules nor the database."""
