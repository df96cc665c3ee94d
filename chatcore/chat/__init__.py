"""The whole chat inside a program, without a network: `chatcore.Chat`, its users and its sessions."""
