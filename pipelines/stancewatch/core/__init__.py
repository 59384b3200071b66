"""What is true: pure standard library. No Beam, no spaCy, no I/O, no clock.

Read the files in this order: moment, article, outlet, actor, topic, mention, occurrence, watch,
weigh, witness, stance, record, notification, decide, group, compose, incident, ports.
"""
