"""The page where the letter is written: what is typed is shown, checked and saved as a new version."""

import base64
import re
from html import unescape
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from municipalities.audit.models import Action, AuditEntry
from municipalities.tenancy.models import Role
from tests.factories.municipalities import MunicipalityFactory
from tests.staff_client import StaffClient
from tests.welcome.letters.frozen import arrive, make_municipality, protect, worker
from welcome.letters import templating
from welcome.letters.template_models import LetterTemplate, standard_blocks, template_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_on("sqlite", why="laid out and drawn alike, whatever the database"),
]


@pytest.fixture
def place():
    return make_municipality(name="Ål", languages=["nb", "en"])


@pytest.fixture
def browser(place):
    return browser_of(place, Role.SERVICE_OFFICE)


def browser_of(place, role):
    browser = StaffClient(headers={"accept-language": "en"})
    browser.user = worker(place, role)
    browser.force_login(browser.user)
    return browser


def address(place, name="write"):
    return reverse(f"admin:welcome_lettertemplate_{name}", args=[place.pk])


class Sent(HTMLParser):
    """What a browser without scripts sends of the letter's form, buttons aside."""

    def __init__(self, page):
        super().__init__()
        self.values, self._inside, self._textarea, self._select = {}, False, "", ""
        self.feed(page.content.decode())

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        if tag == "form":
            self._inside = "letter-form" in known.get("class", "")
        if not self._inside:
            return
        if tag == "input" and (known.get("type") not in {"checkbox", "radio"} or "checked" in known):
            self._add(known.get("name"), known.get("value", "on"))
        elif tag == "textarea":
            self._textarea = known["name"]
            self._add(self._textarea, "")
        elif tag == "select":
            self._select = known["name"]
        elif tag == "option" and ("selected" in known or self._select not in self.values):
            self.values[self._select] = [known["value"]]

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._textarea = ""

    def handle_data(self, words):
        if self._textarea:
            self.values[self._textarea][-1] += words

    def _add(self, name, value):
        if name:
            self.values.setdefault(name, []).append(value)


def typed(page, **changed):
    return Sent(page).values | {name: [value] for name, value in changed.items()}


def pictures(answer):
    return re.findall(r'src="data:image/png;base64,([^"]+)"', answer.content.decode())


def errors(answer):
    """Where each error leads, and what is said."""
    listed = answer.content.decode().partition('id="errors"')[2].partition("</div>")[0]
    found = re.findall(r"<li>(.*?)</li>", listed, re.DOTALL)
    return [
        ("".join(re.findall(r'href="([^"]+)"', item)), unescape(re.sub(r"<[^>]+>", "", item)))
        for item in found
    ]


def test_it_opens_with_the_portals_own_words_in_every_language(browser, place):
    page = browser.get(address(place))
    form = page.context["form"]
    assert page.status_code == 200
    assert [row.kind for row in form.rows()] == [block["kind"] for block in standard_blocks()]
    assert form["host-en-title"].value() == "Meet your host"
    assert "{host}" in form["host-nb-body"].value()
    assert pictures(page)


def test_saving_makes_a_version_that_says_who_and_when(browser, place):
    page = browser.get(address(place))
    saved = browser.post(
        address(place),
        typed(page, **{"host-en-body": "<p>Call {host}<script>x()</script> on {host_phone}.</p>"}),
        follow=True,
    )
    first = LetterTemplate.objects.get(municipality=place)
    assert saved.status_code == 200
    assert (first.version, first.made_by) == (1, browser.user)
    words = {block["kind"]: block["texts"] for block in first.blocks}
    assert words["host"]["en"]["body"] == "<p>Call {host} on {host_phone}.</p>"
    history = browser.get(reverse("admin:welcome_lettertemplate_change", args=[first.pk]))
    ((changed, _),) = history.context["changes"]  # The words nobody touched are no change.
    assert (changed.block, changed.language) == ("About your host", "en")
    assert "lives here and is your host" in changed.before
    again = browser.post(address(place), typed(browser.get(address(place))), follow=True)
    assert "Nothing was changed" in again.content.decode()
    assert LetterTemplate.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "words", "said"),
    [
        (
            "host-en-body",
            "<p>Call {host_fone}.</p>",
            "There is no field {host_fone}. Did you mean {host_phone}?",
        ),
        ("host-en-title", "Hello {names", "A brace stands alone"),
        ("gifts-nb-body", "<p>{host} gir dere dette.</p>", "{host} can only be used in “About your host”."),
        ("gifts-nb-body", "", "There are no words in Bokmål"),
        ("host-en-body", "<p>" + "Long words. " * 300 + "</p>", "the letter takes 3 pages"),
    ],
)
def test_what_is_wrong_is_said_where_it_is_typed(browser, place, field, words, said):
    kind, language, _part = field.split("-")
    answer = browser.post(address(place), typed(browser.get(address(place)), **{field: words}))
    assert answer.status_code == 422
    ((where, told),) = errors(answer)
    assert said in told
    assert where == f"#{kind}-{language}"
    assert f'id="{where[1:]}"' in answer.content.decode()
    assert answer.context["form"][field].value() == words
    assert not LetterTemplate.objects.exists()


