from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    name = "linli.work.benefits"
    label = "benefits"
    verbose_name = "政策找人"
