from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "linli.work.matters.routing"
    label = "routing"
    verbose_name = "派单规则"

    def ready(self) -> None:
        """Say what this room's records are called, and look at the tables when a unit closes."""
        from linli.foundation.accounts.closing import unit_close_step_add
        from linli.foundation.audit.words import verb_words_add

        from .words import RECORDED

        verb_words_add(RECORDED)
        unit_close_step_add(_look_at_tables)


def _look_at_tables(unit_id: int) -> None:
    from .services import unit_closed  # its tables are not there yet at start-up

    unit_closed(unit_id=unit_id)
