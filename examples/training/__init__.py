"""Scripts that train the hint model on past lessons."""
