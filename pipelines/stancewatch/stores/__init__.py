"""What is kept on disk: rule files and the ledger."""
