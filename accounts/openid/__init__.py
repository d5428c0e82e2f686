"""OpenID Connect, our side of it: sending a browser to a provider, and believing what comes back. Knows no database."""
