"""What may go wrong with a provider."""


class ProviderFailed(Exception):
    """The provider couldn't be asked, or what it said is not to be believed.

    :ivar code: ``unavailable``, ``document``, ``issuer``, ``client``, ``code`` or ``token``.
    :ivar detail: why, for whoever configures it; the end of a sentence, never a part of what came.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        self.detail = detail
        super().__init__(code, detail)
