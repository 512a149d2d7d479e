"""Chips as columns, in memory or mapped: what a search reads. Start at :class:`.chips.ChipTable`.

Nothing here knows what an index looks like on disk.
"""
