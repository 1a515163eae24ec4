"""From words to values and back, in English and Polish, without a model."""
