from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "linli.oversight.dashboards"
    label = "dashboards"
    verbose_name = "数据"
