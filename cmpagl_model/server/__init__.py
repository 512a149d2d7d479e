"""What answers behind ``cmpagl serve``: docs/protocol.md in code. Start at :func:`.loop.serve`.

Nothing is imported here: the channel is taken before the libraries load, for some of them print.
"""
