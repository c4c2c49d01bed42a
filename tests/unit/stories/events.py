"""Events in two reporters' words, others of their kind, and stories on a template, in several languages: made up."""

from __future__ import annotations

QUAKE = (
    "A strong earthquake struck the Orvan valley in eastern Talmar before dawn on Monday, killing at least 34 "
    "people and burying many more in the ruins of their houses, the governor, Sefa Duran, told reporters. The "
    "quake had a magnitude of 6.4 and its centre lay 12 kilometres below the town of Kesin, the seismological "
    "institute in Arvand said. Two hospitals were damaged and the road to Kesin is cut off by landslides. The "
    "army has sent 800 soldiers with excavators and dogs. Aftershocks went on through the morning, and residents "
    "were told to stay out of buildings."
)

QUAKE_RETOLD = (
    "Rescue teams in Talmar dug with their hands through collapsed homes around Kesin after a 6.4 magnitude "
    "tremor that hit the Orvan valley while most families slept. Governor Sefa Duran put the death toll at 34 and "
    "said that it would rise. Survivors spent the morning in the open, wrapped in blankets, as the ground kept "
    "shaking. With the mountain road blocked, helicopters flew the injured to Arvand. The president cancelled a "
    "trip abroad and promised that every village in the Orvan valley would be reached by nightfall."
)

QUAKE_NEXT_DAY = (
    "Two children were pulled alive from a school in Kesin on Tuesday, more than thirty hours after the "
    "earthquake in the Orvan valley, as the number of dead rose to 71. Governor Sefa Duran said that 15 villages "
    "in eastern Talmar were still without power. Tents for 9,000 people have arrived from Arvand, where the "
    "government set up a crisis staff. Engineers said that many of the houses which fell had been built without "
    "permits. Prosecutors opened an inquiry."
)

OTHER_QUAKE = (
    "An earthquake of magnitude 5.8 shook the island of Merit on Monday evening, killing at least three people "
    "and damaging houses in the port of Lanzo, the civil protection service said. The quake had its centre 20 "
    "kilometres off the coast, the seismological institute in Porto Bel reported. The airport was closed for an "
    "hour. Rescue teams searched the ruins of a hotel, and residents were told to stay out of buildings because "
    "of aftershocks. Mayor Ilda Corso asked for tents and blankets. The ferry to the mainland was suspended until "
    "Tuesday morning."
)

QUAKE_IN_GERMAN = (
    "Bei einem schweren Erdbeben im Osten von Talmar sind am frühen Montagmorgen mindestens 34 Menschen ums Leben "
    "gekommen. Das Beben der Stärke 6,4 erschütterte das Orvan-Tal, während die meisten Bewohner schliefen, wie "
    "Gouverneur Sefa Duran mitteilte. Zwei Krankenhäuser wurden beschädigt, die Straße nach Kesin ist durch "
    "Erdrutsche blockiert. Die Armee schickte 800 Soldaten mit Baggern und Suchhunden in die Region. Nachbeben "
    "dauerten am Vormittag an, die Behörden riefen dazu auf, Gebäude nicht zu betreten."
)

MERGER = (
    "Halden Chemicals agreed on Thursday to buy its smaller rival Brackmoor Plastics for 2.3 billion crowns in "
    "cash, the companies said. Shareholders of Brackmoor are offered 41 crowns a share, 18 percent above the last "
    "price. Chief executive Lena Voss said the plants in Tarn and Osby would stay open. The competition authority "
    "must approve the deal, which would make Halden the largest producer of packaging in the north. Brackmoor "
    "shares rose sharply."
)
MERGER_RETOLD = (
    "The family behind Brackmoor Plastics is giving up its independence: Halden Chemicals will pay 2.3 billion "
    "crowns for the maker of bottles and films, founded in Osby in 1931. Workers in Tarn learnt of it from the "
    "radio. Lena Voss, who runs Halden, promised them on Thursday that nobody would be dismissed before next "
    "summer. Unions want that in writing. Analysts called 41 crowns a generous offer, and doubted that regulators "
    "would let it pass untouched."
)
OTHER_MERGER = (
    "Corvin Foods agreed on Wednesday to buy its smaller rival Anselm Bakeries for 640 million crowns in shares, "
    "the companies said. Owners of Anselm are offered one new share for every three of theirs. Chief executive "
    "Jonas Reit said that two of nine bakeries in Lower Marn would close. The competition authority has been told "
    "of the deal, which would make Corvin the second largest producer of bread in the south. Corvin shares fell "
    "slightly."
)

CRASH_SPANISH = (
    "Al menos once personas murieron y otras 27 resultaron heridas este sábado cuando un autobús de la empresa "
    "Lobera cayó por un barranco en la carretera que une Santa Irene con Puerto Calvo, informó el jefe de "
    "bomberos, Ramiro Quesada. El vehículo había salido de Santa Irene de madrugada con 41 pasajeros. Llovía con "
    "fuerza y la calzada estaba cubierta de barro. Los heridos fueron trasladados al hospital de Puerto Calvo, "
    "donde se pidió sangre."
)
CRASH_SPANISH_RETOLD = (
    "Puerto Calvo amaneció de luto. El autobús de Lobera que debía llegar al amanecer desde Santa Irene se "
    "despeñó a ochenta metros de profundidad y dejó once muertos, entre ellos dos niños. Ramiro Quesada, jefe de "
    "bomberos, contó que sus hombres bajaron atados con cuerdas bajo la lluvia para sacar a los 27 heridos. La "
    "fiscalía investiga si el conductor, que sobrevivió, había descansado. El alcalde decretó tres días de luto y "
    "suspendió las fiestas."
)
OTHER_CRASH_SPANISH = (
    "Cuatro personas murieron y otras nueve resultaron heridas este martes cuando un camión chocó contra un "
    "autobús escolar en la autopista que une Valdemora con San Telmo, informó la jefa de policía, Elvira Montes. "
    "El autobús había salido de Valdemora con 22 alumnos. Había niebla y la calzada estaba mojada. Los heridos "
    "fueron trasladados al hospital de San Telmo, donde se pidió sangre. El conductor del camión fue detenido y "
    "dio positivo en alcohol."
)

