"""What a person sees of a chat, decided once for every frontend: pure code over the values of the client."""
