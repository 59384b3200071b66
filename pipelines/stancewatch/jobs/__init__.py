"""What is run. Read `spine` first: every job is the same four stages over another source."""
