"""For programs that show chats to people or answer them."""
