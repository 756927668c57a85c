"""The Trésor's statement read: columns by their titles, never guessed, lines not understood told by their number."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_portail.imports.files import FileNotUnderstood, read_delimited
from tui_portail.money import format_cents
from tui_portail.treasury_csv import LineNotRead, ReceivedPayment, ReceivedPayments, read_received

ONE = ReceivedPayment(2, "PF2026ABCDEFGHJKLMNP", 12_50, date(2026, 12, 1))


def read(text: str, *clients: str, encoding: str = "utf-8") -> ReceivedPayments:
    return read_received(read_delimited("releve.csv", text.encode(encoding)), clients)


@pytest.mark.parametrize(
    "text",
    [
        "Référence;Montant;Date\nPF2026ABCDEFGHJKLMNP;12,50;01/12/2026\n",
        "Date,Montant,Référence\n01122026,12.50,pf2026abcdefghjklmnp\n",
        "numcli;exer;refdet;montant;dattrans;heurtrans;resultrans\n123456;2026;PF2026ABCDEFGHJKLMNP;12,50;01122026;1031;P\n",
        "Référence de la dette\tMontant payé\tDate de paiement\nPF2026ABCDEFGHJKLMNP\t12,50 €\t01/12/2026 10:31:05\n",
        '"Référence du paiement";"Montant (€)";"Date de la transaction"\n="PF2026ABCDEFGHJKLMNP";"12,5";"2026-12-01T10:31"\n',
        "refdet;montant en centimes;dattrans\nPF2026ABCDEFGHJKLMNP;1250;01122026\n",
        "\n\nRéférence;Montant;Date;;\nPF2026ABCDEFGHJKLMNP;12,50;1/12/2026;;\n;;;;\nTotal;12,50;;;\n",
    ],
)
def test_the_columns_are_known_by_their_titles_whatever_their_order(text: str) -> None:
    [paid] = read(text, "123456").payments
    assert (paid.reference, paid.amount_cents, paid.paid_on) == (ONE.reference, ONE.amount_cents, ONE.paid_on)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_accents_are_read_in_whatever_the_file_is_written(encoding: str) -> None:
    text = "Référence;Montant payé;Date\nPF2026ABCDEFGHJKLMNP;12,50;01/12/2026\n"
    assert read(text, encoding=encoding).payments == (ONE,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Payeur;Montant;Date\nDupont;12,50;01/12/2026\n", "il manque la référence"),
        ("a;b\n1;2\n", "il manque la référence, le montant et la date"),
        ("refdet;Référence;Montant;Date\nA;B;12,50;01/12/2026\n", "Deux colonnes peuvent être la référence"),
        ("refdet;montant;dattrans\nPF1;1250;01122026\n", "en euros ou en centimes"),
        ("refdet;montant;dattrans\nPF1;12,50;31112026\n", "Aucun paiement reçu n’est lu"),
        ("refdet;montant;dattrans\n", "en euros ou en centimes"),
        ("", "vide"),
    ],
)
def test_a_file_not_understood_is_refused_with_a_sentence(text: str, said: str) -> None:
    with pytest.raises(FileNotUnderstood, match=said):
        read(text)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (";3,00;01/12/2026;P;123456", "la référence est absente"),
        ("PF2;trois;01/12/2026;P;123456", "« trois » n’est pas un montant"),
        ("PF2;-3,00;01/12/2026;P;123456", "négatif"),
        ("PF2;0,00;01/12/2026;P;123456", "nul"),
        ("PF2;3,00;01/12/26;P;123456", "« 01/12/26 » n’est pas une date"),
        ("PF2;3,00;20261201;P;123456", "n’est pas une date"),
        ("PF2;3,00;01/12/2026;payé;123456", "« payé » n’est pas de PayFiP"),
        ("PF2;3,00;01/12/2026;P;", "le numéro de client est absent"),
        ("PF1;3,00;01/12/2026;P;123456", "déjà à la ligne 2"),
        ("PF2;3,00;01/12/2026;P;123456;de trop", "un séparateur est de trop"),
        ("Total;99,00;;;", "le total du fichier est de 99,00"),
        ('"PF2;3,00;01/12/2026;P;123456', "guillemet"),
    ],
)
def test_a_line_not_understood_is_told_with_its_number_and_the_others_are_read(line: str, said: str) -> None:
    seen = read(
        f"refdet;montant;date;resultrans;numcli\nPF1;12,50;01/12/2026;P;123456\n{line}\nPF3;1,00;02/12/2026;V;123456\n",
        "123456",
    )
    assert [one.reference for one in seen.payments] == ["PF1", "PF3"]
    [wrong] = seen.not_read
    assert wrong.line == 3
    assert said in wrong.why.replace("\xa0", " ")


def test_what_did_not_succeed_and_another_client_s_money_are_counted_apart() -> None:
    seen = read(
        "refdet;montant;date;resultrans;numcli\nPF1;12,50;01/12/2026;P;000456\nPF2;3,00;01/12/2026;R;456\n"
        "PF3;3,00;01/12/2026;A;456\nAUTRE;9,00;01/12/2026;P;999999\n",
        "000456",
    )
    assert (len(seen.payments), seen.unpaid, seen.others, seen.not_read) == (1, 2, 1, ())
    assert seen.total_cents == 12_50


@given(st.lists(st.tuples(st.integers(1, 10_000_000), st.dates(date(2020, 1, 1), date(2060, 12, 31))), min_size=1))
def test_whatever_was_received_is_read_to_the_cent(paid: list[tuple[int, date]]) -> None:
    lines = [f"REF{place};{format_cents(cents)};{day:%d/%m}/{day.year:04d}" for place, (cents, day) in enumerate(paid)]
    seen = read("\n".join(["Référence;Montant;Date", *lines]))
    assert [(one.amount_cents, one.paid_on) for one in seen.payments] == paid
    assert seen.not_read == ()


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    try:
        seen = read(f"Référence;Montant;Date\nPF1;1,00;01/12/2026\n{text}", encoding="utf-8")
    except (FileNotUnderstood, UnicodeEncodeError):
        return
    assert seen.payments
    assert all(isinstance(one, LineNotRead) for one in seen.not_read)
