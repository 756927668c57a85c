"""What the kitchen was told to cook, once the number of a day's meals is frozen, and the menus of the week."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import instant


class MealOrder(SQLModel, table=True):
    """The meals of an activity at a site and day as ordered: the count at `frozen_at` (limit plus hold). Never changed."""

    __tablename__ = "meal_order"
    __table_args__ = (UniqueConstraint("site_code", "activity_code", "day"),)
    id: int | None = Field(default=None, primary_key=True)
    site_code: str = Field(foreign_key="site.code")
    activity_code: str = Field(foreign_key="activity.code")
    day: date = Field(index=True)
    frozen_at: datetime = Field(sa_column=instant())
    recorded_at: datetime = Field(sa_column=instant())


class MealOrderLine(SQLModel, table=True):
    """So many meals of one diet for one age. `diet` is a Diet's value, or « sans_repas_fourni »: a child received, no meal cooked."""

    __tablename__ = "meal_order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "diet", "under_six"),
        CheckConstraint("meals > 0", name="meals_positive"),
    )
    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="meal_order.id", index=True)
    diet: str = Field(default="", max_length=20)
    under_six: bool
    meals: int


class Menu(SQLModel, table=True):
    """What is eaten on a day. `scope` is a site's code, or empty for every site."""

    __tablename__ = "menu"
    __table_args__ = (UniqueConstraint("day", "scope"),)
    id: int | None = Field(default=None, primary_key=True)
    day: date
    scope: str = Field(default="", max_length=30)
    note: str = Field(default="", max_length=200)
    recorded_at: datetime = Field(sa_column=instant())
    agent_id: int = Field(foreign_key="agent.id")


class MenuDish(SQLModel, table=True):
    """A dish of a menu, in the order of the meal. `allergens` are codes of the fourteen of the regulation, separated by spaces."""

    __tablename__ = "menu_dish"
    __table_args__ = (UniqueConstraint("menu_id", "rank"),)
    id: int | None = Field(default=None, primary_key=True)
    menu_id: int = Field(sa_column=Column(Integer, ForeignKey("menu.id"), nullable=False, index=True))
    rank: int
    course: str = Field(max_length=20)
    label: str = Field(max_length=120)
    allergens: str = Field(default="", max_length=200)
