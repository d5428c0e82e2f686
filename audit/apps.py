from django.apps import AppConfig
from django.core.checks import Tags, register

from audit.checks import application_owns_nothing


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        register(application_owns_nothing, Tags.database)
