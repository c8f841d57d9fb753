from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "linli.foundation.links"
    label = "links"
    verbose_name = "关联"
