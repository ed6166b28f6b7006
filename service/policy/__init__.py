"""The policy language: expressions, parameters, rules, books. No HTTP, no database, no clock."""
