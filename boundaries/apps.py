from django.apps import AppConfig


class BoundariesConfig(AppConfig):
    name = "boundaries"

    def ready(self) -> None:
        from django.utils.autoreload import autoreload_started

        from accounts import maintenance, metrics, sign_up
        from boundaries import content
        from boundaries.check_ins import reminding
        from boundaries.content import checks as content_checks  # noqa: F401
        from boundaries.content.catalogue import checks  # noqa: F401  the import registers them
        from boundaries.content.help import checks as help_checks  # noqa: F401
        from boundaries.content.journal import checks as journal_checks  # noqa: F401
        from boundaries.leaving import data_export
        from boundaries.pairing import admission, offered
        from boundaries.privacy_notice import checks as keeping_checks  # noqa: F401
        from boundaries.reminders import mailing
        from boundaries.repair import rules as repair
        from boundaries.seats import checks as key_checks  # noqa: F401
        from boundaries.therapist_sheet import rules as therapist_sheet

        maintenance.duties += [
            therapist_sheet.clear_away,
            data_export.clear_away,
            admission.clear_away,
            reminding.schedule_due,
            mailing.remind,
            repair.remove_expired,
        ]
        metrics.counts.append(
            ("common_ground_reminders_due", "Reminders to look at now.", mailing.due_now)
        )
        sign_up.invitations.append(offered)
        autoreload_started.connect(content.watch, dispatch_uid="content")
