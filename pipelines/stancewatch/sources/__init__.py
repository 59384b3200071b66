"""Where articles come from: feeds over HTTP or from disk, and archives.

    catalogue -> poll -> fetch -> feed -> Article | Failure
    path      -> archive              -> Article | Failure

Nothing read here is trusted: requests reach public addresses only, bodies are capped, and feeds are
parsed in a child process that can be killed.
"""
