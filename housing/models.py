from housing.developments.models import Development, DevelopmentPhoto, DevelopmentText, Unit, UnitChange
from housing.holdings.models import (
    Holding,
    HoldingContact,
    HoldingOwner,
    HoldingReason,
    HoldingTask,
    OwnerNotice,
    StageChange,
)
from housing.listings.models import (
    ConditionCheck,
    Listing,
    ListingPhoto,
    ListingSubmission,
    ListingText,
    OwnerMessage,
    PriceChange,
)
from housing.plots.models import Plot, PlotPhoto, PlotText
from housing.wishes.models import Match, Wish, WishField, WishPosition

__all__ = [
    "ConditionCheck",
    "Development",
    "DevelopmentPhoto",
    "DevelopmentText",
    "Holding",
    "HoldingContact",
    "HoldingOwner",
    "HoldingReason",
    "HoldingTask",
    "Listing",
    "ListingPhoto",
    "ListingSubmission",
    "ListingText",
    "Match",
    "OwnerMessage",
    "OwnerNotice",
    "Plot",
    "PlotPhoto",
    "PlotText",
    "PriceChange",
    "StageChange",
    "Unit",
    "UnitChange",
    "Wish",
    "WishField",
    "WishPosition",
]