VERDICT_GERMAN = (
    "Das Landgericht Birkenau hat den früheren Bürgermeister Holger Wiesenthal am Dienstag wegen Untreue zu vier "
    "Jahren Haft verurteilt. Wiesenthal habe beim Bau des Hallenbads 1,7 Millionen Euro in eigene Firmen gelenkt, "
    "sagte die Vorsitzende Richterin Karla Emmerich. Die Verteidigung kündigte Revision an. Der Prozess hatte 38 "
    "Tage gedauert, gehört wurden 61 Zeugen. Im Rathaus von Birkenau hieß es, die Stadt werde ihr Geld nun "
    "einklagen."
)
VERDICT_GERMAN_RETOLD = (
    "Holger Wiesenthal blickte starr auf den Tisch, als Karla Emmerich das Urteil verlas: vier Jahre Gefängnis. "
    "Für die Richterin steht fest, dass sich der langjährige Rathauschef von Birkenau am Hallenbad bereichert "
    "hat, um 1,7 Millionen Euro. Drei Firmen, die ihm heimlich gehörten, stellten Rechnungen für Arbeiten, die "
    "nie gemacht wurden. Seine Anwälte wollen vor den Bundesgerichtshof ziehen. Auf den Zuschauerbänken wurde "
    "geklatscht, bis Emmerich mahnte."
)
OTHER_VERDICT_GERMAN = (
    "Das Landgericht Oberhain hat die frühere Schatzmeisterin Petra Kollwig am Freitag wegen Untreue zu zwei "
    "Jahren auf Bewährung verurteilt. Kollwig habe beim Verkauf des Vereinsheims 240.000 Euro auf eigene Konten "
    "gelenkt, sagte der Vorsitzende Richter Arno Brede. Die Verteidigung kündigte Revision an. Der Prozess hatte "
    "neun Tage gedauert, gehört wurden 14 Zeugen. Beim Sportverein Oberhain hieß es, man werde das Geld nun "
    "einklagen."
)

PROFIT = (
    "Marlow Cement said on Tuesday that its net profit for the first quarter rose 12 percent to 48.3 million "
    "crowns from 43.1 million a year earlier. Revenue at Marlow Cement, which is based in Altona, was 611 million "
    "crowns, up from 570 million. The board proposed a dividend of 1.40 crowns a share. For the full year the "
    "company expects revenue of 2.4 to 2.6 billion crowns, depending on the weather and on the price of energy, "
    "it said in a statement."
)
PROFIT_NEXT = (
    "Marlow Cement said on Thursday that its net profit for the second quarter fell 7 percent to 52.9 million "
    "crowns from 56.8 million a year earlier. Revenue at Marlow Cement, which is based in Altona, was 658 million "
    "crowns, up from 634 million. The board proposed a dividend of 1.10 crowns a share. For the full year the "
    "company expects revenue of 2.5 to 2.7 billion crowns, depending on the weather and on the price of energy, "
    "it said in a statement."
)
PROFIT_RETOLD = (
    "Building sites that never closed for frost gave Marlow Cement its best winter in a decade. The Altona group "
    "earned 48.3 million crowns in the first three months, and investors who had feared the energy bill will get "
    "1.40 crowns a share. Finance chief Nora Pell warned that the mild weather would not come back each year. "
    "Marlow Cement sold more to road builders than ever, and took in 611 million crowns. Rivals report next week."
)
QUAKE_BULLETIN = (
    "Un séisme de magnitude 4,7 a été ressenti mardi à 3 h 12 dans la région de Marsillac, a annoncé "
    "l'observatoire de Grandval. L'épicentre se situait à 9 kilomètres de Marsillac, à une profondeur de 11 "
    "kilomètres. Aucun dégât n'a été signalé. La préfecture rappelle les gestes à faire en cas de secousse : "
    "s'éloigner des fenêtres, couper le gaz, ne pas prendre l'ascenseur. Les secousses de cette force sont "
    "fréquentes dans la région."
)
QUAKE_BULLETIN_NEXT = (
    "Un séisme de magnitude 5,1 a été ressenti samedi à 14 h 40 dans la région de Beaupré, a annoncé "
    "l'observatoire de Grandval. L'épicentre se situait à 23 kilomètres de Beaupré, à une profondeur de 6 "
    "kilomètres. Aucun dégât n'a été signalé. La préfecture rappelle les gestes à faire en cas de secousse : "
    "s'éloigner des fenêtres, couper le gaz, ne pas prendre l'ascenseur. Les secousses de cette force sont "
    "fréquentes dans la région."
)

RETOLD = (
    (QUAKE, QUAKE_RETOLD),
    (MERGER, MERGER_RETOLD),
    (CRASH_SPANISH, CRASH_SPANISH_RETOLD),
    (VERDICT_GERMAN, VERDICT_GERMAN_RETOLD),
)
ALIKE = (
    (QUAKE, OTHER_QUAKE),
    (MERGER, OTHER_MERGER),
    (CRASH_SPANISH, OTHER_CRASH_SPANISH),
    (VERDICT_GERMAN, OTHER_VERDICT_GERMAN),
)
ON_A_TEMPLATE = ((PROFIT, PROFIT_NEXT), (QUAKE_BULLETIN, QUAKE_BULLETIN_NEXT))
