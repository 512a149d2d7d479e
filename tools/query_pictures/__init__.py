"""Takes the pictures of docs/queries.md: ``make query-pictures``.

Each module here draws one kind of question by ``draw(scenes, pictures)``: from a folder of scenes
into ``pictures``, a folder. A module that wants other input says so in its own words.
"""
