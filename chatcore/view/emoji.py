"""Emoji by name: `:tada:` becomes the sign when a message is sent. What is no name stays as it was written."""

from __future__ import annotations

import re

NAMES: dict[str, str] = {
    "smile": "😄", "smiley": "😃", "grin": "😁", "joy": "😂", "rofl": "🤣", "wink": "😉", "blush": "😊",
    "slight_smile": "🙂", "upside_down": "🙃", "heart_eyes": "😍", "kiss": "😘", "yum": "😋", "thinking": "🤔",
    "neutral": "😐", "expressionless": "😑", "rolling_eyes": "🙄", "smirk": "😏", "relieved": "😌", "pensive": "😔",
    "sleepy": "😪", "sleeping": "😴", "mask": "😷", "nerd": "🤓", "sunglasses": "😎", "confused": "😕",
    "worried": "😟", "open_mouth": "😮", "astonished": "😲", "flushed": "😳", "pleading": "🥺", "cry": "😢",
    "sob": "😭", "scream": "😱", "sweat": "😓", "sweat_smile": "😅", "tired": "😫", "angry": "😠", "rage": "😡",
    "shrug": "🤷", "facepalm": "🤦", "wave": "👋", "ok_hand": "👌", "v": "✌", "crossed_fingers": "🤞",
    "point_left": "👈", "point_right": "👉", "point_up": "👆", "point_down": "👇", "thumbsup": "👍", "+1": "👍",
    "thumbsdown": "👎", "-1": "👎", "fist": "✊", "clap": "👏", "raised_hands": "🙌", "handshake": "🤝",
    "pray": "🙏", "muscle": "💪", "eyes": "👀", "brain": "🧠", "heart": "❤", "broken_heart": "💔", "sparkles": "✨",
    "star": "⭐", "fire": "🔥", "boom": "💥", "zap": "⚡", "100": "💯", "tada": "🎉", "balloon": "🎈", "gift": "🎁",
    "trophy": "🏆", "rocket": "🚀", "bulb": "💡", "bug": "🐛", "lock": "🔒", "key": "🔑", "bell": "🔔", "pin": "📌",
    "book": "📖", "memo": "📝", "calendar": "📅", "clock": "🕒", "hourglass": "⌛", "phone": "📞", "computer": "💻",
    "mail": "✉", "package": "📦", "wrench": "🔧", "hammer": "🔨", "gear": "⚙", "link": "🔗", "warning": "⚠",
    "no_entry": "⛔", "check": "✅", "x": "❌", "question": "❓", "exclamation": "❗", "coffee": "☕", "tea": "🍵",
    "beer": "🍺", "wine": "🍷", "cake": "🍰", "pizza": "🍕", "apple": "🍎", "sun": "☀", "cloud": "☁", "rain": "🌧",
    "snow": "❄", "rainbow": "🌈", "tree": "🌳", "rose": "🌹", "dog": "🐶", "cat": "🐱", "car": "🚗", "train": "🚆",
    "airplane": "✈", "house": "🏠", "moon": "🌙", "earth": "🌍", "music": "🎵", "poop": "💩", "ghost": "👻",
    "robot": "🤖",
}  # fmt: skip
"""By the names that most chats know them under."""

# Not in the midst of a word or a number, as in 10:00:00 or std::x::y.
_named = re.compile(r"(?<![\w:]):([a-z0-9_+-]{1,20}):(?![\w:])")


def with_emoji(text: str) -> str:
    """Return the text with the signs in the place of their names."""
    return _named.sub(lambda found: NAMES.get(found[1], found[0]), text)
