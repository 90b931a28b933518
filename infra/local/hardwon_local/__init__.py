"""Hardwon on one machine: embedded PostgreSQL and Valkey under one supervisor, and the story."""
