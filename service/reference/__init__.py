"""What the policy language offers, told to editors (JSON Schema) and to people (docs/reference), from its declarations.

Nothing here decides anything, and nothing that decides knows of it.
"""
