"""Hardwon over HTTP: commands in, read models out, the log as a feed and a live stream."""
