"""The desktop client: a window on a chat, over tkinter."""
