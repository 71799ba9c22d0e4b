"""The URLs of a demo: settings decide about them when the site starts."""

from config import demo_urls
from config.urls import *  # noqa: F403
from config.urls import urlpatterns as ours

urlpatterns = [*ours, *demo_urls.urlpatterns]
