"""A language for each person: first found out, then chosen, and shown to nobody else."""
