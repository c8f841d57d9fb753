from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "linli.registers.organizations"
    label = "organizations"
    verbose_name = "组织"
