from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "linli.work.matters"
    label = "matters"
    verbose_name = "事项"
