"""What other apps and the pages ask of decisions, scopes and sign-offs."""
