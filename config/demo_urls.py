"""What only a demo has: a mailbox, and signing in by one tap."""

from django.urls import path

from boundaries.demo import trying
from boundaries.vocabulary import Side
from config import mailbox

urlpatterns = [
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("demo/asha/", trying.sign_in_as, {"side": Side.LEFT}, name="demo-as-left"),
    path("demo/ravi/", trying.sign_in_as, {"side": Side.RIGHT}, name="demo-as-right"),
]
