"""The ways out of the app: mail, chat and webhooks, each from the admin's list.

`Dispatcher(store, settings).once(now)` sends what is due; `deliver` sends one thing over one channel and
never raises for a fault of the far side.
"""

from assistant.channels.dispatching import Dispatched, Dispatcher, deliver
from assistant.channels.listed import Channels, channels_of
from assistant.channels.outcomes import Channel, ChannelError, Outcome, Outgoing, Recipient

__all__ = [
    "Channel",
    "ChannelError",
    "Channels",
    "Dispatched",
    "Dispatcher",
    "Outcome",
    "Outgoing",
    "Recipient",
    "channels_of",
    "deliver",
]
