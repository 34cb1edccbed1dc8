"""What the mails about a host say: to whom, about what, in the language that is active. No mail names the other one,
and none gives a reason or a blame."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from welcome.hosts.kinds import MailKind, Side

Words = tuple[Promise, Promise, Promise]  # The subject, what is said, what the link is for.

_ANSWER = _("See whom, and answer, here:")
_PAGE = _("Your page as a host:")

WORDS: dict[tuple[MailKind, Side], Words] = {
    (MailKind.ASKED, Side.HOUSEHOLD): (
        _("Would you like a host in %(place)s?"),
        _(
            "We have found somebody who lives here and would like to show you around and answer what is written"
            " nowhere. Neither of you knows the other's name or number before both have said yes. Please answer by"
            " %(day)s."
        ),
        _ANSWER,
    ),
    (MailKind.ASKED, Side.HOST): (
        _("Would you be host for a household in %(place)s?"),
        _(
            "Somebody has moved here whom we think you would go well with. Neither of you knows the other's name or"
            " number before both have said yes. Please answer by %(day)s."
        ),
        _ANSWER,
    ),
    (MailKind.REMINDED, Side.HOUSEHOLD): (
        _("Remember to answer: a host in %(place)s"),
        _("We have not heard yet whether you would like the host we have found. Please answer by %(day)s."),
        _ANSWER,
    ),
    (MailKind.REMINDED, Side.HOST): (
        _("Remember to answer: a household in %(place)s"),
        _("We have not heard yet whether you would be host for the household. Please answer by %(day)s."),
        _ANSWER,
    ),
    (MailKind.AGREED, Side.HOUSEHOLD): (
        _("You have a host in %(place)s"),
        _("Both of you have said yes. Your host gets in touch by %(first)s; you are welcome to call first."),
        _("Who it is, and how to reach them:"),
    ),
    (MailKind.AGREED, Side.HOST): (
        _("You are host for a household in %(place)s"),
        _("Both of you have said yes. Please get in touch by %(first)s, and note on your page that you did."),
        _("Who they are, how to reach them, and what to talk about:"),
    ),
    (MailKind.CONTACT, Side.HOST): (
        _("Have you been in touch? The household waits"),
        _("You wanted to get in touch by %(first)s. If you have, please note it: it takes two taps."),
        _PAGE,
    ),
    (MailKind.LAST, Side.HOST): (
        _("The household still waits for you"),
        _(
            "We can't see that you have been in touch. If it does not suit you now, say so on your page, or do"
            " nothing: then we find them somebody else in a few days. Nobody is to blame for that."
        ),
        _PAGE,
    ),
    (MailKind.CLOSING, Side.HOST): (
        _("What you agreed on ends on %(end)s"),
        _("Then it is time to say goodbye, if they stand on their own feet. You can also go on as long as you like."),
        _PAGE,
    ),
    (MailKind.OVER, Side.HOUSEHOLD): (
        _("The host in %(place)s"),
        _(
            "The one we had found for you can't be your host after all. It has nothing to do with you, and we look for"
            " somebody else."
        ),
        _("It stands here too:"),
    ),
    (MailKind.OVER, Side.HOST): (
        _("The household in %(place)s"),
        _(
            "You are not host for the household any more. It has nothing to do with you: needs change. Thank you for"
            " being there; we write when somebody else comes."
        ),
        _PAGE,
    ),
    (MailKind.FAREWELL, Side.HOUSEHOLD): (
        _("You and your host have said goodbye"),
        _("You stand on your own feet now, and we are glad that you are here. How was it? Two questions, no more."),
        _("Answer here:"),
    ),
    (MailKind.FAREWELL, Side.HOST): (
        _("Thank you for being a host in %(place)s"),
        _("Somebody has found home here because of you. You have noted %(hours)s. How was it? Two questions, no more."),
        _("Answer here:"),
    ),
}  # fmt: skip
