from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from notes.models import Note


@login_required
def note(request: HttpRequest) -> HttpResponse:
    return render(request, "note.html", {"note": get_object_or_404(Note, owner=request.user)})
