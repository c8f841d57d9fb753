from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "linli.foundation.audit"
    label = "audit"
    verbose_name = "审计"

    def ready(self) -> None:
        """Give core its stores, and name this room's tables as sinks."""
        from linli.core.service import audit_sink_set, request_keys_set, sink_table

        from .stores import AuditStore, RequestKeyStore

        audit_sink_set(AuditStore())
        request_keys_set(RequestKeyStore())
        sink_table("audit_auditrecord", "audit_seal", "audit_sealedrow", "audit_requestkey")
