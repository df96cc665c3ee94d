"""What lies on the machine of a person: who they are, what they have not finished, and their own server."""
