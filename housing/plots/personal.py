from housing.plots.models import Plot, PlotPhoto, PlotText
from municipalities.privacy.activities import ACCOUNTS
from municipalities.privacy.below import PHOTO, PLACED, STAFF, TEXT
from municipalities.privacy.registry import declare, nothing_personal

DECLARATIONS = [
    nothing_personal(
        Plot,
        "id", "municipality", *PLACED, "name", "field", "area", "price", "connection", "leased", "has_road",
        "has_water", "has_power", "view", "plan_url", "contact", "state", "state_on", "order", "published",
        "changed_at",
    ),
    declare(PlotText, activity=ACCOUNTS, personal={"changed_by": STAFF}, plain=[*TEXT, "municipality", "plot"]),
    nothing_personal(PlotPhoto, *PHOTO, "plot"),
]  # fmt: skip
