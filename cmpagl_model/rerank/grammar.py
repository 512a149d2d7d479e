"""Sentences about places seen from above, made by a grammar: the raw material of the bank.

A reference sentence need not be true of any picture; it stands for what somebody might ask. Made
ones belong to no one, where the sentences of a data set belong to their authors.
"""

from __future__ import annotations

import math


def _list(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.split(","))


THINGS = _list("""
    aeroplanes, apartment blocks, barns, boats, boulders, buses, bushes, cars, chimneys,
    containers, cooling towers, cottages, cranes, dead trees, ferries, fishing boats, fountains,
    greenhouses, hangars, hay bales, houses, huts, jetties, palm trees, parasols, ponds, pylons,
    rocks, roofs, sailing boats, sandbars, sheds, silos, skyscrapers, snow patches, solar panels,
    storage tanks, swimming pools, tall buildings, tents, tennis courts, trains, trees, trucks,
    warehouses, wind turbines, yachts
""")
PLACES = _list("""
    an airport, a runway, a beach, a rocky coast, a bridge, a viaduct, a canal, a cemetery,
    a church, a castle, a city centre, a dense housing estate, a scattered village, a suburb,
    a shanty town, a construction site, a crossroads, a roundabout, a motorway junction, a road,
    a dirt track, a dam, a desert, a dry riverbed, a factory, an industrial area, a power station,
    a farm, a ploughed field, a round irrigated field, a rice paddy, a vineyard, an orchard,
    a forest, a clearing in a forest, bare ground, a meadow, a golf course, a football pitch,
    a baseball field, a running track, a stadium, a glacier, a snowy mountain, a mountain ridge,
    a valley, sand dunes, a harbour, a marina, a shipyard, a container terminal, an island,
    a lake, a pond, a winding river, an estuary, a wetland, a salt pan, the open sea, a quarry,
    an open mine, a landfill, a car park, a park, a playground, a public square, a courtyard,
    a railway line, a railway station, a rail yard, a school, a hospital, a shopping centre,
    a hotel resort, a water treatment plant, ruins, a burnt area, a flooded area
""")
COLOURS = _list("white, red, green, blue, grey, brown, dark, bright, yellow, orange")
AMOUNTS = _list("a few, rows of, two, three, dozens of, scattered, densely packed, a cluster of")
RELATIONS = _list("""
    beside, next to, on both sides of, in the middle of, at the edge of, behind, around, crossing,
    parallel to, in a corner of, far from, leading to
""")
FORMS = (
    "{place}",
    "{amount} {colour} {thing}",
    "{amount} {thing} {relation} {place}",
    "{colour} {thing} {relation} {place}",
    "{place} {relation} {other}",
    "{place} with {amount} {colour} {thing}",
    "{place} between {other} and {amount} {thing}",
    "{place} and {other}, {amount} {colour} {thing} {relation} it",
)


def candidate_sentences(count: int) -> tuple[str, ...]:
    """Different sentences from all over the grammar, the same at every call.

    Args:
        count: how many, 1 or more.

    Returns:
        The sentences, forms in turn; every word of the lists comes up once there are some
        hundred.

    Example:
        >>> len(set(candidate_sentences(1000)))
        1000
    """
    made: dict[str, None] = {}
    number = 0
    while len(made) < count:
        # The sentence of a number: each list is walked at a pace of its own
        place = _pick(PLACES, number, 2)
        other = _pick(PLACES, number, 3)
        made.setdefault(
            FORMS[number % len(FORMS)].format(
                thing=_pick(THINGS, number, 5),
                place=place,
                other=other if other != place else "a wall",
                colour=_pick(COLOURS, number, 7),
                amount=_pick(AMOUNTS, number, 11),
                relation=_pick(RELATIONS, number, 13),
            )
        )
        number += 1
    return tuple(made)


def _pick(words: tuple[str, ...], number: int, prime: int) -> str:
    """An even walk over ``words``: the fractional parts of multiples of a root."""
    return words[int(math.sqrt(prime) * (number + 1) % 1 * len(words))]
