"""Reading: who holds which position in a text, in whose voice, on what condition, and when.

    gate -> sentences -> names -> holders and soldiers -> cues -> mentions    (`detector`)

Only `sentences` knows spaCy; a Doc never leaves this room.
"""
