"""A company's objectives and key results: what they are, how far along, who may see them."""
