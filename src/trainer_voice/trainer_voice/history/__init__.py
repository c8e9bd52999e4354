"""What was done: written while it happens, read as sessions, records, trends and facts."""
