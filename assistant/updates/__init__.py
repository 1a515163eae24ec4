"""Status updates: facts from the records, chosen by a stated order, in sentences that say nothing else."""
