"""Pages: what each role sees, drawn on the server."""
