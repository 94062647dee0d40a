"""How files that are sent are taken: in memory alone, and no further than the largest we keep.

A file that nobody was to read in the database must not lie open in a temporary folder meanwhile.
"""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from convener.rules.documents import BYTES_MAX

FILES_MAX = 5  # in one request


class BoundedUpload(FileUploadHandler):
    """Holds the first megabytes of each file; of what is more it only counts the bytes."""

    def __init__(self, request: Any = None) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(request)
        self.count = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- as above
        super().new_file(*args, **kwargs)
        self.count += 1
        self.held = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start <= BYTES_MAX and self.count <= FILES_MAX:
            self.held.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """Return the file; its size says how much was sent, be it held or not."""
        self.held.seek(0)
        return InMemoryUploadedFile(
            file=self.held,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
