"""The commands of the pointage and of the hours declared to the CAF."""

from __future__ import annotations

from screens.command import Command

ATTENDANCE: tuple[Command, ...] = (
    Command("attendance.present", "space", "Présent", "Présent ; puis l’enfant suivant", "mark('present')", shown=True),
    Command(
        "attendance.absent",
        "a",
        "Absent",
        "Absent sans justificatif ; puis l’enfant suivant",
        "mark('absent')",
        shown=True,
    ),
    Command(
        "attendance.justified",
        "j",
        "Justifié",
        "Absent justifié ; puis l’enfant suivant",
        "mark('absent_justifie')",
        shown=True,
    ),
    Command(
        "attendance.others",
        "t",
        "Les autres",
        "Pointer présents tous les autres, en deux fois T",
        "mark_others",
        shown=True,
    ),
    Command(
        "attendance.unbooked",
        "s",
        "Sans résa",
        "Présent sans réservation : l’enfant du badge qui vient d’être lu, ou cherché par son nom",
        "mark_unbooked",
        shown=True,
    ),
    Command("attendance.clear", "delete,backspace", "Effacer", "Effacer le pointage de l’enfant", "clear"),
    Command(
        "attendance.find",
        "slash",
        "Chercher",
        "Aller à un enfant par les premières lettres de son nom",
        "find",
        shown=True,
    ),
    Command("attendance.place", "l", "Lieu", "Choisir le site et l’activité", "choose_place"),
    Command("attendance.day", "g", "Date", "Choisir la journée", "choose_day"),
    Command("attendance.later", "semicolon", "Jour suivant", "La prochaine journée de l’activité", "move_day(1)"),
    Command("attendance.earlier", "comma", "Jour précédent", "La journée d’avant de l’activité", "move_day(-1)"),
    Command("attendance.print", "f10,p", "Liste", "Imprimer la liste du jour", "print_list(False)"),
    Command("attendance.print_week", "w", "Liste semaine", "Imprimer la liste de la semaine", "print_list(True)"),
    Command("attendance.badges", "b", "Badges", "Imprimer les badges des enfants du site", "print_badges"),
    Command("attendance.reload", "f5", "Relire", "Relire la feuille : un collègue pointe peut-être la même", "reload"),
)

CAF_REPORT: tuple[Command, ...] = (
    Command("caf_report.site", "l", "Site", "Passer au site suivant, puis à tous", "next_site", "NUMBERS", True),
    Command("caf_report.reload", "f5", "Relire", "Compter de nouveau", "reload", "NUMBERS"),
    Command("caf_report.print", "f10,p", "Imprimer", "Les heures en PDF", "print_report", "NUMBERS", True),
    Command("caf_report.export", "x", "Exporter", "Les heures en CSV ou en XLSX", "export", "NUMBERS", True),
)
