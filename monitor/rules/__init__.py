"""YAML to rule set to matches; pure."""
