from housing.developments.admin import DevelopmentAdmin
from housing.holdings.admin import HoldingAdmin, OwnerNoticeAdmin
from housing.listings.admin import ListingAdmin
from housing.plots.admin import PlotAdmin
from housing.wishes.admin import WishAdmin

__all__ = ["DevelopmentAdmin", "HoldingAdmin", "ListingAdmin", "OwnerNoticeAdmin", "PlotAdmin", "WishAdmin"]
