"""The portal's own words in the language of a letter.

Screens speak the languages of `settings.LANGUAGES`, by gettext. Letters speak a few more, whose words stand
here by their English: a letter is whole in its reader's language, and no screen is half translated for it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils.translation import gettext, override

ARABIC = {
    "%(names)s and %(name)s": "%(names)s و%(name)s",
    "all of you": "أيها القادمون الجدد",
    "Welcome to %(place)s, {names}!": "{names}، أهلًا بكم في %(place)s!",
    "%(place)s municipality": "بلدية %(place)s",
    "{page} of {pages}": "{page} من {pages}",
    "Warm regards": "مع أطيب التحيات",
    # The word that public pages in Norway use, for women and men alike.
    "mayor": "عمدة البلدية",
    "The practical things are enclosed": "المعلومات العملية مرفقة",
    "The next pages hold what most people ask about first, with addresses and numbers to call.": (
        "تجدون في الصفحات التالية ما يسأل عنه معظم الناس أولًا، مع العناوين وأرقام الهواتف."
    ),
    "More, and always the newest, is on": "تجدون المزيد وآخر المستجدات على الموقع",
    "Just call": "اتصلوا بنا",
    "If there is anything you wonder about, we answer on": "إذا كان لديكم أي سؤال، فنحن نجيب على الرقم",
    "Good to know": "معلومات مفيدة",
    (
        "Your name and address are from the population register, from a list that the municipality has the"
        " right to use, or from yourself. We use them to welcome you. You can see what we hold, have it"
        " corrected or deleted, and object:"
    ): (
        "حصلنا على اسمكم وعنوانكم من السجل السكاني، أو من قائمة يحق للبلدية استخدامها، أو منكم أنفسكم."
        " ونستخدمهما للترحيب بكم. يمكنكم الاطلاع على ما نحتفظ به من معلومات عنكم، وطلب تصحيحها أو حذفها،"
        " والاعتراض على استخدامها:"
    ),
    "Welcome letter from %(place)s": "رسالة ترحيب من %(place)s",
    "quarter %(number)s of %(year)s": "الربع %(number)s من عام %(year)s",
    "Languages:": "اللغات:",
    "from": "من",
    "Sign up: scan the code with your phone’s camera.": "للتسجيل: امسحوا الرمز بكاميرا الهاتف.",
    "Meet your host": "تعرفوا على مضيفكم",
    (
        "{host} lives here and is your host: somebody to ask about what is written nowhere. {host} gets in touch"
        " with you soon. You are welcome to call first."
    ): (
        "يسرّنا أن نعرّفكم على {host} من سكان المنطقة. يمكنكم السؤال عن كل ما لا تجدونه مكتوبًا في أي مكان."
        " سيتم التواصل معكم قريبًا، ويمكنكم الاتصال قبل ذلك متى شئتم."
    ),
    "Come to the welcome meeting": "تعالوا إلى لقاء الترحيب",
    "{meeting_day} at {meeting_time}": "{meeting_day}، الساعة {meeting_time}",
    "Meet others who are new here, and people who can answer what you wonder about.": (
        "تلتقون هناك بسكان جدد آخرين، وبمن يستطيعون الإجابة عن أسئلتكم."
    ),
    "Your welcome package": "حزمة الترحيب الخاصة بكم",
    "These gifts are for you, from businesses and clubs that are glad you came:": (
        "هذه الهدايا لكم من شركات وجمعيات يسعدها قدومكم:"
    ),
    "For the children": "للأطفال",
    "School, kindergarten and clubs look forward to your children. Call us and we tell you what to do first.": (
        "المدارس والروضات والنوادي ترحب بأطفالكم. اتصلوا بنا ونخبركم بما عليكم فعله أولًا."
    ),
    # --- the e-mail that brings it ---------------------------------------------------------------
    "Welcome to %(place)s": "أهلًا بكم في %(place)s",
    "Hello!": "مرحبًا!",
    "Welcome to %(place)s. The municipality's welcome letter is attached as a PDF.": (
        "أهلًا بكم في %(place)s. تجدون رسالة الترحيب من البلدية مرفقة بصيغة PDF."
    ),
    "%(sender)s has a welcome letter for you. Open it here:": "لديكم رسالة ترحيب من %(sender)s. افتحوها هنا:",
    "Open the letter": "افتحوا الرسالة",
    "The link works until %(day)s. It opens the letter for whoever has it, so keep it to yourself.": (
        "يعمل الرابط حتى %(day)s. وهو يفتح الرسالة لكل من يحصل عليه، فاحتفظوا به لأنفسكم."
    ),
    (
        "You get it by e-mail because your household has agreed to that. If you would rather have letters on"
        " paper, answer this e-mail and say so."
    ): (
        "تصلكم بالبريد الإلكتروني لأن أسرتكم وافقت على ذلك. إن كنتم تفضلون الرسائل الورقية فأجيبوا على هذه"
        " الرسالة وأخبرونا بذلك."
    ),
    "Kind regards": "مع أطيب التحيات",
}
LETTERS_ONLY = {"ar": ARABIC}


def catalogue_of(language: str) -> str:
    """The language the portal's pages are shown in to a reader of `language`."""
    return language if language in dict(settings.LANGUAGES) else "en"


def spoken(language: str) -> str:
    """The language of the fixed words in a letter in `language`: its own, or English, never a third one."""
    return language if language in LETTERS_ONLY else catalogue_of(language)


@contextmanager
def speaking(language: str) -> Iterator[Callable[[str], str]]:
    """Gives the `_` of this language. Dates and addresses made meanwhile are those of its catalogue."""
    with override(catalogue_of(language)):
        if language in LETTERS_ONLY:
            yield LETTERS_ONLY[language].__getitem__
        else:
            yield gettext
