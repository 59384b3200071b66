"""How holders and cues in a sentence become mentions."""
