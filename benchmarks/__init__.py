"""How fast the pipeline is, as ratios against a named baseline measured in the same run."""
