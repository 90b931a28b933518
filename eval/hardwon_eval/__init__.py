"""Measures what Hardwon suggests, through the product's own code, on folders of real text. docs/evaluation.md explains the figures."""
