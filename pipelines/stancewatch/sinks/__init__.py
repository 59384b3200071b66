"""Where messages go. `table` lists the sinks; each renders and escapes a Notification itself."""
