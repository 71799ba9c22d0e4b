"""Addresses of what two people do together. No word of the catalogue stands in one."""

from django.urls import path, register_converter

from boundaries.converters import BehaviourConverter, DeckConverter
from boundaries.typesetting import Paper
from boundaries.views import (
    agreeing,
    answering,
    asking,
    comparing,
    consenting,
    conversing,
    example,
    help,
    joining,
    journey,
    keeping,
    leaving,
    pairing,
    questions,
    releasing,
    seeing,
)
from boundaries.vocabulary import Move

register_converter(BehaviourConverter, "behaviour")
register_converter(DeckConverter, "deck")

urlpatterns = [
    path("", journey.landing, name="landing"),
    path("help/", help.show, name="help"),
    path("four-questions/", questions.show, name="questions"),
    path("demo/", example.show, name="example"),
    path("demo/sheet/", example.sheet, name="example-sheet"),
    path("demo/comparison/", example.comparison, name="example-comparison"),
    path("demo/talk/", example.talk, name="example-talk"),
    path("demo/talk/closed/", example.talked, name="example-talked"),
    path("demo/understandings/", example.understandings, name="example-understandings"),
    path("demo/understandings/one/", example.understanding, name="example-understanding"),
    path("home/", journey.home, name="home"),
    path("kept/", keeping.show, name="keeping"),
    path("seen/", seeing.show, name="seeing"),
    path("yes/", consenting.show, name="consenting"),
    path("yes/say/", consenting.agree, name="consenting-agree"),
    path("partner/", pairing.show, name="pairing"),
    path("partner/invite/", pairing.invite, name="pairing-invite"),
    path("partner/revoke/", pairing.revoke, name="pairing-revoke"),
    path("partner/confirm/", pairing.confirm, name="pairing-confirm"),
    path("partner/refuse/", pairing.refuse, name="pairing-refuse"),
    path("partner/part/", pairing.part, name="pairing-part"),
    path("partner/parted/", pairing.acknowledge_parting, name="pairing-parted"),
    path("leaving/", leaving.show, name="leaving"),
    path("leaving/part/", leaving.parting, name="leaving-part"),
    path("leaving/copies/", leaving.copies, name="leaving-copies"),
    *(
        path(
            f"leaving/copies/<uuid:copy>/{paper}.pdf",
            leaving.copy_pdf,
            {"paper": paper},
            name=f"leaving-copy-{paper.name.lower()}",
        )
        for paper in Paper
    ),
    path("leaving/copies/<uuid:copy>/page.json", leaving.copy_data, name="leaving-copy-data"),
    path("leaving/copies/<uuid:copy>/throw-away/", leaving.throw_away, name="leaving-throw-away"),
    path("leaving/export/", leaving.export, name="leaving-export"),
    path("leaving/export/make/", leaving.ask, name="leaving-export-make"),
    path("leaving/export/take/", leaving.take, name="leaving-export-take"),
    path("leaving/delete/", leaving.deleting, name="leaving-delete"),
    path("leaving/delete/sure/", leaving.deleting_for_sure, name="leaving-delete-sure"),
    path("leaving/delete/now/", leaving.delete, name="leaving-delete-now"),
    path("join/", joining.show, name="joining"),
    path("join/code/", joining.enter, name="joining-enter"),
    path("join/offer/", joining.offer, name="joining-offer"),
    path("join/accept/", joining.join, name="joining-join"),
    path("join/decline/", joining.decline, name="joining-decline"),
    path("join/withdraw/", joining.withdraw, name="joining-withdraw"),
    path("join/<path:rest>", joining.show, name="joining-from-link"),
    path("decks/<deck:deck>/", answering.show, name="answering"),
    path("decks/<deck:deck>/last-look/", answering.last_look, name="answering-last-look"),
    path("decks/<deck:deck>/seal/", answering.seal, name="answering-seal"),
    path("decks/<deck:deck>/unseal/", answering.unseal, name="answering-unseal"),
    path("decks/<deck:deck>/again/", answering.again, name="answering-again"),
    path("decks/<deck:deck>/history/", answering.history, name="answering-history"),
    path("decks/<deck:deck>/comparison/", comparing.show, name="comparing"),
    path("decks/<deck:deck>/comparison/for-me/", comparing.for_me, name="comparing-for-me"),
    path("answers/<behaviour:behaviour>/", answering.card, name="answering-card"),
    path("answers/<behaviour:behaviour>/save/", answering.answer, name="answering-answer"),
    path("answers/<behaviour:behaviour>/skip/", answering.skip, name="answering-skip"),
    path("answers/<behaviour:behaviour>/undo/", answering.undo, name="answering-undo"),
    path("answers/<behaviour:behaviour>/hide/", answering.hide, name="answering-hide"),
    path("answers/<behaviour:behaviour>/show/", answering.show_again, name="answering-show"),
    path("talks/", conversing.agenda, name="conversing"),
    path("talks/about/<behaviour:behaviour>/", conversing.about, name="conversing-about"),
    path("talks/about/<behaviour:behaviour>/open/", conversing.open, name="conversing-open"),
    path("talks/<uuid:talk>/", conversing.show, name="conversing-talk"),
    path("talks/<uuid:talk>/state/", conversing.state, name="conversing-state"),
    path("talks/<uuid:talk>/draft/", conversing.draft, name="conversing-draft"),
    path("talks/<uuid:talk>/throw-away/", conversing.throw_away, name="conversing-throw-away"),
    path("talks/<uuid:talk>/stuck/", conversing.stuck, name="conversing-stuck"),
    path("talks/<uuid:talk>/pause/", conversing.pause, name="conversing-pause"),
    path("talks/<uuid:talk>/come-back/", conversing.come_back, name="conversing-come-back"),
    path("talks/<uuid:talk>/switch/", conversing.switch, name="conversing-switch"),
    path("talks/<uuid:talk>/advice/", conversing.advice, name="conversing-advice"),
    *(
        path(
            f"talks/<uuid:talk>/turn/{move}/",
            conversing.turn,
            {"move": move},
            name=f"conversing-turn-{move}",
        )
        for move in Move
    ),
    path("understandings/", agreeing.show, name="agreeing"),
    *(
        path(
            f"understandings/{paper}.pdf",
            agreeing.pdf,
            {"paper": paper},
            name=f"agreeing-pdf-{paper.name.lower()}",
        )
        for paper in Paper
    ),
    path("understandings/therapist/", releasing.show, name="releasing"),
    path("understandings/therapist/make/", releasing.make, name="releasing-make"),
    path("understandings/therapist/release/", releasing.release, name="releasing-release"),
    path("understandings/therapist/end/", releasing.end, name="releasing-end"),
    *(
        path(
            f"understandings/therapist/{paper}.pdf",
            releasing.pdf,
            {"paper": paper},
            name=f"releasing-pdf-{paper.name.lower()}",
        )
        for paper in Paper
    ),
    path("read/", releasing.enter, name="releasing-enter"),
    path("read/sheet/", releasing.read, name="releasing-read"),
    path("read/paper/", releasing.read_on_paper, name="releasing-read-on-paper"),
    path("read/<path:rest>", releasing.enter, name="releasing-enter-from-link"),
    path("understandings/dates.ics", agreeing.calendar, name="agreeing-calendar"),
    path("understandings/page.json", agreeing.data, name="agreeing-data"),
    path("understandings/yes/", agreeing.assent, name="agreeing-assent"),
    path(
        "understandings/common-ground/<deck:deck>/",
        agreeing.common_ground,
        name="agreeing-common-ground",
    ),
    path("understandings/common-ground/<deck:deck>/keep/", agreeing.keep, name="agreeing-keep"),
    path("understandings/on/<behaviour:behaviour>/", agreeing.entry, name="agreeing-entry"),
    path("understandings/on/<behaviour:behaviour>/words/", agreeing.change, name="agreeing-change"),
    path(
        "understandings/on/<behaviour:behaviour>/propose/",
        agreeing.propose,
        name="agreeing-propose",
    ),
    path(
        "understandings/on/<behaviour:behaviour>/withdraw/",
        agreeing.withdraw,
        name="agreeing-withdraw",
    ),
    path(
        "understandings/on/<behaviour:behaviour>/set-aside/",
        agreeing.set_aside,
        name="agreeing-set-aside",
    ),
    path("intimate/", asking.intimate, name="asking-intimate"),
    path("intimate/yes/", asking.opt_in, name="asking-opt-in"),
    path("intimate/take-back/", asking.opt_out, name="asking-opt-out"),
    path("own/", asking.own, name="asking-own"),
    path("own/put-forward/", asking.put_forward, name="asking-put-forward"),
    path("own/take-back/", asking.take_back, name="asking-take-back"),
    path("own/accept/", asking.accept, name="asking-accept"),
    path("own/set-aside/", asking.set_aside, name="asking-set-aside"),
]
