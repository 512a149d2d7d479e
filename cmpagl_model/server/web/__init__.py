"""``cmpagl serve --http``: indexes for many users, as OGC API Features. Start at :mod:`.serve`."""