def test_a_block_that_is_not_in_the_letter_needs_no_words(browser, place):
    page = browser.get(address(place))
    sent = typed(
        page, **{"gifts-nb-body": "", "gifts-en-body": "", "gifts-en-title": "", "gifts-nb-title": ""}
    )
    del sent["gifts-shown"]
    assert browser.post(address(place), sent).status_code == 302
    (gifts,) = [block for block in template_of(place).blocks if block["kind"] == "gifts"]
    assert gifts == {"kind": "gifts", "shown": False, "texts": {}}


def test_blocks_move_without_a_script_and_nothing_typed_is_lost(browser, place):
    sent = typed(browser.get(address(place)), **{"gifts-en-title": "For you"}) | {"move": ["gifts:up"]}
    moved = browser.post(address(place), sent)
    kinds = [row.kind for row in moved.context["form"].rows()]
    assert kinds.index("gifts") == kinds.index("meeting") - 1
    assert moved.context["form"]["gifts-en-title"].value() == "For you"
    assert not LetterTemplate.objects.exists()
    browser.post(address(place), typed(moved))
    assert [block["kind"] for block in template_of(place).blocks] == kinds


def test_who_was_overtaken_keeps_what_they_typed(browser, place):
    sent = typed(browser.get(address(place)), **{"gifts-en-title": "Mine"})
    templating.save(municipality=place, blocks=standard_blocks(), seen=0, by=None)
    answer = browser.post(address(place), sent)
    assert answer.status_code == 422
    assert "Somebody else has saved" in errors(answer)[0][1]
    assert answer.context["form"]["gifts-en-title"].value() == "Mine"
    assert template_of(place).version == 1


def test_the_preview_is_of_what_is_typed_and_leaves_a_trace(browser, place):
    home = arrive(place, "Ragnfrid", "Østerhus")
    sent = typed(browser.get(address(place)))
    plain = pictures(browser.post(address(place, "preview"), sent))
    other = pictures(
        browser.post(address(place, "preview"), sent | {"host-nb-title": ["Heilt anna overskrift"]})
    )
    assert plain != other
    assert base64.b64decode(plain[0]).startswith(b"\x89PNG")
    looks = AuditEntry.objects.filter(action=Action.LOOKED, object_id=str(home.pk), user=browser.user)
    assert looks.count() == 3  # With the page itself, and twice as typed.
    assert not LetterTemplate.objects.exists()


def test_a_preview_without_host_meeting_and_gifts_is_another(browser, place):
    sent = typed(browser.get(address(place)))
    without = {name: value for name, value in sent.items() if name != "preview-told"}
    assert pictures(browser.post(address(place, "preview"), sent)) != pictures(
        browser.post(address(place, "preview"), without)
    )


def test_protected_people_are_never_offered(browser, place):
    hidden = arrive(place, "Hemmelig", "Navn")
    protect(hidden)
    page = browser.get(address(place))
    assert "Hemmelig" not in page.content.decode()
    answer = browser.post(address(place, "preview"), typed(page) | {"preview-home": [str(hidden.pk)]})
    assert answer.status_code == 200
    assert not AuditEntry.objects.filter(action=Action.LOOKED, object_id=str(hidden.pk)).exists()


def test_an_editor_who_sees_no_people_tries_it_with_made_up_ones(place):
    arrive(place, "Ragnfrid", "Østerhus")
    page = browser_of(place, Role.EDITOR).get(address(place))
    assert "Ragnfrid" not in page.content.decode()
    assert pictures(page)


def test_an_earlier_version_is_used_again(browser, place):
    first = templating.save(municipality=place, blocks=standard_blocks(), seen=0, by=None)
    other = [block | {"shown": block["kind"] in {"greeting", "signature"}} for block in standard_blocks()]
    templating.save(municipality=place, blocks=other, seen=1, by=browser.user)
    page = browser.get(reverse("admin:welcome_lettertemplate_change", args=[first.pk]))
    assert "Use this again" in page.content.decode()
    browser.post(reverse("admin:welcome_lettertemplate_again", args=[first.pk]))
    newest = template_of(place)
    assert (newest.version, newest.again, newest.made_by, newest.blocks) == (3, 1, browser.user, first.blocks)
    history = browser.get(reverse("admin:welcome_lettertemplate_change", args=[newest.pk])).content.decode()
    assert "It says the same as version 1." in history
    assert "Your gifts: Is in the letter" in history


def test_somebody_elses_letter_is_not_there(browser):
    other = MunicipalityFactory()
    template = templating.save(municipality=other, blocks=standard_blocks(), seen=0, by=None)
    assert browser.get(address(other)).status_code == 404
    assert browser.post(address(other, "preview")).status_code == 404
    assert browser.get(reverse("admin:welcome_lettertemplate_change", args=[template.pk])).status_code == 404
    assert browser.post(reverse("admin:welcome_lettertemplate_again", args=[template.pk])).status_code == 404


def test_who_may_only_read_may_not_write(place):
    reader = browser_of(place, Role.READER)
    template = templating.save(municipality=place, blocks=standard_blocks(), seen=0, by=None)
    assert reader.get(address(place)).status_code == 403
    assert reader.post(reverse("admin:welcome_lettertemplate_again", args=[template.pk])).status_code == 403
    page = reader.get(reverse("admin:welcome_lettertemplate_change", args=[template.pk]))
    assert page.status_code == 200
    assert "Use this again" not in page.content.decode()
