"""One event in two reporters' words, the next day and in another language, and another event of its kind: made up."""

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
