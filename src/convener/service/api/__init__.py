"""The read API: the figures of the pages for programs, described by an OpenAPI document."""
