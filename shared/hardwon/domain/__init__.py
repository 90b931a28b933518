"""What projects go through and learn, in the standard library alone: commands are decided into events, events fold into state."""
