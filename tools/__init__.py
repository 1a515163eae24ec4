"""What the assistant can look up, compare and propose."""
