"""Links over WebSockets, and the listener and dialer that open them."""

from .dialer import WebSocketDialer
from .link import ClientLink, ServerLink
from .listener import Page, WebSocketListener

__all__ = ["ClientLink", "Page", "ServerLink", "WebSocketDialer", "WebSocketListener"]
