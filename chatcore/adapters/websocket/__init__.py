"""Links over WebSockets, and the listener and dialer that open them."""

from .dialer import WebSocketDialer
from .link import ClientLink, ServerLink
from .listener import Page, WebSocketListener
from .own_socket import NotOwn
from .pinned import pinned_tls

__all__ = ["ClientLink", "NotOwn", "Page", "ServerLink", "WebSocketDialer", "WebSocketListener", "pinned_tls"]
