"""The technologies behind the ports: one file or folder for each; each imports its driver."""
