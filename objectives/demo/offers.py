"""What Fjordlight sells."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Product:
    """A product or plan; a plan is what contracts are about."""

    name: str
    family: str
    price: int
    share: int = 0  # of what is sold, in percent

    def row(self) -> dict[str, object]:
        return {
            "name": self.name,
            "family": self.family,
            "list_price": Decimal(self.price),
        }


GOODS = (
    Product("Aurora desk lamp", "Lamps", 129, 18),
    Product("Aurora floor lamp", "Lamps", 249, 12),
    Product("Polar panel", "Panels", 189, 16),
    Product("Polar panel Pro", "Panels", 329, 10),
    Product("Skerry outdoor light", "Outdoor", 159, 10),
    Product("Lodestar track system", "Systems", 890, 12),
    Product("Lodestar workplace", "Systems", 1490, 10),
    Product("Beacon control hub", "Control", 219, 12),
)
CLOUD = Product("Lumen Cloud", "Plans", 480)
SERVICE_PLAN = Product("Service plan", "Plans", 690)
PLANS = (CLOUD, SERVICE_PLAN)
PRODUCTS = GOODS + PLANS
RECALLED = "Polar panel"
NAMES = tuple(product.name for product in GOODS)
SHARES = tuple(product.share for product in GOODS)
