"""Titles of industrial business in four languages, with the function and level that each should give."""

from __future__ import annotations

import pytest

from graph.imports.titles import TitleReader
from graph.policy import load_policy

# Language (for the reader of this table), title, function, level; - where the title tells none.
TITLES = """
en | Chief Executive Officer | executive | 1
en | CEO | executive | 1
en | CEO & Founder | executive | 1
en | President | executive | 1
en | Vice President | - | 2
en | Vice President, Sales | commercial | 2
en | VP Procurement | purchasing | 2
en | SVP Global Supply Chain | supply_chain | 2
en | EVP & CFO | finance | 1
en | Owner | executive | 1
en | Owner/Marketing Assistant | executive | 1
en | Product Owner | it | 4
en | Process Owner | operations | 4
en | Managing Director | executive | 1
en | Director | - | 2
en | Director of Engineering | technical | 2
en | Head of Purchasing | purchasing | 3
en | Purchasing | purchasing | -
en | Head of Global Strategic Sourcing | purchasing | 3
en | Purchasing Manager | purchasing | 3
en | Senior Buyer | purchasing | 4
en | Buyer | purchasing | 5
en | Lead Buyer Packaging | purchasing | 4
en | Category Manager Chemicals | purchasing | 4
en | Chief Procurement Officer | purchasing | 1
en | Chief Visionary Officer | - | 1
en | Chief Operating Officer | operations | 1
en | Assistant to the CEO | executive | 5
en | Assistant to the Chief Executive Officer | executive | 5
en | Executive Assistant to the Chief Procurement Officer | purchasing | 5
en | Sales Director Assistant | commercial | 5
en | Assistant Manager | - | 4
en | Marketing Assistant | marketing | 5
en | Leading-edge | - | -
en | Cutting-edge | - | -
en | Quality-focused | - | -
en | Lead | - | 4
en | Lead time analyst | - | 5
en | Sales Representative | commercial | 5
en | Sales Manager | commercial | 3
en | Sales Agent | commercial | 5
en | Sales Associate | commercial | 5
en | Assistant Sales Agent | commercial | 5
en | Inside Sales Coordinator | commercial | 5
en | Sales and Marketing Director | commercial | 2
en | Order Administrator | commercial | 5
en | Accounting Manager | finance | 3
en | Marketing Manager | marketing | 3
en | Key Account Manager | commercial | 4
en | Global Key Account Manager | commercial | 4
en | Plant Manager | operations | 2
en | Assistant Plant Manager | operations | 3
en | Maintenance Manager | operations | 3
en | Maintenance Engineer | operations | 5
en | Quality Engineer | quality | 5
en | Process Engineer | technical | 5
en | Senior Engineer | technical | 4
en | Engineer | technical | 5
en | Chief Engineer | technical | 3
en | R&D Manager | r_and_d | 3
en | Head of R&D | r_and_d | 3
en | Research and Development Director | r_and_d | 2
en | Laboratory Technician | r_and_d | 5
en | Quality Manager | quality | 3
en | QA Manager | quality | 3
en | Regulatory Affairs Manager | quality | 3
en | IT Manager | it | 3
en | IT Director | it | 2
en | IT/OT Manager | it | 3
en | CIO | it | 1
en | Supply Chain Director | supply_chain | 2
en | Warehouse Supervisor | supply_chain | 4
en | Finance Director | finance | 2
en | Group Financial Controller | finance | 3
en | General Counsel | legal | 1
en | Compliance Officer | legal | 4
en | Company Secretary | legal | 3
en | Secretary | - | 5
en | Secretary to the Managing Director | executive | 5
en | HR Manager | - | 3
en | Labor Relations Manager | - | 3
en | Chief of Staff | executive | 3
en | Grand Wizard | - | -
en | Sales Development Manager | commercial | 3
en | Data Protection Officer | legal | -
en | Vice-President Operations | operations | 2
en | VICE PRESIDENT OPERATIONS | operations | 2
de | Geschäftsführer | executive | 1
de | Geschaeftsfuehrer | executive | 1
de | Geschaftsfuhrer | executive | 1
de | Geschäftsführerin | executive | 1
de | Geschäftsführender Gesellschafter | executive | 1
de | Vorstand | executive | 1
de | Mitglied des Vorstands | executive | 1
de | Finanzvorstand | finance | 1
de | Assistentin der Geschäftsführung | executive | 5
de | Assistenz des Einkaufsleiters | - | 5
de | Vorstandsassistentin | executive | 5
de | Prokurist | - | 2
de | Einkaufsleiter | purchasing | 3
de | Einkaufsleiterin | purchasing | 3
de | Leiter Einkauf | purchasing | 3
de | Leiterin Einkauf | purchasing | 3
de | Leiter/in Einkauf | purchasing | 3
de | Leitung Einkauf | purchasing | 3
de | Leiter Strategischer Einkauf | purchasing | 3
de | Stellvertretender Einkaufsleiter | purchasing | 4
de | Einkäufer | purchasing | 5
de | Einkäuferin | purchasing | 5
de | Einkaeufer | purchasing | 5
de | Strategischer Einkäufer | purchasing | 4
de | Technischer Einkäufer | purchasing | 4
de | Sachbearbeiterin Einkauf | purchasing | 5
de | Leiter Instandhaltung | operations | 3
de | Instandhaltungsleiter | operations | 3
de | Mitarbeiter Instandhaltung | operations | 5
de | Werkleiter | operations | 2
de | Werksleiterin | operations | 2
de | Produktionsleiter | operations | 3
de | Schichtleiter | operations | 4
de | Industriemeister | operations | 4
de | Technischer Leiter | technical | 3
de | Technischer Direktor | technical | 2
de | Konstrukteur | technical | 5
de | Ingenieur Qualitätssicherung | quality | 5
de | Leiter Qualitätssicherung | quality | 3
de | Qualitätsmanager | quality | 4
de | QMB | quality | 4
de | Leiter Forschung und Entwicklung | r_and_d | 3
de | Leiter F&E | r_and_d | 3
de | Entwicklungsingenieurin | r_and_d | 5
de | Laborleiter | r_and_d | 3
de | Laborantin | r_and_d | 5
de | IT-Leiter | it | 3
de | Leiter IT | it | 3
de | Vertriebsleiter | commercial | 3
de | Leiter Vertrieb | commercial | 3
de | Vertriebsingenieur | commercial | 5
de | Außendienst | commercial | 5
de | Aussendienst | commercial | 5
de | Gebietsverkaufsleiter | commercial | 4
de | Logistikleiter | supply_chain | 3
de | Disponentin | supply_chain | 5
de | Kaufmännischer Leiter | finance | 3
de | Leiter Controlling | finance | 3
de | Buchhalterin | finance | 5
de | Justiziar | legal | 4
de | Projektleiter | - | 4
de | Personalleiterin | - | 3
de | Betriebsratsvorsitzender | - | -
de | Leiter Einkauf und Logistik | purchasing | 3
fr | PDG | executive | 1
fr | Président-directeur général | executive | 1
fr | Directeur général | executive | 1
fr | Directrice Générale | executive | 1
fr | Directeur Général Adjoint | executive | 2
fr | Gérant | executive | 1
fr | Vice-président | - | 2
fr | Responsable des achats | purchasing | 3
fr | Responsable achats | purchasing | 3
fr | Directeur des achats | purchasing | 2
fr | Directrice des achats | purchasing | 2
fr | Acheteur | purchasing | 5
fr | Acheteuse senior | purchasing | 4
fr | Acheteur matières premières | purchasing | 5
fr | Assistante de direction | executive | 5
fr | Assistante du directeur général | executive | 5
fr | Directeur technique | technical | 2
fr | Directrice technique | technical | 2
fr | Responsable technique | technical | 3
fr | Ingénieur qualité | quality | 5
fr | Ingenieur qualite | quality | 5
fr | Ingénieur | technical | 5
fr | Responsable qualité | quality | 3
fr | Directeur de la qualité | quality | 2
fr | Directeur d'usine | operations | 2
fr | Directeur d’usine | operations | 2
fr | Directrice de l'usine | operations | 2
fr | Responsable maintenance | operations | 3
fr | Technicien de maintenance | operations | 5
fr | Chef d'atelier | operations | 4
fr | Responsable de production | operations | 3
fr | Directeur commercial | commercial | 2
fr | Directrice commerciale | commercial | 2
fr | Ingénieur commercial | commercial | 5
fr | Technico-commercial | commercial | 5
fr | Chef de produit | marketing | 4
fr | Directeur administratif et financier | finance | 2
fr | DAF | finance | 2
fr | Chef comptable | finance | 3
fr | Comptable | finance | 5
fr | Directeur R&D | r_and_d | 2
fr | Responsable laboratoire | r_and_d | 3
fr | DSI | it | 2
fr | Responsable informatique | it | 3
fr | Responsable logistique | supply_chain | 3
fr | Approvisionneuse | supply_chain | 5
fr | Directrice juridique | legal | 2
fr | Chef de projet | - | 4
fr | DRH | - | 2
es | Director general | executive | 1
es | Directora General | executive | 1
es | Consejero Delegado | executive | 1
es | Gerente general | executive | 1
es | Propietaria | executive | 1
es | Vicepresidente de ventas | commercial | 2
es | Jefe de compras | purchasing | 3
es | Jefa de compras | purchasing | 3
es | Responsable de compras | purchasing | 3
es | Director de compras | purchasing | 2
es | Director/a de compras | purchasing | 2
es | Comprador | purchasing | 5
es | Técnico de compras | purchasing | 5
es | Director de planta | operations | 2
es | Directora de planta | operations | 2
es | Gerente de planta | operations | 2
es | Jefe de producción | operations | 3
es | Jefe de produccion | operations | 3
es | Jefe de mantenimiento | operations | 3
es | Técnico de mantenimiento | operations | 5
es | Encargado de turno | operations | 4
es | Operario | operations | 5
es | Director técnico | technical | 2
es | Responsable de ingeniería | technical | 3
es | Ingeniero de calidad | quality | 5
es | Ingeniera | technical | 5
es | Jefe de calidad | quality | 3
es | Director de I+D | r_and_d | 2
es | Responsable de laboratorio | r_and_d | 3
es | Director comercial | commercial | 2
es | Jefe de ventas | commercial | 3
es | Representante de ventas | commercial | 5
es | Gestora de cuentas | commercial | 4
es | Director financiero | finance | 2
es | Contable | finance | 5
es | Jefe de almacén | supply_chain | 3
es | Director de logística | supply_chain | 2
es | Director de sistemas | it | 2
es | Abogada | legal | 4
es | Secretaria de dirección | executive | 5
es | Asistente de la directora general | executive | 5
es | Jefe de proyecto | - | 4
es | Director de Recursos Humanos | - | 2
"""
CASES = [tuple(part.strip() for part in line.split("|")) for line in TITLES.strip().splitlines()]


@pytest.fixture(scope="module")
def titles() -> TitleReader:
    return TitleReader(load_policy())


@pytest.mark.parametrize(("language", "title", "function", "level"), CASES)
def test_a_title_gives_function_and_level(
    titles: TitleReader, language: str, title: str, function: str, level: str
) -> None:
    told = titles.read(title)
    assert (told.function or "-", str(told.level or "-")) == (function, level)


def test_every_language_has_its_share() -> None:
    languages = [case[0] for case in CASES]
    assert len(CASES) >= 150 and min(map(languages.count, ("en", "de", "fr", "es"))) >= 35


@pytest.mark.parametrize("case", [str.upper, str.lower, str.title])
def test_how_a_title_is_written_does_not_matter(titles: TitleReader, case: object) -> None:
    assert callable(case)
    for _, title, _, _ in CASES:
        assert titles.read(case(title)) == titles.read(title), title


def test_no_two_rows_of_one_language_contradict_each_other() -> None:
    policy, seen = load_policy(), {}
    for one in policy.titles:
        known = seen.setdefault((one.pattern, one.language), one)
        assert known is one, one
