"""The vocabulary of the world: names of people and companies, places, and what payers write."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = _words("""
    Maria Anna Thomas Michael Andreas Peter Stefan Christian Sabine Petra Monika Claudia Susanne
    Martina Julia Katharina Sandra Nicole Markus Martin Daniel Alexander Jürgen Wolfgang Klaus
    Uwe Frank Bernd Dieter Günther Jörg Björn Sören Tobias Florian Sebastian Jan Lukas Leon Paul
    Felix Maximilian Jonas Elias Finn Noah Emma Mia Hannah Lea Lena Laura Lisa Sophie Charlotte
    Marie Johanna Clara Ida Greta Heike Birgit Silke Anja Kerstin Ulrike Renate Ingrid Helga
    Ursula Gisela Elke Käthe Mehmet Ayşe Fatma Mustafa Ali Olga Irina Sergej Dmitri Agnieszka
    Piotr Małgorzata José André Zoë François Jean-Pierre Karl-Heinz Hans-Jürgen Anne-Kathrin
    Marlene Ralf Holger Volker Detlef Simone Bettina Carola Yvonne Mandy Ronny René Jacqueline
    Franziska Theresa Philipp Simon Benjamin Dennis Patrick Oliver Marco Sven Torsten Carsten
""")

SURNAMES = _words("""
    Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch
    Bauer  Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann
    Lange  Schmitt Werner Schmitz Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann
    König Walter  Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert
    Vogel Friedrich  Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke
    Albrecht Schuster Simon  Ludwig Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger
    Otto Sommer Groß Seidel  Heinrich Brandt Haas Schreiber Graf Schulte Dietrich Ziegler Kuhn
    Kühn Pohl Engel Horn Busch  Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer Yılmaz Kaya
    Demir Öztürk Nowak Kowalski  Wójcik Popov Ivanova Nguyen Tran García Rossi Ferrari Dubois
    Lefèvre Jansen Janßen Petersen  Hansen Lindström Hübner Bößenecker Größl Weißhaupt Oehler
    Noethen Vandenberg Wiesenthal  Strohmeier Tiedemann Uhlenbrock Quandel Rübsam Lüdecke
    Mühlenkamp Hölscher Brüggemann  Stöckmann Kröger Döring Förster Göbel Fürst Grünwald Mößner
    Thümmel Süß Löwe Störmer Blümel  Reuter Kessler Eberhardt Niemann Ostermann Petzold
    Rademacher Siebert Tillmann Unger Vetter  Wieland Zander Ackermann Bischoff Conrad Dreyer
    Ehlers Fiedler Gebhardt Heller Imhof Jacobs
""")

TRADES = _words("""
    Autohaus Bäckerei Elektro Sanitär Malerbetrieb Tischlerei Gärtnerei Hotel Gasthof Metzgerei
    Zahnarztpraxis Apotheke Kanzlei Druckerei Spedition Metallbau Dachdeckerei Fahrschule
    Möbelhaus  Ingenieurbüro Steuerberatung Pflegedienst Kindergarten Reisebüro Optik
    Buchhandlung Brauerei
""")
BRANDS = _words("""
    Nordlicht Alpenrose Hansa Rheingold Quadriga Novalis Ventura Solaris Terranova Aquila
    Meridian  Polaris Kontor Concordia Merkur Fortuna Phönix Delphin Lindenhof Eichenberg
    Sternwerk Blauwal  Grünfeld Silberbach Goldregen Rotmilan Weißenfels Trikora Valdoro Kestrel
    Ondine Brevia Lumara
""")
SECTORS = _words("""
    Handels Logistik Technik Medien Service Bau Immobilien Consulting Systems Textil Vertriebs
    Maschinenbau Software Energie Verpackungs Großhandels Catering Event Design Sicherheits
""")
PLACES = _words("""
    Hannover Braunschweig Göttingen Osnabrück Oldenburg Bremen Hamburg Lübeck Kiel Köln
    Düsseldorf  Münster Bielefeld Kassel Würzburg Nürnberg München Fürth Leipzig Dresden Erfurt
    Jena Berlin
""")
FORMS = ("GmbH", "GmbH", "GmbH", "GmbH & Co. KG", "AG", "KG", "OHG", "e.K.", "UG", "e.V.", "GbR")

ABROAD = {
    "AT": ("{brand} {sector} GmbH", "{trade} {surname} e.U."),
    "CH": ("{brand} {sector} AG", "{surname} {brand} SA"),
    "NL": ("{brand} Groothandel B.V.", "Van der {surname} B.V."),
    "BE": ("{brand} NV", "Etablissements {surname} SPRL"),
    "FR": ("Société {brand} SARL", "{surname} et Fils S.A.S."),
    "FI": ("{brand} Oy", "{surname} ja Pojat Oy"),
    "NO": ("{brand} Handel AS", "{surname} & Sønner AS"),
    "SE": ("{brand} Möbler AB",),
    "DK": ("{brand} ApS", "{surname} Engros A/S"),
    "GB": ("{brand} Trading Ltd", "{surname} & Sons Limited"),
    "PL": ("{brand} Sp. z o.o.",),
    "IT": ("{brand} S.r.l.", "Fratelli {surname} S.p.A."),
    "US": ("{brand} Holdings Inc.", "{surname} Stores LLC"),
}
CURRENCIES = {
    "US": "USD",
    "CH": "CHF",
    "GB": "GBP",
    "NO": "NOK",
    "SE": "SEK",
    "DK": "DKK",
    "PL": "PLN",
}

INVOICE_WORDS = (
    "{}",
    "Rechnung {}",
    "Rechnungsnr. {}",
    "RG {}",
    "Rg.Nr. {}",
    "RE-NR {}",
    "ReNr: {}",
    "Rechnungsnummer {}",
    "Re.{}",
    "Ihre Rechnung Nr. {}",
    "Beleg {}",
    "Zahlung Rechnung {}",
    "Invoice {}",
    "inv. no. {}",
)
ORDER_WORDS = (
    "{}",
    "Bestellung {}",
    "Bestellnr. {}",
    "Bestellnummer: {}",
    "Auftrag {}",
    "Order {}",
    "Webshop Bestellung Nr {}",
    "Nr. {}",
    "#{}",
    "Best.-Nr.{}",
)
BILL_WORDS = ("{}", "RNr {}", "Rechnung {}", "Re-Nr. {}", "Ihre RG {}", "Beleg-Nr {}", "Invoice {}")
CUSTOMER_WORDS = (
    "Kunde {}",
    "Kundennr. {}",
    "Kd-Nr {}",
    "KdNr.{}",
    "Kundennummer: {}",
    "KD {}",
    "Kto {}",
)
GREETINGS = (
    "Vielen Dank",
    "Danke!",
    "mfg",
    "Mit freundlichen Grüßen",
    "LG",
    "schnelle Lieferung, gerne wieder",
    "Danke für die gute Beratung",
    "Gruß aus {place}",
    "Bitte Lieferung an Nachbarn",
)
VAGUE = (
    "",
    "Rechnung",
    "Ihre Rechnung",
    "Ihre Lieferung",
    "Danke",
    "Einkauf",
    "Bestellung",
    "Zahlung",
    "Überweisung",
    "Rechnungsausgleich",
    "Warenlieferung {month}",
    "Rechnung vom {date}",
    "Lieferung vom {date}",
    "siehe Avis",
    "Möbel",
    "wie besprochen",
    "Ihr Schreiben vom {date}",
    "offener Betrag",
)
MONTHS = _words("""
    Januar Februar März April Mai Juni Juli August September Oktober November Dezember
""")
