"""Below the language. A topic keeps its address when it moves to another door."""

from csp.decorators import csp_update
from django.urls import path, register_converter

from municipalities.topics.catalogue import Door
from welcome.portal import (
    across,
    activities,
    ask,
    calendars,
    confirming,
    cooperating,
    county,
    elsewhere,
    enquiry,
    home_owner,
    homes,
    hosted,
    hosting,
    jobs,
    learning,
    letter,
    meet,
    meeting,
    my,
    my_data,
    ordering,
    own_login,
    public,
    redeem,
    search_pages,
    seat,
    stories,
    submissions,
    together_pages,
    wishes,
)  # fmt: skip
from welcome.portal.kept import kept


class DoorConverter:
    regex = "|".join(Door.values)

    def to_python(self, value: str) -> Door:
        return Door(value)

    def to_url(self, value: Door | str) -> str:
        return str(Door(value).value)


class PicturedConverter:
    regex = "homes|plots|projects"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(DoorConverter, "door")
register_converter(PicturedConverter, "pictured")

# The map's pictures come from Kartverket, once somebody asks for the map.
mapped = csp_update({"img-src": "https://cache.kartverket.no"})

app_name = "portal"
urlpatterns = [
    path("", kept(county.county), name="county"),
    path("compare/", kept(county.compare), name="compare"),
    path("homes/", kept(across.all_homes), name="all-homes"),
    path("jobs/", kept(across.all_jobs), name="all-jobs"),
    path("topics/<slug:topic>/", kept(county.across), name="across"),
    path("privacy/", kept(public.privacy), name="privacy"),
    path("accessibility/", kept(public.accessibility), name="accessibility"),
    path("open-data/", elsewhere.open_data, name="open-data"),
    path("my/<slug:slot>/", my.my, name="my"),
    path("my/<slug:slot>/change/", my.change, name="my-change"),
    path("my/<slug:slot>/letters/", my.letters, name="my-letters"),
    path("my/<slug:slot>/letters/<int:letter>/", my.letter_pdf, name="my-letter"),
    path("my/<slug:slot>/meeting/<int:meeting>/", my.meeting, name="my-meeting"),
    path("my/<slug:slot>/host/", my.host, name="my-host"),
    path("my/<slug:slot>/ask/<slug:kind>/", my.ask, name="my-ask"),
    path("my/<slug:slot>/consent/<int:consent>/", my.withdraw, name="my-withdraw"),
    path("my/<slug:slot>/agree/", my.agree, name="my-agree"),
    path("my/<slug:slot>/data/<slug:kind>/", my_data.take_out, name="my-data"),
    path("my/<slug:slot>/login/", own_login.set_up, name="my-login"),
    path("my/<slug:slot>/login/<int:login>/end/", own_login.end, name="my-login-end"),
    path("my/<slug:slot>/leave/", my.leave, name="my-leave"),
    path("my/<slug:slot>/not-mine/", my.not_mine, name="my-not-mine"),
    path("letter/<slug:slot>/", letter.letter, name="letter"),
    path("letter/<slug:slot>/pdf/", letter.letter_pdf, name="letter-pdf"),
    path("letter/<slug:slot>/not-mine/", letter.not_mine, name="letter-not-mine"),
    path("voucher/<str:code>/", redeem.voucher, name="voucher"),
    path("redeem/<slug:slot>/", redeem.redeem, name="redeem"),
    path("redeem/<slug:slot>/undo/", redeem.undo, name="redeem-undo"),
    path("redeem/<slug:slot>/<str:code>/", redeem.redeem, name="redeem-code"),
    path("meeting/<slug:slot>/", meeting.meeting, name="meeting"),
    path("meeting/<slug:slot>/cancel/", meeting.cancel, name="meeting-cancel"),
    path("host/<slug:slot>/", hosting.host, name="host"),
    path("host/<slug:slot>/<int:assignment>/", hosting.act, name="host-act"),
    path("hosted/<slug:slot>/", hosted.hosted, name="hosted"),
    path("hosted/<slug:slot>/act/", hosted.act, name="hosted-act"),
    path("cooperation/<slug:slot>/", cooperating.invited, name="cooperation"),
    path("cooperation/<slug:slot>/ideas/", cooperating.ideas, name="cooperation-ideas"),
    path("cooperation/<slug:slot>/task/", cooperating.task, name="cooperation-task"),
    path("meeting/<slug:slot>/calendar/", meeting.calendar, name="meeting-calendar"),
    path("seat/<slug:slot>/", seat.seat, name="seat"),
    path("seat/<slug:slot>/confirm/", seat.confirm, name="seat-confirm"),
    path("seat/<slug:slot>/decline/", seat.decline, name="seat-decline"),
    path("seat/<slug:slot>/calendar/", seat.calendar, name="seat-calendar"),
    path("enquiry/<slug:slot>/", enquiry.enquiry, name="enquiry"),
    path("<slug:slug>/ask/", ask.ask, name="ask"),
    path("<slug:slug>/ask/thanks/", ask.thanks, name="thanks"),
    path("submission/<slug:slot>/", submissions.submission, name="submission"),
    path("submission/<slug:slot>/confirm/", submissions.confirm, name="submission-confirm"),
    path("submission/<slug:slot>/take-back/", submissions.take_back, name="submission-take-back"),
    path("own-home/<slug:slot>/", home_owner.own, name="own-home"),
    path("own-home/<slug:slot>/confirm/", home_owner.confirm, name="own-home-confirm"),
    path("own-home/<slug:slot>/move/<slug:verb>/", home_owner.move, name="own-home-move"),
    path("own-home/<slug:slot>/pictures/", home_owner.add_picture, name="own-home-add"),
    path("own-home/<slug:slot>/pictures/<int:photo>/", home_owner.own_picture, name="own-home-picture"),
    path(
        "own-home/<slug:slot>/pictures/<int:photo>/<slug:verb>/",
        home_owner.change_picture,
        name="own-home-change",
    ),
    path("own-wish/<slug:slot>/", wishes.own, name="own-wish"),
    path("own-wish/<slug:slot>/confirm/", wishes.confirm, name="own-wish-confirm"),
    path("own-wish/<slug:slot>/stop/", wishes.stop, name="own-wish-stop"),
    path("own-vacancy/<slug:slot>/", jobs.own, name="own-vacancy"),
    path("own-vacancy/<slug:slot>/confirm/", jobs.confirm, name="own-vacancy-confirm"),
    path("own-vacancy/<slug:slot>/move/<slug:verb>/", jobs.move, name="own-vacancy-move"),
    path("home-message/<slug:slot>/", home_owner.message, name="home-message"),
    path("confirm/order/<slug:slot>/", confirming.order, name="confirm-order"),
    path("confirm/club/<slug:slot>/", confirming.club_page, name="confirm-club"),
    path("confirm/offer/<slug:slot>/", confirming.offer, name="confirm-offer"),
    path("confirm/planning/<slug:slot>/", confirming.keep, name="keep-planning"),
    path("confirm/story/<slug:slot>/", confirming.story, name="own-story"),
    path("<slug:slug>/", kept(public.municipality), name="municipality"),
    path("<slug:slug>/privacy/", kept(public.privacy), name="privacy"),
    path("<slug:slug>/accessibility/", kept(public.accessibility), name="accessibility"),
    path("<slug:slug>/own-page/", own_login.own_page, name="own-page"),
    path("<slug:slug>/search/", search_pages.search, name="search"),
    path("<slug:slug>/search/suggest/", search_pages.suggest, name="suggest"),
    path("<slug:slug>/topics/", kept(public.topics), name="topics"),
    path("<slug:slug>/topics/<slug:topic>/", kept(public.topic), name="topic"),
    path("<slug:slug>/poster-<slug:size>.pdf", elsewhere.poster, name="poster"),
    path("<slug:slug>/topics.atom", calendars.changed_topics, name="topics-atom"),
    path("<slug:slug>/stories/", kept(stories.stories), name="stories"),
    path("<slug:slug>/schools/", kept(learning.schools, asked=False), name="schools"),
    path("<slug:slug>/activities/", kept(activities.activities), name="activities"),
    path("<slug:slug>/activities/new/", submissions.submit, name="submit"),
    path("<slug:slug>/activities/<str:activity>/", kept(activities.activity), name="activity"),
    path("<slug:slug>/activities.ics", calendars.of_municipality, name="calendar"),
    path("<slug:slug>/activities.atom", calendars.newest, name="calendar-atom"),
    path("<slug:slug>/organisations/", kept(activities.organisations), name="organisations"),
    path(
        "<slug:slug>/organisations/<slug:organisation>/", kept(activities.organisation), name="organisation"
    ),
    path(
        "<slug:slug>/organisations/<slug:organisation>.ics",
        calendars.of_organisation,
        name="organisation-calendar",
    ),
    path("<slug:slug>/homes/", mapped(kept(homes.homes)), name="homes"),
    path("<slug:slug>/homes.atom", calendars.newest_homes, name="homes-atom"),
    path("<slug:slug>/homes/new/", home_owner.offer, name="offer-home"),
    path("<slug:slug>/homes/empty/", home_owner.come_forward, name="come-forward"),
    path("<slug:slug>/homes/compare/", kept(homes.compare), name="compare-homes"),
    path("<slug:slug>/homes/<str:home>/", mapped(kept(homes.home)), name="home"),
    path("<slug:slug>/homes/<int:home>/write/", home_owner.write, name="write-owner"),
    path("<slug:slug>/plots/", mapped(kept(homes.plots)), name="plots"),
    path("<slug:slug>/plots/<str:plot>/", mapped(kept(homes.plot)), name="plot"),
    path("<slug:slug>/projects/", mapped(kept(homes.projects)), name="projects"),
    path("<slug:slug>/projects/<str:project>/", mapped(kept(homes.project)), name="project"),
    path("<slug:slug>/pictures/<pictured:kind>/<int:photo>-<int:width>.webp", homes.picture, name="picture"),
    path("<slug:slug>/looking/", wishes.look, name="look"),
    path("<slug:slug>/together/", together_pages.search, name="together"),
    path("<slug:slug>/together/offer/", together_pages.offer, name="package-offer"),
    path("<slug:slug>/jobs/", kept(jobs.jobs), name="jobs"),
    path("<slug:slug>/jobs.atom", calendars.newest_jobs, name="jobs-atom"),
    path("<slug:slug>/jobs/new/", jobs.offer, name="offer-job"),
    path("<slug:slug>/jobs/<str:job>/", kept(jobs.job), name="job"),
    path("<slug:slug>/meet/order/", ordering.order, name="meet-order"),
    path("<slug:slug>/meet/sign-up/", meet.meeting, name="meet-meeting"),
    path("<slug:slug>/meet/club/", meet.join_club, name="meet-club"),
    path("<slug:slug>/meet/offer/", meet.offer, name="meet-offer"),
    path("<slug:slug>/meet/sent/", meet.after, name="meet-sent"),
    path("<slug:slug>/<door:door>/", kept(public.door), name="door"),
]
