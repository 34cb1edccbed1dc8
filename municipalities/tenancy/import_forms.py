"""The two forms of an import, the file and its confirmation, and where the file waits between them."""

import hashlib
from typing import Any

from cryptography.fernet import Fernet
from django import forms
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from import_export.tmp_storages import CacheStorage
from unfold.contrib.import_export.forms import ImportForm

from municipalities.municipality.models import Municipality
from municipalities.tenancy.import_files import MOST_BYTES, CSVFile, XLSXFile, is_workbook

FORMATS: list[type] = [CSVFile, XLSXFile]
GONE = _(
    "The file is no longer here: it has been taken in already, or an hour has passed. Look at the list, or choose "
    "the file again."
)


class Stopped(Exception):
    """Nothing is saved; `sentence` tells staff why."""

    def __init__(self, sentence: Any) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


class SealedCache(CacheStorage):
    """Where a file waits between its preview and the confirmation.

    The cache, not the folder of files: every web process reads the same one (Redis, or a folder in DATA_DIR), no
    backup holds it, and what nobody confirms goes by itself. A folder would keep the names of owners until somebody
    sweeps it. A file's name is a key that only the page of whoever chose it knows: it is kept under the name's
    fingerprint and encrypted with the name, so that what the cache has not yet swept can be read by nobody.
    """

    CACHE_LIFETIME = 3600

    @property
    def _place(self) -> str:
        return f"import-{hashlib.sha256(self.name.encode()).hexdigest()}"

    def save(self, data: bytes) -> None:
        self.name = Fernet.generate_key().decode()
        cache.set(self._place, Fernet(self.name).encrypt(data), self.CACHE_LIFETIME)

    def read(self) -> bytes:
        if (sealed := cache.get(self._place)) is None:
            raise Stopped(GONE)
        return Fernet(self.name).decrypt(sealed)

    def remove(self) -> None:
        self.claim()

    def claim(self) -> bool:
        """Whether it was there: of two who confirm the same file, one gets True."""
        return cache.delete(self._place)


class ScopedImportForm(ImportForm):
    """Which file, and into which municipality of those in which one may write. The file itself tells its format."""

    municipality = forms.ModelChoiceField(label=_("Municipality"), queryset=Municipality.objects.none())
    field_order = ["municipality", "import_file"]

    def __init__(
        self,
        formats: list[type],
        resources: list[type],
        *,
        municipalities: models.QuerySet[Municipality],
        only: int | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(formats, resources, **kwargs)
        del self.fields["format"], self.fields["resource"]
        where: Any = self.fields["municipality"]
        where.queryset = municipalities
        if only is not None:
            # Disabled: what a browser sends for it is not even read.
            where.initial, where.disabled, where.widget = only, True, forms.HiddenInput()
        file = self.fields["import_file"]
        file.label = _("File")
        file.widget = forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"})

    @property
    def media(self) -> forms.Media:
        return forms.Media()  # The library's script guesses a format that isn't asked for here.

    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        if file.size > MOST_BYTES:
            raise ValidationError(
                _("The file is larger than %(limit)s MB."), params={"limit": MOST_BYTES // 1024 // 1024}
            )
        return file

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if file := said.get("import_file"):
            file.seek(0)
            said["format"] = str(FORMATS.index(XLSXFile if is_workbook(file.read(4)) else CSVFile))
        return said


class ConfirmForm(forms.Form):
    """One signed word, good for one user and one list: which file, into which municipality, and what was shown."""

    import_file_name = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, salt: str, municipalities: models.QuerySet[Municipality], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.salt = salt
        self.municipalities = municipalities

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not said.get("import_file_name"):
            raise Stopped(GONE)
        try:
            signed = signing.loads(said["import_file_name"], salt=self.salt)
        except signing.BadSignature:
            raise PermissionDenied from None  # Another's, or made up: no button leads here.
        # The right to write there may have gone since.
        chosen = self.municipalities.filter(pk=signed["municipality"]).first()
        if chosen is None:
            raise PermissionDenied
        return signed | {"import_file_name": signed["file"], "municipality": chosen}
