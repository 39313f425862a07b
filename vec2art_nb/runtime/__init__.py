"""Cache, compute lane, engine and sessions: how a state becomes a drawing."""
