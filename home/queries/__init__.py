"""What the first pages show, each part a few queries, whatever the size of the organization."""
