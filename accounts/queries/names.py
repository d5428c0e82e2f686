"""What a person is called, as a column: as ``str(user)`` says it."""

from django.db.models import F, TextField, Value
from django.db.models.functions import Coalesce, NullIf


def name_of(user: str) -> Coalesce:
    """The name, or the address of whoever has given none.

    :param user: the path from the rows to the user, such as ``membership__user``.
    """
    return Coalesce(NullIf(F(f"{user}__name"), Value("")), F(f"{user}__email"), output_field=TextField())
