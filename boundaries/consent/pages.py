"""How the page with the four safety questions is answered."""

from __future__ import annotations

from http import HTTPStatus

# For its back button Chromium keeps a page with everything ticked on it for some minutes, despite
# "no-store", but only if its status is 200. Where scripts run, leaving.js clears it as well.
NEVER_KEPT = HTTPStatus.NON_AUTHORITATIVE_INFORMATION
