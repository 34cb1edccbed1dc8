"""The pages where staff write the letter, try it as they type, and look at its versions."""

import base64
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from municipalities.audit import recording
from municipalities.municipality.models import Municipality
from municipalities.tenancy.access import access_of
from municipalities.tenancy.roles import Right
from municipalities.texts.languages import LANGUAGES
from welcome.households.models import Household
from welcome.letters import previews, problems, templating, trying
from welcome.letters.layout import LayoutError
from welcome.letters.template_forms import PreviewForm, TemplateForm
from welcome.letters.template_models import LetterTemplate, standard_blocks, template_of

ENOUGH_PAGES = 4  # A letter that runs on is seen to do so.


def find_municipality(request: HttpRequest, municipality_id: int) -> Municipality:
    """The guard: a foreign municipality is not found, a missing right is refused."""
    visible = Municipality.objects.visible_to(request.user)
    municipality = get_object_or_404(visible, pk=municipality_id)
    if not access_of(request).may(Right.WRITE_TEXTS, municipality.pk):
        raise PermissionDenied
    return municipality


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, municipality_id: int) -> HttpResponse:
    municipality = find_municipality(request, municipality_id)
    newest = template_of(municipality)
    if request.method != "POST":
        return _page(request, TemplateForm(municipality=municipality, template=newest))
    form = TemplateForm(request.POST, municipality=municipality, template=newest)
    kind, _colon, way = request.POST.get("move", "").partition(":")
    if kind:
        return _page(request, form.moved(kind, -1 if way == "up" else 1))
    if "try" in request.POST:
        return _page(request, form)
    return _save(request, form)


def _save(request: HttpRequest, form: TemplateForm) -> HttpResponse:
    if form.is_valid():
        form.lay_out()
    if form.errors:
        return _page(request, form, checked=True, status=422)
    try:
        saved = templating.save(
            municipality=form.municipality,
            blocks=form.blocks(),
            seen=form.cleaned_data["seen"],
            by=access_of(request).user,
        )
    except templating.Overtaken:
        form.add_error(
            None,
            _(
                "Somebody else has saved the letter while you wrote. Keep a copy of yours, then open the page anew to"
                " see theirs."
            ),
        )
        return _page(request, form, checked=True, status=422)
    if saved.version == form.cleaned_data["seen"]:
        messages.info(
            request,
            _("Nothing was changed: the letter is still version %(number)s.") % {"number": saved.version},
        )
    else:
        messages.success(request, _("Saved as version %(number)s.") % {"number": saved.version})
    return redirect("admin:welcome_lettertemplate_write", form.municipality.pk)


@require_POST
def preview(request: HttpRequest, municipality_id: int) -> HttpResponse:
    """Only the pictures, for the script that asks while somebody types."""
    municipality = find_municipality(request, municipality_id)
    form = TemplateForm(request.POST, municipality=municipality, template=template_of(municipality))
    chooser = _chooser(request, form)
    return render(request, "letters/template/_preview.html", _tried(form, chooser))


def _chooser(request: HttpRequest, form: TemplateForm) -> PreviewForm:
    place = form.municipality
    may_see = access_of(request).may(Right.READ_PEOPLE, place.pk)
    households = trying.notable(place) if may_see else {}
    sent = request.POST if request.method == "POST" else None
    return PreviewForm(sent, languages=form.languages, home=place.home_language, households=households)


def _tried(form: TemplateForm, chooser: PreviewForm) -> dict[str, Any]:
    """The pages of the letter as it is typed, as pictures within the answer: they are kept nowhere."""
    home, wished, told = chooser.chosen()
    household = chooser.households.get(home)
    try:
        trial = trying.Trial(form.municipality, LetterTemplate(blocks=form.blocks()))
        language = trial.language_for(wished)
        if language is None:
            return {"refused": _("Write the mayor's greeting in at least one language first.")}
        if household is not None:
            recording.look(of=household, note="letter-preview")
            recipient = trying.home_of(household, timezone.localdate())
        else:
            recipient = trying.EXAMPLES[home]
        content, count = trial.pdf(language, recipient, told)
    except LayoutError as error:
        return {"refused": str(error)}
    except OSError:
        return {"refused": _("The arms or the signature can't be read; upload them again.")}
    shown = range(1, min(count, ENOUGH_PAGES) + 1)
    return {
        "pages": [base64.b64encode(previews.picture(content, page)).decode() for page in shown],
        "count": count,
        "is_long": count > problems.PERSONAL_PAGES,
        "instead": "" if language == wished else LANGUAGES[language].own_name,
        "wished": LANGUAGES[wished].own_name,
    }


def _page(
    request: HttpRequest,
    form: TemplateForm,
    *,
    checked: bool = False,
    status: int = 200,
) -> HttpResponse:
    municipality = form.municipality
    form.wrong = set(form.errors) if checked else set()
    chooser = _chooser(request, form)
    if chooser.households:
        recording.list_of(
            model=Household,
            municipality_ids=[municipality.pk],
            note=f"letter-preview rows={len(chooser.households)}",
        )
    context = {
        "title": _("The letter of %(place)s") % {"place": municipality},
        "municipality": municipality,
        "form": form,
        "errors": [*_faulty(form)] if checked else [],
        "checked": checked,
        "chooser": chooser,
        "tried": _tried(form, chooser),
    }
    return _answer(request, "write", context, status)


def _faulty(form: TemplateForm) -> Any:
    """(address within the page, where, what) of each error."""
    for row in form.rows():
        for text in row.texts:
            for bound in filter(None, (text.title, text.body)):
                for error in bound.errors:
                    yield f"{row.kind}-{text.language}", f"{row.label}, {text.name}", error
        for bound in filter(None, (row.order, row.shown)):
            for error in bound.errors:
                yield f"block-{row.kind}", row.label, error


def version(request: HttpRequest, template: LetterTemplate) -> HttpResponse:
    """What this version says and what it changed; `template` is one that the user may see."""
    before = LetterTemplate.objects.of(template.municipality).filter(version=template.version - 1).first()
    newest = template_of(template.municipality)
    context = {
        "title": template,
        "template": template,
        "municipality": template.municipality,
        "changes": [
            (change, LANGUAGES[change.language] if change.language else None)
            for change in templating.changes(before.blocks if before else standard_blocks(), template.blocks)
        ],
        "runs": template.runs.of(template.municipality).order_by("-year", "-number"),
        "is_newest": newest.pk == template.pk,
        "may_write": access_of(request).may(Right.WRITE_TEXTS, template.municipality_id),
    }
    return _answer(request, "version", context)


@require_POST
def again(request: HttpRequest, object_id: int) -> HttpResponse:
    visible = LetterTemplate.objects.visible_to(request.user).select_related("municipality")
    template = get_object_or_404(visible, pk=object_id)
    if not access_of(request).may(Right.WRITE_TEXTS, template.municipality_id):
        raise PermissionDenied
    try:
        made = templating.use_again(template=template, by=access_of(request).user)
    except templating.Overtaken:
        messages.error(request, _("Somebody else has saved the letter meanwhile. Look at theirs first."))
        return redirect("admin:welcome_lettertemplate_changelist")
    messages.success(
        request,
        _("Version %(number)s says the same as version %(earlier)s.")
        % {"number": made.version, "earlier": template.version},
    )
    return redirect("admin:welcome_lettertemplate_change", made.pk)


def _answer(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    request.current_app = admin.site.name
    shown = {**admin.site.each_context(request), "opts": LetterTemplate._meta, **context}
    answer = render(request, f"letters/template/{template}.html", shown, status=status)
    answer["Cache-Control"] = "no-store, private"
    return answer
