"""Addresses of what two people do together. No word of the catalogue stands in one."""

from django.urls import path, register_converter

from boundaries.agreements import views as agreements_views
from boundaries.answers import views as answers_views
from boundaries.comparison import views as comparison_views
from boundaries.consent import safety_questions
from boundaries.consent import views as consent_views
from boundaries.demo import views as demo_views
from boundaries.downloads.typesetting import Paper
from boundaries.home import help
from boundaries.home import views as home_views
from boundaries.leaving import views as leaving_views
from boundaries.pairing import joining
from boundaries.pairing import views as pairing_views
from boundaries.privacy_notice import views as privacy_notice_views
from boundaries.privacy_notice import visibility_views
from boundaries.questions import views as questions_views
from boundaries.talks import views as talks_views
from boundaries.therapist_sheet import views as therapist_sheet_views
from boundaries.vocabulary import Move
from boundaries.web.converters import BehaviourConverter, DeckConverter

register_converter(BehaviourConverter, "behaviour")
register_converter(DeckConverter, "deck")

urlpatterns = [
    path("", home_views.landing, name="landing"),
    path("help/", help.show, name="help"),
    path("four-questions/", safety_questions.show, name="questions"),
    path("demo/", demo_views.show, name="example"),
    path("demo/sheet/", demo_views.sheet, name="example-sheet"),
    path("demo/comparison/", demo_views.comparison, name="example-comparison"),
    path("demo/talk/", demo_views.talk, name="example-talk"),
    path("demo/talk/closed/", demo_views.talked, name="example-talked"),
    path("demo/understandings/", demo_views.understandings, name="example-understandings"),
    path("demo/understandings/one/", demo_views.understanding, name="example-understanding"),
    path("home/", home_views.home, name="home"),
    path("kept/", privacy_notice_views.show, name="keeping"),
    path("seen/", visibility_views.show, name="seeing"),
    path("yes/", consent_views.show, name="consenting"),
    path("yes/say/", consent_views.agree, name="consenting-agree"),
    path("partner/", pairing_views.show, name="pairing"),
    path("partner/invite/", pairing_views.invite, name="pairing-invite"),
    path("partner/revoke/", pairing_views.revoke, name="pairing-revoke"),
    path("partner/confirm/", pairing_views.confirm, name="pairing-confirm"),
    path("partner/refuse/", pairing_views.refuse, name="pairing-refuse"),
    path("partner/part/", pairing_views.part, name="pairing-part"),
    path("partner/parted/", pairing_views.acknowledge_parting, name="pairing-parted"),
    path("leaving/", leaving_views.show, name="leaving"),
    path("leaving/part/", leaving_views.parting, name="leaving-part"),
    path("leaving/copies/", leaving_views.copies, name="leaving-copies"),
    *(
        path(
            f"leaving/copies/<uuid:copy>/{paper}.pdf",
            leaving_views.copy_pdf,
            {"paper": paper},
            name=f"leaving-copy-{paper.name.lower()}",
        )
        for paper in Paper
    ),
    path("leaving/copies/<uuid:copy>/page.json", leaving_views.copy_data, name="leaving-copy-data"),
    path(
        "leaving/copies/<uuid:copy>/throw-away/",
        leaving_views.throw_away,
        name="leaving-throw-away",
    ),
    path("leaving/export/", leaving_views.export, name="leaving-export"),
    path("leaving/export/make/", leaving_views.ask, name="leaving-export-make"),
    path("leaving/export/take/", leaving_views.take, name="leaving-export-take"),
    path("leaving/delete/", leaving_views.deleting, name="leaving-delete"),
    path("leaving/delete/sure/", leaving_views.deleting_for_sure, name="leaving-delete-sure"),
    path("leaving/delete/now/", leaving_views.delete, name="leaving-delete-now"),
    path("join/", joining.show, name="joining"),
    path("join/code/", joining.enter, name="joining-enter"),
    path("join/offer/", joining.offer, name="joining-offer"),
    path("join/accept/", joining.join, name="joining-join"),
    path("join/decline/", joining.decline, name="joining-decline"),
    path("join/withdraw/", joining.withdraw, name="joining-withdraw"),
    path("join/<path:rest>", joining.show, name="joining-from-link"),
    path("decks/<deck:deck>/", answers_views.show, name="answering"),
    path("decks/<deck:deck>/last-look/", answers_views.last_look, name="answering-last-look"),
    path("decks/<deck:deck>/seal/", answers_views.seal, name="answering-seal"),
    path("decks/<deck:deck>/unseal/", answers_views.unseal, name="answering-unseal"),
    path("decks/<deck:deck>/again/", answers_views.again, name="answering-again"),
    path("decks/<deck:deck>/history/", answers_views.history, name="answering-history"),
    path("decks/<deck:deck>/comparison/", comparison_views.show, name="comparing"),
    path("decks/<deck:deck>/comparison/for-me/", comparison_views.for_me, name="comparing-for-me"),
    path("answers/<behaviour:behaviour>/", answers_views.card, name="answering-card"),
    path("answers/<behaviour:behaviour>/save/", answers_views.answer, name="answering-answer"),
    path("answers/<behaviour:behaviour>/skip/", answers_views.skip, name="answering-skip"),
    path("answers/<behaviour:behaviour>/undo/", answers_views.undo, name="answering-undo"),
    path("answers/<behaviour:behaviour>/hide/", answers_views.hide, name="answering-hide"),
    path("answers/<behaviour:behaviour>/show/", answers_views.show_again, name="answering-show"),
    path("talks/", talks_views.agenda, name="conversing"),
    path("talks/about/<behaviour:behaviour>/", talks_views.about, name="conversing-about"),
    path("talks/about/<behaviour:behaviour>/open/", talks_views.open, name="conversing-open"),
    path("talks/<uuid:talk>/", talks_views.show, name="conversing-talk"),
    path("talks/<uuid:talk>/state/", talks_views.state, name="conversing-state"),
    path("talks/<uuid:talk>/draft/", talks_views.draft, name="conversing-draft"),
    path("talks/<uuid:talk>/throw-away/", talks_views.throw_away, name="conversing-throw-away"),
    path("talks/<uuid:talk>/stuck/", talks_views.stuck, name="conversing-stuck"),
    path("talks/<uuid:talk>/pause/", talks_views.pause, name="conversing-pause"),
    path("talks/<uuid:talk>/come-back/", talks_views.come_back, name="conversing-come-back"),
    path("talks/<uuid:talk>/switch/", talks_views.switch, name="conversing-switch"),
    path("talks/<uuid:talk>/advice/", talks_views.advice, name="conversing-advice"),
    *(
        path(
            f"talks/<uuid:talk>/turn/{move}/",
            talks_views.turn,
            {"move": move},
            name=f"conversing-turn-{move}",
        )
        for move in Move
    ),
    path("understandings/", agreements_views.show, name="agreeing"),
    *(
        path(
            f"understandings/{paper}.pdf",
            agreements_views.pdf,
            {"paper": paper},
            name=f"agreeing-pdf-{paper.name.lower()}",
        )
        for paper in Paper
    ),
    path("understandings/therapist/", therapist_sheet_views.show, name="releasing"),
    path("understandings/therapist/make/", therapist_sheet_views.make, name="releasing-make"),
    path(
        "understandings/therapist/release/", therapist_sheet_views.release, name="releasing-release"
    ),
    path("understandings/therapist/end/", therapist_sheet_views.end, name="releasing-end"),
    *(
        path(
            f"understandings/therapist/{paper}.pdf",
            therapist_sheet_views.pdf,
            {"paper": paper},
            name=f"releasing-pdf-{paper.name.lower()}",
        )
        for paper in Paper
    ),
    path("read/", therapist_sheet_views.enter, name="releasing-enter"),
    path("read/sheet/", therapist_sheet_views.read, name="releasing-read"),
    path("read/paper/", therapist_sheet_views.read_on_paper, name="releasing-read-on-paper"),
    path("read/<path:rest>", therapist_sheet_views.enter, name="releasing-enter-from-link"),
    path("understandings/dates.ics", agreements_views.calendar, name="agreeing-calendar"),
    path("understandings/page.json", agreements_views.data, name="agreeing-data"),
    path("understandings/yes/", agreements_views.assent, name="agreeing-assent"),
    path(
        "understandings/common-ground/<deck:deck>/",
        agreements_views.common_ground,
        name="agreeing-common-ground",
    ),
    path(
        "understandings/common-ground/<deck:deck>/keep/",
        agreements_views.keep,
        name="agreeing-keep",
    ),
    path("understandings/on/<behaviour:behaviour>/", agreements_views.entry, name="agreeing-entry"),
    path(
        "understandings/on/<behaviour:behaviour>/words/",
        agreements_views.change,
        name="agreeing-change",
    ),
    path(
        "understandings/on/<behaviour:behaviour>/propose/",
        agreements_views.propose,
        name="agreeing-propose",
    ),
    path(
        "understandings/on/<behaviour:behaviour>/withdraw/",
        agreements_views.withdraw,
        name="agreeing-withdraw",
    ),
    path(
        "understandings/on/<behaviour:behaviour>/set-aside/",
        agreements_views.set_aside,
        name="agreeing-set-aside",
    ),
    path("intimate/", questions_views.intimate, name="asking-intimate"),
    path("intimate/yes/", questions_views.opt_in, name="asking-opt-in"),
    path("intimate/take-back/", questions_views.opt_out, name="asking-opt-out"),
    path("own/", questions_views.own, name="asking-own"),
    path("own/put-forward/", questions_views.put_forward, name="asking-put-forward"),
    path("own/take-back/", questions_views.take_back, name="asking-take-back"),
    path("own/accept/", questions_views.accept, name="asking-accept"),
    path("own/set-aside/", questions_views.set_aside, name="asking-set-aside"),
]
