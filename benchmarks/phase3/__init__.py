"""What each mechanism is worth: a session of many edits with everything on, and with each mechanism off in turn."""
