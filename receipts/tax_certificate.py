"""The tax certificate (attestation fiscale): what a payer paid in a civil year for the care of young children, on a page to post."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from io import BytesIO
from itertools import chain

from reportlab.lib.units import mm

from receipts.family_documents import OLDEST_AGE, CertifiedChild, TaxCertificate
from receipts.letterhead import giver, sentence_row
from receipts.regie_papers import Columns, signatures
from receipts.rows import Cell, Line, Row
from receipts.sheet import MEASURES, Measures, Sheet, Table, draw_pages, new_canvas
from receipts.wording import FICTITIOUS, amount_in_words, erased_identity, recipient_lines
from tui_portail.french import long_date, plural
from tui_portail.instants import in_paris
from tui_portail.money import format_cents

LAW = "article 200 quater B du code général des impôts"

_TITLE = "Attestation fiscale"
_WINDOW_LEFT, _WINDOW_TOP, _WINDOW_WIDTH = 110 * mm, 50 * mm, 85 * mm  # of a DL envelope, the sheet folded in three
_BODY_TOP = 100 * mm


def draw_tax_certificates(
    certificates: Iterable[TaxCertificate], on_certificate: Callable[[int], None] | None = None
) -> bytes:
    """Return certificates in one A4 PDF, a page each (more for very many children); the same certificates give the same bytes.

    They are drawn as they come; `on_certificate` is told how many are done, and what it raises stops the drawing. Raises ValueError when
    there is none.
    """
    coming = iter(certificates)
    first = next(coming, None)
    if first is None:
        raise ValueError("there is no certificate to draw")
    measures = MEASURES["A4"]
    buffer = BytesIO()
    title = f"{_TITLE} {first.year}"
    canvas = new_canvas(buffer, (measures.width, measures.height), title, first.issuer.commune, first.issued_at)
    for count, certificate in enumerate(chain([first], coming), start=1):
        draw_pages(canvas, _sheet(certificate, measures), measures)
        if on_certificate:
            on_certificate(count)
    canvas.save()
    return buffer.getvalue()


def _sheet(certificate: TaxCertificate, measures: Measures) -> Sheet:
    size = measures.size
    name = Line(f"{_TITLE} {certificate.year} (suite)", size, bold=True)
    reminder = Row([Cell(0, measures.inner, (name, Line(recipient_lines(certificate.payer)[0], size)))], below=size)
    return Sheet(
        title=_TITLE,
        author=certificate.issuer.commune,
        issued_at=certificate.issued_at,
        heading=_letter_head(certificate, measures),
        reminder=[reminder],
        tables=[_children(certificate, measures)],
        foot="",
        fictitious=certificate.fictitious,
    )


def _letter_head(certificate: TaxCertificate, measures: Measures) -> list[Row]:
    """Return the commune, the payer where the window of the envelope is, and the title under them."""
    size = measures.size
    who = recipient_lines(certificate.payer)
    address = (Line(who[0], size * 1.1, bold=True), *(Line(line, size * 1.1) for line in who[1:]))
    posted = Row(
        [
            Cell(0, _WINDOW_LEFT - measures.margin - size, giver(certificate.issuer, size)),
            Cell(_WINDOW_LEFT - measures.margin, _WINDOW_WIDTH, address, above=_WINDOW_TOP - measures.margin),
        ]
    )
    titles = [
        Line(_TITLE.upper(), size * 1.7, bold=True, align="center"),
        Line(f"Année {certificate.year}", size * 1.3, bold=True, align="center"),
        Line(f"établie le {long_date(in_paris(certificate.issued_at).date())}", size, align="center"),
    ]
    if certificate.fictitious:
        titles.append(Line(FICTITIOUS, size * 1.4, bold=True, align="center"))
    title = Row(
        [Cell(0, measures.inner, tuple(titles))],
        above=max(size, _BODY_TOP - measures.margin - posted.height),
        below=size * 1.5,
    )
    return [posted, title, sentence_row(measures, _received(certificate)), Row([], above=size)]


def _received(certificate: TaxCertificate) -> str:
    return (
        f"La régie atteste avoir reçu en {certificate.year}, de la personne nommée ci-dessus, les sommes suivantes pour la garde "
        f"d’enfants de moins de {OLDEST_AGE}\u00a0ans au 1er\u00a0janvier\u00a0{certificate.year}."
    )


def _children(certificate: TaxCertificate, measures: Measures) -> Table:
    year = certificate.year
    columns = Columns(
        measures,
        ("Enfant", "Né(e) le", f"Âge au 1er\u00a0janvier\u00a0{year}", "Payé pour la garde"),
        (0.4, 0.17, 0.21, 0.22),
        frozenset({3}),
    )
    body = [(_child(columns, certificate, child), child.paid_cents) for child in certificate.children]
    return Table([columns.names()], body, columns.carry(3), _closing(certificate, columns))


def _child(columns: Columns, certificate: TaxCertificate, child: CertifiedChild) -> Row:
    paid = format_cents(child.paid_cents)
    if erased := erased_identity(certificate.payer):
        return columns.line(erased, "", "", paid)
    return columns.line(child.name, _born(child.born_on), _age(child.born_on, certificate.year), paid)


def _born(born_on: date | None) -> str:
    return "" if born_on is None else f"{born_on:%d/%m/%Y}"


def _age(born_on: date | None, year: int) -> str:
    """Return the age on 1 January of the year, in words that stay true for the youngest."""
    if born_on is None:
        return ""
    if born_on > date(year, 1, 1):
        return "né(e) dans l’année"
    years = year - born_on.year - ((born_on.month, born_on.day) > (1, 1))
    return plural(years, "an") if years else "moins d’un an"


def _closing(certificate: TaxCertificate, columns: Columns) -> list[Row]:
    measures, year, cents = columns.measures, certificate.year, certificate.total_cents
    said = [
        f"Total en lettres\u00a0: {amount_in_words(cents)}.",
        *certificate.notes,
        f"Ce total compte ce qui a été payé en {year} pour la garde, par tout moyen, avoirs utilisés compris. Les repas n’en font pas "
        f"partie. Les sommes rendues en avoir en {year} sont déduites, les paiements annulés ne sont pas comptés.",
        f"Attestation établie pour l’application de l’{LAW}.",
    ]
    return [
        columns.total("", "", "Total", format_cents(cents)),
        *(sentence_row(measures, sentence, above=measures.size * 0.8) for sentence in said),
        signatures(
            measures, "", "Le régisseur" + (f"\u00a0: {certificate.signed_by}" if certificate.signed_by else "")
        ),
    ]
