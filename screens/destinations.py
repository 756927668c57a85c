"""Where the application can go: each screen's module is imported when it is first opened, never before the first frame."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

from textual.screen import Screen


@dataclass(frozen=True, slots=True)
class Destination:
    """A screen by its place: `module` and `name` of its class, the right it needs (None: anybody signed in)."""

    module: str
    name: str
    right: str | None = None

    def screen(self, *arguments: Any) -> Screen[Any]:
        """Import the module and make the screen. Imports may take a while: call it from `PortailApp.open` only."""
        return cast("Screen[Any]", getattr(import_module(self.module), self.name)(*arguments))


DESTINATIONS: dict[str, Destination] = {
    "search": Destination("screens.search", "SearchScreen", "SEARCH"),
    "dossier": Destination("screens.dossier", "DossierScreen", "SEARCH"),  # dossier_id
    "planning": Destination("screens.planning", "PlanningScreen", "BOOK"),  # dossier_id, a cell or nothing
    "queue": Destination("screens.queue", "QueueScreen", "SEE_QUEUE"),
    "payment": Destination("screens.payment", "PaymentScreen", "CASH"),  # basket_id
    "registration": Destination(
        "screens.family_form", "FamilyFormScreen", "EDIT_DOSSIER"
    ),  # nothing, or dossier_id and a place in it
    "dossier_changes": Destination("screens.dossier_changes", "DossierChangesScreen", "EDIT_DOSSIER"),  # dossier_id
    "proofs": Destination("screens.proofs", "ProofsScreen", "JUDGE_PROOF"),
    "quittances": Destination("screens.quittances", "QuittancesScreen", "REPRINT"),  # text to look for, or nothing
    "reversal": Destination("screens.reversal", "ReversalScreen", "REVERSE"),  # quittance_id
    "agents": Destination("screens.agents", "AgentsScreen", "AGENTS"),
    "till": Destination("screens.till", "TillScreen", "TILL"),
    "regie": Destination("screens.regie", "RegieScreen", "REGISTERS"),
    "slips": Destination("screens.slips", "SlipsScreen", "DEPOSIT"),
    "slip": Destination("screens.slip", "SlipScreen", "DEPOSIT"),  # slip_id
    "registers": Destination("screens.registers", "RegistersScreen", "REGISTERS"),
    "closings": Destination("screens.closings", "ClosingsScreen", "REGISTERS"),
    "refunds": Destination("screens.refunds", "RefundsScreen", "REGISTERS"),
    "certificates": Destination("screens.certificates", "CertificatesScreen", "REGISTERS"),
    "online": Destination("screens.online_payments", "OnlinePaymentsScreen", "ONLINE_PAYMENTS"),
    "reconciliation": Destination("screens.reconciliation", "ReconciliationScreen", "ONLINE_PAYMENTS"),
    "statement": Destination(
        "screens.treasury_statement", "TreasuryStatementScreen", "RECONCILE"
    ),  # file read, preview
    "till_closing": Destination("screens.till_closing", "TillClosingScreen", "TILL"),
    "till_sessions": Destination("screens.till_sessions", "TillSessionsScreen", "TILL"),
    "family_papers": Destination("screens.family_papers", "FamilyPapersScreen", "SEE_DIET"),  # dossier_id
    "portal_access": Destination("screens.portal_access", "PortalAccessScreen", "PORTAL_ACCOUNTS"),  # dossier_id
    "missing_papers": Destination("screens.missing_papers", "MissingPapersScreen", "SEE_DIET"),
    "quotients": Destination("screens.missing_quotients", "MissingQuotientsScreen", "EDIT_DOSSIER"),
    "letters": Destination("screens.letters", "LettersScreen", "LETTERS"),
    "letter_texts": Destination("screens.letter_texts", "LetterTextsScreen", "LETTER_TEXTS"),
    "letter_text": Destination("screens.letter_text", "LetterTextScreen", "LETTER_TEXTS"),  # kind
    "custody": Destination("screens.custody_calendar", "CustodyScreen", "SEARCH"),  # dossier_id, child_id
    "enfance": Destination("screens.enfance", "EnfanceScreen", "EDIT_DOSSIER"),
    "appointments": Destination(
        "screens.appointments", "AppointmentsScreen", "APPOINTMENTS"
    ),  # dossier_id, kind, or nothing
    "renewals": Destination("screens.renewals", "RenewalsScreen", "APPOINTMENTS"),
    "merging": Destination("screens.merging", "MergingScreen", "MERGE"),  # kept dossier_id, merged dossier_id
    "archived": Destination("screens.archived", "ArchivedScreen", "MERGE"),
    "retention": Destination("screens.retention", "RetentionScreen", "GIVE_DATA"),
    "imports": Destination("screens.imports", "ImportsScreen", "IMPORT"),
    "year_change": Destination("screens.year_change", "YearChangeScreen", "IMPORT"),
    "settings": Destination("screens.settings", "SettingsScreen"),
    "expected": Destination("screens.expected", "ExpectedScreen", "NUMBERS"),
    "meals": Destination("screens.meals", "MealsScreen", "NUMBERS"),
    "activities": Destination("screens.activities", "ActivitiesScreen"),
    "day_places": Destination("screens.day_places", "DayPlacesScreen", "PLACES"),
    "closures": Destination("screens.closures", "ClosuresScreen", "CLOSE_DAYS"),
    "closure_preview": Destination(
        "screens.closure_preview", "ClosurePreviewScreen", "CLOSE_DAYS"
    ),  # days, whether past ones are confirmed
    "closure": Destination(
        "screens.closure", "ClosureScreen", "CLOSE_DAYS"
    ),  # closure_id, and whether to begin at once
    "attendance": Destination("screens.attendance", "AttendanceScreen", "ATTENDANCE"),
    "attendance_report": Destination("screens.caf_report", "CafReportScreen", "NUMBERS"),
    "waiting": Destination("screens.waiting", "WaitingScreen", "BOOK"),
    "tariffs": Destination("screens.tariffs", "TariffsScreen", "SETTINGS"),
    "tariff_trial": Destination("screens.tariff_trial", "TariffTrialScreen", "SETTINGS"),  # draft
    "calendar": Destination("screens.school_calendar_settings", "SchoolCalendarScreen", "SETTINGS"),
    "menus": Destination("screens.menus", "MenusScreen"),
    "news": Destination("screens.news", "NewsScreen"),
    "figures": Destination("screens.figures", "FiguresScreen", "FIGURES"),
    "commune": Destination("screens.commune", "CommuneScreen", "SETTINGS"),
    "diagnostic": Destination("screens.diagnostic", "DiagnosticScreen", "SETTINGS"),
    "commune_history": Destination("screens.commune_history", "CommuneHistoryScreen", "SETTINGS"),
    "commune_section": Destination("screens.commune_section", "CommuneSectionScreen", "SETTINGS"),  # draft, section
}
RIGHT_OF_CLASS: dict[str, str | None] = {
    **{destination.name: destination.right for destination in DESTINATIONS.values()},
    "FinishedScreen": "BOOK",
    "PaidScreen": "CASH",
    "CorrectionScreen": "REVERSE",
}
"""The right each screen needs to be seen, by its class; those that come after a gesture too."""
HOME_OF_RIGHT: tuple[tuple[str, str], ...] = (
    ("BOOK", "search"),
    ("CASH", "queue"),
    ("AGENTS", "agents"),
    ("SEARCH", "search"),
    ("ATTENDANCE", "activities"),
)
"""The first screen after sign-in: the first line whose right the agent has."""
