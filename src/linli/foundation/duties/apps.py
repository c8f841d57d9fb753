from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "linli.foundation.duties"
    label = "duties"
    verbose_name = "待办"
