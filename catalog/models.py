"""What vendors say. (A first stone; the catalog's own models replace this file.)"""

from django.db import models


class AccessRoute(models.Model):
    """One way to reach a tool's model: plan or cloud × client × account."""

    key = models.SlugField(max_length=120)

    def __str__(self) -> str:
        return self.key
