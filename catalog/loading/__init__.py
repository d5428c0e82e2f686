"""Reading shipped content: YAML in, validated, every error with its file and line."""

from catalog.loading.yaml_files import ContentError, read_files

__all__ = ["ContentError", "read_files"]
