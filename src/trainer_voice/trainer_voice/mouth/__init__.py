"""The mouth: what is to be said, in which order, and with which voice."""
