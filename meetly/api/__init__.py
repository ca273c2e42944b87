"""API: the same services for programs, as JSON with an OpenAPI description."""
