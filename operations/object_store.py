"""Files in an S3-compatible store (``FILES_URL``); loaded only where one is named."""

import datetime as dt
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError
from storages.backends.s3 import S3Storage

SECONDS = 10  # to connect, and for each answer
TRIES = 3


class ObjectStore(S3Storage):
    """Keeps each file once under its own name, private, and behaves like a disk: what is not there is ``FileNotFoundError``.

    Files leave through our views only, so nothing of it has an address.
    """

    def __init__(self, **settings: Any) -> None:
        # Most servers beside Amazon's know neither buckets as host names nor the newer checksums.
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=SECONDS,
            read_timeout=SECONDS,
            retries={"total_max_attempts": TRIES, "mode": "standard"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(client_config=config, file_overwrite=False, use_threads=False, default_acl=None, **settings)

    def get_modified_time(self, name: str) -> dt.datetime:
        """When it was put there.

        :raises FileNotFoundError: it is not there.
        """
        try:
            moment: dt.datetime = super().get_modified_time(name)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise FileNotFoundError(name) from error
            raise
        return moment

    def url(self, *_args: Any, **_options: Any) -> str:
        """There is none."""
        raise NotImplementedError("Files leave through views, which ask for the right.")
