from housing.developments import personal as developments
from housing.holdings import personal as holdings
from housing.listings import personal as listings
from housing.plots import personal as plots
from housing.wishes import personal as wishes

DECLARATIONS = [
    *developments.DECLARATIONS,
    *plots.DECLARATIONS,
    *listings.DECLARATIONS,
    *holdings.DECLARATIONS,
    *wishes.DECLARATIONS,
]
